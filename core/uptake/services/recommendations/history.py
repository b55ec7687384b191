"""What happened to one thing: who changed what from what to what, when and why; any two moments compared, values restored."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.models.imports import ImportChange, ImportRun
from uptake.models.progress import Update
from uptake.models.recommendations import Recommendation
from uptake.services.authors import Authors
from uptake.services.importing import aggregates
from uptake.services.importing.aggregates import Aggregate, from_json
from uptake.services.permissions import Person, may, may_somewhere, reach, require
from uptake.services.recommendations import bulk_history
from uptake.services.recommendations.differences import Codes, Difference, between
from uptake.services.translating.kinds import ACTION, KINDS
from uptake.services.work.worklists import ACTIVE

PUBLIC = (
    "recommendation.create", "recommendation.edit", "recommendation.position", "recommendation.tag", "recommendation.text",
    "recommendation.split", "recommendation.withdraw", "recommendation.restore", "recommendation.translate",
    "recommendation.translate_machine", "recommendation.confirm_translation", "recommendation.remove_translation",
    "update.publish",
)  # fmt: skip
MOST = 1000
LAST = 2**62
Values = list[Any]


@dataclass(slots=True)
class Change:
    """One change. ``fields`` are ``[name, before, after]``; ``key`` names it in addresses (``e12`` an entry, ``r3`` a run)."""

    key: str
    when: datetime.datetime
    action: str
    who: str = ""
    reason: str = ""
    fields: list[Values] = field(default_factory=list)
    run: int | None = None
    place: int = 0


@dataclass(slots=True)
class History:
    """The changes of one thing, the newest first. ``full`` is false for the public part of it."""

    kind: str
    id: int
    title: str
    changes: list[Change]
    full: bool
    uuid: UUID | None = None
    version: int = 0
    between: list[Values] | None = None
    ends: tuple[str, str] | None = None


def of_recommendation(session: Session, uuid: UUID, *, person: Person) -> History:
    """A recommendation's history: all of it for people who work here, imports and published facts for everybody else."""
    one = session.scalar(select(Recommendation).where(Recommendation.uuid == uuid))
    if one is None:
        raise NotFound(N_("There is no recommendation at this address."))
    full, within = may_somewhere(person, "internal.read"), reach(person, "internal.read")
    edits = [*_edits(session, f"recommendation/{one.id}", full), *_many(session, one.id, full)]
    if full and within is not None:
        edits = [kept for change in edits if (kept := _in_reach(change, within))]
    changes = sorted([*edits, *_imports(session, one, edits)], key=lambda each: each.place, reverse=True)
    bulk_history.in_words(session, [values for change in changes for values in change.fields])
    return History("recommendation", one.id, "", changes, full, one.uuid, one.version)


def of_thing(session: Session, kind: str, id_: int, *, person: Person) -> History:
    """The history of an update or an institution. Raises ``NotFound``, and ``Refused`` for what the person may not see."""
    if kind == "update":
        return _of_update(session, id_, person)
    if kind == "institution":
        require(person, "actor.view")
        actor = session.get(Actor, id_)
        if actor is None:
            raise NotFound(N_("There is no such institution."))
        changes = _edits(session, f"actor/{id_}", True)
        if not may(person, "internal.read", actor=id_):
            for change in changes:
                change.reason = ""
        return History(kind, id_, actor.code, changes, True, actor.uuid)
    if kind in ("term", "page", "document"):
        return _of_label(session, kind, id_, person)
    raise NotFound(N_("There is no history of this kind."))


def _of_label(session: Session, kind: str, id_: int, person: Person) -> History:
    """The translations of a term, of a page's text or of a document's title."""
    item = KINDS[kind].load(session, [id_]).get(id_)
    require(person, ACTION)
    if item is None:
        raise NotFound(N_("There is no history of this kind."))
    return History(kind, id_, item.title, _edits(session, item.subject, True), True)


def compare(history: History, first: str, second: str) -> History:
    """Put what differs between two of its moments into a history; moments that it does not have change nothing."""
    places = {change.key: place for place, change in enumerate(history.changes)}
    if first not in places or second not in places or first == second:
        return history
    newer, older = sorted((places[first], places[second]))
    found: dict[str, Values] = {}
    for change in reversed(history.changes[newer:older]):
        for name, before, after in change.fields:
            found[name] = [name, found[name][1] if name in found else before, after]
    history.between = [values for values in found.values() if values[1] != values[2]]
    history.ends = (history.changes[older].key, history.changes[newer].key)
    return history


def last_change(session: Session, kind: str, id_: int) -> Change | None:
    """The newest entry of the trail about one thing: what a page of two versions says of the other one."""
    found = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == f"{kind}/{id_}").order_by(AuditEntry.id.desc()).limit(1)
    ).one_or_none()
    return _changes(session, [found], True)[0] if found else None


def _of_update(session: Session, id_: int, person: Person) -> History:
    update = session.get(Update, id_)
    full = update is not None and may(person, "internal.read", actor=update.actor_id)
    if update is None or not (full or update.state == "published"):
        raise NotFound(N_("There is no such progress update."))
    return History("update", id_, "", _edits(session, f"update/{id_}", full), full, update.uuid, update.version)


