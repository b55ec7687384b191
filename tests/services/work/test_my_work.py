"""My work shows each role what waits for it, and every number is that of the list behind it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from uptake.db import db, session, transaction
from uptake.errors import Invalid, NotFound, Refused
from uptake.models.actors import Actor
from uptake.models.progress import Update
from uptake.models.recommendations import Withdrawal
from uptake.models.responsibility import FollowUp
from uptake.services.permissions import NOBODY, Person
from uptake.services.progress.status_scale import load_scale
from uptake.services.work import my_work, work_list
from uptake.services.work.my_work import SECTIONS
from uptake.services.work.worklists import STATES, Wanted
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_assignment, make_recommendation, make_update

TODAY = datetime.date.today()
DAY = datetime.timedelta(days=1)
SEEN = {
    "focal_point": {"returned", "overdue", "new", "due", "stale", "unreported", "drafts", "underway"},
    "alternate": {"returned", "overdue", "new", "due", "stale", "unreported", "drafts", "underway"},
    "member": {"returned", "overdue", "new", "due", "stale", "unreported", "drafts", "underway"},
    "validator": {"confirm", "overdue", "due"},
    "coordinator": {"approve", "declined", "overdue", "due", "proposed", "release", "drafts", "published"},
    "observer": {"overdue", "due", "published"},
    "administrator": set(),
}


@dataclass
class Busy:
    """Two institutions with work in every state."""

    justice: Actor
    health: Actor

    def person(self, role: str) -> Person:
        """Somebody of Justice, or of the site."""
        return make_person(
            role, actor=None if role in {"coordinator", "observer", "administrator"} else self.justice.id
        )


def fill(actor: Actor, rounds: int = 1) -> None:
    """Recommendations of an institution in each state that there is."""
    for _ in range(rounds):
        for due, state, status, confirmed in (
            (TODAY - DAY, "accepted", "planned", TODAY - 200 * DAY),
            (TODAY - 30 * DAY, "assigned", "received", None),
            (TODAY, "accepted", "in_progress", TODAY),
            (TODAY + 89 * DAY, "accepted", "received", None),
            (TODAY + 91 * DAY, "accepted", "received", None),
            (None, "accepted", "in_progress", TODAY - 400 * DAY),
            (TODAY - DAY, "accepted", "implemented", TODAY - 400 * DAY),
            (TODAY - DAY, "declined", "received", None),
            (None, "proposed", "received", None),
        ):
            one = make_recommendation()
            make_assignment(one, actor, state=state)
            with transaction() as current:
                current.add(FollowUp(recommendation_id=one.id, due=due, status=status, confirmed_on=confirmed))
        for state in ("draft", "submitted", "confirmed", "approved", "published"):
            one = make_recommendation()
            make_assignment(one, actor)
            with transaction() as current:
                current.add(FollowUp(recommendation_id=one.id, due=TODAY - DAY))
            make_update(actor, None, one, state=state)
        one = make_recommendation()
        make_assignment(one, actor)
        returned = make_update(actor, None, one)
        with transaction() as current:
            current.get_one(Update, returned.id).returned = True


@pytest.fixture
def busy(app: Flask) -> Busy:
    with transaction() as current:
        load_scale(current)
    found = Busy(make_actor("JUSTICE"), make_actor("HEALTH"))
    fill(found.justice)
    fill(found.health)
    return found


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    yield said
    event.remove(db.engine, "before_cursor_execute", see)


def of(found: my_work.MyWork) -> dict[str, int]:
    return {one.spec.name: one.count for one in found.sections}


@pytest.mark.parametrize("role", SEEN)
def test_each_role_has_its_sections_and_each_number_is_that_of_its_list(busy: Busy, role: str) -> None:
    person = busy.person(role)
    page = my_work.my_work(session(), person=person)
    assert set(of(page)) == SEEN[role]
    for one in page.sections:
        listed: list[int] = []
        for number in range(1, 5):
            part = my_work.section(session(), one.spec.name, number, person=person)
            assert part.count == one.count
            listed += [row.id for row in part.rows]
        assert len(listed) == len(set(listed)) == one.count
        assert [row.id for row in one.rows] == listed[: len(one.rows)]
        if one.kind == "recommendation":
            wanted = work_list.wanted_from(session(), person, states=[one.spec.name])
            assert work_list.work_list(session(), wanted, person=person).count == one.count


def test_a_focal_point_is_shown_what_is_due_and_nothing_of_another_institution(busy: Busy) -> None:
    page = my_work.my_work(session(), person=busy.person("focal_point"))
    # Overdue: not closed, nothing handed in: two of the nine, and those with a draft and a published update.
    assert of(page) == {
        "returned": 1,
        "overdue": 4,
        "new": 1,
        "due": 2,
        "stale": 2,
        "unreported": 5,
        "drafts": 1,
        "underway": 3,
    }
    assert {actor for one in page.sections for row in one.rows for actor in row.actor_ids} <= {busy.justice.id}
    assert all(row.may_report for one in page.sections if one.kind == "recommendation" for row in one.rows)
    assert page.institutions == []
    assert page.failed_jobs is None


def test_a_validator_may_look_and_not_report(busy: Busy) -> None:
    page = my_work.my_work(session(), person=busy.person("validator"))
    assert of(page) == {"confirm": 1, "overdue": 4, "due": 2}
    assert not any(row.may_report for one in page.sections for row in one.rows)


def test_the_coordinator_sees_all_institutions_and_drafts_only_of_the_own_hand(busy: Busy) -> None:
    person = busy.person("coordinator")
    make_update(busy.health, person, make_recommendation())
    assert of(my_work.my_work(session(), person=person)) == {
        "approve": 2, "declined": 2, "overdue": 8, "due": 4, "proposed": 2, "release": 2, "drafts": 1, "published": 2,
    }  # fmt: skip


def test_a_focal_point_who_also_coordinates_answers_for_the_own_institution_alone(busy: Busy) -> None:
    person = busy.person("focal_point")
    both = Person(id=person.id, site_roles=frozenset({"coordinator"}), actor_roles=person.actor_roles)
    page = my_work.my_work(session(), person=both)
    assert (of(page)["new"], of(page)["returned"], of(page)["approve"]) == (1, 1, 2)


@pytest.mark.parametrize("role", ["coordinator", "observer", "administrator"])
def test_numbers_of_institutions_are_those_of_the_list(busy: Busy, role: str) -> None:
    person = busy.person(role)
    rows = my_work.institutions(session(), person=person)
    assert {row.name for row in rows} == {"JUSTICE", "HEALTH"}
    for row in rows:
        assert row.vacant
        for name, count in row.counts.items():
            wanted = work_list.wanted_from(session(), person, [row.id], [name])
            assert work_list.work_list(session(), wanted, person=person).count == count > 0


def test_an_institution_with_a_focal_point_is_not_vacant(busy: Busy) -> None:
    busy.person("focal_point")
    assert my_work.vacancies(session()) == {busy.health.id}


@pytest.mark.parametrize("role", ["focal_point", "coordinator"])
def test_the_number_of_queries_does_not_grow(busy: Busy, role: str) -> None:
    person = busy.person(role)
    session().rollback()
    with counted() as before:
        my_work.my_work(session(), person=person)
    session().rollback()
    fill(busy.justice, 6)
    session().rollback()
    with counted() as after:
        my_work.my_work(session(), person=person)
    assert len(before) == len(after) < 40


def test_the_list_takes_several_values_and_is_paged_in_order_of_the_due_date(busy: Busy) -> None:
    fill(busy.justice, 3)
    person = busy.person("focal_point")
    wanted = work_list.wanted_from(session(), person, states=["overdue", "due"], since="2000", until="2100-01-01")
    pages = [work_list.work_list(session(), wanted, number, person=person) for number in (1, 2, 3)]
    assert [page.count for page in pages] == [24, 24, 24]
    assert [len(page.rows) for page in pages] == [20, 4, 0]
    days = [row.due for page in pages for row in page.rows if row.due]
    assert days == sorted(days)
    assert len(days) == 24


def test_every_state_of_the_list_can_be_asked(busy: Busy) -> None:
    person = busy.person("focal_point")
    for state in STATES:
        wanted = work_list.wanted_from(session(), person, states=[state])
        assert work_list.work_list(session(), wanted, person=person).count > 0, state
    urgent = work_list.wanted_from(session(), person, priorities=["urgent"])
    assert work_list.work_list(session(), urgent, person=person).count == 0


def test_nobody_asks_for_another_institution_or_for_what_does_not_exist(busy: Busy) -> None:
    person = busy.person("focal_point")
    with pytest.raises(Refused):
        work_list.wanted_from(session(), person, [busy.health.id])
    for asked in ({"states": ["lost"]}, {"priorities": ["soon"]}, {"since": "yesterday"}, {"until": "2025-02-31"}):
        with pytest.raises(Invalid):
            work_list.wanted_from(session(), person, **asked)
    with pytest.raises(NotFound):
        my_work.section(session(), "approve", person=person)
    with pytest.raises(NotFound):
        my_work.section(session(), "lost", person=person)
    for stranger in (NOBODY, make_person()):
        with pytest.raises(Refused):
            my_work.my_work(session(), person=stranger)
        with pytest.raises(Refused):
            my_work.institutions(session(), person=stranger)


def test_a_person_without_work_has_empty_sections(app: Flask) -> None:
    person = make_person("focal_point", actor=make_actor("NEW").id)
    page = my_work.my_work(session(), person=person)
    assert set(of(page).values()) == {0}
    assert page.waiting == 0


def test_what_nobody_may_see_any_more_is_no_work(busy: Busy) -> None:
    person = busy.person("focal_point")
    wanted = Wanted(frozenset({busy.justice.id}))
    before = work_list.work_list(session(), wanted, person=person)
    with transaction() as current:
        now = datetime.datetime.now(datetime.UTC)
        current.add(Withdrawal(recommendation_id=before.rows[0].id, at=now, user_id=None, reason="Twice."))
    assert work_list.work_list(session(), wanted, person=person).count == before.count - 1


def test_sections_have_each_a_name_of_their_own() -> None:
    assert len({spec.name for spec in SECTIONS}) == len(SECTIONS)
