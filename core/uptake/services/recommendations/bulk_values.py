"""What a change of many recommendations can touch, read and written with no query per row.

A value has a key: ``tag/<term id>``, ``cluster/<id>``, ``actor/<id>``, ``due``, ``priority``. Values are plain JSON, so
that the journal of a change can hold them: a tag is the list of its rows (source 0 stands for people), an institution
its part, a cluster true or null.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.models.imports import Source
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import ClusterMember, FollowUp
from uptake.models.vocabularies import Tag
from uptake.search import index
from uptake.services.importing.sources import HUMAN, source_id
from uptake.services.responsibility import assignment_rows
from uptake.services.responsibility.assignment_rows import LARGE, Part

PEOPLE = 0
Value = Any
Values = dict[str, Value]
PRIORITY = {"priority": "normal", "priority_reason": None, "priority_note": None}


def kind_of(key: str) -> tuple[str, int]:
    """``actor/12`` is an actor, number 12."""
    kind, _, number = key.partition("/")
    return kind, int(number or 0)


def load(session: Session, ids: Collection[int], keys: Iterable[str]) -> dict[int, Values]:
    """What stands under these keys in each recommendation; an institution's key brings those of all institutions."""
    found: dict[int, Values] = {id_: {} for id_ in ids}
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for key in keys:
        kind, number = kind_of(key)
        numbers[kind].add(number)
    for chunk in chunks(ids, LARGE):
        if numbers["tag"]:
            _load_tags(session, chunk, numbers["tag"], found)
        if numbers["cluster"]:
            _load_clusters(session, chunk, numbers["cluster"], found)
        if numbers["actor"]:
            for id_, parts in assignment_rows.load(session, chunk).items():
                found[id_] |= {f"actor/{actor}": as_list(part) for actor, part in parts.items()}
        if numbers["due"] or numbers["priority"]:
            _load_schedules(session, chunk, numbers, found)
    return found


def as_list(part: Part) -> list[Any]:
    """A part as the journal holds it."""
    return [part.role, part.state, part.reason, part.rule_id]


def parts_of(values: Mapping[str, Value]) -> assignment_rows.Parts:
    """The parts of institutions among some values."""
    return {kind_of(key)[1]: Part(*value) for key, value in values.items() if key.startswith("actor/") and value}


def _load_tags(session: Session, ids: list[int], terms: set[int], found: dict[int, Values]) -> None:
    rows = session.execute(
        select(Tag.recommendation_id, Tag.term_id, Tag.source_id, Tag.confidence, Tag.confirmed_by, Tag.rejected)
        .where(Tag.recommendation_id.in_(ids), Tag.term_id.in_(terms))
        .order_by(Tag.source_id)
    )
    human = session.scalar(select(Source.id).where(Source.code == HUMAN))
    for id_, term, source, *row in rows:
        found[id_].setdefault(f"tag/{term}", []).append([PEOPLE if source == human else source, *row])


def _load_clusters(session: Session, ids: list[int], clusters: set[int], found: dict[int, Values]) -> None:
    table = ClusterMember
    rows = select(table.recommendation_id, table.cluster_id).where(
        table.recommendation_id.in_(ids), table.cluster_id.in_(clusters)
    )
    for id_, cluster in session.execute(rows):
        found[id_][f"cluster/{cluster}"] = True


def _load_schedules(session: Session, ids: list[int], wanted: Mapping[str, set[int]], found: dict[int, Values]) -> None:
    table = FollowUp
    columns = (table.recommendation_id, table.due, table.priority, table.priority_reason, table.priority_note)
    for id_, due, *priority in session.execute(select(*columns).where(table.recommendation_id.in_(ids))):
        if wanted["due"] and due:
            found[id_]["due"] = due.isoformat()
        if wanted["priority"] and priority != list(PRIORITY.values()):
            found[id_]["priority"] = priority


