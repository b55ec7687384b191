"""Rules propose, people decide; what somebody has already is left alone."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session
from uptake.errors import Invalid, NotFound, Refused
from uptake.models.notices import Notice
from uptake.models.responsibility import Assignment
from uptake.search.engine import Engine
from uptake.services.lists import searching
from uptake.services.permissions import Person
from uptake.services.recommendations import bulk
from uptake.services.responsibility import routing
from uptake.services.responsibility.assignments import assign
from uptake.services.responsibility.responsibility_pages import of_many
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor

RARE, COMMON = "death-penalty", "women-girls"


@pytest.fixture
def coordinator(demo: Flask, person_with: PersonWith) -> Person:
    return person_with("coordinator")


def reached(kind: str, slug: str) -> set[int]:
    return set(Engine(session()).postings(kind)[slug])


def proposed() -> list[Assignment]:
    session().rollback()
    return list(session().scalars(select(Assignment).where(Assignment.state == "proposed").order_by(Assignment.id)))


def test_a_rule_proposes_what_nobody_has_and_the_preview_says_the_same(coordinator: Person) -> None:
    justice, health = make_actor("justice").id, make_actor("health").id
    ids = reached("theme", RARE)
    taken = min(ids)
    assign(taken, health, "lead", person=coordinator)
    rule = routing.add_rule(RARE, justice, "lead", person=coordinator)
    listed = routing.rules(session())[0]
    assert (listed.reached, listed.waiting) == (len(ids), len(ids) - 1)
    assert set(routing.preview(session())) == ids - {taken}
    assert proposed() == []
    assert routing.run([rule], person=coordinator)
    assert {row.recommendation_id for row in proposed()} == ids - {taken}
    assert {(row.actor_id, row.role, row.rule_id) for row in proposed()} == {(justice, "lead", rule)}
    assert routing.run([rule], person=coordinator) is None


def test_a_proposal_is_not_public_and_tells_nobody(coordinator: Person, person_with: PersonWith) -> None:
    justice = make_actor("justice").id
    focal = person_with("focal_point", actor=justice)
    routing.add_rule(RARE, justice, "lead", person=coordinator)
    routing.run(person=coordinator)
    ids = [row.recommendation_id for row in proposed()]
    assert of_many(session(), ids, Person()) == [] == of_many(session(), ids, focal)
    assert searching.find(session(), searching.build_query("", [("institution", "justice")]))[0].count == 0
    assert list(session().scalars(select(Notice))) == []


def test_accepting_all_assigns_tells_once_and_keeps_the_reason(coordinator: Person, person_with: PersonWith) -> None:
    justice = make_actor("justice").id
    focal = person_with("focal_point", actor=justice)
    routing.add_rule(RARE, justice, "lead", person=coordinator)
    routing.run(person=coordinator)
    ids = [row.recommendation_id for row in proposed()]
    assert routing.decide(None, True, person=coordinator)
    assert proposed() == []
    seen = of_many(session(), ids, focal)
    assert {(one.state, one.term, one.answer) for one in seen} == {("assigned", RARE, True)}
    assert {one.term for one in of_many(session(), ids, Person())} == {None}
    assert [(one.kind, one.values["count"]) for one in session().scalars(select(Notice))] == [
        ("assignment.assigned", len(ids))
    ]
    assert routing.decide(None, True, person=coordinator) is None


def test_each_can_be_accepted_or_refused_and_undone(coordinator: Person) -> None:
    routing.add_rule(RARE, make_actor("justice").id, "lead", person=coordinator)
    routing.run(person=coordinator)
    one, other, *rest = proposed()
    routing.decide([one.id], True, person=coordinator)
    change = routing.decide([other.id], False, person=coordinator)
    assert [row.id for row in proposed()] == [row.id for row in rest]
    bulk.undo(change or 0, person=coordinator)
    assert other.id in [row.id for row in proposed()]


def test_the_rule_of_the_rarest_term_leads_and_the_other_supports(coordinator: Person) -> None:
    both = reached("theme", RARE) & reached("sdg", "16")
    assert both
    routing.add_rule("16", make_actor("health").id, "lead", person=coordinator)
    justice = make_actor("justice").id
    routing.add_rule(RARE, justice, "lead", person=coordinator)
    found = routing.preview(session())
    for id_ in both:
        assert sorted(part.role for part in found[id_].values()) == ["lead", "support"]
        assert found[id_][justice].role == "lead"


def test_an_accepted_proposal_takes_the_lead_from_nobody(coordinator: Person) -> None:
    justice, health = make_actor("justice").id, make_actor("health").id
    routing.add_rule(RARE, justice, "lead", person=coordinator)
    routing.run(person=coordinator)
    one = proposed()[0].recommendation_id
    assign(one, health, "lead", person=coordinator)
    routing.decide(None, True, person=coordinator)
    rows = session().scalars(select(Assignment).where(Assignment.recommendation_id == one))
    assert {row.actor_id: (row.role, row.state) for row in rows} == {
        justice: ("support", "assigned"), health: ("lead", "assigned"),
    }  # fmt: skip


def test_a_rule_that_goes_takes_its_open_proposals_along(coordinator: Person) -> None:
    rule = routing.add_rule(RARE, make_actor("justice").id, "lead", person=coordinator)
    assert routing.add_rule(RARE, proposed_actor(rule), "lead", person=coordinator) == rule
    routing.run(person=coordinator)
    first = proposed()[0]
    routing.decide([first.id], True, person=coordinator)
    routing.remove_rule(rule, person=coordinator)
    assert proposed() == [] == routing.rules(session())
    assert session().get_one(Assignment, first.id).state == "assigned"


def proposed_actor(rule: int) -> int:
    return next(one.actor_id for one in routing.rules(session()) if one.id == rule)


def test_wrong_input_and_roles(coordinator: Person, person_with: PersonWith) -> None:
    justice = make_actor("justice").id
    for slug, actor, role, field in (("nonsense", justice, "lead", "slug"), (RARE, 99, "lead", "actor"),
                                     (RARE, justice, "boss", "role")):  # fmt: skip
        with pytest.raises(Invalid) as told:
            routing.add_rule(slug, actor, role, person=coordinator)
        assert list(told.value.fields) == [field]
    with pytest.raises(Refused):
        routing.add_rule(RARE, justice, "lead", person=person_with("administrator"))
    with pytest.raises(NotFound):
        routing.remove_rule(99, person=coordinator)
