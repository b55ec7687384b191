"""How much a request may carry: little by default, more at the addresses that take files from people who are signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from uptake.api.who import is_api
from uptake.errors import Invalid, Refused
from uptake.i18n import N_
from uptake.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])
MEGABYTE = 1_000_000
DEFAULTS = {"form_mb": 4, "evidence_mb": 100, "import_mb": 2_000}
FIELDS = MEGABYTE // 2
MOST_FIELDS = 20_000
_MARK = "uptake_takes_files"


def setup(app: Flask) -> None:
    """Refuse what is too large before anything reads it: the check of a form's token would parse the whole body."""
    app.config.update(
        MAX_CONTENT_LENGTH=limit_in_mb(app.extensions["uptake"], "form_mb") * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
    )
    app.before_request(_bound)
    app.before_request(_readable)


def takes_files(limit: str) -> Callable[[View], View]:
    """A view that takes files up to the setting ``limit`` (``evidence_mb``, ``import_mb``) of the table ``limits``.

    Only somebody who is signed in may send that much; put it under the route. In the API its guard calls ``allow``.
    """

    def mark(view: View) -> View:
        setattr(view, _MARK, limit)
        return view

    return mark


def limit_in_mb(settings: Settings, name: str) -> int:
    """A bound in megabytes, as it is set or by default."""
    return settings.limits.get(name, DEFAULTS[name])


def largest_body(settings: Settings) -> int:
    """The most that any address takes, in bytes: what the server itself may refuse at once."""
    return max(limit_in_mb(settings, name) for name in DEFAULTS) * MEGABYTE + FIELDS


def _bound() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    name = getattr(view, _MARK, None)
    if name and is_api():
        return  # its guard knows better who asks
    if name and not current_user.is_authenticated:
        raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
    if name:
        allow(name)
    else:
        _fits()


def allow(limit: str) -> None:
    """Let this request carry as much as the setting ``limit`` says. Raises ``RequestEntityTooLarge``."""
    request.max_content_length = limit_in_mb(current_app.extensions["uptake"], limit) * MEGABYTE + FIELDS
    _fits()


def _fits() -> None:
    most = request.max_content_length
    if most is not None and (request.content_length or 0) > most:
        raise RequestEntityTooLarge


def _readable() -> None:
    if request.method == "POST" and request.endpoint is not None and not is_api():
        check_fields()


def check_fields() -> None:
    """Refuse what no database takes: a NUL in any field, and more fields than one statement may have values."""
    fields = list(request.form.items(multi=True))
    if len(fields) > MOST_FIELDS:
        raise RequestEntityTooLarge
    names = [(name, file.filename or "") for name, file in request.files.items(multi=True)]
    if any("\0" in text for pair in (*fields, *names) for text in pair):
        raise Invalid(N_("This holds a character that no document can hold."), remedy=N_("Type the text again."))
