"""The coordinator's desk shows what still needs an institution, an answer or a date, and nothing that is settled."""

from __future__ import annotations

import datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import Refused
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.search.engine import Engine
from uptake.services.permissions import Person
from uptake.services.recommendations import bulk, recommendation_edits
from uptake.services.responsibility import assignment_desk
from uptake.services.responsibility.assignment_desk import DeskPage
from uptake.services.responsibility.assignments import accept, assign, decline
from uptake.services.responsibility.follow_ups import Schedule, plan
from uptake.services.responsibility.responsibility_pages import panel
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor

DUE = Schedule(datetime.date(2030, 1, 31))


@pytest.fixture
def coordinator(demo: Flask, person_with: PersonWith) -> Person:
    return person_with("coordinator")


@pytest.fixture
def one(demo: Flask) -> int:
    return int(session().scalars(select(Recommendation.id).order_by(Recommendation.id)).first() or 0)


def desk(show: str, person: Person, number: int = 1) -> DeskPage:
    session().rollback()
    return assignment_desk.desk(session(), show, number, person=person)


def component_of(parent: int) -> int:
    with transaction() as current:
        whole = current.get_one(Recommendation, parent)
        part = Recommendation(uuid=uuid4(), parent_id=parent, source_id=whole.source_id, kind=whole.kind, order_key="a")
        current.add(part)
        current.flush()
        return part.id


def test_a_recommendation_goes_from_tab_to_tab(coordinator: Person, one: int) -> None:
    justice = make_actor("justice").id
    before = desk("unassigned", coordinator)
    assert before.counts == {
        "unassigned": 209,
        "proposed": 0,
        "declined": 0,
        "waiting": 0,
        "undated": 0,
        "institutions": 0,
    }
    assign(one, justice, "lead", person=coordinator)
    waiting = desk("waiting", coordinator)
    assert (waiting.counts["unassigned"], waiting.counts["waiting"], waiting.counts["undated"]) == (208, 1, 1)
    assert [row.card.id for row in waiting.rows] == [one]
    row = session().scalars(select(Assignment)).one()
    accept(row.id, person=coordinator, version=1)
    plan(one, DUE, person=coordinator)
    assert {name: count for name, count in desk("undated", coordinator).counts.items() if count} == {"unassigned": 208}
    decline(row.id, "Not ours", person=coordinator, version=2)
    declined = desk("declined", coordinator)
    assert (declined.counts["declined"], declined.counts["unassigned"]) == (1, 208)
    assert declined.rows[0].part is not None
    assert declined.rows[0].part.reason == "Not ours"


def test_who_answers_for_a_component_counts_for_the_whole_and_shows_on_its_page(coordinator: Person, one: int) -> None:
    part = component_of(one)
    assign(part, make_actor("justice").id, "lead", person=coordinator)
    page = desk("undated", coordinator)
    assert page.counts["unassigned"] == 208
    assert [row.card.id for row in page.rows] == [part]
    uuid = session().get_one(Recommendation, one).uuid
    shown = panel(session(), one, uuid, Person())
    assert shown.responsible == []
    assert [[who.code for who in listed] for _uuid, listed in shown.components] == [["justice"]]
    plan(one, DUE, person=coordinator)
    assert desk("undated", coordinator).counts["undated"] == 0


def test_a_continuous_duty_needs_no_date(coordinator: Person, one: int) -> None:
    assign(one, make_actor("justice").id, "lead", person=coordinator)
    plan(one, Schedule(continuous=True), person=coordinator)
    assert desk("undated", coordinator).rows == []


def test_what_was_withdrawn_needs_nobody(coordinator: Person, one: int) -> None:
    recommendation_edits.withdraw(session().get_one(Recommendation, one).uuid, person=coordinator, reason="Doubled")
    assert desk("unassigned", coordinator).counts["unassigned"] == 208
    bulk.apply([one], {"tag/1": "on"}, person=coordinator)
    assert one not in Engine(session()).everything
    assert not any(one in bits for bits in Engine(session()).postings("theme").values())


def test_pages_hold_each_once_and_ask_a_constant_number_of_rows(coordinator: Person) -> None:
    pages = [desk("unassigned", coordinator, number) for number in range(1, 6)]
    ids = [row.card.id for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) == 209
    assert [len(page.rows) for page in pages] == [50, 50, 50, 50, 9]


def test_each_institution_with_what_it_has(coordinator: Person, one: int) -> None:
    justice, health = make_actor("justice").id, make_actor("health").id
    assign(one, justice, "lead", person=coordinator)
    assign(one, health, "support", person=coordinator)
    rows = {row.code: row.counts for row in desk("institutions", coordinator).institutions}
    assert (rows["justice"]["lead"], rows["justice"]["assigned"], rows["health"]["support"]) == (1, 1, 1)


def test_it_is_the_coordinators(demo: Flask, person_with: PersonWith) -> None:
    for role in ("administrator", "observer"):
        with pytest.raises(Refused):
            desk("unassigned", person_with(role))
