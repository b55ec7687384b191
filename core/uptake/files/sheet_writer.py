"""Writes one table as an XLSX workbook, row by row: flat memory, and no text becomes a formula, a link or a number.

XlsxWriter makes the workbook around the rows. They themselves are written as XML: cell by cell it takes most of the time.
"""

from __future__ import annotations

import datetime
import io
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from tempfile import TemporaryFile
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from uptake.errors import Invalid

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_575
NOTE = "note"
TOO_MANY = "A sheet holds at most {most} rows."
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
PIECE = 1 << 18
_SHEET = "xl/worksheets/sheet1.xml"
_PROBE = re.compile(rb'<row r="\d+"[^>]*><c r="A\d+"( s="\d+")?>.*?<c r="B\d+"( s="\d+")>.*?</row>(?=</sheetData>)')
_ODD = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9a-fA-F]{4}_")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_FIRST_DAY = datetime.datetime(1899, 12, 31)
LINE, TALLEST = 15, 409  # points
A4 = 9  # as Excel numbers papers
_NO_LEAP_DAY = 59  # Excel has a 29 February 1900


def write_sheet(
    stream: BinaryIO,
    columns: Mapping[str, int],
    rows: Iterable[Sequence[object]],
    *,
    right_to_left: bool = False,
    wrap: bool = False,
) -> int:
    """Write the rows under a frozen header; ``columns`` maps names to widths in characters, ``wrap`` shows whole texts.

    A text longer than a cell can hold is cut, and a last column ``note`` says which. Returns the number of rows;
    raises ``Invalid`` when there are more than a sheet holds.
    """
    _around, plain, dated = _frame(columns, 0, right_to_left, wrap)
    with TemporaryFile() as written:
        sizes = tuple(columns.values()) if wrap else ()
        count = _write_rows(written, rows, _Cells(tuple(columns), plain, dated, sizes))
        around, _plain, _dated = _frame(columns, count, right_to_left, wrap)
        _put_between(around, written, stream)
    return count


