"""Institutions that answer for something and have nobody who reports for them, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.models.actors import Actor
from uptake.models.people import Membership
from uptake.models.responsibility import Assignment
from uptake.services.people.staff import Staff
from uptake.services.work.worklists import ACTIVE


@dataclass(frozen=True, slots=True)
class Vacancy:
    """An institution without a focal point."""

    actor: int
    code: str
    since: date


def vacancies(session: Session, staff: Staff, today: date) -> list[Vacancy]:
    """The vacant places: since the last focal point left, or since there is something to answer for."""
    asked = (
        select(Assignment.actor_id, Actor.code, func.min(Assignment.created))
        .join(Actor, Actor.id == Assignment.actor_id)
        .where(Assignment.state.in_(ACTIVE), Actor.closed_on.is_(None))
        .group_by(Assignment.actor_id, Actor.code)
        .order_by(Assignment.actor_id)
    )
    left = select(Membership.actor_id, func.max(Membership.until).label("day")).where(
        Membership.role == "focal_point", Membership.until < today
    )
    last = {row.actor_id: row.day for row in session.execute(left.group_by(Membership.actor_id))}
    found = []
    for actor, code, first in session.execute(asked):
        if not staff.of(actor, "focal_point"):
            begun = first.date()
            found.append(Vacancy(actor, code, max(last[actor], begun) if actor in last else begun))
    return found
