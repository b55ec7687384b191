"""OHCHR's real matrices, imported, written by our own exporter and read again: nothing changes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from docx import Document
from flask import Flask
from python_calamine import CalamineWorkbook
from uptake.app import registry
from uptake.db import session
from uptake.services.importing.run import run_import
from uptake.services.lists import export_records, searching
from uptake.testing.dumps import BOOKKEEPING, dump

LAYOUTS = [
    ("slovenia_2025_cycle4_themes_and_sdgs", "matrix-cycle4", 254, "UPR of Slovenia (4th Cycle – 48th Session)"),
    ("china_2013_cycle2_coded_themes", "matrix-cycle3-filled", 252, "UPR of China (2nd Cycle – 17th Session)"),
    ("egypt_2014_cycle2_numbered_themes", "matrix-cycle3", 300, "UPR of Egypt (2nd Cycle)"),
]


def exported(app: Flask, suffix: str, folder: Path) -> tuple[Path, int]:
    path = folder / f"again.{suffix}"
    with path.open("wb") as stream:
        cards = searching.everything(session(), searching.build_query(filters=[("mechanism", "UPR")]))
        count = export_records.write(session(), registry(app).exporters[suffix], cards, stream)
    session().rollback()
    return path, count


@pytest.mark.parametrize(("name", "layout", "count", "head"), LAYOUTS)
def test_a_matrix_that_is_written_and_read_again_changes_nothing(
    app: Flask, shared_data: Path, tmp_path: Path, name: str, layout: str, count: int, head: str
) -> None:
    assert run_import(registry(app), shared_data / "upr-thematic-lists" / f"{name}.docx").new == count
    left_out = BOOKKEEPING | {"external_id", "import_change"}
    before = dump(session(), left_out)
    session().rollback()
    path, written = exported(app, f"{layout}.docx", tmp_path)
    assert written == count
    document = Document(str(path))
    assert document.sections[0].header.paragraphs[0].text.split(" · ")[0] == head
    report = run_import(registry(app), path)
    codes = Counter({finding["code"]: finding["count"] for finding in report.findings})
    assert (report.importer, report.read, report.new, report.changed, report.refused) == (
        "upr-matrix",
        count,
        0,
        0,
        0,
    ), codes
    session().rollback()
    after = dump(session(), left_out)
    assert {table for table in before if before[table] != after[table]} == set()
    sheet, rows = exported(app, f"{layout}.xlsx", tmp_path)
    cells = CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()
    assert rows == len(cells) - 1 == count
    assert Counter(row[0] for row in cells[1:]) == Counter(
        row.cells[0].text for row in document.tables[0].rows[1:] if row.cells[0].text != row.cells[1].text
    )
