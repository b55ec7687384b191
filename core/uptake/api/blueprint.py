"""A blueprint of the API: what flask-smorest describes, with bodies that are JSON and nothing else, and no unknown names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec
from flask import Request
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict

from uptake.api.who import writer
from uptake.errors import AppError
from uptake.i18n import N_
from uptake.services.permissions import require_somewhere
from uptake.web.uploads import allow, check_fields, takes_files

View = TypeVar("View", bound=Callable[..., Any])
VISITORS: list[dict[str, list[str]]] = [{}, {"token": []}]
TOKENS: list[dict[str, list[str]]] = [{"token": []}]
PROBLEM = "application/problem+json"
MULTIPART = "multipart/form-data"
FILE = {"type": "string", "format": "binary"}
CONDITION = {
    "name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"},
    "description": "The ETag of what you have read, or its version in quotes; * where you mean whatever is there.",
    "example": '"1"',
}  # fmt: skip


class Malformed(AppError):
    """The body cannot be read at all."""

    status = 400


class OtherType(AppError):
    """The body is of another kind than what is taken here."""

    status = 415


class Parser(FlaskParser):
    """Reads parameters and bodies: a name that nobody knows is a mistake, and JSON is what its standard says."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": None}
    __location_map__ = FlaskParser.__location_map__ | {"multipart": "load_multipart"}

    def load_json(self, req: Request, _schema: Schema) -> Any:
        """The body, read strictly: no NaN, no torn characters, no number without end."""
        if not (req.mimetype == "application/json" or req.mimetype.endswith("+json")):
            raise OtherType(N_("The body must be JSON."), remedy=N_("Send it with Content-Type: application/json."))
        try:
            return msgspec.json.decode(req.get_data(cache=True))
        except (ValueError, RecursionError):
            raise Malformed(N_("The body is no JSON that can be read."), remedy=N_("Check its syntax.")) from None

    def load_multipart(self, req: Request, schema: Schema) -> Any:
        """A file with the fields beside it."""
        if req.mimetype != MULTIPART:
            raise OtherType(
                N_("The body must hold a file."), remedy=N_("Send it with Content-Type: multipart/form-data.")
            )
        check_fields()
        return self._makeproxy(MultiDict([*req.form.items(multi=True), *req.files.items(multi=True)]), schema)


class ApiBlueprint(SmorestBlueprint):  # type: ignore[misc]
    """A part of the API; ``uptake.toolkit`` offers it to plugins."""

    ARGUMENTS_PARSER = Parser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = SmorestBlueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING | {
        "multipart": MULTIPART
    }

    def reads(
        self, rule: str, answer: type[Schema] | None, *, endpoint: str, about: str, parameters: type[Schema] | None = None,
        secured: bool = False,
    ) -> Callable[[View], View]:  # fmt: skip
        """A view that answers GET; its parameters come as a dict where there are any. Without ``answer`` it gives a file."""

        def register(view: View) -> View:
            what: dict[str, Any] = {"schema": answer} if answer else {"schema": FILE, "content_type": "*/*"}
            found: Any = self.response(200, **what)(view)
            if parameters is not None:
                found = self.arguments(parameters, location="query")(found)
            found = self._described(found, endpoint, about, TOKENS if secured else VISITORS)
            self.route(rule, endpoint=endpoint, methods=["GET"])(found)
            return view

        return register

    def writes(
        self, rule: str, answer: type[Schema] | None, *, endpoint: str, about: str, scope: str, needs: str,
        body: type[Schema] | None = None, method: str = "POST", status: int = 200, conditional: bool = False, files: str = "",
        known: str = "",
    ) -> Callable[[View], View]:  # fmt: skip
        """A view that changes something for the owner of a token with this scope, who may do what it ``needs`` somewhere;
        the service behind it asks again, and about the very thing. ``conditional``: only what the caller has seen.
        ``files`` names the limit of a body that holds a file (``evidence_mb``, ``import_mb``); ``known`` says what 200 means
        where something new has another status."""

        def register(view: View) -> View:
            found: Any = self.response(status, answer)(view)
            if known:
                found = self.alt_response(200, schema=answer, description=known, success=True)(found)
            if body is not None:
                found = self.arguments(body, location="multipart" if files else "json")(found)
            more = {"parameters": [CONDITION]} if conditional else {}
            found = _guarded(self._described(found, endpoint, about, TOKENS, **more), scope, needs, files)
            self.route(rule, endpoint=endpoint, methods=[method])(found)
            return view

        return register

    def _described(
        self, view: Any, endpoint: str, about: str, security: list[dict[str, list[str]]], **more: Any
    ) -> Any:
        return self.doc(
            operationId=endpoint,
            summary=about,
            description=" ".join((view.__doc__ or "").split()),
            security=security,
            **more,
        )(view)


def _guarded(view: Any, scope: str, needs: str, files: str) -> Any:
    """Ask for token, scope and role before anything of the request is read, and for its size before a file is."""

    @wraps(view)
    def run(*args: Any, **values: Any) -> Any:
        require_somewhere(writer(scope), needs)
        if files:
            allow(files)
        return view(*args, **values)

    run.needs, run.scope = needs, scope  # type: ignore[attr-defined]
    return takes_files(files)(run) if files else run
