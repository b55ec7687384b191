"""Who answers for what: for everybody what is settled, for those involved the rest."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.services.open_data.keyset import Item, Part, moment, newest_first
from uptake.services.permissions import Person, may, reach
from uptake.services.responsibility.assignment_rows import ACTIVE


def listing(
    session: Session, after: Sequence[int] | None, limit: int, *, person: Person, institution: str = "",
    recommendation: UUID | None = None, state: str = "",
) -> Part:  # fmt: skip
    """Assignments, what was made last first."""
    wanted = _all().where(_visible(person))
    if institution:
        wanted = wanted.where(Actor.code == institution)
    if recommendation is not None:
        wanted = wanted.where(Recommendation.uuid == recommendation)
    if state:
        wanted = wanted.where(Assignment.state == state)
    rows, following = newest_first(session, wanted, Assignment.id, after, limit)
    return Part([_item(row, uuid, code, person) for row, uuid, code in rows], following)


def one(session: Session, id_: int, *, person: Person) -> Item:
    """One assignment. Raises ``NotFound``, also where it is not for this reader."""
    row = session.execute(_all().where(Assignment.id == id_, _visible(person))).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such assignment."))
    return _item(row[0], row[1], row[2], person)


def of(session: Session, recommendation: int, institution: int, *, person: Person) -> Item:
    """The part of one institution in one recommendation. Raises ``NotFound``."""
    there = (Assignment.recommendation_id == recommendation, Assignment.actor_id == institution)
    row = session.execute(_all().where(*there, _visible(person))).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such assignment."))
    return _item(row[0], row[1], row[2], person)


def _all() -> Select[Assignment, UUID, str]:
    return (
        select(Assignment, Recommendation.uuid, Actor.code)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .join(Actor, Actor.id == Assignment.actor_id)
    )


def _visible(person: Person) -> ColumnElement[bool]:
    """As the panel of a recommendation has it: proposals are for those who assign."""
    reached = reach(person, "internal.read")
    inside: ColumnElement[bool] = Assignment.id.is_not(None) if reached is None else Assignment.actor_id.in_(reached)
    if not may(person, "assignment.assign"):
        inside = and_(inside, Assignment.state != "proposed")
    return or_(Assignment.state.in_(ACTIVE), inside)


def _item(row: Assignment, recommendation: UUID, code: str, person: Person) -> Item:
    inside = may(person, "internal.read", actor=row.actor_id)
    return {
        "id": row.id, "recommendation": str(recommendation), "institution": code, "role": row.role, "state": row.state,
        "reason": row.reason if inside else None, "created": moment(row.created) if inside else None,
        "answered": moment(row.answered) if inside else None, "version": row.version,
    }  # fmt: skip
