"""Institutions as a table: written for spreadsheets, read back with a preview, applied whole or not at all."""

from __future__ import annotations

import base64
import datetime
import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid
from uptake.files.cells import cell_text
from uptake.files.csv_writer import RISKY, csv_chunks
from uptake.files.sheet_writer import write_sheet
from uptake.files.sheets import missing_columns, open_sheet
from uptake.i18n import N_
from uptake.models.actors import KINDS, LEVELS, Actor
from uptake.search import index
from uptake.services.actors.institution_edits import differing, lock, put
from uptake.services.actors.institution_rules import Draft, Known, known, tidy, wrong_fields
from uptake.services.permissions import Person, require

PLAIN = ("code", "kind", "level", "parent", "email", "phone", "website", "mandate", "closed_on")
MOST_ROWS = 5_000
LARGEST = 20_000_000
FORMATS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_NAMED = re.compile(r"(short_name|name)_([a-z]{2,3}(?:_\w{2,8})?)")
Cells = dict[str, str]
__all__ = ["FORMATS", "KINDS", "LEVELS", "Line", "Preview", "apply", "export", "read"]


@dataclass(slots=True)
class Line:
    """What one row of the table does: ``new``, ``changed``, ``same`` or ``refused``, with why and what."""

    number: int
    code: str
    what: str
    wrong: dict[str, str] = field(default_factory=dict)
    draft: Draft = field(default_factory=Draft)
    before: Draft | None = None

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """What differs: field, old and new."""
        names = differing(self.before, self.draft)
        return [(name, getattr(self.before, name, None), getattr(self.draft, name)) for name in names]


@dataclass(slots=True)
class Preview:
    """All rows of a table; ``packed`` carries them to the next step, ``mark`` tells whether they still do the same."""

    lines: list[Line]
    ignored: list[str]
    packed: str
    mark: str

    def count(self, what: str) -> int:
        """How many rows do this."""
        return sum(line.what == what for line in self.lines)


def export(session: Session, form: str, languages: Iterable[str], *, person: Person) -> bytes:
    """All institutions as CSV or XLSX; no cell of it can become a formula."""
    require(person, "actor.view")
    drafts = list(known(session).values())
    said = {language for draft in drafts for language in (*draft.names, *draft.short_names)}
    columns = _columns([*languages, *sorted(said - set(languages))])
    rows = [[_cell(draft, name) for name in columns] for draft in drafts]
    if form == "csv":
        return b"".join(csv_chunks(columns, ([_quoted(cell) for cell in row] for row in rows)))
    stream = BytesIO()
    write_sheet(stream, dict.fromkeys(columns, 24), rows)
    return stream.getvalue()


def read(session: Session, stream: BinaryIO, name: str, *, person: Person) -> Preview:
    """What a table would change. Raises ``Invalid`` for a file that is no such table."""
    require(person, "actor.edit")
    sheet = open_sheet(stream, name)
    if sheet.find_column("code") is None:
        raise missing_columns(sheet, ["code"])
    places = {title: column for title in sheet.header if (column := _column(title)) is not None}
    rows: list[tuple[int, Cells]] = []
    for row in sheet.rows():
        if not row.blank:
            texts = dict(zip(sheet.header, (cell_text(cell) for cell in row.cells), strict=False))
            rows.append((row.number, {column: _unquoted(texts[title], sheet.kind) for title, column in places.items()}))
        if len(rows) > MOST_ROWS:
            raise Invalid(N_("The table holds more than {most} rows."), remedy=N_("Cut it into parts."), most=MOST_ROWS)
    if not rows:
        raise Invalid(
            N_("The table holds no institutions."), remedy=N_("Write one in each row under the column names.")
        )
    ignored = [title for title in sheet.header if title and title not in places and title != "note"]
    return _preview(session, rows, ignored)


def apply(packed: str, mark: str, *, person: Person, reason: str | None = None) -> Preview:
    """Do what was previewed, all of it. Raises ``Conflict`` where the same rows would do something else by now."""
    require(person, "actor.edit")
    rows = _unpacked(packed)
    with transaction() as session:
        lock(session)
        preview = _preview(session, rows, [])
        if preview.mark != mark:
            raise Conflict(
                N_("The institutions have changed since this preview."),
                remedy=N_("Upload the table again and look at it anew."),
            )
        if preview.count("refused"):
            raise Invalid(
                N_("Some rows are refused, so nothing was taken."),
                remedy=N_("Correct them and upload the table again."),
            )
        if preview.count("new") + preview.count("changed"):
            index.lock(session)
            _write(session, preview.lines, person, reason)
    return preview


def _write(session: Session, lines: list[Line], person: Person, reason: str | None) -> None:
    """First every new institution, then what stands below what, so that the order of the rows does not matter."""
    for line in lines:
        if line.what == "new":
            put(session, None, replace(line.draft, parent=""), person, reason)
    actors = {actor.code.casefold(): actor for actor in session.scalars(select(Actor))}
    for line in lines:
        if line.what == "changed" or (line.what == "new" and line.draft.parent):
            put(session, actors[line.code.casefold()], line.draft, person, reason)


