"""A handover moves everything open to the successor in one step, and nothing that was said changes its author."""

from __future__ import annotations

import datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.models.notices import Notice
from uptake.models.people import Invitation, Membership, User
from uptake.models.progress import Update
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.services.people import handover, invitations, memberships
from uptake.services.people.handover import Successor
from uptake.services.permissions import NOBODY, Person, load_person
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor

TODAY = datetime.date.today()
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def role_of(person: Person, actor: Actor) -> Membership:
    session().rollback()
    where = (Membership.user_id == person.id, Membership.actor_id == actor.id, Membership.role == "focal_point")
    return session().scalars(select(Membership).where(*where)).one()


def write(actor: Actor, author: Person, state: str = "draft", *, returned: bool = False) -> int:
    with transaction() as current:
        row = Update(
            uuid=uuid4(), actor_id=actor.id, author_id=author.id, language="en", done="Something", state=state,
            returned=returned, created=NOW, changed=NOW,
        )  # fmt: skip
        current.add(row)
        current.flush()
        return row.id


def author(id_: int) -> int | None:
    return session().scalar(select(Update.author_id).where(Update.id == id_))


@pytest.fixture
def ministry(app: Flask) -> Actor:
    return make_actor("MOH")


@pytest.fixture
def leaving(ministry: Actor, person_with: PersonWith) -> Person:
    return person_with("focal_point", actor=ministry.id, name="Old Hand")


def test_it_moves_in_one_step(ministry: Actor, leaving: Person, person_with: PersonWith) -> None:
    successor, other = person_with(), make_actor("MOJ")
    draft, returned = write(ministry, leaving), write(ministry, leaving, returned=True)
    said, elsewhere, colleague = (
        write(ministry, leaving, "published"),
        write(other, leaving),
        write(ministry, person_with()),
    )
    row = role_of(leaving, ministry)
    assert handover.hand_over(row.id, Successor(user=successor.id), version=1, person=leaving) == successor.id
    assert [author(id_) for id_ in (draft, returned)] == [successor.id] * 2
    assert [author(id_) for id_ in (said, elsewhere)] == [leaving.id] * 2
    assert author(colleague) not in {successor.id, leaving.id}
    assert role_of(leaving, ministry).until == TODAY
    new = role_of(successor, ministry)
    assert (new.since, new.until) == (TODAY, None)
    assert ministry.id in load_person(session(), successor.id or 0).institutions
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "membership.hand_over")).one()
    assert entry.data["drafts"] == [None, 2]
    assert entry.data["user"] == [leaving.id, successor.id]
    notice = session().scalars(select(Notice).where(Notice.kind == "membership.received")).one()
    assert notice.user_id == successor.id


def test_unread_notices_of_work_move_and_private_ones_stay(
    ministry: Actor, leaving: Person, person_with: PersonWith
) -> None:
    successor = person_with()
    with transaction() as current:
        for path, read, once in (
            ("/updates/1", None, "a"),
            ("/updates/2", NOW, None),
            ("/account", None, None),
            ("/updates/3", None, "b"),
        ):
            current.add(Notice(user_id=leaving.id, kind="x", path=path, created=NOW, read=read, once=once))
        current.add(Notice(user_id=successor.id, kind="x", path="/updates/3", created=NOW, once="b"))
    handover.hand_over(role_of(leaving, ministry).id, Successor(user=successor.id), version=1, person=leaving)
    told = session().scalars(select(Notice.path).where(Notice.user_id == successor.id, Notice.kind == "x")).all()
    assert sorted(told) == ["/updates/1", "/updates/3"]


def test_notices_stay_with_somebody_who_has_another_role(
    ministry: Actor, leaving: Person, person_with: PersonWith
) -> None:
    with transaction() as current:
        current.add(
            Membership(
                user_id=leaving.id, actor_id=make_actor("MOJ").id, role="member", since=datetime.date(2020, 1, 1)
            )
        )
        current.add(Notice(user_id=leaving.id, kind="x", path="/updates/1", created=NOW))
    handover.hand_over(role_of(leaving, ministry).id, Successor(user=person_with().id), version=1, person=leaving)
    assert session().scalars(select(Notice.user_id).where(Notice.kind == "x")).one() == leaving.id


def test_it_can_wait_for_the_last_day(ministry: Actor, leaving: Person, person_with: PersonWith) -> None:
    successor, day = person_with(), TODAY + datetime.timedelta(days=10)
    handover.hand_over(
        role_of(leaving, ministry).id, Successor(user=successor.id, last_day=day), version=1, person=leaving
    )
    assert role_of(leaving, ministry).until == day == role_of(successor, ministry).since
    for after, holders in ((9, {leaving.id}), (10, {leaving.id, successor.id}), (11, {successor.id})):
        on = TODAY + datetime.timedelta(days=after)
        found = {
            person.id
            for person in (leaving, successor)
            if ministry.id in load_person(session(), person.id or 0, on).institutions
        }
        assert found == holders


