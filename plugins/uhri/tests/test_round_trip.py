"""What goes out in either of UHRI's shapes and is imported again changes nothing, field by field."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from uptake.app import registry
from uptake.db import session
from uptake.errors import Invalid
from uptake.hooks.contributions import ExportRecord
from uptake.search.engine import Query
from uptake.services.lists import export_records, searching
from uptake.testing import dumps
from uptake.testing.fixtures import Import
from uptake_uhri.xlsx_writer import UhriXlsxExport

SOURCES_OWN = {"external_id", "import_change"}
NOT_HELD = {"Regions", "PublicationDateOnUhri", "UprRecommendingRegions", "DocumentId"}
HEADER = (
    "Text", "Countries Concerned", "Reccomending Body", "Document Symbol", "Themes", "Affected Persons", "Sdgs",
    "Document Publication Date", "UPR Reccomending States", "UPR Position", "Type", "OHCHR Annotation Id", "UPR Session",
    "Regions Concerned", "Recommending Regions", "Date of publication on UHRI",
)  # fmt: skip


def exported(app: Flask, suffix: str, to: Path) -> Path:
    path = to / f"export-full-en.{suffix.removeprefix('uhri.')}"
    with path.open("wb") as stream:
        cards = searching.everything(session(), Query(), "en")
        export_records.write(session(), registry(app).exporters[suffix], cards, stream)
    session().rollback()
    return path


def held() -> dict[str, Any]:
    session().rollback()
    return dumps.dump(session(), {*dumps.BOOKKEEPING, *SOURCES_OWN})


@pytest.fixture(params=["generated", "six languages"])
def filled(request: pytest.FixtureRequest, app: Flask, import_file: Import, shared_data: Path) -> Path:
    six = shared_data / "uhri-api-multilingual" / "uhri_search_records_6_languages.jsonl"
    path = six if request.param == "six languages" else request.getfixturevalue("generated").path
    assert import_file(path).refused == 0
    return path


def test_importing_either_shape_again_changes_nothing(
    filled: Path, app: Flask, import_file: Import, tmp_path: Path
) -> None:
    before = held()
    for suffix in ("uhri.json", "uhri.xlsx"):
        report = import_file(exported(app, suffix, tmp_path))
        assert (report.new, report.changed, report.refused, report.vanished) == (0, 0, 0, 0)
        assert report.same == len(before["recommendation"])
        after = held()
        assert [name for name in before if before[name] != after[name]] == []


def test_both_shapes_say_what_the_feed_said(app: Flask, import_file: Import, generated: Any, tmp_path: Path) -> None:
    import_file(generated.path)
    records = {one["AnnotationId"]: one for one in json.loads(exported(app, "uhri.json", tmp_path).read_bytes())}
    known = {item["AnnotationId"]: item for item in generated.records if item["AnnotationId"]}
    assert len(records) == len(generated.records)
    same_labels = {"Countries", "Body", "UprRecommendingCountry", "Sdgs", "UprSession", "UprCycle", "Themes",
                   "AffectedPersons", "AnnotationType"}  # fmt: skip
    for key, record in records.items():
        original = known.get(key)
        if original is None:
            continue
        assert record.keys() == original.keys()
        for field in record.keys() - NOT_HELD - same_labels:
            assert record[field] == original[field], field
        for field in ("Sdgs", "Themes", "AffectedPersons"):
            assert len(record[field]) == len({label.strip() for label in original[field]}), field
    book = load_workbook(exported(app, "uhri.xlsx", tmp_path), read_only=True)
    header, *rows = book.active.iter_rows(values_only=True)
    book.close()
    assert header == HEADER
    assert len(rows) == len(generated.records)
    for row in rows:
        cells = dict(zip(HEADER, row, strict=True))
        record = records[cells["OHCHR Annotation Id"]]
        assert (cells["Text"], cells["Document Symbol"]) == (record["Text"], record["Symbol"])
        assert cells["Themes"] == ("\n".join(f"- {label}" for label in record["Themes"]) or "-")
        assert cells["Document Publication Date"].isoformat()[:10] == record["PublicationDate"][:10]


def test_a_text_that_no_cell_holds_is_refused_and_not_cut(app: Flask) -> None:
    record = ExportRecord(
        uuid=None, kind="decision", states={}, mechanism=None, symbol=None, document=None, document_title=None,
        paragraph=None, date=None, cycle=None, session=None, position=None, positions=(), recommenders={},
        texts={"en": "x" * 40_000}, external_ids={"uhri": ["a"]}, terms={},
    )  # fmt: skip
    with pytest.raises(Invalid, match="Text of a is longer"):
        UhriXlsxExport().write(iter([record]), io.BytesIO())
