"""Due date and priority: a high one needs its reason, and nobody overwrites a colleague unseen."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.recommendations import Recommendation
from uptake.services.permissions import Person
from uptake.services.responsibility.follow_ups import Schedule, plan, read, schedule
from uptake.testing.fixtures import PersonWith

DUE = datetime.date(2030, 1, 31)


@pytest.fixture
def one(demo: Flask) -> int:
    return int(session().scalars(select(Recommendation.id).order_by(Recommendation.id)).first() or 0)


@pytest.fixture
def coordinator(person_with: PersonWith) -> Person:
    return person_with("coordinator")


def test_it_is_set_recorded_and_has_a_version(one: int, coordinator: Person) -> None:
    assert schedule(session(), one) == Schedule()
    now = plan(one, Schedule(DUE, "urgent", "needs_law", None, True), person=coordinator)
    assert now == Schedule(DUE, "urgent", "needs_law", None, True, 1)
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.data["due"], entry.data["priority"]) == (
        "followup.edit", [None, "2030-01-31"], ["normal", "urgent"],
    )  # fmt: skip


def test_saving_the_same_again_changes_nothing(one: int, coordinator: Person) -> None:
    wanted = Schedule(DUE)
    first = plan(one, wanted, person=coordinator)
    assert plan(one, wanted, person=coordinator) == first
    entries = session().scalars(select(AuditEntry).where(AuditEntry.action == "followup.edit"))
    assert len(list(entries)) == 1


def test_a_stale_version_is_refused_and_told_what_stands_there_now(one: int, coordinator: Person) -> None:
    plan(one, Schedule(DUE), person=coordinator)
    with pytest.raises(Conflict) as told:
        plan(one, Schedule(DUE.replace(year=2031), version=0), person=coordinator)
    assert told.value.values["now"] == Schedule(DUE, version=1)
    assert schedule(session(), one).due == DUE


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"due": "next year"}, "due"),
        ({"due": "1066-10-14"}, "due"),
        ({"priority": "extreme"}, "priority"),
        ({"priority": "high"}, "priority_reason"),
        ({"priority": "high", "priority_reason": "mood"}, "priority_reason"),
        ({"priority": "low", "priority_reason": "other"}, "priority_note"),
        ({"priority_note": "x" * 2001}, "priority_note"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(form: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as told:
        read(form)
    assert list(told.value.fields) == [field]


def test_a_form_is_read_as_it_was_typed() -> None:
    form = {"due": "2030-01-31", "priority": "high", "priority_reason": "other", "priority_note": " Ruling ", "continuous": "1",
            "version": "3"}  # fmt: skip
    assert read(form) == Schedule(DUE, "high", "other", "Ruling", True, 3)
    assert read({}) == Schedule()


def test_only_the_coordinator_and_only_what_is_there(one: int, coordinator: Person, person_with: PersonWith) -> None:
    for role in ("administrator", "observer"):
        with pytest.raises(Refused):
            plan(one, Schedule(DUE), person=person_with(role))
    with pytest.raises(NotFound):
        plan(999_999, Schedule(DUE), person=coordinator)
