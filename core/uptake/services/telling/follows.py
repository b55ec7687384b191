"""What people follow: a recommendation, an institution, a search; and telling them, once, what is new there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

from pyroaring import BitMap
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import AppError, Invalid, NotFound
from uptake.i18n import N_, pick
from uptake.models.actors import Actor
from uptake.models.notices import Follow
from uptake.models.people import User
from uptake.models.recommendations import Recommendation
from uptake.search.engine import Engine
from uptake.services.addresses import path_of
from uptake.services.lists.saved_views import canonical
from uptake.services.lists.searching import build_query
from uptake.services.permissions import Person, require
from uptake.services.running import jobs
from uptake.services.telling import follow_events, notices
from uptake.services.telling.follow_events import UPDATE, Happening
from uptake.services.work.work_rows import Row, load_rows

MOST = 500
LONGEST_TARGET = 500
RECOMMENDATION, SEARCH, ACTOR = "recommendation", "search", "actor"
for _kind, _one, _many in (
    ("follow.update", N_("A new report on what you follow: {recommendation}"),
     N_("{count} new reports on what you follow: {recommendation}")),
    ("follow.assignment", N_("Who answers for it has changed: {recommendation}"), ""),
    ("follow.actor_update", N_("{institution} has published a report."), N_("{institution} has published {count} reports.")),
    ("follow.actor_assignment", N_("What {institution} answers for has changed: {recommendation}"),
     N_("What {institution} answers for has changed: {count} recommendations.")),
    ("follow.search", N_("New in a search that you follow: {name}"),
     N_("{count} new recommendations in a search that you follow: {name}")),
):  # fmt: skip
    notices.register(_kind, _one, _many)


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing that a person follows, as the page shows it."""

    id: int
    kind: str
    target: str
    name: str
    row: Row | None
    created: datetime


def follow(kind: str, target: str, *, person: Person) -> Follow:
    """Follow a recommendation (by number), an institution (by code), a search (by query); twice is once.

    Raises ``NotFound`` for what is not there, ``Invalid`` for a search that is too long or one too many.
    """
    require(person, "follow.use")
    with transaction() as session:
        wanted = _target(session, kind, target)
        there = session.scalar(
            select(Follow).where(Follow.user_id == person.id, Follow.kind == kind, Follow.target == wanted)
        )
        if there is not None:
            return there
        if (session.scalar(select(func.count()).where(Follow.user_id == person.id)) or 0) >= MOST:
            raise Invalid(
                N_("You follow {count} things already."), remedy=N_("Stop following some of them."), count=MOST
            )
        one = Follow(user_id=person.id, kind=kind, target=wanted, seen=_now(session, kind), created=datetime.now(UTC))
        session.add(one)
        session.flush()
    return one


def unfollow(kind: str, target: str, *, person: Person) -> None:
    """Stop following; what is not followed is no error."""
    require(person, "follow.use")
    wanted = key_of(kind, target)
    with transaction() as session:
        one = session.scalar(
            select(Follow).where(Follow.user_id == person.id, Follow.kind == kind, Follow.target == wanted)
        )
        if one is not None:
            session.delete(one)


def followed(session: Session, *, person: Person) -> list[Followed]:
    """What the person follows, the newest first: a constant number of queries."""
    require(person, "follow.use")
    mine = session.scalars(select(Follow).where(Follow.user_id == person.id).order_by(Follow.id.desc())).all()
    ids = [int(one.target) for one in mine if one.kind == RECOMMENDATION]
    rows = load_rows(session, ids).recommendations
    names = {code: pick(titles) for code, titles in session.execute(select(Actor.code, Actor.names))}
    return [
        Followed(
            one.id,
            one.kind,
            one.target,
            _name(one, names),
            rows.get(int(one.target)) if one.kind == RECOMMENDATION else None,
            one.created,
        )
        for one in mine
    ]


def _name(one: Follow, names: dict[str, str]) -> str:
    if one.kind == RECOMMENDATION:
        return ""
    return names.get(one.target, "") if one.kind == ACTOR else search_name(one.target)


def marks(session: Session, *, person: Person) -> frozenset[tuple[str, str]]:
    """Kind and target of all that the person follows: one query, for the buttons of a page."""
    rows = session.execute(select(Follow.kind, Follow.target).where(Follow.user_id == person.id))
    return frozenset((kind, target) for kind, target in rows)


def key_of(kind: str, target: str) -> str:
    """How a target is kept: a search in one writing, in which the order of the list does not count."""
    if kind != SEARCH:
        return target
    pairs = [pair for pair in parse_qsl(canonical(target)) if pair[0] not in {"sort", "size"}]
    return urlencode(pairs)


def search_name(query: str) -> str:
    """A search in a few words: what was looked for, and the values of its filters."""
    return " · ".join(value for name, value in parse_qsl(query) if name not in {"sort", "size"}) or "*"


def check(session: Session) -> int:
    """Tell everybody what is new in what they follow since they were last told, inside the running transaction.

    Returns the number of notices. What a person did alone is no news for that person.
    """
    people = select(User.id).where(User.active.is_(True), User.erased.is_(None))
    mine = session.scalars(select(Follow).where(Follow.user_id.in_(people)).order_by(Follow.id)).all()
    searches = [one for one in mine if one.kind == SEARCH]
    return _check_searches(session, searches) + _check_happenings(session, [one for one in mine if one.kind != SEARCH])


