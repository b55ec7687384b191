"""Puts the API together: its parts, its description, and what happens before and after each of its requests."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import Any

from flask import Flask, Response, request
from flask_smorest import Api

from uptake import __version__
from uptake.api import (
    assessments,
    assignments,
    description,
    evidence,
    imports,
    institutions,
    limits,
    recommendations,
    register,
    updates,
    who,
)
from uptake.api.blueprint import PROBLEM, ApiBlueprint
from uptake.db import session
from uptake.schemas.base import Problem
from uptake.services.people import api_tokens

ADDRESS = "/api/v1"
EXTENSION = "uptake_api"
PUBLIC = "public, max-age=0, must-revalidate"
SHOWN = "ETag, Link, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
READING = "GET, HEAD, OPTIONS"
ABOUT = """Everything that the site publishes, for other systems; and with a personal token what its owner may do there.

Reading what is published needs no token. A token is made in the account, sent as `Authorization: Bearer …`, has scopes and
ends on a day. What has a version is changed with `If-Match`. Lists go on at the address in `next`."""
PARTS = (description, recommendations, register, institutions, updates, evidence, assessments, assignments, imports)


class OpenApi(Api):  # type: ignore[misc]
    """Describes the API. What goes wrong is answered where everything else is: in ``uptake.web.failures``."""

    def __init__(self, app: Flask) -> None:
        self._waiting: list[ApiBlueprint] = []
        self._answers_described = False
        self._describing = Lock()
        super().__init__(app)

    def register_blueprint(self, blueprint: ApiBlueprint, **options: Any) -> None:
        """Register a part; it is described when somebody asks for the description, which is half the work of a start."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint, **options)
        self._waiting.append(blueprint)

    def described(self) -> dict[str, Any]:
        """The description of all parts."""
        with self._describing:
            if not self._answers_described:
                self._describe_answers()
                self._answers_described = True
            while self._waiting:
                one = self._waiting.pop(0)
                one.register_views_in_doc(self, self._app, self.spec, name=one.name, parameters=None)
                self.spec.tag({"name": one.name, "description": one.description})
            found: dict[str, Any] = self.spec.to_dict()
        return found

    def _register_error_handlers(self) -> None:
        """None of its own: they would take the site's pages too."""

    def _register_responses(self) -> None:
        """Later, with the rest of the description."""

    def _describe_answers(self) -> None:
        problem = {"content": {PROBLEM: {"schema": Problem}}}
        for status in HTTPStatus:
            more = problem if status >= HTTPStatus.BAD_REQUEST else {}
            self.spec.components.response(status.name, {"description": status.phrase, **more}, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", {"description": "What went wrong", **problem}, lazy=True)


def begin(app: Flask) -> None:
    """What has to happen before anything else looks at a request."""
    app.before_request(who.begin)


def setup(app: Flask) -> None:
    """Register every part of the core's."""
    app.config.update(
        API_TITLE=app.extensions["uptake"].title, API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=None,
        API_SPEC_OPTIONS={"info": {"description": ABOUT, "x-uptake-version": __version__}},
    )  # fmt: skip
    api = app.extensions[EXTENSION] = OpenApi(app)
    api.spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": "A personal token, made in the account."}
    )
    app.before_request(_admit)
    app.after_request(_finish)
    for part in PARTS:
        take_in(app, part.blueprint, ADDRESS)
    app.add_url_rule(f"{ADDRESS}/openapi.json", "openapi", description.serve)


def take_in(app: Flask, blueprint: ApiBlueprint, address: str) -> None:
    """Register one part under an address; no form's token is asked for, since no cookie counts there."""
    api: Any = app.extensions[EXTENSION]
    app.extensions["csrf"].exempt(blueprint)
    api.register_blueprint(blueprint, url_prefix=address)


def _admit() -> None:
    """Say who asks, and whether not too often; a wrong token counts as well."""
    if not who.is_api() or request.method == "OPTIONS":
        return
    error = who.identify()
    limits.count()
    if error is not None:
        raise error


def _finish(response: Response) -> Response:
    """Headers of the API: reading is open to pages of all sites, without credentials; nothing private is kept."""
    if not who.is_api():
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = SHOWN
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = READING
        response.headers["Access-Control-Allow-Headers"] = "Accept-Language, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    limits.tell(response)
    public = who.caller().token_id is None and response.status_code < 400 and request.method in READING
    response.headers["Cache-Control"] = PUBLIC if public else "no-store"
    response.vary.update(("Accept-Language", "Authorization"))
    token = who.caller().token_id
    if token is not None:
        api_tokens.saw(session(), token)
    return response
