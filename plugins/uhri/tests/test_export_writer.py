"""What is written in UHRI's shape is read by UHRI's importer, and brings nothing new."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from flask import Flask
from uptake.app import registry
from uptake.db import session
from uptake.hooks.contributions import ImportFacts
from uptake.search.engine import Query
from uptake.services.lists import export_records, searching
from uptake.testing.fixtures import Import
from uptake_uhri.plugin import check_import

KEYS = (
    "AnnotationId", "DocumentId", "Symbol", "Body", "AnnotationType", "Countries", "Regions", "PublicationDate",
    "PublicationDateOnUhri", "Text", "Themes", "AffectedPersons", "Sdgs", "UprCycle", "UprPositions",
    "UprRecommendingCountry", "UprRecommendingRegions", "UprSession",
)  # fmt: skip


@pytest.fixture
def written(demo: Flask) -> bytes:
    stream = io.BytesIO()
    cards = searching.everything(session(), Query(), "en")
    assert export_records.write(session(), registry(demo).exporters["uhri.json"], cards, stream) > 200
    return stream.getvalue()


def test_each_record_has_the_eighteen_keys_in_their_order(written: bytes) -> None:
    assert {tuple(record) for record in json.loads(written)} == {KEYS}
    assert b"\n" not in written


def test_importing_it_again_changes_no_recommendation(written: bytes, import_file: Import, tmp_path: Path) -> None:
    before = [card.as_json() for card in searching.everything(session(), Query(), "en")]
    session().rollback()
    path = tmp_path / "export-full-en.json"
    path.write_bytes(written)
    report = import_file(path, complete=False)
    assert (report.new, report.refused) == (0, 0)
    after = [card.as_json() for card in searching.everything(session(), Query(), "en")]
    assert after == before


def test_the_address_of_the_format_gives_exactly_what_is_shown(demo: Flask) -> None:
    client = demo.test_client()
    count = client.get("/recommendations.json?mechanism=UPR").get_json()["count"]
    answer = client.get("/recommendations/as/uhri.json?mechanism=UPR")
    assert (answer.status_code, len(json.loads(answer.data))) == (200, count)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get("/recommendations/as/moon").status_code == 404


def facts(vanished: int, known: int) -> ImportFacts:
    return ImportFacts(
        "uhri-json", "uhri", "export-full-en.json", (), known - vanished, 0, 0, known - vanished, 0, vanished, known
    )


def test_a_file_that_lacks_a_great_part_of_the_feed_is_warned_of() -> None:
    [told] = check_import(facts(60, 200))
    assert (told.stops, "--partial" in told.remedy) == (False, True)
    assert check_import(facts(5, 200)) == []
    assert check_import(facts(30, 200)) == []
