"""Soft locks: who edits a section is named to the others, who may take over. Nobody's text is lost: versions see to that."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session
from uptake.toolkit import Person, people_named, transaction

from uptake_reports.access import writable
from uptake_reports.models import Lock

PATIENCE = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Held:
    """Who edits a section now, and since when."""

    user_id: int
    name: str
    since: datetime.datetime


def held(session: Session, section_id: int) -> Held | None:
    """Who edits; None where nobody does, or has given no sign of life for ten minutes."""
    row = session.get(Lock, section_id, populate_existing=True)
    if row is None or aware(row.seen) < _now() - PATIENCE:
        return None
    name = people_named(session, [row.user_id]).get(row.user_id, "")
    return Held(row.user_id, name, aware(row.since))


def take(section_id: int, *, over: bool, person: Person) -> bool:
    """Begin to edit, or give a sign of life; False where somebody else edits and is not to be taken over."""
    with transaction() as session:
        writable(session, section_id, person)
        now = held(session, section_id)
        if now is not None and now.user_id != person.id and not over:
            return False
        _hold(session, section_id, person)
        return True


def leave(section_id: int, *, person: Person) -> None:
    """Stop editing."""
    with transaction() as session:
        session.execute(delete(Lock).where(Lock.section_id == section_id, Lock.user_id == person.id))


def keep(session: Session, section_id: int, person: Person) -> None:
    """A sign of life of whoever saves, inside the running transaction."""
    row = session.get(Lock, section_id)
    if row is not None and row.user_id == person.id:
        row.seen = _now()


def _hold(session: Session, section_id: int, person: Person) -> None:
    if person.id is None:
        return
    row = session.get(Lock, section_id, populate_existing=True)
    if row is None:
        session.add(Lock(section_id=section_id, user_id=person.id, since=_now(), seen=_now()))
        return
    if row.user_id != person.id or aware(row.seen) < _now() - PATIENCE:
        row.user_id, row.since = person.id, _now()
    row.seen = _now()


def aware(moment: datetime.datetime) -> datetime.datetime:
    """SQLite forgets the zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