def write(session: Session, values: Mapping[int, Mapping[str, tuple[Value, Value]]]) -> None:
    """Write ``(old, new)`` values, in a constant number of statements, and bring the index up to date once."""
    by_kind: defaultdict[str, dict[int, dict[int, tuple[Value, Value]]]] = defaultdict(lambda: defaultdict(dict))
    for id_, changed in values.items():
        for key, pair in changed.items():
            kind, number = kind_of(key)
            by_kind[kind][id_][number] = pair
    if by_kind["tag"]:
        _write_tags(session, by_kind["tag"])
    if by_kind["cluster"]:
        _write_clusters(session, by_kind["cluster"])
    if by_kind["actor"]:
        assignment_rows.write(session, _as_parts(by_kind["actor"]))
    if by_kind["due"] or by_kind["priority"]:
        _write_schedules(session, by_kind["due"], by_kind["priority"])
    session.expire_all()


def _as_parts(values: Mapping[int, Mapping[int, tuple[Value, Value]]]) -> assignment_rows.Changes:
    return {
        id_: {
            actor: (Part(*old) if old else None, Part(*new) if new else None) for actor, (old, new) in changed.items()
        }
        for id_, changed in values.items()
    }


def _write_tags(session: Session, values: Mapping[int, Mapping[int, tuple[Value, Value]]]) -> None:
    """Replace the rows of each tag; the recommendations are another version then, as after any edit."""
    keys = [{"b_id": id_, "b_term": term} for id_, changed in values.items() for term in changed]
    human = source_id(session, HUMAN)
    rows = [
        {"recommendation_id": id_, "term_id": term, "source_id": human if source == PEOPLE else source, "confidence": confidence,
         "confirmed_by": by, "rejected": rejected}
        for id_, changed in values.items() for term, (_old, new) in changed.items()
        for source, confidence, by, rejected in new or ()
    ]  # fmt: skip
    connection = session.connection()
    mine = (Tag.recommendation_id == bindparam("b_id")) & (Tag.term_id == bindparam("b_term"))
    connection.execute(delete(Tag).where(mine), keys)
    if rows:
        connection.execute(insert(Tag), rows)
    table = Recommendation
    for chunk in chunks(values, LARGE):
        connection.execute(update(table).where(table.id.in_(chunk)).values(version=table.__table__.c.version + 1))
    index.refresh_tags(session, values)


def _write_clusters(session: Session, values: Mapping[int, Mapping[int, tuple[Value, Value]]]) -> None:
    pairs = [(id_, cluster, bool(new)) for id_, changed in values.items() for cluster, (_old, new) in changed.items()]
    into = [{"recommendation_id": id_, "cluster_id": cluster} for id_, cluster, on in pairs if on]
    out = [{"b_id": id_, "b_cluster": cluster} for id_, cluster, on in pairs if not on]
    table = ClusterMember
    mine = (table.recommendation_id == bindparam("b_id")) & (table.cluster_id == bindparam("b_cluster"))
    if out:
        session.connection().execute(delete(table).where(mine), out)
    if into:
        session.connection().execute(insert(table), into)


def _write_schedules(session: Session, dues: Mapping[int, Any], priorities: Mapping[int, Any]) -> None:
    ids = sorted({*dues, *priorities})
    there: set[int] = set()
    for chunk in chunks(ids, LARGE):
        there |= set(session.scalars(select(FollowUp.recommendation_id).where(FollowUp.recommendation_id.in_(chunk))))
    missing = [{"recommendation_id": id_, "priority": "normal", "continuous": False, "status": "received", "verified": False,
                "version": 1} for id_ in ids if id_ not in there]  # fmt: skip
    connection = session.connection()
    if missing:
        connection.execute(insert(FollowUp), missing)
    table = FollowUp.__table__
    mine = table.c.recommendation_id == bindparam("b_id")
    counted = update(FollowUp).where(mine).values(version=table.c.version + 1)
    if dues:
        connection.execute(counted, [{"b_id": id_, "due": _day(pair[0][1])} for id_, pair in dues.items()])
    if priorities:
        rows = [{"b_id": id_} | _priority(pair[0][1]) for id_, pair in priorities.items()]
        connection.execute(counted, rows)
    index.refresh_facts(session, ids)


def _day(value: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(value) if value else None


def _priority(value: list[Any] | None) -> dict[str, Any]:
    return dict(zip(PRIORITY, value, strict=True)) if value else dict(PRIORITY)
