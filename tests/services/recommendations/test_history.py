"""The history of a recommendation: imports and people, each with what it changed and nothing of the other's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select
from uptake.db import db, session, transaction
from uptake.errors import NotFound
from uptake.models.progress import Update
from uptake.models.recommendations import Recommendation
from uptake.services.audit import record_event
from uptake.services.importing.undo import undo_import
from uptake.services.permissions import NOBODY
from uptake.services.recommendations import history
from uptake.services.recommendations.recommendation_edits import Wanted, change
from uptake.testing.people import make_actor, make_person

HEAD = "Nr,Text,State,Body,Date\n"
MAPPING = {"columns": {"key": "Nr", "text": "Text", "state": "State", "mechanism": "Body", "date": "Date"}}


@pytest.fixture
def bring(import_file: Any, tmp_path: Path) -> Any:
    def run(text: str, day: str = "2023-03-01") -> Any:
        path = tmp_path / "list.csv"
        path.write_text(f"{HEAD}1,{text},Peru,UPR,{day}\n")
        return import_file(path, "table", mapping=MAPPING, mapping_name="list").run

    return run


def only() -> UUID:
    return session().scalars(select(Recommendation.uuid)).one()


def test_imports_and_people_each_stand_with_what_they_changed(bring: Any, person_with: Any) -> None:
    ana = person_with("coordinator", name="Ana")
    first = bring("Ratify it")
    change(only(), Wanted({"kind": "concern"}), version=1, person=ana, reason="read again")
    second = bring("Ratify it now", "2023-03-02")
    found = history.of_recommendation(session(), only(), person=ana).changes
    told = [(one.action, one.run, one.who, sorted(name for name, *_ in one.fields)) for one in found]
    assert told == [
        ("import.change", second, "", ["date", "text.en"]), ("recommendation.edit", None, "Ana", ["kind"]),
        ("import.add", first, "", []),
    ]  # fmt: skip
    assert next(one.fields for one in found if one.run == second) == [
        ["date", "2023-03-01", "2023-03-02"], ["text.en", "Ratify it", "Ratify it now"],
    ]  # fmt: skip


def test_visitors_see_imports_and_facts_without_names_and_reasons(bring: Any, person_with: Any) -> None:
    bring("Ratify it")
    change(only(), Wanted({"kind": "concern"}), version=1, person=person_with("coordinator"), reason="read again")
    found = history.of_recommendation(session(), only(), person=NOBODY)
    assert not found.full
    assert [(one.action, one.who, one.reason if one.run is None else "") for one in found.changes] == [
        ("recommendation.edit", "", ""), ("import.add", "", ""),
    ]  # fmt: skip


def test_a_taken_back_import_leaves_the_history(bring: Any, person_with: Any) -> None:
    bring("Ratify it")
    undo_import(bring("Ratify it now"))
    found = history.of_recommendation(session(), only(), person=person_with("coordinator"))
    assert [one.action for one in found.changes] == ["import.add"]


def test_an_updates_history_is_for_its_institution_until_it_is_published(app: Flask) -> None:
    ours, others = make_actor("A").id, make_actor("B").id
    with transaction() as current:
        now = datetime.now(UTC)
        update = Update(actor_id=ours, language="en", done="x", created=now, changed=now)
        current.add(update)
        current.flush()
        number = update.id
        record_event(current, "user/1", "update.edit", f"update/{number}", {"done": ["a", "b"]})
        record_event(current, "user/1", "update.publish", f"update/{number}", {"state": ["approved", "published"]})
    inside, outside = make_person("focal_point", actor=ours), make_person("focal_point", actor=others)
    assert len(history.of_thing(session(), "update", number, person=inside).changes) == 2
    for stranger in (outside, NOBODY):
        with pytest.raises(NotFound):
            history.of_thing(session(), "update", number, person=stranger)
    with transaction() as current:
        current.get_one(Update, number).state = "published"
    assert [one.action for one in history.of_thing(session(), "update", number, person=NOBODY).changes] == [
        "update.publish"
    ]


def test_a_long_history_costs_no_more_queries(bring: Any, person_with: Any) -> None:
    ana = person_with("coordinator")
    bring("Ratify it")

    def queries() -> int:
        asked: list[str] = []
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        history.of_recommendation(session(), only(), person=ana)
        event.remove(db.engine, "before_cursor_execute", listener)
        session().rollback()
        return len(asked)

    few = queries()
    for number in range(2, 8):
        bring(f"Ratify it {'very ' * number}soon")
        session().rollback()
        one = session().scalars(select(Recommendation)).one()
        change(only(), Wanted({"paragraph": str(number)}), version=one.version, person=ana)
    assert queries() <= few + 1