def _preview(session: Session, rows: list[tuple[int, Cells]], ignored: list[str]) -> Preview:
    before = known(session)
    lines = [_line(number, cells, before) for number, cells in rows]
    after: Known = dict(before)
    codes = {line.draft.code.casefold(): line.draft.code for line in reversed(lines)}
    codes |= {key: draft.code for key, draft in before.items()}
    for line in lines:
        line.draft.parent = codes.get(line.draft.parent.casefold(), line.draft.parent)
        if line.draft.code.casefold() in after and line.draft.code.casefold() not in before:
            line.wrong["code"] = N_("Another row has this code.")
        after[line.draft.code.casefold()] = line.draft
    met: set[str] = set()
    for line in lines:
        _judge(line, before, after, met)
    return Preview(lines, ignored, _packed(rows), _mark(lines))


def _line(number: int, cells: Cells, before: Known) -> Line:
    """The row laid over what is saved: a column that the table does not have leaves its field as it is."""
    old = before.get(cells["code"].strip().casefold())
    draft = replace(old, names=dict(old.names), short_names=dict(old.short_names)) if old else Draft(code=cells["code"])
    line = Line(number, draft.code.strip(), "")
    for column, text in cells.items():
        if named := _NAMED.fullmatch(column):
            (draft.names if named[1] == "name" else draft.short_names)[named[2]] = text
        elif column == "closed_on":
            draft.closed_on = _day(text, line)
        elif column != "code":
            setattr(draft, column, text)
    line.draft = tidy(draft)
    return line


def _judge(line: Line, before: Known, after: Known, met: set[str]) -> None:
    key = line.draft.code.casefold()
    old = before.get(key)
    others = after if old else {code: draft for code, draft in after.items() if code != key}
    line.wrong = {
        **wrong_fields(line.draft, {**others, **({key: line.draft} if old else {})}, new=old is None),
        **line.wrong,
    }
    if key in met:
        line.wrong["code"] = N_("Another row has this code.")
    met.add(key)
    line.before = old
    line.what = "refused" if line.wrong else "new" if old is None else "changed" if line.changes else "same"


def _day(text: str, line: Line) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text.strip()[:10]) if text.strip() else None
    except ValueError:
        line.wrong["closed_on"] = N_("Write the day as 2025-01-31.")
        return None


def _columns(languages: Iterable[str]) -> list[str]:
    named = [f"{kind}_{language}" for kind in ("name", "short_name") for language in languages]
    return [*PLAIN[:4], *named, *PLAIN[4:]]


def _column(title: str) -> str | None:
    """The column that a title means, in any case and with blanks or hyphens."""
    plain = re.sub(r"[\s-]+", "_", title.strip())
    if plain.lower() in PLAIN:
        return plain.lower()
    found = re.fullmatch(r"(short_)?name_([a-z]{2,3})(_\w{2,8})?", plain, re.IGNORECASE)
    return f"{'short_' if found[1] else ''}name_{found[2].lower()}{found[3] or ''}" if found else None


def _cell(draft: Draft, column: str) -> str:
    if named := _NAMED.fullmatch(column):
        return (draft.names if named[1] == "name" else draft.short_names).get(named[2], "")
    value = getattr(draft, column)
    return value.isoformat() if isinstance(value, datetime.date) else value or ""


def _quoted(cell: str) -> str:
    """One apostrophe more where one stands already before a risky sign: reading takes one away."""
    return f"'{cell}" if cell.startswith("'") and cell.lstrip("'")[:1] in RISKY else cell


def _unquoted(text: str, kind: str) -> str:
    return text[1:] if kind == "csv" and text.startswith("'") and text.lstrip("'")[:1] in RISKY else text


def _packed(rows: list[tuple[int, Cells]]) -> str:
    return base64.b64encode(zlib.compress(msgspec.json.encode(rows), 9)).decode("ascii")


def _unpacked(packed: str) -> list[tuple[int, Cells]]:
    try:
        opened = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), LARGEST)
        rows = msgspec.json.decode(opened, type=list[tuple[int, dict[str, str]]])
    except (ValueError, zlib.error, msgspec.DecodeError):
        rows = []
    fits = all("code" in cells and all(_column(name) == name for name in cells) for _, cells in rows)
    if not rows or not fits or len(rows) > MOST_ROWS:
        raise Invalid(N_("This preview is damaged."), remedy=N_("Upload the table again."))
    return rows


def _mark(lines: Iterable[Line]) -> str:
    said = [(line.what, sorted(line.wrong), line.before, line.draft) for line in lines]
    return hashlib.sha256(repr(said).encode()).hexdigest()
