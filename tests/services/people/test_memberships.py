"""Roles have their days; nobody gives more than they may, and the site always keeps an administrator."""

from __future__ import annotations

import datetime
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import AppError, Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.notices import Notice
from uptake.models.people import Membership, User
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.services.actors import institution_edits
from uptake.services.people import memberships
from uptake.services.people.memberships import Role
from uptake.services.permissions import NOBODY, Person, load_person
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor

TODAY = datetime.date.today()
DAY = datetime.timedelta(days=1)


def membership_of(person: Person) -> Membership:
    return session().scalars(select(Membership).where(Membership.user_id == person.id)).one()


def test_a_role_counts_from_its_first_day_to_its_last(app: Flask, person_with: PersonWith) -> None:
    actor, somebody = make_actor("MOH"), person_with()
    role = Role(somebody.id, "focal_point", actor.id, TODAY + DAY, TODAY + 2 * DAY)
    row = memberships.give(role, person=person_with("coordinator"))
    for days, holds in ((0, False), (1, True), (2, True), (3, False)):
        found = load_person(session(), somebody.id or 0, TODAY + days * DAY)
        assert (actor.id in found.institutions) is holds
    assert row.version == 1


def test_who_gets_a_role_is_told_and_the_trail_knows_no_name(app: Flask, person_with: PersonWith) -> None:
    actor, somebody, coordinator = make_actor("MOH"), person_with(name="Ada Lovelace"), person_with("coordinator")
    memberships.give(Role(somebody.id, "validator", actor.id), person=coordinator)
    notice = session().scalars(select(Notice)).one()
    assert (notice.user_id, notice.kind, notice.path) == (somebody.id, "membership.given", "/institutions/MOH")
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "membership.give")).one()
    assert entry.actor == coordinator.mark
    assert entry.subject == f"actor/{actor.id}"
    assert "Ada" not in str(entry.data)


@pytest.mark.parametrize(
    ("role", "in_actor", "field"),
    [("coordinator", True, "role"), ("focal_point", False, "role"), ("king", True, "role"), ("", False, "role")],
)
def test_roles_of_the_site_and_of_institutions_do_not_mix(
    app: Flask, person_with: PersonWith, role: str, in_actor: bool, field: str
) -> None:
    actor, somebody = make_actor("MOH"), person_with()
    with pytest.raises(Invalid) as caught:
        memberships.give(Role(somebody.id, role, actor.id if in_actor else None), person=person_with("administrator"))
    assert list(caught.value.fields) == [field]


def test_wrong_days_closed_institutions_and_closed_accounts_are_refused(app: Flask, person_with: PersonWith) -> None:
    actor, somebody, coordinator = make_actor("MOH"), person_with(), person_with("coordinator")
    with pytest.raises(Invalid) as caught:
        memberships.give(Role(somebody.id, "member", actor.id, TODAY, TODAY - DAY), person=coordinator)
    assert list(caught.value.fields) == ["until"]
    institution_edits.close(actor.id, version=1, person=coordinator)
    with transaction() as current:
        current.get_one(User, somebody.id).active = False
    with pytest.raises(Invalid) as caught:
        memberships.give(Role(somebody.id, "member", actor.id), person=coordinator)
    assert set(caught.value.fields) == {"user", "actor"}
    with pytest.raises(Invalid) as caught:
        memberships.give(Role(999_999, "member", 999_999), person=coordinator)
    assert set(caught.value.fields) == {"user", "actor"}


def test_the_same_role_twice_in_the_same_days_is_refused(app: Flask, person_with: PersonWith) -> None:
    actor, somebody, coordinator = make_actor("MOH"), person_with(), person_with("coordinator")

    def give(since: datetime.date, until: datetime.date | None = None) -> Membership:
        return memberships.give(Role(somebody.id, "member", actor.id, since, until), person=coordinator)

    give(TODAY, TODAY + 5 * DAY)
    for since, until in (
        (TODAY + 5 * DAY, None),
        (TODAY - DAY, None),
        (TODAY - 9 * DAY, TODAY),
        (TODAY + DAY, TODAY + 2 * DAY),
    ):
        with pytest.raises(Invalid, match="look at this"):
            give(since, until)
    give(TODAY + 6 * DAY)
    memberships.give(Role(somebody.id, "validator", actor.id), person=coordinator)
    assert len(session().scalars(select(Membership).where(Membership.user_id == somebody.id)).all()) == 3


