"""Writes one table as an XLSX workbook, row by row: flat memory, and no text becomes a formula, a link or a number."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from xlsxwriter import Workbook

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
    with TemporaryDirectory(prefix="uptake-sheet-") as folder:
        workbook = Workbook(stream, {**OPTIONS, "tmpdir": folder})
        sheet = _sheet(workbook, columns, right_to_left, wrap)
        with closing(sheet.row_data_fh):
            count = _write_rows(sheet, rows, tuple(columns))
            sheet.autofilter(0, 0, max(count, 1), len(columns))
            workbook.close()
    return count


def _sheet(workbook: Any, columns: Mapping[str, int], right_to_left: bool, wrap: bool) -> Any:
    sheet = workbook.add_worksheet("Uptake")
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"}) if wrap else None
    bold = workbook.add_format({"bold": True, "bottom": 1})
    if right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    for number, (name, width) in enumerate({**columns, NOTE: 30}.items()):
        sheet.set_column(number, number, width, wrapped)
        sheet.write_string(0, number, name, bold)
    return sheet


def _write_rows(sheet: Any, rows: Iterable[Sequence[object]], names: Sequence[str]) -> int:
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Invalid(TOO_MANY, remedy="Choose CSV, or narrow the search.", most=MOST_ROWS)
        _write_row(sheet, count, row, names)
    return count


def _write_row(sheet: Any, number: int, row: Sequence[object], names: Sequence[str]) -> None:
    cut = []
    for column, cell in enumerate(row):
        if isinstance(cell, datetime.date):
            sheet.write_datetime(number, column, cell)
        elif isinstance(cell, int):
            sheet.write_number(number, column, cell)
        elif cell:
            text = shortened(str(cell))
            sheet.write_string(number, column, text)
            if text != cell:
                cut.append(names[column])
    if cut:
        sheet.write_string(number, len(names), f"Cut to {LONGEST_CELL:,} characters: {', '.join(cut)}")


def shortened(text: str) -> str:
    """The text as far as a cell holds it; Excel counts a character beyond U+FFFF as two."""
    if len(text) <= LONGEST_CELL // 2:
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
