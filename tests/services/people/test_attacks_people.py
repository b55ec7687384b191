"""Attacks by way of people: invitations, those who have left, other institutions, and what an erasure leaves."""

from __future__ import annotations

import datetime
import io
import re

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import Refused
from uptake.models.people import Invitation, Membership, PersonSetting
from uptake.models.progress import Update
from uptake.services.audit import record_event
from uptake.services.people import erasure, handover, invitations
from uptake.services.people.handover import Successor
from uptake.services.permissions import Person, load_person, may
from uptake.services.progress import evidence
from uptake.services.recommendations import history
from uptake.services.telling import mail
from uptake.settings import Settings
from uptake.testing.files import PDF
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.mailbox import Mailbox, text_of
from uptake.testing.people import make_actor
from uptake.testing.progress import make_recommendation, make_update

TODAY = datetime.date.today()


def test_what_waited_for_an_invitation_goes_to_nobody_else(
    mailbox: Mailbox, app: Flask, person_with: PersonWith
) -> None:
    justice, health = make_actor("MOJ"), make_actor("MOH")
    leaving, boss = person_with("focal_point", actor=justice.id), person_with("coordinator")
    draft = make_update(justice, leaving)
    row = session().scalars(select(Membership).where(Membership.user_id == leaving.id)).one()
    handover.hand_over(row.id, Successor(email="heir@example.org"), version=1, person=boss, root="http://localhost")
    invitations.take_back(session().scalars(select(Invitation.id)).one(), person=boss)
    mailbox.next()
    assert session().scalars(select(PersonSetting).where(PersonSetting.name.like("handover:%"))).all() == []
    other = invitations.Draft("other@example.org", "O", "member", health.id, "en")
    invitations.invite(other, person=boss, root="http://localhost")
    link = re.search(r"/invitation/(\S+)", text_of(mailbox.next()))
    assert link is not None
    invitations.accept(link[1], "Other", None)
    assert session().get_one(Update, draft.id, populate_existing=True).author_id == leaving.id


def test_a_coordinator_ends_no_invitation_of_an_administrator(app: Flask, person_with: PersonWith) -> None:
    draft = invitations.Draft("new@example.org", "N", "administrator", None, "en")
    invitations.invite(draft, person=person_with("administrator"), root="http://localhost")
    lesser = invitations.Draft("new@example.org", "N", "observer", None, "en")
    with pytest.raises(Refused):
        invitations.invite(lesser, person=person_with("coordinator"), root="http://localhost")
    assert session().scalars(select(Invitation.role)).all() == ["administrator"]


def _left(person: Person) -> Person:
    with transaction() as current:
        row = current.scalars(select(Membership).where(Membership.user_id == person.id)).one()
        row.until = TODAY - datetime.timedelta(days=1)
    return load_person(session(), person.id or 0)


def test_whoever_has_left_an_institution_reads_and_withdraws_nothing_of_it(
    app: Flask, person_with: PersonWith, sign_in: SignInAs
) -> None:
    justice, health = make_actor("MOJ"), make_actor("MOH")
    author = person_with("member", actor=justice.id)
    draft = make_update(justice, author)
    evidence.add_file(draft.uuid, io.BytesIO(PDF), "a.pdf", person=author)
    file = evidence.of(session(), [draft.id])[draft.id][0].href
    assert may(author, "update.withdraw", actor=justice.id, owner=author.id)
    gone = _left(author)
    with transaction() as current:
        current.add(Membership(user_id=gone.id, actor_id=health.id, role="member", since=TODAY))
    moved = load_person(session(), gone.id or 0)
    assert not may(moved, "update.withdraw", actor=justice.id, owner=author.id)
    browser = sign_in(moved)
    for path in (f"/updates/{draft.uuid}", f"/updates/{draft.uuid}/edit", f"/updates/{draft.uuid}/evidence", file):
        assert browser.get(path).status_code in {403, 404}, path


def test_a_history_tells_other_institutions_neither_what_one_declined_nor_why(
    app: Flask, person_with: PersonWith, sign_in: SignInAs
) -> None:
    justice, health = make_actor("MOJ"), make_actor("MOH")
    one = make_recommendation()
    key, subject = f"actor/{justice.id}", f"recommendation/{one.id}"
    with transaction() as current:
        record_event(current, "user/1", "assignment.assign", subject, {key: [None, "lead, assigned"]}, "a secret wish")
        record_event(
            current,
            "user/1",
            "assignment.declined",
            subject,
            {key: ["lead, assigned", "lead, declined"]},
            "a secret reason",
        )
        record_event(current, "user/1", "membership.end", key, {"until": [None, "2026-01-01"]}, "a secret fault")
    for actor, knows in ((justice, True), (health, False)):
        browser = sign_in(person_with("focal_point", actor=actor.id))
        told = browser.get(f"/recommendations/{one.uuid}/history").text
        assert ["a secret wish" in told, "a secret reason" in told] == [knows, knows]
        assert ("a secret fault" in browser.get(f"/history/institution/{justice.id}").text) is knows
    stranger = history.of_recommendation(session(), one.uuid, person=person_with("member", actor=health.id))
    assert "assignment.declined" not in [change.action for change in stranger.changes]


def test_an_erased_persons_mails_leave_the_outbox(app: Flask, settings: Settings, person_with: PersonWith) -> None:
    person, other, admin = person_with("observer"), person_with("observer"), person_with("administrator")
    person_with("administrator")
    for one in (person, other):
        mail.post(one.email, "Subject", f"To {one.email}\n")
    erasure.erase(person.id or 0, person=admin, reason="asked for it")
    left = [path.read_text() for path in (settings.instance / mail.OUTBOX).iterdir()]
    assert len(left) == 1
    assert person.email not in left[0]
