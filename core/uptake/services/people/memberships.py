"""Who holds which role, in an institution or on the site, from a day until a day; and where nobody does."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.people import ACTOR_ROLES, SITE_ROLES, Membership, User
from uptake.models.responsibility import Assignment
from uptake.services.audit import record_event
from uptake.services.people.roles import grantable
from uptake.services.permissions import Person, require
from uptake.services.telling.notices import tell
from uptake.services.work.worklists import ACTIVE

LOOK_AGAIN = N_("Please look at this again.")


@dataclass(frozen=True, slots=True)
class Role:
    """A role as a form gives it: ``actor`` None is the whole site."""

    user: int | None = None
    role: str = ""
    actor: int | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None


def in_force(day: datetime.date | None = None) -> ColumnElement[bool]:
    """The condition for memberships that count on a day, today by default."""
    on = day or datetime.date.today()
    return (Membership.since <= on) & or_(Membership.until.is_(None), Membership.until >= on)


def vacancies(session: Session, day: datetime.date | None = None) -> set[int]:
    """Institutions that answer for something, and have nobody in force as their focal point."""
    held = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.actor_id == Assignment.actor_id,
            Membership.role == "focal_point",
            in_force(day),
            User.active.is_(True),
        )
    )
    asked = (
        select(Assignment.actor_id)
        .join(Actor, Actor.id == Assignment.actor_id)
        .where(Assignment.state.in_(ACTIVE), Actor.closed_on.is_(None), ~held.exists())
    )
    return set(session.scalars(asked.distinct()))


def give(role: Role, *, person: Person) -> Membership:
    """Give somebody a role. Raises ``Invalid`` for wrong days and for a role that the person holds already."""
    require(person, "membership.edit", actor=role.actor)
    with transaction() as session:
        _check(session, role)
        _may_give(person, role.role)
        row = add(session, role)
        said = {"user": [None, row.user_id], "role": [None, row.role], "since": [None, row.since.isoformat()],
                "until": [None, _iso(row.until)]}  # fmt: skip
        record_event(session, person.mark, "membership.give", subject(row), said)
        _tell(session, row, "membership.given", person)
    return row


def add(session: Session, role: Role) -> Membership:
    """Write a membership inside the running transaction; two that overlap are refused. The caller has asked for leave."""
    assert role.user is not None
    session.scalars(select(User.id).where(User.id == role.user).with_for_update()).all()
    row = Membership(
        user_id=role.user,
        actor_id=role.actor,
        role=role.role,
        since=role.since or datetime.date.today(),
        until=role.until,
    )
    _refuse_overlap(session, row)
    session.add(row)
    session.flush()
    return row


def end(
    id_: int, day: datetime.date | None = None, *, version: int, person: Person, reason: str | None = None
) -> Membership:
    """Let a role end on a day, which still counts; today where none is given."""
    with transaction() as session:
        row = _found(session, id_, version, person)
        last = day or datetime.date.today()
        if last < row.since:
            raise Invalid(LOOK_AGAIN, fields={"until": N_("The last day lies before the first.")})
        _keep_an_administrator(session, row, last)
        said = {"until": [_iso(row.until), last.isoformat()]}
        row.until = last
        session.flush()
        record_event(session, person.mark, "membership.end", subject(row), said, reason)
        _tell(session, row, "membership.ended", person)
    return row


def reopen(id_: int, *, version: int, person: Person, reason: str | None = None) -> Membership:
    """Take back that a role ends."""
    with transaction() as session:
        row = _found(session, id_, version, person)
        user = session.get(User, row.user_id)
        if user is None or not user.active or user.erased:
            raise Invalid(N_("This account is closed."), remedy=N_("Open the account first."))
        said = {"until": [_iso(row.until), None]}
        row.until = None
        _refuse_overlap(session, row)
        session.flush()
        record_event(session, person.mark, "membership.reopen", subject(row), said, reason)
    return row


def subject(row: Membership) -> str:
    """How the audit trail names a membership: the roles of an institution stand in its history."""
    return f"actor/{row.actor_id}" if row.actor_id else f"membership/{row.id}"


def _found(session: Session, id_: int, version: int, person: Person) -> Membership:
    row = session.get(Membership, id_, with_for_update=True)
    if row is None:
        require(person, "membership.edit")
        raise NotFound(N_("There is no such role."))
    require(person, "membership.edit", actor=row.actor_id)
    _may_give(person, row.role)
    if row.version != version:
        raise Conflict(
            N_("Somebody has changed this role meanwhile."), remedy=N_("Look at it again, then repeat the change.")
        )
    return row


def _may_give(person: Person, role: str) -> None:
    if role not in grantable(person):
        raise Refused(
            N_("Only an administrator gives or ends the role of administrator."), remedy=N_("Ask an administrator.")
        )


def _check(session: Session, role: Role) -> None:
    wrong: dict[str, str] = {}
    user = session.get(User, role.user) if role.user else None
    if user is None or not user.active or user.erased:
        wrong["user"] = N_("Choose a person with an open account.")
    actor = session.get(Actor, role.actor) if role.actor else None
    if role.role not in (SITE_ROLES if role.actor is None else ACTOR_ROLES):
        wrong["role"] = N_("Choose a role.")
    if role.actor and actor is None:
        wrong["actor"] = N_("Choose an institution.")
    elif actor is not None and actor.closed_on:
        wrong["actor"] = N_("This institution is closed.")
    if role.since and role.until and role.until < role.since:
        wrong["until"] = N_("The last day lies before the first.")
    if wrong:
        raise Invalid(LOOK_AGAIN, fields=wrong)


def _refuse_overlap(session: Session, row: Membership) -> None:
    same_place = Membership.actor_id == row.actor_id if row.actor_id else Membership.actor_id.is_(None)
    others = select(Membership).where(Membership.user_id == row.user_id, Membership.role == row.role, same_place)
    with session.no_autoflush:
        for other in session.scalars(others):
            apart = (row.until and row.until < other.since) or (other.until and other.until < row.since)
            if other is not row and not apart:
                raise Invalid(LOOK_AGAIN, fields={"user": N_("This person holds the role in these days already.")})


def _keep_an_administrator(session: Session, row: Membership, last: datetime.date) -> None:
    """Somebody must be able to run the site after that day. The rows are locked: two could end each other."""
    if row.role != "administrator":
        return
    rows = session.scalars(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.role == "administrator", Membership.actor_id.is_(None), User.active.is_(True))
        .order_by(Membership.id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    ).all()
    after = max(last, datetime.date.today())
    if not any(one.id != row.id and one.until is None and one.since <= after for one in rows):
        raise Invalid(
            N_("This is the last administrator."), remedy=N_("Make somebody else an administrator first."),
            fields={"until": N_("This is the last administrator.")},
        )  # fmt: skip


def _tell(session: Session, row: Membership, kind: str, person: Person) -> None:
    if row.user_id == person.id:
        return
    code = session.scalar(select(Actor.code).where(Actor.id == row.actor_id)) if row.actor_id else None
    values = {"role": row.role, "institution": code, "since": row.since.isoformat(), "until": _iso(row.until)}
    tell(session, [row.user_id], kind, f"/institutions/{code}" if code else "/work", values=values)


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
