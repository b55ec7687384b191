"""The rows of a UPR Info export, whatever its edition calls the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from uptake.toolkit import Finding, Invalid, Row, Sheet, clean, fold

from uptake_upr.sessions import session_number

# In turn: the CSV of 2014/15, its XLS, and the labels of the database of today.
_HEADERS = {
    "state": ("to", "sur", "state under review"),
    "text": ("text", "recommendation"),
    "sender": ("from", "rs", "recommending state"),
    "response": ("response",),
    "action": ("action", "action category"),
    "issues": ("issue", "issues"),
    "session": ("session",),
}
_NEEDED = ("state", "text", "sender", "response", "session")
_UNICODE_ESCAPE = re.compile(r"%u([0-9A-Fa-f]{4})")
_ACTION = re.compile(r"\s*([1-5])(?:\.0)?(?:\s*-.*)?\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """One row: what one State recommended. ``text`` is as in the file; ``words`` is what makes texts the same."""

    where: str
    state: str
    session: str | None
    text: str
    words: str
    sender: str
    response: str
    action: str
    issues: tuple[str, ...]

    @property
    def is_pledge(self) -> bool:
        return "pledge" in fold(self.response)


def find_columns(header: tuple[str, ...]) -> dict[str, int]:
    """Where the columns stand; of names that occur twice, the first."""
    labels = [fold(clean(label)) for label in header]
    found = {role: [labels.index(name) for name in names if name in labels] for role, names in _HEADERS.items()}
    return {role: places[0] for role, places in found.items() if places}


def is_export(header: tuple[str, ...]) -> bool:
    return not missing_columns(find_columns(header))


def missing_columns(columns: dict[str, int]) -> list[str]:
    return [" or ".join(name.title() for name in _HEADERS[role]) for role in _NEEDED if role not in columns]


def read_records(sheet: Sheet, name: str) -> Iterator[Record | Finding]:
    """The records of a table, and what is wrong with rows that hold none."""
    columns = find_columns(sheet.header)
    if missing := missing_columns(columns):
        raise Invalid(
            "{file} is no UPR Info export: these columns are missing: {columns}.",
            remedy="Import it as a table and say there which column is which.",
            file=name,
            columns=", ".join(missing),
        )
    for row in sheet.rows():
        yield _record(row, columns)


def plain_text(text: str) -> str:
    """A text without what differs between exports of the same record: entities, ``%u2019``, quotes, blanks."""
    whole = _UNICODE_ESCAPE.sub(lambda found: chr(int(found[1], 16)), clean(text))
    return clean(whole.translate(_QUOTES))


_QUOTES = str.maketrans({"‘": "'", "’": "'", "´": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})


def _record(row: Row, columns: dict[str, int]) -> Record | Finding:
    values = {role: row.cells[at] if at < len(row.cells) else None for role, at in columns.items()}
    cells = {role: "" if value is None else str(value) for role, value in values.items()}
    where = f"row {row.number}"
    if not any(clean(str(cell)) for cell in row.cells if cell is not None):
        return Finding(where, "blank-row", "The row is blank.", severity="info")
    state, words = clean(cells["state"]), fold(plain_text(cells["text"]))
    if not state or not words:
        lacking = {"what": "State under review" if not state else "text"}
        return Finding(where, "row-incomplete", "The row has no {what} and cannot be taken.", lacking, "refused")
    action = _ACTION.fullmatch(cells.get("action", ""))
    return Record(
        where=where,
        state=state,
        session=session_number(cells["session"]),
        text=cells["text"],
        words=words,
        sender=clean(cells["sender"]),
        response=clean(cells["response"]),
        action=action[1] if action else clean(cells.get("action", "")),
        issues=tuple(filter(None, (clean(label) for label in re.split(r"[,|]", cells.get("issues", ""))))),
    )
