"""Which cycle of the review a session of the Working Group belongs to."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

_SESSION = re.compile(r"\s*0*(\d{1,3})(?:\.0)?(?!\d)")


def session_number(value: object) -> str | None:
    """The session as text: ``13`` of ``13``, ``13.0`` or ``13 - May 2012``."""
    found = _SESSION.match(str(value)) if value is not None else None
    return found[1] if found else None


def cycle_of(session: str | None) -> int | None:
    """The cycle of a session; None for one that the table does not know yet."""
    return _cycles().get(session or "")


@cache
def _cycles() -> dict[str, int]:
    data = json.loads((files("uptake_upr.data") / "sessions.json").read_text(encoding="utf-8"))
    return {str(item["session"]): item["cycle"] for item in data["sessions"]}
