"""Opens tables: CSV of any encoding, separator and line end, XLSX, XLS and ODS."""

from __future__ import annotations

import difflib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, cast

from uptake.errors import N_, Invalid
from uptake.files.cells import Cell, cell_text
from uptake.files.csv_files import CsvFile
from uptake.files.workbooks import OLE, ZIP, Workbook
from uptake.texts import fold

HEADER_WITHIN = 20
_NUMBERED = re.compile(r"(.+?)\s*\((\d+)\)")
_NO_TABLES = (
    (re.compile(rb"<(?:!doctype|html|head|body|table|meta|\?xml|script)", re.IGNORECASE), "a web page"),
    (re.compile(rb"\{\s*[\"}]|\[\s*[\[{]"), "JSON"),
    (re.compile(rb"%PDF-"), "a PDF"),
    (re.compile(rb"\{\\rtf"), "an RTF document"),
    (re.compile(rb"\x1f\x8b|Rar!|7z\xbc\xaf|\x89PNG|\xff\xd8\xff"), "a packed file or an image"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a person sees it in a spreadsheet (the header is row 1) and its cells.

    There are at least as many cells as the header has names, and more only where they hold something.
    """

    number: int
    cells: tuple[Cell, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing stands in the row."""
        return not any(cell_text(cell).strip() for cell in self.cells)


class Sheet:
    """An open table.

    ``kind`` is csv, xlsx, xls or ods. ``encoding``, ``separator`` and ``line_end`` are empty for workbooks;
    ``encoding_certain`` is False where no known encoding reads a file well, and ``apostrophes`` are then the wrong
    characters in the place of one.
    """

    def __init__(self, source: CsvFile | Workbook, name: str, header_row: int | None) -> None:
        writing = source.writing
        self._source = source
        self.name = name
        self.kind: str = source.kind
        self.encoding: str = writing.encoding
        self.encoding_certain: bool = writing.certain
        self.apostrophes: tuple[str, ...] = writing.apostrophes
        self.separator: str = source.separator
        self.line_end: str = writing.line_end if source.kind == "csv" else ""
        self.sheet_names: tuple[str, ...] = source.sheet_names
        self.header_row, self.header = self._find_header(header_row)

    def rows(self) -> Iterator[Row]:
        """The rows under the header, blank ones too, read as they are asked for. One pass at a time over one sheet."""
        for number, cells in self._source.records():
            if number > self.header_row:
                yield Row(number, self._fitted(cells))

    def column(self, name: str) -> int:
        """The index of a column, whatever the case, blanks and accents of its name.

        Of a name that the header repeats, ``Org`` is the first and ``Org (2)`` the second. Raises ``Invalid`` where no
        column has the name.
        """
        found = self.find_column(name)
        if found is None:
            raise missing_columns(self, [name])
        return found

    def find_column(self, name: str) -> int | None:
        """As ``column``, but None where no column has the name."""
        if name.strip() in self.header:
            return self.header.index(name.strip())
        places = self._places(name)
        if not places and (numbered := _NUMBERED.fullmatch(name.strip())):
            places = self._places(numbered[1])[int(numbered[2]) - 1 :] if int(numbered[2]) else []
        return places[0] if places else None

    def _places(self, name: str) -> list[int]:
        wanted = fold(name)
        return [at for at, title in enumerate(self.header) if wanted and fold(title) == wanted]

    def _find_header(self, wanted: int | None) -> tuple[int, tuple[str, ...]]:
        """The row that was named, else the first of two names or more, else the first that is not blank."""
        records = islice(self._source.records(), wanted or HEADER_WITHIN)
        rows = [(number, titles) for number, cells in records if (titles := _header(cells))]
        if wanted:
            rows = [row for row in rows if row[0] == wanted]
        if not rows:
            raise Invalid(
                "{file} holds no column names in {place}.",
                remedy="Name the sheet or the row of the column names in the mapping, or export the table again.",
                file=self.name, place=f"row {wanted}" if wanted else "its first rows",
            )  # fmt: skip
        return next((row for row in rows if sum(map(bool, row[1])) > 1), rows[0])

    def _fitted(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        width = len(self.header)
        end = len(cells)
        while end > width and not cell_text(cells[end - 1]).strip():
            end -= 1
        filler: Cell = "" if self.kind == "csv" else None
        return (*cells[:end], *[filler] * (width - end))


def open_sheet(
    stream: BinaryIO,
    name: str,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Sheet:
    """Open the table in ``stream``; ``name`` is the file's name for messages.

    What is not given is found: the encoding, the separator, the first sheet that holds anything, and the header as the
    first row with two names in it. Raises ``Invalid`` for whatever is no table, with what to do.
    """
    stream = stream if stream.seekable() else _spooled(stream)
    stream.seek(0)
    head = stream.read(4096)
    _check_head(head, name)
    if head.startswith((ZIP, OLE)):
        return Sheet(Workbook(stream, name, sheet), name, header_row)
    return Sheet(CsvFile(stream, name, encoding, separator), name, header_row)


def missing_columns(sheet: Sheet, names: Sequence[str]) -> Invalid:
    """The error for columns that a table does not have: all of them, those that there are, and the nearest."""
    nearest = [found for name in names if (found := _nearest(name, sheet.header))]
    message = N_("{file} has no column {missing}. It has: {columns}.")
    if nearest:
        message = N_("{file} has no column {missing}. It has: {columns}. Nearest: {nearest}.")
    return Invalid(
        message,
        remedy="Correct the names of the columns in the mapping, or the header in row {row}.",
        file=sheet.name,
        missing=", ".join(f"“{name}”" for name in names),
        columns=", ".join(title for title in sheet.header if title),
        nearest=", ".join(nearest),
        row=sheet.header_row,
    )


def too_many_rows(name: str, most: int) -> Invalid:
    """The error for a file that holds more than is read at once."""
    return Invalid(
        N_("{file} has more than {most} rows."), remedy=N_("Cut it into several files."), file=name, most=most
    )


def _nearest(name: str, header: Sequence[str]) -> str:
    titles = {fold(title): title for title in header if title}
    near = difflib.get_close_matches(fold(name), titles, n=2, cutoff=0.5)
    return f"“{name}” → {' / '.join(titles[title] for title in near)}" if near else ""


def _header(cells: Sequence[Cell]) -> tuple[str, ...]:
    titles = [" ".join(cell_text(cell).replace("\ufeff", "").split()) for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def _check_head(head: bytes, name: str) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Invalid("{file} is empty.", remedy="Download or save it again.", file=name)
    for pattern, what in _NO_TABLES:
        if pattern.match(start):
            raise Invalid(
                "{file} holds {what}, not a table.",
                remedy="Look at it, save its table as XLSX or CSV, and import that.",
                file=name, what=what,
            )  # fmt: skip


def _spooled(stream: BinaryIO) -> BinaryIO:
    spool = tempfile.TemporaryFile()  # noqa: SIM115
    shutil.copyfileobj(stream, spool)
    return cast(BinaryIO, spool)
