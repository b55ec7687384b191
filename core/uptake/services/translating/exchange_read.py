"""Reads a file that came back from translators, row by row, with what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

from uptake.errors import Invalid
from uptake.files.cells import cell_text
from uptake.files.sheet_oddities import Oddities, oddities
from uptake.files.sheets import missing_columns, open_sheet, too_many_rows
from uptake.files.xliff import DONE, UNTOUCHED, read_xliff
from uptake.i18n import N_
from uptake.services.translating.exchange import FROM, ID, MOST_ROWS, SOURCE, TARGET
from uptake.services.work.roundtrip_read import Problem, odd_cells


@dataclass(slots=True)
class Given:
    """One row: its number, id, text and translation. ``reviewed`` says that a tool calls it done; ``into`` is the language
    that the file names, where it names one."""

    number: int
    id: str
    source: str
    target: str
    reviewed: bool = False
    into: str = ""
    problems: list[Problem] = field(default_factory=list)


def read(stream: BinaryIO, name: str) -> list[Given]:
    """The rows of an XLIFF file or a spreadsheet. Raises ``Invalid`` for what is neither."""
    head = stream.read(200)
    stream.seek(0)
    rows = _xliff(stream, name) if _is_xml(head) else _sheet(stream, name)
    if not rows:
        raise Invalid(N_("{file} holds no rows."), remedy=N_("Export the worklist again and fill it in."), file=name)
    return rows


def _is_xml(head: bytes) -> bool:
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return plain.startswith((b"<", b"\xfe\xff", b"\xff\xfe"))


def _xliff(stream: BinaryIO, name: str) -> list[Given]:
    found = []
    for number, unit in enumerate(read_xliff(stream, name, MOST_ROWS), 1):
        target = "" if unit.state in UNTOUCHED else unit.target
        found.append(Given(number, unit.id, unit.source, target.strip(), unit.state in DONE, unit.target_language))
    return found


def _sheet(stream: BinaryIO, name: str) -> list[Given]:
    sheet = open_sheet(stream, name)
    missing = [column for column in (ID, FROM, SOURCE, TARGET) if sheet.find_column(column) is None]
    if missing:
        raise missing_columns(sheet, missing)
    odd = oddities(stream, sheet.sheet_names[0]) if sheet.kind == "xlsx" else Oddities()
    at = {column: sheet.column(column) for column in (ID, SOURCE, TARGET)}
    found: list[Given] = []
    for row in sheet.rows():
        if row.blank:
            continue
        if len(found) >= MOST_ROWS:
            raise too_many_rows(name, MOST_ROWS)
        texts = {column: cell_text(row.cells[place]).replace("\r\n", "\n").strip() for column, place in at.items()}
        problems = odd_cells(row.number, at, odd)
        found.append(Given(row.number, texts[ID], texts[SOURCE], texts[TARGET], problems=problems))
    return found
