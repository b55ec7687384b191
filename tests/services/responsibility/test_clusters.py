"""Overlapping recommendations are handled together; nothing of a cluster is ever lost."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.recommendations import Recommendation
from uptake.services.audit import verify
from uptake.services.permissions import Person
from uptake.services.recommendations import bulk
from uptake.services.responsibility import assignment_rows, clusters
from uptake.services.responsibility.cluster_pages import cluster_page, suggestions
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor


@pytest.fixture
def coordinator(demo: Flask, person_with: PersonWith) -> Person:
    return person_with("coordinator")


@pytest.fixture
def three(demo: Flask) -> list[int]:
    return list(session().scalars(select(Recommendation.id).order_by(Recommendation.id).limit(3)))


def test_a_cluster_is_made_with_what_was_chosen(coordinator: Person, three: list[int]) -> None:
    number = clusters.create("Death penalty", person=coordinator, note="Together", recommendations=three)
    row = clusters.clusters(session())[0]
    assert (row.id, row.title, row.count) == (number, "Death penalty", 3)
    assert sorted(clusters.members(session(), number)) == three
    assert clusters.clusters_of(session(), three)[three[0]] == [(number, "Death penalty")]
    actions = session().scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2))
    assert list(actions) == ["bulk.apply", "cluster.create"]
    assert verify(session()) is None


def test_it_is_assigned_to_its_lead_in_one_step_and_undone(coordinator: Person, three: list[int]) -> None:
    justice = make_actor("justice").id
    number = clusters.create("Death penalty", person=coordinator, lead_id=justice, recommendations=three)
    assert cluster_page(session(), number, 1, person=coordinator).unled == 3
    change = clusters.assign_all(number, person=coordinator)
    assert cluster_page(session(), number, 1, person=coordinator).unled == 0
    parts = assignment_rows.load(session(), three)
    assert {part[justice].role for part in parts.values()} == {"lead"}
    assert clusters.assign_all(number, person=coordinator) is None
    bulk.undo(change or 0, person=coordinator)
    assert not any(assignment_rows.load(session(), three).values())


def test_without_a_lead_nothing_is_assigned(coordinator: Person, three: list[int]) -> None:
    number = clusters.create("Death penalty", person=coordinator, recommendations=three)
    with pytest.raises(Invalid) as told:
        clusters.assign_all(number, person=coordinator)
    assert list(told.value.fields) == ["lead_id"]


def test_members_come_and_go(coordinator: Person, three: list[int]) -> None:
    number = clusters.create("Death penalty", person=coordinator)
    assert clusters.add(number, three, person=coordinator)
    assert clusters.add(number, three, person=coordinator) is None
    clusters.remove(number, three[:1], person=coordinator)
    assert sorted(clusters.members(session(), number)) == three[1:]


def test_withdrawing_keeps_everything_and_can_be_taken_back(coordinator: Person, three: list[int]) -> None:
    number = clusters.create("Death penalty", person=coordinator, recommendations=three)
    assert clusters.set_withdrawn(number, True, person=coordinator, reason="Doubled")
    assert not clusters.set_withdrawn(number, True, person=coordinator)
    assert clusters.clusters(session()) == []
    assert clusters.clusters_of(session(), three) == {}
    with pytest.raises(Conflict):
        clusters.add(number, three, person=coordinator)
    clusters.set_withdrawn(number, False, person=coordinator)
    assert clusters.clusters(session())[0].count == 3


def test_a_stale_edit_is_told_what_stands_there_now(coordinator: Person) -> None:
    number = clusters.create("Death penalty", person=coordinator)
    clusters.edit(number, "Abolition", person=coordinator, version=1)
    with pytest.raises(Conflict) as told:
        clusters.edit(number, "Moratorium", person=coordinator, version=1)
    assert told.value.values["now"] == {"title": "Abolition", "note": None, "lead_id": None, "version": 2}
    clusters.edit(number, "Abolition", person=coordinator, version=1)
    assert clusters.cluster(session(), number).title == "Abolition"


@pytest.mark.parametrize(
    ("title", "lead", "field"), [(" ", None, "title"), ("x" * 301, None, "title"), ("x", 99, "lead_id")]
)
def test_wrong_input_is_told_at_its_field(coordinator: Person, title: str, lead: int | None, field: str) -> None:
    with pytest.raises(Invalid) as told:
        clusters.create(title, person=coordinator, lead_id=lead)
    assert list(told.value.fields) == [field]
    assert clusters.clusters(session()) == []


def test_wrong_roles_and_numbers(coordinator: Person, person_with: PersonWith) -> None:
    number = clusters.create("Death penalty", person=coordinator)
    focal = person_with("focal_point", actor=make_actor("justice").id)
    with pytest.raises(Refused):
        clusters.edit(number, "Mine", person=focal, version=1)
    with pytest.raises(Refused):
        suggestions(session(), 1, person=focal)
    with pytest.raises(NotFound):
        clusters.assign_all(99, person=coordinator)
