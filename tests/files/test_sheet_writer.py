"""A workbook shows whole texts in every program, on a screen and printed; one of raw data stays as flat as it is."""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from uptake.files.sheet_writer import write_sheet

COLUMNS = {"Recommendation": 40, "Position of the State under review": 20, "No.": 8}


def sheet(*rows: tuple[object, ...], wrap: bool = True) -> Worksheet:
    write_sheet(stream := io.BytesIO(), COLUMNS, rows, wrap=wrap)
    return openpyxl.load_workbook(stream).active


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", 1),
        ("one line\nanother\n\nand a fourth", 4),
        ("A law against discrimination, with all its rules, " * 4, 6),
        ("国家人权行动计划" * 8, 4),
    ],
)
def test_a_row_is_as_high_as_its_text(text: str, lines: int) -> None:
    made = sheet((text, "Supported", 1))
    assert (made.row_dimensions[2].height or 15) >= 15 * lines
    assert (made.row_dimensions[2].height or 15) <= 15 * (lines + 1)
    assert made["A2"].alignment.wrap_text
    assert made["A2"].value == text


def test_the_header_is_whole_and_stands_on_every_printed_page() -> None:
    made = sheet(("x", "y", 2))
    assert made.row_dimensions[1].height >= 30
    assert made["B1"].alignment.wrap_text
    assert made.print_title_rows == "$1:$1"
    assert (made.page_setup.orientation, made.page_setup.fitToHeight) == ("landscape", 0)
    assert made.freeze_panes == "A2"


def test_no_row_is_higher_than_excel_takes_it() -> None:
    assert sheet(("word\n" * 2000, "", 1)).row_dimensions[2].height <= 409


def test_a_sheet_of_raw_data_has_no_heights() -> None:
    write_sheet(stream := io.BytesIO(), COLUMNS, [("long " * 100, "", 1)])
    written = ZipFile(stream).read("xl/worksheets/sheet1.xml").decode()
    assert not re.search(r"<row [^>]*ht=", written)
