"""What has happened since an entry of the audit trail: updates that were published, and institutions that came or went.

The trail is the one order of all that happens: its numbers are given in the order of the commits, so whoever remembers
the last number that was looked at misses nothing and is told nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.models.audit import AuditEntry
from uptake.models.progress import Update, UpdateItem
from uptake.services.work.worklists import ACTIVE

PUBLISH = "update.publish"
BULK = ("bulk.apply", "bulk.undo")
UPDATE, ASSIGNMENT = "update", "assignment"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: which entry tells of it, who did it, and to what."""

    entry: int
    by: str
    what: str
    recommendations: frozenset[int]
    actor: int


def newest(session: Session) -> int:
    """The number of the last entry."""
    return session.scalar(select(func.max(AuditEntry.id))) or 0


def since(session: Session, entry: int, until: int) -> list[Happening]:
    """What happened after one entry, up to another one: three queries for each few hundred published updates."""
    statement = (
        select(AuditEntry.id, AuditEntry.actor, AuditEntry.action, AuditEntry.subject, AuditEntry.data)
        .where(
            AuditEntry.id > entry,
            AuditEntry.id <= until,
            or_(AuditEntry.action == PUBLISH, AuditEntry.action.like("assignment.%"), AuditEntry.action.in_(BULK)),
        )
        .order_by(AuditEntry.id)
    )
    found: list[Happening] = []
    published: dict[int, tuple[int, str]] = {}
    for id_, by, action, subject, data in session.execute(statement):
        if action == PUBLISH:
            published[_number(subject)] = (id_, by)
        else:
            found += [
                Happening(id_, by, ASSIGNMENT, frozenset({recommendation}), actor)
                for recommendation, actor in _parts(action, subject, data)
            ]
    return sorted([*found, *_published(session, published)], key=lambda one: one.entry)


def _published(session: Session, entries: dict[int, tuple[int, str]]) -> Iterator[Happening]:
    """Those that are still published, each with all that it answers."""
    for ids in chunks(sorted(entries)):
        items: dict[int, set[int]] = {}
        actors: dict[int, int] = {}
        statement = (
            select(Update.id, Update.actor_id, UpdateItem.recommendation_id)
            .join(UpdateItem, UpdateItem.update_id == Update.id)
            .where(Update.id.in_(ids), Update.state == "published")
        )
        for id_, actor, recommendation in session.execute(statement):
            actors[id_] = actor
            items.setdefault(id_, set()).add(recommendation)
        for id_, actor in actors.items():
            yield Happening(*entries[id_], UPDATE, frozenset(items[id_]), actor)


def _parts(action: str, subject: str, data: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Which recommendation changed for which institution; what is only proposed is nobody's business yet."""
    if action not in BULK:
        changes = [{"key": key, "change": pair, "recommendations": [_number(subject)]} for key, pair in data.items()]
    else:
        changes = data.get("changes", [])
    for change in changes:
        if str(change["key"]).startswith("actor/") and any(_active(value) for value in change["change"]):
            for recommendation in change["recommendations"]:
                yield recommendation, _number(change["key"])


def _active(part: object) -> bool:
    """Whether a part, as the trail writes it (``lead, accepted`` or its values), means that the institution answers."""
    state = part.rpartition(", ")[2] if isinstance(part, str) else part[1] if isinstance(part, list) else None
    return state in ACTIVE


def _number(subject: str) -> int:
    number = subject.rpartition("/")[2]
    return int(number) if number.isdecimal() else 0
