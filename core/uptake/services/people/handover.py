"""Handing over: somebody who leaves gives a successor everything open in an institution, in one step."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.notices import Notice
from uptake.models.people import Membership, PersonSetting, User
from uptake.models.progress import Update
from uptake.models.responsibility import Assignment
from uptake.services.actors.institution_pages import Said, Seat, said_by, seats
from uptake.services.actors.institutions import name_of
from uptake.services.audit import record_event
from uptake.services.lists.cards import Card, load_cards
from uptake.services.people import invitations, memberships
from uptake.services.people.emails import clean_email
from uptake.services.people.handover_items import DRAFTS, WORK_PATHS, move
from uptake.services.permissions import Person, may, require
from uptake.services.telling.notices import tell
from uptake.services.work.worklists import ACTIVE

PAGE = 20
LOOK_AGAIN = N_("Please look at this again.")


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes over, as a form says: somebody with an account (``user``), or an address that is invited."""

    user: int | None = None
    email: str = ""
    name: str = ""
    last_day: datetime.date | None = None


@dataclass(slots=True)
class OpenPart:
    """A recommendation that the institution answers for."""

    role: str
    state: str
    card: Card


@dataclass(slots=True)
class Handover:
    """All that a successor takes over, and what the institution has said so far."""

    seat: Seat
    actor_id: int
    code: str
    institution: str
    assignments: list[OpenPart]
    assignment_count: int
    drafts: list[Said]
    draft_count: int
    notices: int
    history: list[Said]
    history_count: int
    colleagues: list[tuple[int, str]]
    may_invite: bool


def page(session: Session, membership_id: int, *, person: Person, language: str | None = None) -> Handover:
    """What would be handed over. Raises ``NotFound`` for a role that is not in force."""
    row = _leaving(session, membership_id, person)
    actor = session.get_one(Actor, row.actor_id)
    parts, count = _assignments(session, actor.id, language)
    seated = seats(session, actor.id)
    drafts = _own_drafts(row)
    everything = said_by(session, actor.id, internal=True, limit=PAGE)
    own = set(session.scalars(select(Update.uuid).where(*drafts)))
    return Handover(
        seat=next(seat for seat in seated if seat.id == row.id), actor_id=actor.id, code=actor.code,
        institution=name_of(actor), assignments=parts, assignment_count=count,
        drafts=[said for said in said_by(session, actor.id, internal=True, limit=200, state="draft") if said.uuid in own],
        draft_count=len(own), notices=_notices(session, row.user_id), history=everything,
        history_count=_history(session, actor.id),
        colleagues=list({seat.user: (seat.user, seat.name) for seat in seated
                         if seat.time != "past" and seat.active and seat.user != row.user_id}.values()),
        may_invite=may(person, "user.invite", actor=actor.id),
    )  # fmt: skip


def hand_over(membership_id: int, successor: Successor, *, version: int, person: Person, root: str = "") -> int | None:
    """End the role on its last day, give it to the successor from that day on, and move what is open.

    Returns the successor's account; None where an invitation was sent: then what is open moves when it is accepted.
    ``root`` is the address of the site, for the link of an invitation.
    """
    with transaction() as session:
        row = _leaving(session, membership_id, person, lock=True)
        if row.version != version:
            raise Conflict(
                N_("Somebody has changed this role meanwhile."), remedy=N_("Look at it again, then repeat the change.")
            )
        last = successor.last_day or datetime.date.today()
        user = _account_of(session, successor, row)
        if last < row.since:
            raise Invalid(LOOK_AGAIN, fields={"last_day": N_("The last day lies before the first.")})
        if user is None:
            _invite(session, row, successor, person, root)
            moved = {}
        else:
            _seat(session, row, user, last)
            moved = move(session, row.user_id, user, row.actor_id or 0)
        said = {"user": [row.user_id, user], "role": [row.role, row.role], "until": [_iso(row.until), last.isoformat()]}
        said |= {name: [None, count] for name, count in moved.items()}
        row.until = last
        session.flush()
        record_event(session, person.mark, "membership.hand_over", memberships.subject(row), said)
        if user is not None:
            _tell(session, row, user, person)
    return user


