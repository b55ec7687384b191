"""Problems as programs read them (RFC 9457): whatever goes wrong under ``/api``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify
from werkzeug.exceptions import HTTPException

from uptake.api.who import caller
from uptake.errors import AppError, Invalid, Refused
from uptake.i18n import N_
from uptake.i18n import gettext as _

MEDIA_TYPE = "application/problem+json"
SCHEME = 'Bearer realm="api"'
WORDS = {
    "Missing data for required field.": N_("This is missing."), "Unknown field.": N_("There is no such field."),
    "Field may not be null.": N_("This must not be null."), "Not a valid string.": N_("This must be a text."),
    "Not a valid integer.": N_("This must be a whole number."), "Not a valid boolean.": N_("This must be true or false."),
    "Not a valid list.": N_("This must be a list."), "Not a valid date.": N_("Write the day as 2025-01-31."),
    "Not a valid UUID.": N_("This is no id."), "Invalid input type.": N_("This must be an object."),
    "Not a valid mapping type.": N_("This must be an object."),
    "Not a file.": N_("This must be a file with a name."),
    "Not a valid datetime.": N_("Write the moment as 2025-01-31T12:00:00Z."),
    "Not a valid aware datetime.": N_("Write the moment with its zone, as 2025-01-31T12:00:00Z."),
    "String does not match expected pattern.": N_("This is not written as it should be."),
}  # fmt: skip
BOUNDS = (
    N_("Length must be between {min} and {max}."), N_("Longer than maximum length {max}."),
    N_("Must be greater than or equal to {min} and less than or equal to {max}."), N_("Must be one of: {choices}."),
)  # fmt: skip
_BOUNDS = {re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(bound)), re.DOTALL): bound for bound in BOUNDS}


def status_of(error: AppError) -> int:
    """401 where a token would help, else the error's own."""
    return 401 if isinstance(error, Refused) and caller().token_id is None else error.status


def fields_of(error: AppError | HTTPException) -> dict[str, str]:
    """What is wrong with which field of the body or parameter."""
    if isinstance(error, Invalid):
        return {name: _(what, **error.values) for name, what in error.fields.items()}
    messages = getattr(error, "data", {}).get("messages", {})
    return dict(_flat(next(iter(messages.values()), {}) if isinstance(messages, dict) else {}))


def listing(errors: Mapping[str, str]) -> str:
    """All of it in one line."""
    return " ".join(f"{name}: {what}" if name else what for name, what in errors.items())


def answer(status: int, title: str, detail: str, remedy: str, errors: Mapping[str, str]) -> Response:
    """The problem."""
    if errors and not remedy:
        remedy = _("Correct what is named in errors, then send it again.")
    said: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "remedy": remedy}
    response = jsonify(said | ({"errors": dict(errors)} if errors else {}))
    response.status_code, response.mimetype = status, MEDIA_TYPE
    if status == 401:
        response.headers["WWW-Authenticate"] = SCHEME
    return response


def _flat(found: Any, path: str = "") -> list[tuple[str, str]]:
    """``texts.en`` and its like, each with its first message."""
    if isinstance(found, dict) and path and found.keys() <= {"key", "value"}:
        return _flat(next(iter(found.values())), path)
    if isinstance(found, dict):
        return [one for name, below in found.items() for one in _flat(below, f"{path}.{name}".strip("."))]
    words = str(found[0] if isinstance(found, list) and found else found)
    for bound, message in _BOUNDS.items():
        if seen := bound.fullmatch(words):
            return [(path, _(message, **seen.groupdict()))]
    return [(path, _(WORDS.get(words, words)))]
