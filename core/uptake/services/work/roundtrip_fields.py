"""The columns of the spreadsheet that goes out and comes back, and the mark by which a row is known again.

The mark is a hidden cell: whose row it is, which update stood there at the download, and a short hash of what was given
and of each cell to fill. By it a change in the sheet is told from a change in the register.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from uptake.files.sheet_writer import shortened
from uptake.i18n import N_, catalogue
from uptake.texts import fold

GIVEN = {
    "institution": N_("Institution"), "document": N_("Document"), "paragraph": N_("Paragraph"),
    "recommendation": N_("Recommendation"), "status": N_("Published status"), "due": N_("Due on"),
}  # fmt: skip
FILL = {
    "period_from": N_("Period from"), "period_to": N_("Period until"), "done": N_("What was done"),
    "effect": N_("What changed for people"), "obstacles": N_("Obstacles"), "next_step": N_("Next step"),
    "claim": N_("Where it stands"), "claim_reason": N_("Reason for this status"), "evidence": N_("Links to evidence"),
}  # fmt: skip
ID, MARK = "uptake id", "uptake mark"
WIDTHS = {
    "institution": 22, "document": 18, "paragraph": 11, "recommendation": 60, "status": 16, "due": 12,
    "period_from": 12, "period_to": 12, "done": 50, "effect": 40, "obstacles": 30, "next_step": 30, "claim": 18,
    "claim_reason": 30, "evidence": 40,
}  # fmt: skip
DAYS = ("period_from", "period_to")
_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a row's hidden cell says. ``update`` is the update that stood there (0: none), ``draft`` whether it was one."""

    actor: int
    update: int
    version: int
    draft: bool
    given: str
    filled: tuple[str, ...]

    def was(self, name: str, value: str) -> bool:
        """Whether a field held this value when the sheet was downloaded."""
        return self.filled[list(FILL).index(name)] == short_hash(value)


def short_hash(value: str) -> str:
    """A short hash of a cell, in which blanks and line ends do not count: spreadsheets change them."""
    words = " ".join(shortened(value).split())
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8] if words else "-"


def given_hash(uuid: str, cells: Iterable[str]) -> str:
    """The hash of what a row was given."""
    return short_hash(" | ".join([uuid, *(" ".join(shortened(cell).split()) for cell in cells)]))


def write_mark(uuid: str, mark: Mark) -> str:
    """The hidden cell."""
    parts = [_VERSION, mark.actor, mark.update, mark.version, int(mark.draft), mark.given, ".".join(mark.filled)]
    body = ";".join(map(str, parts))
    return f"{body};{check_of(uuid, body)}"


def read_mark(uuid: str, cell: str) -> Mark | None:
    """What the hidden cell says; None where somebody has changed it, or moved it to another row."""
    body, _, check = cell.strip().rpartition(";")
    if check != check_of(uuid, body):
        return None
    version, actor, update, number, draft, given, filled = body.split(";")
    if version != _VERSION:
        return None
    return Mark(int(actor), int(update), int(number), draft == "1", given, tuple(filled.split(".")))


def find_columns(header: Sequence[str], languages: Iterable[str]) -> dict[str, int]:
    """Where each column stands, whatever the language of its name; only those that are there."""
    known = {fold(name): name for name in (*GIVEN, *FILL)} | {fold(ID): ID, fold(MARK): MARK}
    for language in languages:
        words = catalogue(language)
        known |= {fold(words.gettext(label)): name for name, label in {**GIVEN, **FILL}.items()}
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        name = known.get(fold(title))
        if name and name not in found:
            found[name] = at
    return found


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The fields in which two rows differ, blanks and line ends not counting."""
    return [name for name in FILL if short_hash(before.get(name, "")) != short_hash(after.get(name, ""))]


def check_of(uuid: str, body: str) -> str:
    """What shows that a hidden cell stands where it was written, and as it was written."""
    return hashlib.sha256(f"{uuid};{body}".encode()).hexdigest()[:8]