@pytest.mark.parametrize("role", ["observer", "focal_point", "alternate", "validator", "member"])
def test_others_neither_give_nor_end_roles(app: Flask, person_with: PersonWith, role: str) -> None:
    actor = make_actor("MOH")
    person = person_with(role, actor=None if role == "observer" else actor.id)
    row = membership_of(person)
    for one in (person, NOBODY):
        with pytest.raises(Refused):
            memberships.give(Role(person.id, "member", actor.id), person=one)
        with pytest.raises(Refused):
            memberships.end(row.id, version=1, person=one)
        with pytest.raises(Refused):
            memberships.reopen(row.id, version=1, person=one)
        with pytest.raises(Refused):
            memberships.end(999_999, version=1, person=one)


def test_a_coordinator_never_makes_or_unmakes_an_administrator(app: Flask, person_with: PersonWith) -> None:
    coordinator, first, second = person_with("coordinator"), person_with("administrator"), person_with("administrator")
    with pytest.raises(Refused):
        memberships.give(Role(coordinator.id, "administrator"), person=coordinator)
    with pytest.raises(Refused):
        memberships.end(membership_of(first).id, version=1, person=coordinator)
    memberships.end(membership_of(first).id, version=1, person=second)
    with pytest.raises(Refused):
        memberships.reopen(membership_of(first).id, version=2, person=coordinator)


def test_the_last_administrator_stays(app: Flask, person_with: PersonWith) -> None:
    first, second = person_with("administrator"), person_with("administrator")
    memberships.end(membership_of(second).id, TODAY + DAY, version=1, person=first)
    for day in (None, TODAY + 30 * DAY):
        with pytest.raises(Invalid, match="last administrator"):
            memberships.end(membership_of(first).id, day, version=1, person=first)
    memberships.reopen(membership_of(second).id, version=2, person=first)
    with transaction() as current:
        current.get_one(User, second.id).active = False
    with pytest.raises(Invalid, match="last administrator"):
        memberships.end(membership_of(first).id, version=1, person=first)


def test_two_administrators_cannot_end_each_other_at_once(app: Flask, person_with: PersonWith) -> None:
    people = [person_with("administrator"), person_with("administrator")]
    rows = [membership_of(person).id for person in people]
    session().rollback()
    barrier, refused = Barrier(2), []

    def end(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                memberships.end(rows[1 - number], version=1, person=people[number])
            except AppError as error:
                refused.append(error)

    threads = [Thread(target=end, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    left = (
        session()
        .scalars(select(Membership).where(Membership.role == "administrator", Membership.until.is_(None)))
        .all()
    )
    assert len(left) == 1
    assert len(refused) == 1


def test_a_stale_end_and_a_second_one_change_nothing(app: Flask, person_with: PersonWith) -> None:
    actor, coordinator = make_actor("MOH"), person_with("coordinator")
    row = membership_of(person_with("member", actor=actor.id))
    memberships.end(row.id, TODAY, version=1, person=coordinator)
    with pytest.raises(Conflict):
        memberships.end(row.id, TODAY + DAY, version=1, person=coordinator)
    assert session().get_one(Membership, row.id).until == TODAY
    with pytest.raises(NotFound):
        memberships.end(999_999, version=1, person=coordinator)
    with pytest.raises(Invalid):
        memberships.end(row.id, datetime.date(2019, 1, 1), version=2, person=coordinator)


def test_a_role_is_not_opened_again_over_another(app: Flask, person_with: PersonWith) -> None:
    actor, coordinator = make_actor("MOH"), person_with("coordinator")
    somebody = person_with("member", actor=actor.id)
    row = membership_of(somebody)
    memberships.end(row.id, TODAY, version=1, person=coordinator)
    memberships.give(Role(somebody.id, "member", actor.id, TODAY + DAY), person=coordinator)
    with pytest.raises(Invalid):
        memberships.reopen(row.id, version=2, person=coordinator)


def test_a_vacancy_is_an_institution_with_work_and_no_focal_point_today(demo: Flask, person_with: PersonWith) -> None:
    actor, idle = make_actor("X-ASKED"), make_actor("X-IDLE")
    ids = session().scalars(select(Recommendation.id).limit(1)).all()
    now = datetime.datetime.now(datetime.UTC)
    with transaction() as current:
        current.add(
            Assignment(recommendation_id=ids[0], actor_id=actor.id, role="support", state="assigned", created=now)
        )

    def asked() -> set[int]:
        return memberships.vacancies(session()) & {actor.id, idle.id}

    assert asked() == {actor.id}
    person_with("alternate", actor=actor.id)
    assert asked() == {actor.id}
    focal = person_with("focal_point", actor=actor.id)
    assert asked() == set()
    assert actor.id in memberships.vacancies(session(), datetime.date(2019, 12, 31))
    with transaction() as current:
        current.get_one(User, focal.id).active = False
    assert asked() == {actor.id}
    with transaction() as current:
        current.scalars(select(Assignment).where(Assignment.actor_id == actor.id)).one().state = "declined"
    assert asked() == set()
