"""Oversight: each number is that of the list behind it, nobody sees beyond their reach, and it asks few questions."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from uptake.db import db, session, transaction
from uptake.errors import Refused
from uptake.models.progress import Update, UpdateItem, UpdateStep
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, FollowUp
from uptake.search import index
from uptake.services.work.oversight import TALLIED, middle, oversight
from uptake.testing.people import make_actor

NOW = datetime.now(UTC)
WAY = ("drafted", "submitted", "confirmed", "approved", "published")
STATES = ("draft", "submitted", "confirmed", "approved", "published")


def assign(actor: int, recommendations: list[int], days_late: int = 0) -> None:
    with transaction() as current:
        for id_ in recommendations:
            current.add(Assignment(recommendation_id=id_, actor_id=actor, role="lead", state="accepted", created=NOW))
            if not current.get(FollowUp, id_):
                current.add(FollowUp(recommendation_id=id_, due=date.today() - timedelta(days=days_late)))
                current.flush()


def report(actor: int, recommendation: int, state: str, days: tuple[int, ...] = ()) -> None:
    """An update that went so many days from step to step."""
    with transaction() as current:
        one = Update(actor_id=actor, language="en", state=state, created=NOW, changed=NOW, uuid=uuid4())
        current.add(one)
        current.flush()
        current.add(UpdateItem(update_id=one.id, recommendation_id=recommendation))
        at = NOW - timedelta(days=sum(days), hours=1)
        for step, after in zip(WAY, (0, *days), strict=False):
            at += timedelta(days=after)
            current.add(UpdateStep(update_id=one.id, step=step, at=at))


@pytest.fixture
def places(demo: Flask) -> tuple[int, int]:
    """Two ministries with something in every state."""
    law, health = make_actor("MOJ").id, make_actor("MOH").id
    ids = list(session().scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None)).limit(20)))
    assign(law, ids[:12], days_late=5)
    assign(health, ids[10:20], days_late=0)
    for number, state in enumerate(STATES):
        report(law, ids[number], state, (4, 2, 1, 0)[:number])
    report(health, ids[15], "submitted", (10,))
    report(health, ids[16], "withdrawn")
    with transaction() as current:
        index.lock(current)
        index.refresh_facts(current, ids)
    return law, health


def test_every_number_is_that_of_its_list(places: tuple[int, int], person_with: Any, sign_in: Any) -> None:
    client = sign_in(person_with("coordinator"))
    text = client.get("/oversight").text
    numbers = re.findall(r'<a href="(/(?:work|updates|recommendations)[^"]*\?[^"]*)"[^>]*>(?:<strong>)?([\d,]+)<', text)
    assert len(numbers) >= 12
    assert any("recommendations?status=" in path for path, _number in numbers)
    for path, number in numbers:
        shown = client.get(path.replace("&amp;", "&")).text
        found = re.search(r'id="count"[^>]*>\s*(?:<[^>]+>)*\s*([\d,]+)', shown)
        assert found is not None, path
        assert found[1] == number, path


def test_it_says_where_updates_stop_and_how_long_steps_take(places: tuple[int, int], person_with: Any) -> None:
    law, health = places
    page = oversight(session(), person=person_with("observer"))
    assert {stop.state: (stop.count, stop.days) for stop in page.flow} == {
        "draft": (1, None), "submitted": (2, 4), "confirmed": (1, 2), "approved": (1, 1), "published": (1, 0),
    }  # fmt: skip
    lines = {line.id: line for line in page.lines}
    assert [line.id for line in page.lines] == [law, health], "whoever is latest stands first"
    assert lines[law].waiting == {"submitted": 1, "confirmed": 1, "approved": 1}
    assert (lines[law].counts["overdue"], lines[law].vacant) == (9, True)
    assert lines[law].last == NOW.date()
    assert page.totals == {name: sum(line.counts[name] for line in page.lines) for name in TALLIED}


def test_nobody_sees_beyond_their_reach(places: tuple[int, int], person_with: Any, sign_in: Any) -> None:
    _law, health = places
    mine = oversight(session(), person=person_with("validator", actor=health))
    assert [line.id for line in mine.lines] == [health]
    assert sum(stop.count for stop in mine.flow) == 1
    member = person_with("member", actor=health)
    with pytest.raises(Refused):
        oversight(session(), person=member)
    assert sign_in(member).get("/oversight").status_code == 403
    page = sign_in(person_with("focal_point", actor=health)).get("/oversight")
    assert (page.status_code, "MOJ" in page.text) == (200, False)


def test_an_empty_register_teaches(app: Flask, person_with: Any, sign_in: Any) -> None:
    assert "No institution answers for anything yet" in sign_in(person_with("coordinator")).get("/oversight").text


def test_the_number_of_queries_does_not_grow(places: tuple[int, int], person_with: Any) -> None:
    person = person_with("coordinator")
    counted = []
    for turn in range(2):
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)  # noqa: B023

        session().rollback()
        event.listen(db.engine, "before_cursor_execute", note)
        oversight(session(), person=person)
        event.remove(db.engine, "before_cursor_execute", note)
        counted.append(
            len([statement for statement in seen if statement.lstrip().lower().startswith(("select", "with"))])
        )
        more = session().scalar(select(func.max(Recommendation.id))) or 0
        for number in range(5):
            actor = make_actor(f"More{turn}{number}").id
            assign(actor, [more - number])
            report(actor, more - number, "published", (1, 1, 1, 1))
    assert counted[0] >= counted[1]
    assert counted[0] <= 14


def test_the_middle_of_a_count() -> None:
    assert middle([]) is None
    assert middle([{3: 1}]) == 3
    assert middle([{0: 2, 9: 1}, {9: 3}]) == 9
    assert middle([{1: 2, 5: 2}]) == 1
