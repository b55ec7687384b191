"""How the work stands, for those who watch over it: where updates stop, how long steps take, and who is late.

Every number comes from the conditions of the list that it links to.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, cast, func, select
from sqlalchemy.orm import Session

from uptake.db import is_sqlite
from uptake.i18n import sort_key
from uptake.models.progress import Update, UpdateStep
from uptake.search.engine import Engine
from uptake.services.people.memberships import vacancies
from uptake.services.permissions import Person, reach, require_somewhere
from uptake.services.progress.status_scale import Status, scale
from uptake.services.work.work_rows import actor_names
from uptake.services.work.worklists import Wanted, stale_after, tally

PAGE = 100
PERIOD = datetime.timedelta(days=365)
TALLIED = ("open", "new", "overdue", "returned", "stale")
FLOW = ("draft", "submitted", "confirmed", "approved", "published")
WAITING = ("submitted", "confirmed", "approved")
TIMED = ("submitted", "confirmed", "approved", "published")
Actors = frozenset[int] | None
Histogram = Mapping[int, int]


@dataclass(slots=True)
class Stop:
    """One state of the workflow: how many updates stand there, since when the longest, and the days that leaving the
    state before it took in the middle case of the last year (None where nothing did)."""

    state: str
    count: int
    since: datetime.date | None
    days: int | None


@dataclass(slots=True)
class Line:
    """One institution."""

    id: int
    name: str
    counts: Mapping[str, int]
    waiting: Mapping[str, int]
    last: datetime.date | None
    days: int | None
    vacant: bool


@dataclass(slots=True)
class Oversight:
    """The page: the whole, and one page of institutions, those that are latest first."""

    flow: list[Stop]
    statuses: list[tuple[Status, int]]
    lines: list[Line]
    number: int
    pages: int
    totals: Mapping[str, int] = field(default_factory=dict)


def oversight(session: Session, number: int = 1, *, person: Person, today: datetime.date | None = None) -> Oversight:
    """How things stand in the institutions that the person watches over: a constant number of queries."""
    require_somewhere(person, "oversight.read")
    actors, readable = reach(person, "oversight.read"), reach(person, "internal.read")
    day = today or datetime.date.today()
    counts = tally(session, Wanted(actors, stale_after=stale_after(session), today=day), TALLIED)
    found = _updates(session, readable)
    took = _took(session, readable, day)
    names, vacant = actor_names(session), vacancies(session)
    reporting = {actor for actor, _state in found if actors is None or actor in actors}
    lines = [
        _line(id_, names.get(id_, ""), counts.get(id_, {}), found, took, id_ in vacant)
        for id_ in sorted(counts.keys() | reporting)
    ]
    lines.sort(
        key=lambda line: (
            -line.counts["overdue"],
            -sum(line.waiting.values()),
            -line.counts["new"],
            sort_key(line.name),
        )
    )
    pages = max(1, -(-len(lines) // PAGE))
    number = min(max(number, 1), pages)
    totals = {name: sum(line.counts[name] for line in lines) for name in TALLIED}
    shown = lines[(number - 1) * PAGE : number * PAGE]
    return Oversight(_flow(found, took), _statuses(session), shown, number, pages, totals)


@dataclass(frozen=True, slots=True)
class _Standing:
    count: int
    first: datetime.datetime
    last: datetime.datetime


_Found = Mapping[tuple[int, str], _Standing]
_Took = Mapping[tuple[int, str], Histogram]


def _updates(session: Session, actors: Actors) -> _Found:
    """Per institution and state: how many updates, and when the first and the last of them came there."""
    rows = select(Update.actor_id, Update.state, func.count(), func.min(Update.changed), func.max(Update.changed))
    rows = rows.where(*_within(actors)).group_by(Update.actor_id, Update.state)
    return {(row[0], row[1]): _Standing(row[2], row[3], row[4]) for row in session.execute(rows)}


def _took(session: Session, actors: Actors, today: datetime.date) -> _Took:
    """Per institution and step: in how many cases of the last year it took how many whole days after the step before."""
    before = func.lag(UpdateStep.at).over(partition_by=UpdateStep.update_id, order_by=UpdateStep.id)
    steps = select(UpdateStep.update_id, UpdateStep.step, UpdateStep.at, before.label("before")).subquery()
    days = _days(session, steps.c.at, steps.c.before).label("days")
    start = datetime.datetime.combine(today - PERIOD, datetime.time(), datetime.UTC)
    rows = (
        select(Update.actor_id, steps.c.step, days, func.count())
        .join(Update, Update.id == steps.c.update_id)
        .where(steps.c.before.is_not(None), steps.c.step.in_(TIMED), steps.c.at >= start, *_within(actors))
        .group_by(Update.actor_id, steps.c.step, days)
    )
    found: defaultdict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for actor, step, took, count in session.execute(rows):
        found[actor, step][int(took)] = count
    return found


def _days(session: Session, at: ColumnElement[Any], before: ColumnElement[Any]) -> ColumnElement[int]:
    if is_sqlite(session):
        return cast(func.julianday(at) - func.julianday(before), Integer)
    return cast(func.floor(cast(func.extract("epoch", at - before), Float) / 86400), Integer)


def _within(actors: Actors) -> list[ColumnElement[bool]]:
    return [] if actors is None else [Update.actor_id.in_(actors)]


def _flow(found: _Found, took: _Took) -> list[Stop]:
    stops = []
    for state in FLOW:
        here = [standing for (_actor, at), standing in found.items() if at == state]
        first = min((standing.first for standing in here), default=None)
        days = middle([each for (_actor, step), each in took.items() if step == state])
        stops.append(Stop(state, sum(one.count for one in here), first.date() if first else None, days))
    return stops


def _line(id_: int, name: str, counts: Mapping[str, int], found: _Found, took: _Took, vacant: bool) -> Line:
    said = [found[id_, state].last for state in FLOW[1:] if (id_, state) in found]
    waiting = {state: found[id_, state].count for state in WAITING if (id_, state) in found}
    days = middle([took[id_, step] for step in TIMED[1:] if (id_, step) in took])
    return Line(
        id_, name, dict.fromkeys(TALLIED, 0) | dict(counts), waiting, max(said).date() if said else None, days, vacant
    )


def _statuses(session: Session) -> list[tuple[Status, int]]:
    """Where the recommendations stand in public, from the index that their list is drawn from."""
    postings = Engine(session).postings("status")
    return [(status, len(postings[code])) for code, status in scale(session).items() if postings.get(code)]


def middle(histograms: list[Histogram]) -> int | None:
    """The median of what some histograms count."""
    merged: defaultdict[int, int] = defaultdict(int)
    for one in histograms:
        for value, count in one.items():
            merged[value] += count
    left = (sum(merged.values()) + 1) // 2
    for value in sorted(merged):
        left -= merged[value]
        if left <= 0:
            return value
    return None
