"""Writes recommendations as the workbook of UHRI's "Export to Excel": its sixteen columns, in its own spelling."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from uptake.toolkit import N_, Exporter, ExportRecord, Invalid

from uptake_uhri.export_writer import UNKNOWN_DAY, as_uhri

LONGEST_CELL, MOST_ROWS = 32_767, 1_048_575
EPOCH = datetime.datetime(1899, 12, 30)
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
Cell = str | float
"""What stands under each header, by the key that the same fact has in the JSON export."""
COLUMNS: Mapping[str, str] = {
    "Text": "Text",
    "Countries Concerned": "Countries",
    "Reccomending Body": "Body",
    "Document Symbol": "Symbol",
    "Themes": "Themes",
    "Affected Persons": "AffectedPersons",
    "Sdgs": "Sdgs",
    "Document Publication Date": "PublicationDate",
    "UPR Reccomending States": "UprRecommendingCountry",
    "UPR Position": "UprPositions",
    "Type": "AnnotationType",
    "OHCHR Annotation Id": "AnnotationId",
    "UPR Session": "UprSession",
    "Regions Concerned": "Regions",
    "Recommending Regions": "UprRecommendingRegions",
    "Date of publication on UHRI": "PublicationDateOnUhri",
}


class UhriXlsxExport(Exporter):
    """The English texts, or the first language there is, in the shape of ``export-full-en.xlsx``."""

    name = "uhri-xlsx"
    title = N_("UHRI full export (Excel)")
    suffix = "uhri.xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    source = "uhri"

    def write(self, records: Iterator[ExportRecord], stream: BinaryIO) -> None:
        """One sheet, row by row; a text that no cell holds is refused, since a part of it would be another text."""
        from xlsxwriter import Workbook

        with TemporaryDirectory(prefix="uptake-uhri-") as folder:
            workbook = Workbook(stream, {**OPTIONS, "tmpdir": folder})
            sheet = workbook.add_worksheet("Export")
            with closing(sheet.row_data_fh):
                day = workbook.add_format({"num_format": "yyyy-mm-dd"})
                for column, header in enumerate(COLUMNS):
                    sheet.write_string(0, column, header)
                for number, record in enumerate(records, 1):
                    _write_row(sheet, number, as_uhri(record), day)
                workbook.close()


def _write_row(sheet: Any, number: int, record: Mapping[str, object], day: object) -> None:
    if number > MOST_ROWS:
        raise Invalid("A sheet holds at most {most} rows.", remedy="Choose JSON, or narrow the search.", most=MOST_ROWS)
    for column, key in enumerate(COLUMNS.values()):
        cell = CELLS.get(key, _text)(record[key])
        if isinstance(cell, float):
            sheet.write_number(number, column, cell, day)
        elif sheet.write_string(number, column, cell):
            raise Invalid(
                "{key} of {id} is longer than the {most} characters that a cell holds.", remedy="Choose JSON.", key=key,
                id=record["AnnotationId"], most=LONGEST_CELL,
            )  # fmt: skip


def _text(value: Any) -> Cell:
    """Lists as lines with a dash, of which a lone one is nothing; what carries its dash already as it is."""
    return str(value) if isinstance(value, str) else "\n".join(f"- {item}" for item in value) or "-"


def _empty_or_list(value: Any) -> Cell:
    """The columns of the UPR are empty for all other mechanisms."""
    return _text(value) if value else ""


def _day(value: Any) -> Cell:
    """The number of the day; an unknown one is the first that Excel knows."""
    moment = datetime.datetime.fromisoformat(value)
    return 1.0 if value == UNKNOWN_DAY else (moment - EPOCH) / datetime.timedelta(days=1)


CELLS: Mapping[str, Callable[[Any], Cell]] = {
    "PublicationDate": _day,
    "PublicationDateOnUhri": _day,
    "UprRecommendingCountry": _empty_or_list,
    "UprRecommendingRegions": _empty_or_list,
    "UprPositions": _empty_or_list,
    "UprSession": _empty_or_list,
}