def _frame(columns: Mapping[str, int], count: int, right_to_left: bool, wrap: bool) -> tuple[bytes, str, str]:
    """The workbook with its header and one row in the place of all, and how a text and a day are styled in it."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    workbook = Workbook(stream, {**OPTIONS, "constant_memory": False, "in_memory": True})
    sheet = workbook.add_worksheet("Uptake")
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"}) if wrap else None
    bold = workbook.add_format({"bold": True, "bottom": 1} | ({"text_wrap": True} if wrap else {}))
    if right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    for number, (name, width) in enumerate({**columns, NOTE: 30}.items()):
        sheet.set_column(number, number, width, wrapped)
        sheet.write_string(0, number, name, bold)
    if wrap:
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_row(0, LINE * max(map(_lines, columns, columns.values())))
    last = max(count, 1)
    sheet.write_number(last, 0, 0)
    sheet.write_datetime(last, 1, _FIRST_DAY)
    sheet.autofilter(0, 0, last, len(columns))
    workbook.close()
    with ZipFile(stream) as archive:
        plain, dated = _probe(archive.read(_SHEET)).groups(b"")
    return stream.getvalue(), plain.decode(), dated.decode()


def _probe(sheet: bytes) -> re.Match[bytes]:
    found = _PROBE.search(sheet)
    assert found is not None
    return found


def _put_between(around: bytes, rows: IO[bytes], stream: BinaryIO) -> None:
    size = rows.tell()
    rows.seek(0)
    with ZipFile(io.BytesIO(around)) as made, ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for part in made.infolist():
            data = made.read(part)
            if part.filename != _SHEET:
                archive.writestr(part, data)
                continue
            probe = _probe(data)
            part.file_size = size + len(data)
            with archive.open(part, "w") as sheet:
                sheet.write(data[: probe.start()])
                shutil.copyfileobj(rows, sheet, PIECE)
                sheet.write(data[probe.end() :])


def _write_rows(stream: IO[bytes], rows: Iterable[Sequence[object]], cells: _Cells) -> int:
    count, waiting, size = 0, [], 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Invalid(TOO_MANY, remedy="Choose CSV, or narrow the search.", most=MOST_ROWS)
        waiting.append(line := cells.row(str(count + 1), row))
        size += len(line)
        if size > PIECE:
            stream.write("".join(waiting).encode("utf-8", "replace"))
            waiting, size = [], 0
    stream.write("".join(waiting).encode("utf-8", "replace"))
    return count


class _Cells:
    """Writes cells as XML, as XlsxWriter does."""

    def __init__(self, names: Sequence[str], plain: str, dated: str, sizes: Sequence[int] = ()) -> None:
        from xlsxwriter.utility import xl_col_to_name

        self._letters = [xl_col_to_name(number) for number in range(len(names) + 1)]
        self._names, self._plain, self._dated, self._sizes = names, plain, dated, sizes

    def row(self, number: str, row: Sequence[object]) -> str:
        """One row; ``number`` as Excel counts."""
        parts, cut, plain = [f'<row r="{number}"{self._height(row)}>'], [], self._plain
        for at, (letter, cell) in enumerate(zip(self._letters, row, strict=False)):
            if isinstance(cell, datetime.date):
                parts.append(f'<c r="{letter}{number}"{self._dated}><v>{_serial(cell)}</v></c>')
            elif isinstance(cell, int):
                parts.append(f'<c r="{letter}{number}"{plain}><v>{int(cell)}</v></c>')
            elif cell:
                whole = str(cell)
                text = shortened(whole)
                parts.append(f'<c r="{letter}{number}"{plain} t="inlineStr"><is>{_text(text)}</is></c>')
                if text != whole:
                    cut.append(self._names[at])
        if cut:
            note = _text(f"Cut to {LONGEST_CELL:,} characters: {', '.join(cut)}")
            parts.append(f'<c r="{self._letters[-1]}{number}"{plain} t="inlineStr"><is>{note}</is></c>')
        return "".join((*parts, "</row>"))

    def _height(self, row: Sequence[object]) -> str:
        """How high the row is, where texts are shown whole: Excel would find out by itself, LibreOffice shows one line."""
        lines = max(
            (_lines(cell, size) for cell, size in zip(row, self._sizes, strict=False) if isinstance(cell, str)),
            default=1,
        )
        return f' ht="{min(lines * LINE, TALLEST)}"' if lines > 1 else ""


def _lines(text: str, width: int) -> int:
    """In about how many lines a text is shown in a column; letters of scripts without spaces are twice as wide."""
    if len(text) * 2 <= width and "\n" not in text:
        return 1
    room = max(width * 0.95, 1)
    return sum(max(ceil(_wide(line) / room), 1) for line in text.split("\n"))


def _wide(line: str) -> int:
    return len(line) if line.isascii() else sum(2 if letter > "\u2e7f" else 1 for letter in line)


def _text(text: str) -> str:
    if _ODD.search(text):
        text = _ODD.sub(_escaped, text)
    kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
    return f"<t{kept}>{text}</t>"


def _escaped(found: re.Match[str]) -> str:
    """What XML cannot hold, as Excel writes it: ``_x000D_``; a text that looks so already gets its underscore escaped."""
    odd = found[0]
    return _NAMED.get(odd) or (f"_x{ord(odd):04X}_" if len(odd) == 1 else f"_x005F{odd}")


def _serial(day: datetime.date) -> str:
    """Days as Excel counts them."""
    moment = day if isinstance(day, datetime.datetime) else datetime.datetime(day.year, day.month, day.day)
    days = (moment - _FIRST_DAY) / datetime.timedelta(days=1)
    return f"{days + (days > _NO_LEAP_DAY):.15g}"


def shortened(text: str) -> str:
    """The text as far as a cell holds it; Excel counts a character beyond U+FFFF as two."""
    if len(text) <= LONGEST_CELL // 2:
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
