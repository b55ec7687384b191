"""The audit trail for those who watch over it: found by who, what, where and when; exported; and proved unaltered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, Select, false, func, or_, select
from sqlalchemy.orm import Session

from uptake.files.csv_writer import csv_chunks
from uptake.i18n import gettext as _
from uptake.models.audit import AuditEntry
from uptake.models.people import User
from uptake.services.audit import verify
from uptake.services.authors import PREFIX, Authors, user_number
from uptake.services.permissions import Person, require
from uptake.services.recommendations.history import aware, fields_of

PAGE = 50
FORMATS = {"csv": "text/csv", "jsonl": "application/x-ndjson"}
COLUMNS = ("id", "at", "who", "actor", "action", "subject", "data", "reason", "hash")
STEP = 1000


@dataclass(frozen=True, slots=True)
class Filter:
    """What is looked for: a person by name, e-mail or mark; the beginning of action and subject; days, both included."""

    who: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class Row:
    """One entry with the name behind its mark, and what it says that changed."""

    entry: AuditEntry
    who: str
    at: datetime
    fields: list[list[Any]]


@dataclass(slots=True)
class AuditPage:
    """Some entries, the newest first; ``older`` is where the next page begins, None on the last."""

    rows: list[Row]
    older: int | None
    actions: list[str]


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the chain holds: how many entries there are, and the first that does not fit."""

    count: int
    broken: int | None


def entries(session: Session, wanted: Filter, *, person: Person, before: int | None = None) -> AuditPage:
    """A page of the trail."""
    require(person, "audit.read")
    asked = _where(session, select(AuditEntry), wanted)
    if before is not None:
        asked = asked.where(AuditEntry.id < before)
    found = list(session.scalars(asked.order_by(AuditEntry.id.desc()).limit(PAGE + 1)))
    authors = Authors(session, [entry.actor for entry in found])
    rows = [Row(entry, authors.name(entry.actor), aware(entry.at), fields_of(entry)) for entry in found[:PAGE]]
    actions = list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))
    return AuditPage(rows, found[PAGE - 1].id if len(found) > PAGE else None, actions)


def prove(session: Session, *, person: Person) -> Proof:
    """Walk the whole chain."""
    require(person, "audit.read")
    return Proof(session.scalar(select(func.count()).select_from(AuditEntry)) or 0, verify(session))


def export(session: Session, engine: Engine, wanted: Filter, form: str, *, person: Person) -> Iterator[bytes]:
    """Exactly what the filter finds, the oldest first, in flat memory and as of one moment."""
    require(person, "audit.read")
    asked = _where(session, select(AuditEntry), wanted)
    names = dict(session.execute(select(User.id, User.name).where(User.erased.is_(None))).all())
    rows = _rows(engine, asked, names)
    if form == "csv":
        return csv_chunks(COLUMNS, ([*row[:6], json.dumps(row[6], ensure_ascii=False), *row[7:]] for row in rows))
    lines = (dict(zip((*COLUMNS, "previous"), row, strict=True)) for row in _rows(engine, asked, names, chained=True))
    return (json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def _rows(engine: Engine, asked: Select[Any], names: dict[int, str], chained: bool = False) -> Iterator[list[Any]]:
    with Session(engine) as session:
        for one in session.scalars(asked.order_by(AuditEntry.id).execution_options(yield_per=STEP)):
            who = names.get(user_number(one.actor) or 0, "")
            row = [
                one.id,
                aware(one.at).isoformat(),
                who,
                one.actor,
                one.action,
                one.subject,
                one.data,
                one.reason or "",
                one.hash,
            ]
            yield [*row, one.previous] if chained else row


def _where(session: Session, asked: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.who:
        asked = asked.where(AuditEntry.actor.in_(_marks(session, wanted.who)))
    if wanted.action:
        asked = asked.where(AuditEntry.action.startswith(wanted.action, autoescape=True))
    if wanted.subject:
        exact = AuditEntry.subject == wanted.subject
        asked = asked.where(
            exact if "/" in wanted.subject else AuditEntry.subject.startswith(f"{wanted.subject}/", autoescape=True)
        )
    if wanted.since:
        asked = asked.where(AuditEntry.at >= _midnight(wanted.since))
    if wanted.until:
        asked = asked.where(
            AuditEntry.at < _midnight(wanted.until + timedelta(days=1)) if wanted.until < date.max else ~false()
        )
    return asked


def _marks(session: Session, who: str) -> list[str]:
    """The marks of everybody who is meant; the word itself is one, for what no account did."""
    like = or_(User.name.icontains(who, autoescape=True), User.email == who.lower())
    return [who, *(f"{PREFIX}{id_}" for id_ in session.scalars(select(User.id).where(like, User.erased.is_(None))))]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def described(proof: Proof) -> str:
    """A proof in words."""
    if proof.broken is None:
        return _("The audit trail is whole: {count} entries, each fitting the one before.", count=proof.count)
    return _(
        "The audit trail is broken at entry {id}: it, or the entry before it, was altered or removed.", id=proof.broken
    )
