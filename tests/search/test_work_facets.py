"""Status and institution are facets like the others: what work changes is found at once, and counts equal their lists."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from uptake.db import db, transaction
from uptake.models.progress import Assessment, StatusValue
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, FollowUp
from uptake.models.search import Posting
from uptake.search import index
from uptake.search.engine import Engine, Query
from uptake.search.snapshot import snapshot
from uptake.services.lists import searching
from uptake.testing.people import make_actor

from tests.search.conftest import Find, Write

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def assign(id_: int, actor: int, state: str = "assigned") -> None:
    with transaction() as session:
        session.add(Assignment(recommendation_id=id_, actor_id=actor, role="lead", state=state, created=NOW))
        index.refresh_facts(session, [id_])


def stand(id_: int, status: str) -> None:
    with transaction() as session:
        row = session.get(FollowUp, id_) or FollowUp(recommendation_id=id_)
        row.status = status
        session.add(row)
        index.refresh_facts(session, [id_])


def component_of(parent: int) -> int:
    with transaction() as session:
        whole = session.get_one(Recommendation, parent)
        part = Recommendation(uuid=uuid4(), parent_id=parent, source_id=whole.source_id, kind=whole.kind, order_key="a")
        session.add(part)
        session.flush()
        return part.id


def all_postings(session: Session) -> dict[tuple[str, str], bytes]:
    return {(row.field, row.value): row.bits for row in session.scalars(select(Posting))}


def test_what_nobody_handles_counts_as_received_and_unassigned(write: Write, find: Find) -> None:
    one = write(en="Water")
    assert find(status="received") == {one} == find(institution="none") == find("institution:none status:received")


def test_a_status_is_found_by_code_and_by_name(write: Write, find: Find) -> None:
    one, other = write(en="Water"), write(en="Food")
    stand(one, "in_progress")
    assert find(status="in_progress") == {one}
    assert find(status="received") == {other}
    assert find('status:"In progress"') == {one} == find("status:in_progress")
    assert find("NOT status:in_progress") == {other}


def test_the_sites_own_words_for_a_status_find_it(write: Write, find: Find, session: Session) -> None:
    with transaction():
        session.add(StatusValue(code="begun", position=1, rank=1, names={"en": "Work has begun"}, rules={}))
    one = write(en="Water")
    stand(one, "begun")
    assert find('status:"work has begun"') == {one}


def test_institutions_that_answer_for_it_find_it(write: Write, find: Find) -> None:
    health, justice = make_actor("MOH").id, make_actor("MOJ").id
    one, other, third = write(en="Water"), write(en="Food"), write(en="Rest")
    assign(one, health)
    assign(one, justice, "accepted")
    assign(other, justice, "declined")
    assign(third, health, "ended")
    assert find(institution="MOH") == {one} == find(institution="MOJ")
    assert find("institution:moh") == {one}
    assert find(institution="none") == {other, third}


def test_an_institution_of_a_component_answers_for_the_whole(write: Write, find: Find) -> None:
    health = make_actor("MOH").id
    one, other = write(en="Water"), write(en="Food")
    assign(component_of(one), health)
    assert find(institution="MOH") == {one}
    assert find(institution="none") == {other}
    with transaction() as session:
        index.remove(session, [one, other])
        index.add(session, [one, other])
    assert find(institution="MOH") == {one}


def test_a_refresh_leaves_the_index_as_a_rebuild_would(write: Write, session: Session) -> None:
    actors = [make_actor(f"A{number}").id for number in range(4)]
    ids = [write(en=f"Text {number}", state="SVN") for number in range(12)]
    for number, id_ in enumerate(ids[:9]):
        assign(id_, actors[number % 4], ("proposed", "assigned", "declined")[number % 3])
        stand(id_, ("planned", "implemented", "received")[number % 3])
    with transaction():
        for row in session.scalars(select(Assignment)):
            row.state = "ended" if row.recommendation_id == ids[0] else row.state
        session.delete(session.get_one(FollowUp, ids[1]))
        index.refresh_facts(session, ids)
    kept = all_postings(session)
    with transaction():
        index.rebuild(session)
    assert all_postings(session) == kept


def test_every_count_equals_the_list_behind_it(write: Write, session: Session) -> None:
    actors = [make_actor(f"A{number}").id for number in range(3)]
    for number in range(15):
        id_ = write(en="Water" if number % 2 else "Food")
        if number % 3:
            assign(id_, actors[number % 3])
            stand(id_, ("planned", "stalled")[number % 2])
    session.rollback()
    for query in (
        Query(),
        Query("water"),
        Query(filters={"institution": ("A1",)}),
        Query(without={"status": ("planned",)}),
    ):
        engine = Engine(session)
        answer = engine.answer(query)
        for name in ("status", "institution"):
            rows = engine.facet(name, query, answer)
            assert rows
            for value, count in rows:
                page, _ = searching.find(session, Query(query.text, {**query.filters, name: (value,)}, query.without))
                assert page.count == count == len(page.cards)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield said
    event.remove(db.engine, "before_cursor_execute", hear)


def test_a_refresh_touches_no_words_and_only_two_fields(write: Write, statements: list[str]) -> None:
    one = write(en="Water", terms=())
    health = make_actor("MOH").id
    statements.clear()
    assign(one, health)
    assert not [said for said in statements if "search_text" in said or "recommendation_text" in said]


def test_an_index_without_work_asks_for_assignments_once(write: Write, session: Session, statements: list[str]) -> None:
    ids = [write(en=f"Text {number}") for number in range(3)]
    statements.clear()
    with transaction():
        index.remove(session, ids)
        index.add(session, ids)
    assert len([said for said in statements if "assignment" in said]) == 1
    assert len([said for said in statements if "follow_up" in said]) == 1


def test_what_processes_remember_of_the_rest_stays(write: Write, session: Session) -> None:
    one = write(en="Water")
    session.rollback()
    before = snapshot(session)
    labels = before.keep("labels", lambda: ["labels"])
    before.field(session, "status")
    before.keep("sizes:status", lambda: {"received": 1})
    stand(one, "planned")
    after = snapshot(session)
    assert after is not before
    assert after.keep("labels", list) is labels
    assert set(after.field(session, "status")) == {"planned"}
    assert after.keep("sizes:status", lambda: {"planned": 1}) == {"planned": 1}


def test_a_refresh_that_changes_nothing_makes_nobody_read_anew(write: Write, session: Session) -> None:
    one = write(en="Water")
    stand(one, "planned")
    session.rollback()
    before = snapshot(session)
    stand(one, "planned")
    assert snapshot(session) is before


def test_the_public_list_shows_them_once_there_is_work(write: Write, client: FlaskClient) -> None:
    one, _other = write(en="Water"), write(en="Food")
    page = client.get("/recommendations").text
    assert "facet-status" not in page
    assert "facet-institution" not in page
    assign(one, make_actor("MOH").id)
    stand(one, "in_progress")
    page = client.get("/recommendations").text
    assert 'id="facet-status"' in page
    assert 'id="facet-institution"' in page
    assert "In progress" in page
    assert "Not assigned" in page
    assert client.get("/recommendations.json?institution=MOH").json["count"] == 1  # type: ignore[index]
    assert client.get("/recommendations.json?not.status=received").json["count"] == 1  # type: ignore[index]


def test_the_names_of_institutions_are_shown_in_the_readers_language_and_escaped(
    write: Write, client: FlaskClient
) -> None:
    one, _other = write(en="Water"), write(en="Food")
    actor = make_actor("MOH")
    with transaction() as session:
        session.get_one(type(actor), actor.id).names = {"en": "<b>Health</b>", "fr": "Santé & co"}
    assign(one, actor.id)
    assert "&lt;b&gt;Health&lt;/b&gt;" in client.get("/recommendations").text
    assert "Santé &amp; co" in client.get("/fr/recommendations").text


def test_the_last_published_grade_of_the_mechanism_finds_it(write: Write, find: Find, client: FlaskClient) -> None:
    one, other = write(en="Water", mechanism="CCPR"), write(en="Food", mechanism="CCPR")
    for id_, grade, day, state in ((one, "C", 1, "published"), (one, "B", 2, "published"), (one, "A", 3, "withdrawn"),
                                   (other, "A", 1, "draft")):  # fmt: skip
        with transaction() as session:
            mechanism = session.get_one(Recommendation, id_).mechanism_id
            session.add(Assessment(
                recommendation_id=id_, mechanism_id=mechanism, scale="ccpr-2017", grade=grade, language="en", text="",
                date=datetime.date(2025, 1, day), state=state, created=NOW,
            ))  # fmt: skip
            index.refresh_facts(session, [id_])
    assert find(grade="ccpr-2017/B") == {one} == find("grade:b") == find('grade:"ccpr-2017/B"')
    assert find(grade="none") == {other}
    assert find(grade="ccpr-2017/A") == set() == find(grade="ccpr-2017/C")
    page = client.get("/recommendations").text
    assert 'id="facet-grade"' in page
    assert "B: partially satisfactory" in page
