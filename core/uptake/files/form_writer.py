"""Writes a workbook that people fill in: what is given is locked, what is to be filled is open, and how stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from uptake.errors import Invalid
from uptake.files.sheet_writer import OPTIONS, shortened

SHEET = "Uptake"
MOST_ROWS = 10_000
_ALLOWED = {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``fill`` leaves it open, ``hidden`` takes it out of sight, ``choices`` offers the workbook's list."""

    name: str
    width: int
    fill: bool = False
    hidden: bool = False
    choices: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """What stands beside the table: the names of both further sheets, the words of the first, the list of the second."""

    title: str
    lines: Sequence[str]
    list_title: str
    choices: Sequence[str]
    wrong_choice: str = ""


def write_form(
    stream: BinaryIO,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    guide: Guide,
    *,
    right_to_left: bool = False,
) -> int:
    """Write the workbook and return the number of rows. Every cell is text: nothing becomes a formula, a link or a day."""
    from xlsxwriter import Workbook

    with TemporaryDirectory(prefix="uptake-form-") as folder, ExitStack() as stack:
        workbook = Workbook(stream, {**OPTIONS, "tmpdir": folder})
        sheet = workbook.add_worksheet(SHEET)
        beside, choices = workbook.add_worksheet(guide.title[:31]), workbook.add_worksheet(guide.list_title[:31])
        for each in (sheet, beside, choices):
            stack.enter_context(closing(each.row_data_fh))
            if right_to_left:
                each.right_to_left()
        _head(workbook, sheet, columns)
        count = _fill(workbook, sheet, columns, rows)
        _offer(sheet, columns, count, guide)
        _guide(workbook, beside, guide)
        for number, choice in enumerate(guide.choices):
            choices.write_string(number, 0, choice)
        choices.hide()
        sheet.protect("", _ALLOWED)
        workbook.close()
    return count


def _head(workbook: Any, sheet: Any, columns: Sequence[Column]) -> None:
    given = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#E2DED3"})
    open_ = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#CFE5E8"})
    sheet.freeze_panes(1, 0)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width, None, {"hidden": 1} if column.hidden else {})
        sheet.write_string(0, number, column.name, open_ if column.fill else given)
        if column.note:
            sheet.data_validation(
                0,
                number,
                0,
                number,
                {"validate": "any", "input_title": column.name[:32], "input_message": column.note[:255]},
            )


def _fill(workbook: Any, sheet: Any, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> int:
    given = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "font_color": "#3B4347"})
    open_ = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "locked": False, "border": 4})
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Invalid("This is more than {most} rows.", remedy="Choose fewer recommendations.", most=MOST_ROWS)
        for number, (column, cell) in enumerate(zip(columns, row, strict=True)):
            style = open_ if column.fill else given
            if cell:
                sheet.write_string(count, number, shortened(cell), style)
            else:
                sheet.write_blank(count, number, None, style)
    sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    return count


def _offer(sheet: Any, columns: Sequence[Column], count: int, guide: Guide) -> None:
    if not guide.choices:
        return
    source = f"='{guide.list_title[:31]}'!$A$1:$A${len(guide.choices)}"
    for number, column in enumerate(columns):
        if column.choices:
            rule = {
                "validate": "list",
                "source": source,
                "error_title": column.name[:32],
                "error_message": guide.wrong_choice[:255],
            }
            sheet.data_validation(1, number, max(count, 1), number, rule)


def _guide(workbook: Any, sheet: Any, guide: Guide) -> None:
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    for number, line in enumerate(guide.lines):
        sheet.write_string(number, 0, line, wrapped)
