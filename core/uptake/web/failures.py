"""Whatever goes wrong becomes a page or JSON here, in one place, and tells nobody more than they need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode
from uuid import uuid4

from flask import Flask, Response, abort, current_app, jsonify, redirect, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from uptake.api.who import is_api
from uptake.errors import AppError, Invalid, Refused
from uptake.i18n import N_, direction, get_locale, number
from uptake.i18n import gettext as _
from uptake.web import problems
from uptake.web.extensions import plugin_of_page, registry
from uptake.web.middleware import TOO_LONG

TEMPLATE = "errors.html"
LONGEST_QUERY = 16_000
SECRET = re.compile("password|token|code|secret")
TITLES = {
    400: N_("This address cannot be read"), 401: N_("Nobody is signed in"), 403: N_("You may not do this"),
    404: N_("This page does not exist"), 405: N_("This cannot be done here"), 409: N_("Somebody else was faster"),
    412: N_("This is another version"), 413: N_("This is too large"), 414: N_("This address is too long"),
    415: N_("This is of another kind"), 422: N_("This cannot be taken as it stands"), 428: N_("A condition is missing"),
    429: N_("Too many requests"), 500: N_("Something went wrong on our side"),
}  # fmt: skip
REMEDIES = {
    400: N_("Check the address, or start from the front page."),
    404: N_("Check the address, or search for what you need."),
    413: N_("At most {limit} MB can be sent at once here. Make it smaller, or send it in parts."),
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
    app.register_error_handler(CSRFError, _stale_form)
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


def _told(error: AppError) -> Response | WerkzeugResponse:
    if is_api():
        said, what_to_do = (_(words, **error.values) if words else "" for words in (error.message, error.remedy))
        return _problem(problems.status_of(error), said, what_to_do, problems.fields_of(error))
    if (
        isinstance(error, Refused)
        and not current_user.is_authenticated
        and request.method == "GET"
        and not _wants_json()
    ):
        return redirect(
            f"{request.script_root}/sign-in?{urlencode({'next': request.script_root + request.full_path.rstrip('?')})}"
        )
    fields = {name: _(what) for name, what in error.fields.items()} if isinstance(error, Invalid) else {}
    message, remedy = (_(said, **error.values) if said else "" for said in (error.message, error.remedy))
    return _answer(error.status, message=message, remedy=remedy, fields=fields)


def _stale_form(_error: CSRFError) -> Response:
    return _answer(
        400,
        title=_("This form cannot be taken"),
        message=_("This form is too old, or was not sent from here."),
        remedy=_("Go back, load the page again and send it once more. Nothing was changed."),
        kept=_typed(),
    )


def _typed() -> list[str]:
    """The words of the form that was sent, for a page that cannot take them: only to who typed them on this very site."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    fields = [name for name in request.form if not SECRET.search(name)]
    return [words for name in fields for words in request.form.getlist(name) if " " in words.strip()]


def _http(error: HTTPException) -> Response | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    remedy, title = _remedy(error.code), _title(error.code) or error.name
    if is_api():
        errors = problems.fields_of(error)
        response = _problem(error.code, problems.listing(errors) or title, remedy, errors)
    else:
        response = _answer(error.code, message=title, remedy=remedy)
    for name, value in error.get_headers(request.environ):
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _remedy(status: int) -> str:
    most = (request.max_content_length or 0) // 1_000_000
    return _(REMEDIES[status], limit=number(most)) if status in REMEDIES else ""


def _unexpected(error: Exception) -> Response:
    if current_app.debug:
        raise error
    number = uuid4().hex[:12]
    current_app.logger.error("Error %s at %s %r", number, request.method, _without_secrets(), exc_info=error)
    if plugin := plugin_of_page():
        registry().faults.note(plugin, f"page {request.url_rule}", error)
        said = _("This page belongs to the plugin {plugin}, which failed.", plugin=plugin)
        return _answer(500, message=said, remedy=_(REMEDIES[500], id=number), id=number)
    return _answer(500, message=_title(500), remedy=_(REMEDIES[500], id=number), id=number)


def _without_secrets() -> str:
    """The path for the log; of a link that is a permission only what kind of link it is."""
    secret = any(name.startswith("token") for name in request.view_args or ())
    return request.url_rule.rule if secret and request.url_rule else request.path


def _title(status: int) -> str:
    return _(TITLES[status]) if status in TITLES else ""


def _answer(
    status: int, *, message: str, remedy: str = "", title: str = "", kept: Sequence[str] = (), **more: Any
) -> Response:
    if is_api():
        return _problem(status, message, remedy, {})
    said = {"status": status, "message": message, "remedy": remedy, **more}
    title = title or _title(status) or message
    shown = {**said, "kept": kept, "title": title, "message": message if message != title else ""}
    response = jsonify(error=said) if _wants_json() else Response(_page(shown))
    response.status_code = status
    return response


def _problem(status: int, message: str, remedy: str, errors: Mapping[str, str]) -> Response:
    return problems.answer(status, _title(status) or message, message, remedy, errors)


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
