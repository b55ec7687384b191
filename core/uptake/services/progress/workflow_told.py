"""Who is told of a step of an update: those of whom something is asked now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.models.actors import Actor
from uptake.models.progress import Update
from uptake.services import site_settings
from uptake.services.permissions import Person
from uptake.services.progress.workflow_moves import FORWARD, Move
from uptake.services.telling import notices


def tell_of_step(session: Session, update: Update, move: Move, person: Person, step: int) -> None:
    """Tell those of whom something is asked now, but not whoever did it."""
    if move.tells == "validators":
        people: Iterable[int] = reaching(session, update.actor_id, "validator")
    elif move.tells == "coordinators":
        people = notices.people_of(session, None, "coordinator")
    else:
        people = [update.author_id] if move.tells == "author" and update.author_id else []
    asked = FORWARD.get(update.state)
    if move.tells != "author" and asked and asked.switch and not site_settings.get(session, asked.switch):
        return
    values = {"update": str(update.uuid), "actor": update.actor_id}
    wanted = set(people) - {person.id or 0}
    notices.tell(session, wanted, move.notice, f"/updates/{update.uuid}", values=values, once=f"update-step:{step}")


def reaching(session: Session, actor_id: int, role: str) -> set[int]:
    """Who holds a role in the institution, or else in the nearest one above it: roles reach downwards."""
    at: int | None = actor_id
    seen: set[int] = set()
    while at is not None and at not in seen:
        found = notices.people_of(session, at, role)
        if found:
            return found
        seen.add(at)
        at = session.scalar(select(Actor.parent_id).where(Actor.id == at))
    return set()
