"""A trial tells what an import would do, field by field, and leaves no trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.app import registry
from uptake.db import session
from uptake.errors import Refused
from uptake.models.recommendations import Recommendation
from uptake.services.importing.import_preview import preview
from uptake.services.importing.report import ImportOptions
from uptake.services.recommendations.recommendation_edits import Wanted, change
from uptake.testing.dumps import dump

COLUMNS = {"key": "Nr", "text": "Text", "state": "State", "mechanism": "Body", "symbol": "Symbol", "paragraph": "Paragraph",
           "date": "Date", "position": "Position", "recommenders": "By", "themes": "Theme"}  # fmt: skip
HEAD = "Nr,Text,State,Body,Symbol,Paragraph,Date,Position,By,Theme\n"
ONE = "1,Ratify the Protocol,Peru,UPR,A/HRC/53/8,6.1,2023-03-01,Noted,Slovenia,Death penalty\n"
TWO = "2,Train all judges,Peru,UPR,A/HRC/53/8,6.2,2023-03-01,Supported,Chad,\n"


@pytest.fixture
def options() -> ImportOptions:
    return ImportOptions(mapping={"columns": COLUMNS}, mapping_name="list")


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def run(text: str) -> Path:
        path = tmp_path / "list.csv"
        path.write_text(HEAD + text)
        return path

    return run


def tried(app: Flask, person: Any, path: Path, options: ImportOptions) -> dict[str, Any]:
    return preview(registry(app), path, person=person, importer_name="table", options=options)


def test_a_change_is_shown_fact_by_fact(
    app: Flask, person_with: Any, import_file: Any, write: Any, options: Any
) -> None:
    import_file(write(ONE + TWO), "table", mapping=options.mapping, mapping_name="list")
    changed = ONE.replace("Ratify the", "Ratify the Optional").replace("6.1", "6.10").replace("Noted", "Supported")
    changed = changed.replace("Slovenia", "Slovenia; Chad").replace("2023-03-01", "2023-03-02")
    before = dump(session())
    found = tried(app, person_with("coordinator"), write(changed + TWO), options)
    assert (found["new"], found["changed"], found["same"], found["run"]) == (0, 1, 1, None)
    (sample,) = found["changed_samples"]
    fields = {name: (old, new) for name, old, new in sample["fields"]}
    assert fields["text.en"] == ("Ratify the Protocol", "Ratify the Optional Protocol")
    assert fields["paragraph"] == ("6.1", "6.10")
    assert fields["position"] == ("noted", "supported")
    assert fields["date"] == ("2023-03-01", "2023-03-02")
    assert fields["recommender"] == (["SVN"], ["SVN", "TCD"])
    assert set(fields) <= {"text.en", "paragraph", "position", "date", "recommender", "positions"}
    session().rollback()
    after = dump(session())
    assert {name: rows for name, rows in after.items() if "user" not in name and "membership" not in name} == {
        name: rows for name, rows in before.items() if "user" not in name and "membership" not in name
    }


def test_what_people_locked_is_not_announced_as_a_change(
    app: Flask, person_with: Any, import_file: Any, write: Any, options: Any
) -> None:
    ana = person_with("coordinator")
    import_file(write(ONE), "table", mapping=options.mapping, mapping_name="list")
    uuid = session().scalars(select(Recommendation.uuid)).one()
    change(uuid, Wanted({"paragraph": "7"}), version=1, person=ana)
    found = tried(app, ana, write(ONE.replace("6.1", "6.3")), options)
    assert found["changed_samples"] == []
    assert found["changed"] == 0


def test_only_those_who_may_import_try(app: Flask, person_with: Any, write: Any, options: Any) -> None:
    with pytest.raises(Refused):
        tried(app, person_with("observer"), write(ONE), options)


def test_a_refused_record_shows_the_others_all_the_same(app: Flask, person_with: Any, write: Any, options: Any) -> None:
    found = tried(app, person_with("coordinator"), write(ONE + TWO.replace("Train all judges", "")), options)
    assert (found["new"], found["refused"]) == (1, 1)
    assert found["new_samples"][0]["place"] == "A/HRC/53/8 § 6.1"
