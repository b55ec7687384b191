"""Targets are suggested where the source names none, and say who suggests them and how sure that is."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from uptake.db import session
from uptake.models.imports import Source
from uptake.models.vocabularies import Tag, Term
from uptake.testing.fixtures import Import
from uptake.toolkit import Draft, TagDraft
from uptake_sdg.plugin import lookup_tags, suggestions

RECORD = {
    "AnnotationId": "6b7c0a52-0000-4000-8000-000000000001", "Symbol": "CRC/C/PER/CO/6-7", "Body": "- CRC",
    "AnnotationType": "- Recommendations", "Countries": ["Peru"], "Text": "Vaccinate all children.", "Themes": ["Right to health"],
}  # fmt: skip


def test_a_record_with_a_goal_of_its_own_gets_no_other() -> None:
    themes = [TagDraft("uhri-themes", "Right to health")]
    plain, tagged = Draft("1", {"en": "x"}, tags=themes), Draft("2", {"en": "x"}, tags=[*themes, TagDraft("sdg", "3")])
    assert lookup_tags([plain, tagged]) == [[TagDraft("sdg", "3.8", 0.6)], []]


def test_every_suggestion_is_a_target_that_exists(app: Flask) -> None:
    codes = set(session().scalars(select(Term.code)))
    assert {tag.label for tags in suggestions().values() for tag in tags} <= codes


def test_what_is_suggested_is_kept_as_the_plugins_own_and_unconfirmed(
    app: Flask, import_file: Import, tmp_path: Path
) -> None:
    path = tmp_path / "export-full-en.json"
    path.write_text(json.dumps([RECORD]))
    assert import_file(path).new == 1
    rows = session().execute(
        select(Term.code, Source.code, Tag.confidence, Tag.confirmed_by)
        .join(Tag, Tag.term_id == Term.id)
        .join(Source, Source.id == Tag.source_id)
        .where(Source.code == "sdg")
    )
    assert [tuple(row) for row in rows] == [("3.8", "sdg", 0.6, None)]
    assert app.test_client().get("/recommendations.json?sdg=3.8").get_json()["count"] == 1
    session().rollback()
    again = import_file(path)
    assert (again.new, again.changed, again.same) == (0, 0, 1)
