"""What people call the values that no table names: positions, kinds, families of mechanisms, languages, statuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError

from uptake.i18n import CONTENT_LANGUAGES, catalogue
from uptake.models.recommendations import KINDS, POSITIONS
from uptake.texts import fold

_FAMILIES = {
    "upr": "Universal Periodic Review", "treaty-body": "Treaty bodies", "special-procedure": "Special procedures",
    "regional": "Regional mechanisms", "ilo": "International Labour Organization",
}  # fmt: skip
_STATUSES = ("received", "not_started", "planned", "in_progress", "substantially_done", "implemented", "continuous", "stalled",
             "not_planned", "regressed", "superseded", "not_applicable")  # fmt: skip
_KINDS = {"concern": "Concern or observation", "pledge": "Voluntary pledge", "unspecified": "Not specified"}


def value_called(field: str, wanted: str) -> str | None:
    """The value of a field that has this name in some language; None where there is none such."""
    if field == "language":
        return _languages().get(fold(wanted))
    if field == "position" and fold(wanted) in _positions():
        return _positions()[fold(wanted)]
    return _called(field).get(fold(wanted))


@cache
def _called(field: str) -> dict[str, str]:
    kinds = dict.fromkeys(KINDS, "") | _KINDS
    statuses = dict.fromkeys(_STATUSES, "")
    messages = {"position": dict.fromkeys(POSITIONS, ""), "kind": kinds, "family": _FAMILIES, "status": statuses}
    return {
        fold(name): value
        for value, message in messages.get(field, {}).items()
        for name in [value, *_translated(message or value.replace("_", " ").capitalize())]
    }


def _translated(message: str) -> Iterator[str]:
    yield message
    yield from (catalogue(language).gettext(message) for language in CONTENT_LANGUAGES)


@cache
def _positions() -> dict[str, str]:
    table = json.loads(files("uptake.data").joinpath("positions.json").read_text("utf-8"))["positions"]
    return {fold(word): position for position, said in table.items() for word in [position, *said]}


@cache
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for reader in reversed(CONTENT_LANGUAGES):
        found |= {fold(name): code for code, name in Locale.parse(reader).languages.items()}
    for code in sorted(set(found.values())):
        try:
            own = Locale.parse(code).get_language_name(code)
        except (ValueError, UnknownLocaleError):
            continue
        found.setdefault(fold(own or code), code)
    return found | {code: code for code in set(found.values())}