def test_twice_does_it_once(ministry: Actor, leaving: Person, person_with: PersonWith) -> None:
    successor, other = person_with(), person_with()
    row = role_of(leaving, ministry)
    handover.hand_over(row.id, Successor(user=successor.id), version=1, person=leaving)
    for again in (successor, other):
        with pytest.raises(Conflict):
            handover.hand_over(row.id, Successor(user=again.id), version=1, person=person_with("coordinator"))
    assert len(session().scalars(select(Membership).where(Membership.actor_id == ministry.id)).all()) == 2


def test_it_can_be_taken_back(ministry: Actor, leaving: Person, person_with: PersonWith) -> None:
    successor, coordinator = person_with(), person_with("coordinator")
    handover.hand_over(role_of(leaving, ministry).id, Successor(user=successor.id), version=1, person=leaving)
    memberships.end(role_of(successor, ministry).id, version=1, person=coordinator)
    memberships.reopen(role_of(leaving, ministry).id, version=2, person=coordinator)
    assert role_of(leaving, ministry).until is None


def test_nobody_hands_over_what_is_not_theirs(ministry: Actor, leaving: Person, person_with: PersonWith) -> None:
    row, other = role_of(leaving, ministry), make_actor("MOJ")
    for person in (
        person_with("focal_point", actor=ministry.id), person_with("focal_point", actor=other.id), person_with("observer"),
        person_with("validator", actor=ministry.id), NOBODY,
    ):  # fmt: skip
        with pytest.raises(Refused):
            handover.page(session(), row.id, person=person)
        with pytest.raises(Refused):
            handover.hand_over(row.id, Successor(user=person.id), version=1, person=person)
        with pytest.raises(Refused):
            handover.page(session(), 999_999, person=person)
    with pytest.raises(NotFound):
        handover.page(session(), 999_999, person=person_with("coordinator"))


def test_a_successor_is_somebody_else_with_an_open_account(
    ministry: Actor, leaving: Person, person_with: PersonWith
) -> None:
    closed, coordinator, row = person_with(), person_with("coordinator"), role_of(leaving, ministry)
    with transaction() as current:
        current.get_one(User, closed.id).active = False
    for successor, field in (
        (Successor(), "user"), (Successor(user=999_999), "user"), (Successor(user=closed.id), "user"),
        (Successor(user=leaving.id), "user"), (Successor(email=leaving.email.upper()), "user"), (Successor(email="nobody"), "email"),
        (Successor(user=coordinator.id, last_day=datetime.date(2019, 1, 1)), "last_day"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            handover.hand_over(row.id, successor, version=1, person=coordinator)
        assert list(caught.value.fields) == [field]
    assert role_of(leaving, ministry).until is None


def test_an_address_with_an_account_takes_over_at_once(
    ministry: Actor, leaving: Person, person_with: PersonWith
) -> None:
    successor = person_with()
    found = handover.hand_over(
        role_of(leaving, ministry).id, Successor(email=f" {successor.email.upper()} "), version=1, person=leaving
    )
    assert found == successor.id


def test_a_focal_point_cannot_invite(ministry: Actor, leaving: Person) -> None:
    with pytest.raises(Invalid) as caught:
        handover.hand_over(role_of(leaving, ministry).id, Successor(email="new@example.org"), version=1, person=leaving)
    assert list(caught.value.fields) == ["email"]
    assert role_of(leaving, ministry).until is None


def test_an_invited_successor_gets_everything_on_accepting(
    ministry: Actor, leaving: Person, person_with: PersonWith
) -> None:
    draft = write(ministry, leaving)
    successor = Successor(email="new@example.org", name="New Hand")
    found = handover.hand_over(
        role_of(leaving, ministry).id, successor, version=1, person=person_with("coordinator"), root="http://localhost"
    )
    assert found is None
    assert author(draft) == leaving.id
    invitation = session().scalars(select(Invitation)).one()
    assert (invitation.role, invitation.actor_id) == ("focal_point", ministry.id)
    with transaction() as current:
        user = invitations.make_account(current, current.get_one(Invitation, invitation.id), "New Hand", None)
    assert author(draft) == user.id
    assert role_of(load_person(session(), user.id), ministry).since == TODAY


def test_the_page_shows_all_that_is_open_and_said(demo: Flask, person_with: PersonWith) -> None:
    actor = make_actor("X-MOH")
    focal = person_with("focal_point", actor=actor.id)
    colleague = person_with("member", actor=actor.id, name="Colleague")
    ids = session().scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None)).limit(25)).all()
    with transaction() as current:
        current.add_all(
            Assignment(recommendation_id=id_, actor_id=actor.id, role="lead", state="accepted", created=NOW)
            for id_ in ids
        )
    write(actor, focal)
    write(actor, focal, "published")
    write(actor, colleague)
    found = handover.page(session(), role_of(focal, actor).id, person=focal)
    assert (found.assignment_count, len(found.assignments)) == (25, 20)
    assert (found.draft_count, len(found.drafts)) == (1, 1)
    assert (found.history_count, len(found.history)) == (3, 3)
    assert found.colleagues == [(colleague.id, "Colleague")]
    assert not found.may_invite
