"""Any table as a file: CSV, Excel, JSON, JSON lines, Word and PDF, with the columns that the reader chooses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.files.csv_writer import csv_chunks
from uptake.files.sheet_writer import write_sheet
from uptake.i18n import N_, direction, get_locale, gettext, number
from uptake.services.lists import exporting, papers

FORMATS = exporting.FORMATS
MOST_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column: what people read over it, its width in characters, and whether it is there without being asked for."""

    label: str
    width: int
    given: bool = True


@dataclass(frozen=True, slots=True)
class ListFile:
    """A table to be written: its heading, its columns by name, and rows with a cell for each of them."""

    title: str
    columns: Mapping[str, ListColumn]
    rows: Iterable[Sequence[object]]
    notes: Sequence[str] = ()


def write_list(stream: BinaryIO, format: str, table: ListFile, session: Session, wanted: Iterable[str] = ()) -> int:
    """Write the table and return the number of its rows. Headers are names for programs, and labels on paper.

    Raises ``Invalid`` for an unknown format or column and for more rows than paper takes, ``Missing`` without the extra.
    """
    if format not in FORMATS:
        raise Invalid(
            "There is no format {name}.", remedy="Formats: {formats}.", name=format[:20], formats=", ".join(FORMATS)
        )
    chosen = _chosen(table, wanted)
    at = [number_ for number_, name in enumerate(table.columns) if name in chosen]
    counted = _Counted([row[i] for i in at] for row in table.rows)
    if format in papers.FORMATS:
        return _on_paper(stream, format, table, chosen, counted, session)
    if format == "xlsx":
        widths = {name: table.columns[name].width for name in chosen}
        return write_sheet(stream, widths, counted, right_to_left=direction(get_locale()) == "rtl", wrap=True)
    for piece in csv_chunks(chosen, counted) if format == "csv" else _json(chosen, counted, format):
        stream.write(piece)
    return counted.count


class _Counted:
    def __init__(self, rows: Iterable[Sequence[object]]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Sequence[object]]:
        for row in self.rows:
            self.count += 1
            yield row


def _chosen(table: ListFile, wanted: Iterable[str]) -> list[str]:
    asked = [name for name in wanted if name]
    for name in asked:
        if name not in table.columns:
            names = ", ".join(table.columns)
            raise Invalid(N_("There is no column {name}."), remedy=N_("Columns: {names}."), name=name[:40], names=names)
    return [name for name, column in table.columns.items() if (name in asked if asked else column.given)]


def _on_paper(
    stream: BinaryIO, format: str, table: ListFile, chosen: Sequence[str], rows: Iterable[Sequence[object]], session: Session
) -> int:  # fmt: skip
    if len(chosen) > MOST_COLUMNS:
        raise Invalid(
            N_("A page has room for {most} columns; {count} are chosen."),
            remedy=N_("Choose fewer columns, or another format."), most=MOST_COLUMNS, count=len(chosen),
        )  # fmt: skip
    most = papers.LONGEST[format]
    taken: list[Sequence[object]] = []
    for row in rows:
        if len(taken) == most:
            raise Invalid(
                N_("This list has more than {most} rows, which is the most for this format."),
                remedy=N_("Narrow the list, or choose Excel or CSV."), most=number(most),
            )  # fmt: skip
        taken.append(row)
    labels = [gettext(table.columns[name].label) for name in chosen]
    widths = [min(table.columns[name].width, 60) for name in chosen]
    return papers.write(stream, format, table.title, labels, widths, taken, session, *table.notes)


def _json(chosen: Sequence[str], rows: Iterable[Sequence[object]], format: str) -> Iterator[bytes]:
    records = (dict(zip(chosen, row, strict=True)) for row in rows)
    return exporting.as_lines(records) if format == "jsonl" else exporting.as_document(records)