@jobs.kind("follows.check", N_("News for those who follow"), attempts=3)
def run_check(job: jobs.RunningJob) -> dict[str, int]:
    """The job: what it tells and that it has told it are one transaction."""
    with transaction() as session:
        told = check(session)
        job.complete(session, {"notices": told})
    return {"notices": told}


def anybody(session: Session) -> bool:
    """Whether anybody follows anything: without that the job need not run."""
    return session.scalar(select(Follow.id).limit(1)) is not None


def _check_happenings(session: Session, mine: Iterable[Follow]) -> int:
    listed = list(mine)
    last = follow_events.newest(session)
    start = min((one.seen or 0 for one in listed), default=last)
    about: defaultdict[tuple[str, str], list[Happening]] = defaultdict(list)
    codes = {row.id: row.code for row in session.execute(select(Actor.id, Actor.code))}
    for event in follow_events.since(session, start, last):
        about[ACTOR, codes.get(event.actor, "")].append(event)
        for id_ in event.recommendations:
            about[RECOMMENDATION, str(id_)].append(event)
    uuids = _uuids(session, listed, about)
    told = 0
    for one in listed:
        me, seen = f"user/{one.user_id}", one.seen or 0
        news = [event for event in about.get((one.kind, one.target), ()) if event.entry > seen and event.by != me]
        told += _tell(session, one, news, uuids)
        if seen != last:
            one.seen = last
    return told


def _tell(session: Session, one: Follow, news: list[Happening], uuids: dict[int, object]) -> int:
    told = 0
    for what in sorted({event.what for event in news}):
        events = [event for event in news if event.what == what]
        ids = frozenset().union(*(event.recommendations for event in events))
        sort = "update" if what == UPDATE else "assignment"
        values: dict[str, object] = {"count": len(events) if what == UPDATE else len(ids)}
        about = int(one.target) if one.kind == RECOMMENDATION else min(ids) if len(ids) == 1 else 0
        if about:
            values["recommendation"] = about
        if one.kind == ACTOR:
            values["institution"] = one.target
        kind = f"follow.{sort}" if one.kind == RECOMMENDATION else f"follow.actor_{sort}"
        path = path_of("recommendation", uuids[about]) if about in uuids else f"/institutions/{one.target}"
        once = f"follow/{one.id}/{what}/{events[-1].entry}"
        notices.tell(session, [one.user_id], kind, path, values=values, once=once)
        told += 1
    return told


def _uuids(
    session: Session, mine: Iterable[Follow], about: dict[tuple[str, str], list[Happening]]
) -> dict[int, object]:
    """The addresses of the recommendations that are to be told of."""
    wanted = {id_ for one in mine for event in about.get((one.kind, one.target), ()) for id_ in event.recommendations}
    rows = session.execute(select(Recommendation.id, Recommendation.uuid).where(Recommendation.id.in_(wanted)))
    return {row.id: row.uuid for row in rows}


def _check_searches(session: Session, mine: Iterable[Follow]) -> int:
    by_query: defaultdict[str, list[Follow]] = defaultdict(list)
    for one in mine:
        by_query[one.target].append(one)
    last, told = session.scalar(select(func.max(Recommendation.id))) or 0, 0
    engine = Engine(session) if by_query else None
    for query, followers in by_query.items():
        oldest = min(one.seen or 0 for one in followers)
        if engine is None or oldest == last:
            continue
        found = _matching(engine, query, oldest, last)
        for one in followers:
            new = [id_ for id_ in found if id_ > (one.seen or 0)]
            if new:
                values = {"count": len(new), "name": search_name(query)}
                path = f"/recommendations?{query}" if query else "/recommendations"
                notices.tell(
                    session, [one.user_id], "follow.search", path, values=values, once=f"follow/{one.id}/{last}"
                )
                told += 1
            one.seen = last
    return told


def _matching(engine: Engine, query: str, after: int, last: int) -> list[int]:
    """The recommendations of a search that are newer than this one; none where the search is no longer understood."""
    pairs = parse_qsl(query)
    single = dict(pairs)
    plain = {"q", "from", "to", "sort", "size"}
    try:
        wanted = build_query(
            single.get("q", ""),
            [pair for pair in pairs if pair[0] not in plain and not pair[0].startswith("not.")],
            [(name.removeprefix("not."), value) for name, value in pairs if name.startswith("not.")],
            single.get("from", ""),
            single.get("to", ""),
        )
        return list(engine.answer(wanted).ids & BitMap(range(after + 1, last + 1)))
    except AppError:
        return []


def _target(session: Session, kind: str, target: str) -> str:
    if kind == SEARCH:
        query = key_of(kind, target)
        if len(query) > LONGEST_TARGET:
            raise Invalid(N_("This search is too long to be followed."), remedy=N_("Choose fewer filters."))
        return query
    if kind == ACTOR and session.scalar(select(Actor.id).where(Actor.code == target)) is not None:
        return target
    number = int(target) if target.isascii() and target.isdecimal() and len(target) < 10 else 0
    if kind == RECOMMENDATION and session.get(Recommendation, number) is not None:
        return str(number)
    raise NotFound(N_("What you want to follow is not there."))


def _now(session: Session, kind: str) -> int:
    if kind == SEARCH:
        return session.scalar(select(func.max(Recommendation.id))) or 0
    return follow_events.newest(session)
