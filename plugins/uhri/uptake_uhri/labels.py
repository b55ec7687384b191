"""What the labels of UHRI's exports stand for."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from uptake.toolkit import TagDraft

from uptake_uhri.ids import read_ids

KINDS = {
    "-": "unspecified",
    "Recommendations": "recommendation",
    "Concerns/Observations": "concern",
    "Others": "other",
}
UNSPECIFIED = "unspecified"
FIRST_SESSION_OF_CYCLE = (1, 13, 27, 41)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
_SDG = re.compile(r"(\d{1,2})(?:\.(\d{1,2}|[a-z]))?(?=\s*[-–—:.](?!\d)|\s*$)", re.IGNORECASE)
_DIRECTION_MARKS = "\u200e\u200f\u202a\u202b\u202c \t"
_GOALS = 17


class Reading(NamedTuple):
    """What a label stands for: None where it stands for nothing, or where that is not ``known``."""

    label: str
    value: str | None
    known: bool = True


def undash(label: str) -> str | None:
    """``- CRC`` is ``CRC``; a lone dash is nothing."""
    return label.removeprefix("-").strip() or None if label == "-" or label.startswith("- ") else label


def is_id(label: str) -> bool:
    """Whether an id has leaked in place of a label."""
    return len(label) == 36 and _UUID.fullmatch(label) is not None


def read_kind(label: str) -> Reading:
    """The kind of recommendation that an annotation type, or its id, means."""
    bare = undash(label) or "-"
    kind = KINDS.get(read_ids().annotation_types.get(bare.lower(), bare))
    return Reading(bare, kind or UNSPECIFIED, kind is not None)


def read_session(label: str) -> Reading:
    """The number of a session of the Universal Periodic Review as text: ``35th Session`` is ``35``."""
    if _UUID.fullmatch(label):
        number = read_ids().sessions.get(label.lower())
        return Reading(label, None if number is None else str(number), number is not None)
    found = _NUMBER.search(label)
    return Reading(label, str(int(found[0])) if found else label)


def read_cycle(label: str) -> Reading:
    """The number of the cycle that ``Cycle 3``, ``3`` or an id means, as text."""
    if _UUID.fullmatch(label):
        number = read_ids().cycles.get(label.lower())
    else:
        found = _NUMBER.search(label)
        number = int(found[0]) if found else None
    known = number is not None and 0 < number < 20
    return Reading(label, str(number) if known else None, known)


def cycle_of_session(session: str | None) -> int | None:
    """The cycle in which a session falls."""
    if session is None or not session.isdecimal():
        return None
    return bisect_right(FIRST_SESSION_OF_CYCLE, int(session)) or None


def sdg_tag(label: str) -> TagDraft:
    """The goal or target by its code, which stands in front of the label in every language."""
    found = _SDG.match(label.strip(_DIRECTION_MARKS))
    if not found or not 0 < int(found[1]) <= _GOALS:
        return TagDraft("sdg", label)
    goal, target = str(int(found[1])), found[2]
    if not target:
        return TagDraft("sdg", goal)
    return TagDraft("sdg", f"{goal}.{int(target) if target.isdecimal() else target.lower()}")
