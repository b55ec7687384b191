"""Institutions form a tree, are edited without losing anything, and are closed instead of deleted."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.search.engine import Engine, Query
from uptake.services.actors import institution_edits as edits
from uptake.services.actors import institutions
from uptake.services.actors.institution_rules import Draft
from uptake.services.permissions import NOBODY
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor

HEALTH = Draft(
    code="MOH",
    kind="ministry",
    names={"en": "Ministry of Health", "fr": "Ministère de la santé"},
    email="moh@example.org",
)


def wrong(draft: Draft, person: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        edits.create(draft, person=person)  # type: ignore[arg-type]
    return caught.value.fields


def entries(action: str) -> list[AuditEntry]:
    return list(session().scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_an_institution_is_entered_with_its_audit_entry(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    actor = edits.create(HEALTH, person=coordinator)
    entry = entries("actor.create")[0]
    assert (entry.actor, entry.subject) == (coordinator.mark, f"actor/{actor.id}")
    assert entry.data["names"][1] == HEALTH.names
    assert "moh@example.org" not in str(entry.data)
    assert institutions.name_of(actor, "fr") == "Ministère de la santé"
    assert institutions.name_of(actor, "ru") == "Ministry of Health"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": ""}, "code"), ({"code": "new"}, "code"), ({"code": "none"}, "code"), ({"code": "a b"}, "code"),
        ({"code": "x" * 61}, "code"), ({"kind": "palace"}, "kind"), ({"level": "galactic"}, "level"), ({"names": {}}, "name"),
        ({"names": {"en": " "}}, "name"), ({"names": {"en": "x" * 301}}, "name_en"), ({"names": {"en": "a\x00b"}}, "name_en"),
        ({"parent": "NOWHERE"}, "parent"), ({"email": "nobody"}, "email"), ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "https://"}, "website"), ({"mandate": "x" * 10_001}, "mandate"),
        ({"short_names": {"en": "x" * 61}}, "short_name_en"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(
    app: Flask, person_with: PersonWith, change: dict[str, object], field: str
) -> None:
    assert list(wrong(replace(HEALTH, **change), person_with("coordinator"))) == [field]
    assert not session().scalar(select(func.count(Actor.id)))


def test_a_code_is_unique_in_any_case(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    edits.create(HEALTH, person=coordinator)
    assert "code" in wrong(replace(HEALTH, code="moh"), coordinator)


def test_an_institution_never_stands_below_itself(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    top = edits.create(HEALTH, person=coordinator)
    middle = edits.create(replace(HEALTH, code="A", parent="MOH"), person=coordinator)
    edits.create(replace(HEALTH, code="B", parent="A"), person=coordinator)
    for parent in ("MOH", "A", "B", "b"):
        with pytest.raises(Invalid) as caught:
            edits.edit(top.id, replace(HEALTH, parent=parent), version=top.version, person=coordinator)
        assert list(caught.value.fields) == ["parent"]
    assert middle.parent_id == top.id


def test_a_stale_edit_changes_nothing(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    actor = edits.create(HEALTH, person=coordinator)
    version = actor.version
    edits.edit(actor.id, replace(HEALTH, phone="1"), version=version, person=coordinator)
    with pytest.raises(Conflict):
        edits.edit(actor.id, replace(HEALTH, phone="2"), version=version, person=coordinator)
    assert session().get_one(Actor, actor.id).phone == "1"


def test_an_edit_that_changes_nothing_leaves_no_trace(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    actor = edits.create(HEALTH, person=coordinator)
    edits.edit(actor.id, replace(HEALTH, names={**HEALTH.names, "es": " "}), version=actor.version, person=coordinator)
    assert not entries("actor.edit")
    assert session().get_one(Actor, actor.id).version == 1


def test_a_focal_point_changes_the_contact_of_its_own_institution_alone(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    own, other = edits.create(HEALTH, person=coordinator), edits.create(replace(HEALTH, code="MOJ"), person=coordinator)
    focal = person_with("focal_point", actor=own.id)
    edits.edit(own.id, replace(HEALTH, phone="+33 1"), version=own.version, person=focal)
    assert session().get_one(Actor, own.id).phone == "+33 1"
    with pytest.raises(Refused):
        edits.edit(own.id, replace(HEALTH, phone="+33 1", names={"en": "Mine"}), version=own.version, person=focal)
    with pytest.raises(Refused):
        edits.edit(other.id, replace(HEALTH, phone="+33 1"), version=other.version, person=focal)


@pytest.mark.parametrize("role", ["observer", "validator", "member", "focal_point", "alternate"])
def test_others_neither_enter_nor_close_institutions(app: Flask, person_with: PersonWith, role: str) -> None:
    actor = make_actor("MOH")
    person = person_with(role, actor=None if role == "observer" else actor.id)
    for one in (person, NOBODY):
        with pytest.raises(Refused):
            edits.create(HEALTH, person=one)
        with pytest.raises(Refused):
            edits.close(actor.id, version=1, person=one)


def test_closing_keeps_everything_and_can_be_taken_back(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    actor = edits.create(HEALTH, person=coordinator)
    day = datetime.date(2026, 1, 31)
    edits.close(actor.id, day, version=actor.version, person=coordinator, reason="Merged")
    assert session().get_one(Actor, actor.id).closed_on == day
    assert institutions.options(session()) == []
    assert entries("actor.close")[0].reason == "Merged"
    edits.reopen(actor.id, version=actor.version, person=coordinator)
    assert institutions.options(session()) == [(actor.id, "Ministry of Health")]


def test_the_tree_hangs_each_below_its_parent_closed_ones_last(app: Flask, person_with: PersonWith) -> None:
    top = make_actor("B")
    make_actor("B2", parent=top.id)
    make_actor("B1", parent=top.id)
    make_actor("A")
    closed = make_actor("AA")
    edits.close(closed.id, version=1, person=person_with("coordinator"))
    found = [(depth, node.code) for depth, node in institutions.walk(institutions.tree(session(), person=NOBODY))]
    assert found == [(0, "A"), (0, "B"), (1, "B1"), (1, "B2"), (0, "AA")]


def test_a_circle_in_the_tables_hides_nobody(app: Flask) -> None:
    one, other = make_actor("A"), make_actor("B")
    with transaction() as current:
        current.get_one(Actor, one.id).parent_id = other.id
        current.get_one(Actor, other.id).parent_id = one.id
    codes = {node.code for _, node in institutions.walk(institutions.tree(session(), person=NOBODY))}
    assert codes == {"A", "B"}


def test_an_institution_is_found_by_its_code_in_any_case(app: Flask) -> None:
    make_actor("MOH")
    assert institutions.find(session(), "moh").code == "MOH"
    with pytest.raises(NotFound):
        institutions.find(session(), "MOX")


def test_a_new_name_is_searched_at_once(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    actor = edits.create(HEALTH, person=coordinator)
    session().rollback()
    assert Engine(session()).answer(Query("institution:wellbeing")).reading.node is not None
    before = set(Engine(session()).view.labels.values("institution", "wellbeing"))
    edits.edit(
        actor.id, replace(HEALTH, names={"en": "Ministry of Wellbeing"}), version=actor.version, person=coordinator
    )
    session().rollback()
    assert set(Engine(session()).view.labels.values("institution", "wellbeing")) == {("institution", "MOH")} != before