def _in_reach(change: Change, within: frozenset[int]) -> Change | None:
    """What somebody of some institutions sees of a change: of others who answers now, but not what they declined or why."""
    foreign = [name for name, *_ in change.fields if name.startswith("actor/") and int(name[6:]) not in within]
    if foreign:
        change.reason = ""
        change.fields = [values for values in change.fields if values[0] not in foreign or _open(values)]
    return change if change.fields or not foreign else None


def _open(values: Values) -> bool:
    """Whether a change of an institution's part went from and to what every visitor sees."""
    return all(part is None or str(part).endswith(tuple(f", {state}" for state in ACTIVE)) for part in values[1:])


def _edits(session: Session, subject: str, full: bool) -> list[Change]:
    wanted = select(AuditEntry).where(AuditEntry.subject == subject)
    if not full:
        wanted = wanted.where(AuditEntry.action.in_(PUBLIC))
    return _changes(session, session.scalars(wanted.order_by(AuditEntry.id.desc()).limit(MOST)).all(), full)


def _many(session: Session, id_: int, full: bool) -> list[Change]:
    """What changes of many did to it; in public only its tags."""
    found = []
    for entry, fields in bulk_history.entries_of(session, id_):
        seen = [values for values in fields if full or values[0].startswith("term.")]
        if seen:
            change = _changes(session, [entry], full)[0]
            change.fields = seen
            found.append(change)
    return found


def _changes(session: Session, entries: Iterable[AuditEntry], full: bool) -> list[Change]:
    found = list(entries)
    authors = Authors(session, [entry.actor for entry in found] if full else [])
    return [
        Change(
            f"e{entry.id}", aware(entry.at), entry.action, authors.name(entry.actor) if full else "",
            (entry.reason or "") if full else "", fields_of(entry), place=entry.id,
        )
        for entry in found
    ]  # fmt: skip


def fields_of(entry: AuditEntry) -> list[Values]:
    """What an entry says that changed, under the names that the facts have everywhere."""
    prefix = {"recommendation.tag": "term.", "recommendation.text": "text."}.get(entry.action, "")
    return [
        [prefix + name, *value] if isinstance(value, list) and len(value) == 2 else [prefix + name, None, value]
        for name, value in entry.data.items()
    ]


def _imports(session: Session, one: Recommendation, edits: list[Change]) -> list[Change]:
    """What each import changed: what it found against what the next one found, without what people did between."""
    rows = session.execute(
        select(ImportRun.id, ImportRun.finished, ImportRun.started, ImportRun.file_name, ImportChange.before)
        .outerjoin(ImportChange, (ImportChange.run_id == ImportRun.id) & (ImportChange.recommendation_id == one.id))
        .where(
            (ImportRun.id == one.run_id) | ImportChange.recommendation_id.is_not(None), ImportRun.status == "applied"
        )
        .order_by(ImportRun.id)
    ).all()
    now = aggregates.load(session, [one.id])[one.id]
    states = [_before(row.before) for row in rows]
    codes = Codes(session)
    codes.meet([now, *(state for state in states if state)])
    facts = [codes.facts(state) if state else {} for state in states] + [codes.facts(now)]
    places = [*_places(session, [row.id for row in rows]), LAST]
    found = []
    for at, row in enumerate(rows):
        by_people = {
            name for change in edits if places[at] < change.place < places[at + 1] for name, *_ in change.fields
        }
        first = row.id == one.run_id
        differing = [] if first else _without(between(facts[at], facts[at + 1]), by_people)
        if first or differing:
            action = "import.add" if first else "import.change"
            when = aware(row.finished or row.started)
            found.append(Change(f"r{row.id}", when, action, "", row.file_name, differing, row.id, places[at]))
    return found


def _places(session: Session, runs: list[int]) -> list[int]:
    """Where each run stands among the entries of the audit trail: moments within one second have no order."""
    subjects = {f"import_run/{run}": run for run in runs}
    rows = session.execute(
        select(AuditEntry.subject, AuditEntry.id).where(
            AuditEntry.action == "import.apply", AuditEntry.subject.in_(subjects)
        )
    )
    found = {subjects[subject]: id_ for subject, id_ in rows}
    return [found.get(run, 0) for run in runs]


def _without(differing: Iterable[Difference], by_people: set[str]) -> list[Values]:
    return [each.as_json() for each in differing if not _mine(each.field, by_people)]


def _mine(name: str, by_people: set[str]) -> bool:
    """Whether people changed this fact; a position entered by hand also adds to what the State said."""
    return name in by_people or (name == "positions" and "position" in by_people) or (
        name == "term" and any(other.startswith("term.") for other in by_people)
    )  # fmt: skip


def _before(data: Any) -> Aggregate | None:
    if data is None:
        return None
    return from_json(data if isinstance(data, dict) else json.loads(data))


def aware(moment: datetime.datetime) -> datetime.datetime:
    """A moment of the database in universal time: SQLite keeps no zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