def _leaving(session: Session, membership_id: int, person: Person, *, lock: bool = False) -> Membership:
    """The role that is handed over: one's own with the right to, anybody's for those who may give roles."""
    row = session.get(Membership, membership_id, with_for_update=True if lock else None)
    if row is None or row.actor_id is None:
        require(person, "membership.edit")
        raise NotFound(N_("There is no such role."))
    own = row.user_id == person.id
    require(person, "membership.hand_over" if own else "membership.edit", actor=row.actor_id)
    if row.until is not None and row.until < datetime.date.today():
        raise Conflict(
            N_("This role has ended already."), remedy=N_("Open it again on the page of the institution first.")
        )
    return row


def _account_of(session: Session, successor: Successor, row: Membership) -> int | None:
    """The successor's account, None for an address that has none."""
    wrong = {}
    address = clean_email(successor.email) if successor.email.strip() else None
    if successor.user is None and address is None:
        field = "email" if successor.email.strip() else "user"
        wrong[field] = N_("Choose who takes over, or write an e-mail address.")
        raise Invalid(LOOK_AGAIN, fields=wrong)
    by = User.id == successor.user if successor.user is not None else func.lower(User.email) == (address or "").lower()
    user = session.scalar(select(User).where(by))
    if user is None and successor.user is None:
        return None
    if user is None or not user.active or user.erased:
        raise Invalid(LOOK_AGAIN, fields={"user": N_("Choose a person with an open account.")})
    if user.id == row.user_id:
        raise Invalid(LOOK_AGAIN, fields={"user": N_("Choose somebody else than who leaves.")})
    return user.id


def _seat(session: Session, row: Membership, user: int, last: datetime.date) -> None:
    """The same role for the successor, unless it is theirs from that day on already."""
    there = select(Membership.id).where(
        Membership.user_id == user, Membership.actor_id == row.actor_id, Membership.role == row.role,
        Membership.since <= last, Membership.until.is_(None),
    )  # fmt: skip
    if session.scalar(there.limit(1)) is None:
        memberships.add(session, memberships.Role(user=user, role=row.role, actor=row.actor_id, since=last))


def _invite(session: Session, row: Membership, successor: Successor, person: Person, root: str) -> None:
    leaving = session.get_one(User, row.user_id)
    if not may(person, "user.invite", actor=row.actor_id):
        raise Invalid(
            LOOK_AGAIN,
            fields={"email": N_("Nobody has an account with this address. Ask the coordinator to invite them first.")},
        )
    draft = invitations.Draft(
        email=successor.email, name=successor.name, role=row.role, actor=row.actor_id, language=leaving.language
    )
    invitation = invitations.invite(draft, person=person, root=root)
    session.merge(PersonSetting(user_id=row.user_id, name=f"handover:{invitation.id}", value=row.actor_id))


def _tell(session: Session, row: Membership, user: int, person: Person) -> None:
    code = session.scalar(select(Actor.code).where(Actor.id == row.actor_id))
    values = {"institution": code, "role": row.role}
    tell(session, {user} - {person.id}, "membership.received", f"/institutions/{code}", values=values)
    tell(session, {row.user_id} - {person.id}, "membership.handed_over", f"/institutions/{code}", values=values)


def _assignments(session: Session, actor_id: int, language: str | None) -> tuple[list[OpenPart], int]:
    where = (Assignment.actor_id == actor_id, Assignment.state.in_(ACTIVE))
    count = session.scalar(select(func.count(Assignment.id)).where(*where)) or 0
    rows = session.scalars(select(Assignment).where(*where).order_by(Assignment.id.desc()).limit(PAGE)).all()
    cards = {card.id: card for card in load_cards(session, [row.recommendation_id for row in rows], language)}
    return [
        OpenPart(row.role, row.state, cards[row.recommendation_id]) for row in rows if row.recommendation_id in cards
    ], count


def _own_drafts(row: Membership) -> tuple[ColumnElement[bool], ...]:
    return (Update.actor_id == row.actor_id, Update.author_id == row.user_id, Update.state.in_(DRAFTS))


def _notices(session: Session, user_id: int) -> int:
    paths = or_(*(Notice.path.startswith(path) for path in WORK_PATHS))
    where = (Notice.user_id == user_id, Notice.read.is_(None), paths)
    return session.scalar(select(func.count(Notice.id)).where(*where)) or 0


def _history(session: Session, actor_id: int) -> int:
    return (
        session.scalar(select(func.count(Update.id)).where(Update.actor_id == actor_id, Update.state != "withdrawn"))
        or 0
    )


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
