"""The full export of UHRI, or its "Export to Excel" of a search, as XLSX: 16 columns, lists as lines with a dash."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

from uptake.toolkit import N_, Draft, FileInfo, Finding, Importer, Invalid, ReadOptions, fold, open_sheet, parse_date

from uptake_uhri.full_export import FullExport

COLUMNS = {
    "AnnotationId": "OHCHR Annotation Id",
    "Symbol": "Document Symbol",
    "Body": "Reccomending Body",
    "AnnotationType": "Type",
    "Countries": "Countries Concerned",
    "PublicationDate": "Document Publication Date",
    "Text": "Text",
    "Themes": "Themes",
    "AffectedPersons": "Affected Persons",
    "Sdgs": "Sdgs",
    "UprPositions": "UPR Position",
    "UprRecommendingCountry": "UPR Reccomending States",
    "UprSession": "UPR Session",
}
REQUIRED = ("Text", "Countries", "Symbol", "Body", "AnnotationType")
STATES = ("Countries", "UprRecommendingCountry")
LISTS = (*STATES, "Themes", "AffectedPersons", "Sdgs", "UprPositions", "UprSession")
_LINE_END = re.compile(r"\r\n?|\n")


class UhriXlsx(Importer):
    """Reads ``export-full-en.xlsx`` and the Excel file of a search."""

    name = "uhri-xlsx"
    title = N_("UHRI export (Excel)")
    source = "uhri"
    keyed = True
    feed = True

    def recognises(self, file: FileInfo) -> bool:
        """A workbook with UHRI's column of ids, or at least its text and countries."""
        if "xl/workbook.xml" not in file.members:
            return False
        try:
            with file.path.open("rb") as stream:
                found = _columns(open_sheet(stream, file.name).header)
        except Exception:
            return False
        return "AnnotationId" in found or {"Text", "Countries"} <= set(found)

    def edition(self, file: FileInfo, options: ReadOptions) -> str:
        """The workbook is an edition of its own: it lacks the document's id and the cycle."""
        return f"xlsx-{_language(options)}"

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        """Yield a draft for each row, or a finding for one that cannot be taken."""
        name = options.path.name
        sheet = open_sheet(stream, name)
        columns = _columns(sheet.header)
        yield from _missing_columns(columns, sheet.header, name)
        export = FullExport(options, _language(options))
        for row in sheet.rows():
            record = {key: _value(key, _cell(row.cells, at)) for key, at in columns.items()}
            if any(record.values()):
                raw = json.dumps(record, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
                if (item := export.read(f"row {row.number}", record, raw)) is not None:
                    yield item


def _language(options: ReadOptions) -> str:
    return (options.language or "en")[:15]


def _loose(header: str) -> str:
    return fold(header).replace("reccomending", "recommending")


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Where each key's column stands."""
    places = {_loose(str(title)): at for at, title in reversed(list(enumerate(header)))}
    return {key: places[_loose(title)] for key, title in COLUMNS.items() if _loose(title) in places}


def _missing_columns(columns: dict[str, int], header: Sequence[str], name: str) -> Iterator[Finding]:
    missing = [key for key in COLUMNS if key not in columns]
    if needed := [COLUMNS[key] for key in missing if key in REQUIRED]:
        raise Invalid(
            "{file} lacks the column {missing}; its columns are {present}.",
            remedy="Export it again from UHRI with all columns, or import it as a table with a column mapping.",
            file=name,
            missing=", ".join(needed),
            present=", ".join(str(title) for title in header) or "none",
        )
    for key in missing:
        yield Finding("row 1", "missing-column", "The column {column} is missing; its facts are not imported.",
                      {"column": COLUMNS[key]})  # fmt: skip


def _cell(cells: Sequence[object], at: int) -> object:
    return cells[at] if at < len(cells) else None


def _value(key: str, cell: object) -> Any:
    """The cell as the JSON export has it under that key."""
    if key == "PublicationDate":
        return _day(cell)
    if key not in LISTS or not isinstance(cell, str):
        return cell
    return [part for item in dash_list(cell) for part in (item.split(" - ") if key in STATES else (item,))]


def _day(cell: object) -> object:
    """The ISO date of a date cell or day number. Unknown is 1900-01-01: day 1 to some writers, day 2 to others."""
    if isinstance(cell, str):
        return cell
    try:
        day = parse_date(cell)
    except ValueError:
        return str(cell)
    return day.isoformat() if isinstance(day, datetime.date) and day.year > 1900 else None


@lru_cache(maxsize=65536)
def dash_list(cell: str) -> tuple[str, ...]:
    """The items of a list cell, each behind a dash at the start of a line; a line without one goes on with its item."""
    items: list[str] = []
    for line in _LINE_END.split(cell):
        text = line.strip()
        if text.startswith("- ") or not items:
            items.append(text.removeprefix("- "))
        elif text not in {"", "-"}:
            items[-1] = f"{items[-1]} {text}"
    return tuple(item.strip() for item in items if item.strip() not in {"", "-"})
