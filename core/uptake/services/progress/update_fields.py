"""What an update says, field by field: how each is read from a form and how it is written to the trail."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.models.progress import Update
from uptake.texts import unprintable

TEXTS = ("done", "effect", "obstacles", "next_step")
DAYS = ("period_from", "period_to")
FIELDS = ("language", *DAYS, *TEXTS, "claim", "claim_reason")
LABELS = {
    "language": N_("Language"), "period_from": N_("From"), "period_to": N_("Until"), "done": N_("What was done"),
    "effect": N_("What changed for people"), "obstacles": N_("Obstacles"), "next_step": N_("Next step"),
    "claim": N_("Where it stands"), "claim_reason": N_("Reason"),
}  # fmt: skip
LONGEST = 20_000
LONGEST_CODE = 30
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,4}){0,2}")


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored; a draft takes everything that can be stored at all. Raises ``Invalid``."""
    taken: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in FIELDS:
        if name not in values:
            continue
        try:
            taken[name] = _take(name, values[name])
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Invalid(N_("The update cannot be saved like this."), fields=wrong)
    return taken


def content_of(update: Update) -> dict[str, Any]:
    """What it says now."""
    return {name: getattr(update, name) for name in FIELDS}


def plain(value: Any) -> Any:
    """As JSON knows it."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def _take(name: str, value: Any) -> Any:
    if name in DAYS:
        return _day(value)
    text = str(value or "").replace("\r\n", "\n").strip()
    if unprintable(text):
        raise ValueError(N_("This holds a character that no document can hold."))
    if name == "language":
        if not _LANGUAGE.fullmatch(text):
            raise ValueError(N_("Choose a language."))
        return text
    if len(text) > (LONGEST_CODE if name == "claim" else LONGEST):
        raise ValueError(N_("This is too long."))
    return text if name in TEXTS else text or None


def _day(value: Any) -> datetime.date | None:
    if not value or isinstance(value, datetime.date):
        return value or None
    try:
        return datetime.date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(N_("Write the day as year-month-day, such as 2027-03-31.")) from None
