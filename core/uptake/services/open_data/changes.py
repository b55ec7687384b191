"""What has changed since a moment, of what everybody may see: the audit trail, without who, why and what was before.

One entry of the trail may be many changes (an import, a bulk edit); ``[entry, number]`` says where to go on in it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.models.imports import ImportChange
from uptake.models.progress import Assessment, Update, UpdateItem
from uptake.models.recommendations import ExternalId, Recommendation
from uptake.models.responsibility import BulkChange
from uptake.services.open_data.keyset import Item, moment

ENTRIES = 200
ADDED, CHANGED, REMOVED = "added", "changed", "removed"
WHAT = {
    "recommendation.create": ADDED, "recommendation.edit": CHANGED, "recommendation.position": CHANGED,
    "recommendation.tag": CHANGED, "recommendation.text": CHANGED, "recommendation.split": CHANGED,
    "recommendation.withdraw": REMOVED, "recommendation.restore": ADDED, "assignment.assign": CHANGED,
    "assignment.accepted": CHANGED, "assignment.declined": CHANGED, "assignment.end": CHANGED,
    "followup.override": CHANGED, "update.publish": ADDED, "update.withdraw": REMOVED, "assessment.write": ADDED,
    "assessment.edit": ADDED, "assessment.withdraw": REMOVED, "actor.create": ADDED, "actor.edit": CHANGED,
    "actor.close": CHANGED, "actor.reopen": CHANGED, "import.apply": ADDED, "import.undo": REMOVED,
    "bulk.apply": CHANGED, "bulk.undo": CHANGED,
}  # fmt: skip
KINDS = {
    "recommendation": Recommendation.uuid,
    "update": Update.uuid,
    "assessment": Assessment.uuid,
    "actor": Actor.code,
}
NAMES = {"actor": "institution", "import_run": "import"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change before it has its address; ``number`` is its place among those of its entry."""

    at: datetime.datetime
    entry: int
    number: int
    kind: str
    id: int
    what: str


@dataclass(slots=True)
class Changes:
    """Some changes in their order. ``next`` is there also at the end, so that one can ask again later."""

    items: list[Item]
    next: list[int]
    more: bool


def since(session: Session, begin: datetime.datetime, after: Sequence[int] | None, limit: int) -> Changes:
    """What has changed from a moment on."""
    begin = begin.astimezone(datetime.UTC) if begin.tzinfo else begin
    place = list(after or (0, 0))
    changes: list[Change] = []
    for entry in _entries(session, begin, place[0]):
        room = limit - len(changes)
        found = list(islice(_changes(session, entry, place[1] if entry.id == place[0] else 0, room), room))
        changes += found
        place = [entry.id, found[-1].number] if len(found) == room else [entry.id + 1, 0]
        if len(changes) == limit:
            break
    return Changes(_addressed(session, changes), place, len(changes) == limit)


def _entries(session: Session, begin: datetime.datetime, at: int) -> Iterator[AuditEntry]:
    wanted = select(AuditEntry).where(AuditEntry.at >= begin, AuditEntry.action.in_(WHAT)).order_by(AuditEntry.id)
    while batch := list(session.scalars(wanted.where(AuditEntry.id >= at).limit(ENTRIES))):
        yield from batch
        at = batch[-1].id + 1


def _changes(session: Session, entry: AuditEntry, after: int, room: int) -> Iterator[Change]:
    """What one entry says, behind what was told last."""
    kind, _, key = entry.subject.partition("/")
    id_, what = int(key) if key.isdecimal() else 0, WHAT[entry.action]
    if kind == "import_run" and what == ADDED:
        of_many = _of_import(session, id_, after, room)
    elif kind == "bulk_change":
        of_many = _of_bulk(session, id_, after)
    elif not _is_public(entry, kind):
        return
    else:
        of_many = [(0, kind, id_, what), *_touched(session, kind, id_)]
    for number, one, subject, how in of_many:
        place = number or 1
        if place > after:
            yield Change(entry.at, entry.id, place, one, subject, how)


def _is_public(entry: AuditEntry, kind: str) -> bool:
    """Whether everybody could see what was before, or sees what is now."""
    if kind not in {"update", "assessment"}:
        return True
    states = entry.data.get("state")
    return isinstance(states, list) and states[0 if WHAT[entry.action] == REMOVED else -1] == "published"


def _touched(session: Session, kind: str, id_: int) -> list[tuple[int, str, int, str]]:
    """The recommendations that an update or assessment speaks of: they change with it."""
    wanted: Select[Any]
    if kind == "update":
        wanted = select(UpdateItem.recommendation_id).where(UpdateItem.update_id == id_)
    elif kind == "assessment":
        wanted = select(Assessment.recommendation_id).where(Assessment.id == id_)
    else:
        return []
    found = sorted(session.scalars(wanted))
    return [(number, "recommendation", one, CHANGED) for number, one in enumerate(found, 2)]


def _of_import(session: Session, run: int, after: int, room: int) -> list[tuple[int, str, int, str]]:
    """What an import brought and changed, by number: as much as is wanted, however large it was."""
    said: dict[int, str] = {}
    for column, where, what in (
        (ExternalId.recommendation_id, ExternalId.missing_since == run, CHANGED),
        (ImportChange.recommendation_id, ImportChange.run_id == run, CHANGED),
        (Recommendation.id, Recommendation.run_id == run, ADDED),
    ):
        wanted = select(column).where(where, column > after).distinct().order_by(column).limit(room)
        said |= dict.fromkeys(session.scalars(wanted), what)
    return [(id_, "recommendation", id_, said[id_]) for id_ in sorted(said)]


def _of_bulk(session: Session, change: int, after: int) -> list[tuple[int, str, int, str]]:
    row = session.get(BulkChange, change)
    ids = sorted(int(id_) for id_ in row.before) if row is not None else []
    return [(id_, "recommendation", id_, CHANGED) for id_ in ids if id_ > after]


def _addressed(session: Session, changes: Sequence[Change]) -> list[Item]:
    """With the addresses that everybody uses; what is no longer there is left out."""
    names: dict[tuple[str, int], str] = {}
    for kind, column in KINDS.items():
        ids = {change.id for change in changes if change.kind == kind}
        rows = session.execute(select(column.class_.id, column).where(column.class_.id.in_(ids))) if ids else ()
        names |= {(kind, id_): str(name) for id_, name in rows}
    return [
        {"at": moment(change.at), "kind": NAMES.get(change.kind, change.kind), "id": names[change.kind, change.id], "what": change.what}
        for change in changes
        if (change.kind, change.id) in names or names.setdefault((change.kind, change.id), _number(change))
    ]  # fmt: skip


def _number(change: Change) -> str:
    return str(change.id) if change.kind == "import_run" else ""
