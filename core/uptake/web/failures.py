"""Whatever goes wrong becomes a page or JSON here, in one place, and tells nobody more than they need."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from flask import Flask, Response, abort, current_app, jsonify, render_template, request
from jinja2 import TemplateNotFound
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from uptake.errors import AppError, Invalid
from uptake.i18n import N_, direction, get_locale
from uptake.i18n import gettext as _
from uptake.web.middleware import TOO_LONG

TEMPLATE = "errors.html"
LONGEST_QUERY = 16_000
TITLES = {
    400: N_("This address cannot be read"), 403: N_("You may not do this"), 404: N_("This page does not exist"),
    405: N_("This cannot be done here"), 409: N_("Somebody else was faster"), 413: N_("This is too large"),
    414: N_("This address is too long"), 422: N_("This cannot be taken as it stands"), 429: N_("Too many requests"),
    500: N_("Something went wrong on our side"),
}  # fmt: skip
REMEDIES = {
    400: N_("Check the address, or start from the front page."),
    404: N_("Check the address, or search for what you need."),
    414: N_("Use a shorter search, or fewer filters."),
    429: N_("Wait a minute and try again."),
    500: N_("Try again in a moment. If it happens again, tell us this number: {id}."),
}
PLAIN = Markup(
    '<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><title>{title}</title>'
    '<h1>{title}</h1><p>{message}</p><p>{remedy}</p><p><a href="{home}">{home}</a></p></html>'
)


def setup(app: Flask) -> None:
    """Answer errors, and refuse addresses that cannot be right."""
    app.before_request(_check_address)
    app.register_error_handler(AppError, _told)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _check_address() -> None:
    query = request.environ.get("QUERY_STRING", "")
    if request.environ.get(TOO_LONG) or len(query) > LONGEST_QUERY:
        abort(414)
    path = request.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    for part in (path, unquote_to_bytes(query)):
        if b"\0" in part or not _is_utf8(part):
            abort(400)


def _is_utf8(part: bytes) -> bool:
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _told(error: AppError) -> Response:
    fields = {name: _(what) for name, what in error.fields.items()} if isinstance(error, Invalid) else {}
    message, remedy = (_(said, **error.values) if said else "" for said in (error.message, error.remedy))
    return _answer(error.status, message=message, remedy=remedy, fields=fields)


def _http(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    response = _answer(error.code, message=_title(error.code) or error.name, remedy=_(REMEDIES.get(error.code, "")))
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    if current_app.debug:
        raise error
    number = uuid4().hex[:12]
    current_app.logger.error("Error %s at %s %r", number, request.method, request.path, exc_info=error)
    return _answer(500, message=_title(500), remedy=_(REMEDIES[500], id=number), id=number)


def _title(status: int) -> str:
    return _(TITLES[status]) if status in TITLES else ""


def _answer(status: int, *, message: str, remedy: str = "", **more: Any) -> Response:
    said = {"status": status, "message": message, "remedy": remedy, **more}
    title = _title(status) or message
    shown = {**said, "title": title, "message": message if message != title else ""}
    response = jsonify(error=said) if _wants_json() else Response(_page(shown))
    response.status_code = status
    return response


def _page(values: dict[str, Any]) -> str:
    """The site's own page; a plain one where that is missing or itself what fails."""
    try:
        return render_template(TEMPLATE, **values)
    except Exception as error:
        if not isinstance(error, TemplateNotFound):
            current_app.logger.error("The error page failed", exc_info=error)
        return _plain(values)


def _plain(values: dict[str, Any]) -> str:
    language = get_locale()
    home = f"{request.script_root}/"
    named = {"language": language.replace("_", "-"), "direction": direction(language), "home": home}
    return str(PLAIN.format(**{**values, **named}))


def _wants_json() -> bool:
    if request.path.endswith(".json"):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
