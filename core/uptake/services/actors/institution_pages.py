"""What the page of one institution shows: to everybody what is published, to those who sign in also people and contact."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from uptake.i18n import sort_key
from uptake.models.actors import Actor
from uptake.models.people import ACTOR_ROLES, SITE_ROLES, Membership, User
from uptake.models.progress import StoredFile, Update, UpdateItem
from uptake.models.recommendations import Recommendation
from uptake.search.engine import Query
from uptake.services.actors.institutions import closing, find, name_of
from uptake.services.lists import searching
from uptake.services.lists.cards import Card
from uptake.services.people.memberships import vacancies
from uptake.services.permissions import Person, may, may_somewhere, reach

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Related:
    """Another institution: the one above, or one below."""

    code: str
    name: str
    kind: str
    closed: bool


@dataclass(slots=True)
class Seat:
    """Somebody's role; ``time`` is ``now``, ``later`` or ``past``."""

    id: int
    user: int
    name: str
    role: str
    since: datetime.date
    until: datetime.date | None
    time: str
    active: bool
    version: int


@dataclass(slots=True)
class Said:
    """One update, with the first recommendation that it answers."""

    uuid: UUID
    state: str
    returned: bool
    text: str
    language: str
    claim: str | None
    day: datetime.date
    recommendation: UUID | None


@dataclass(slots=True)
class Inside:
    """What only people who are signed in may see."""

    id: int
    version: int
    email: str | None
    phone: str | None
    mandate: str | None
    mandate_file: str | None
    seats: list[Seat]
    vacant: bool


@dataclass(slots=True)
class Institution:
    """An institution as its page shows it."""

    id: int
    code: str
    name: str
    names: dict[str, str]
    short_names: dict[str, str]
    unofficial: dict[str, str]
    kind: str
    level: str
    website: str | None
    closed_on: datetime.date | None
    parent: Related | None
    below: list[Related]
    total: int
    open: int
    closing: list[str]
    cards: list[Card]
    said_count: int
    said: list[Said] = field(default_factory=list)
    inside: Inside | None = None


def page(session: Session, code: str, *, person: Person, language: str | None = None) -> Institution:
    """One institution; a visitor gets what is published, and nothing of people."""
    actor = find(session, code)
    parent = session.get(Actor, actor.parent_id) if actor.parent_id else None
    below = session.scalars(select(Actor).where(Actor.parent_id == actor.id)).all()
    found, engine = searching.find(
        session, Query(filters={"institution": (actor.code,)}, sort="newest"), 1, SHOWN, language
    )
    shut = closing(session)
    statuses = engine.postings("status")
    done = [statuses[status] for status in shut if status in statuses]
    internal = may_somewhere(person, "actor.view")
    reached = reach(person, "internal.read")
    all_states = reached is None or actor.id in reached
    return Institution(
        id=actor.id, code=actor.code, name=name_of(actor), names=dict(actor.names), short_names=dict(actor.short_names or {}),
        unofficial=dict(actor.unofficial or {}),
        kind=actor.kind, level=actor.level, website=actor.website, closed_on=actor.closed_on,
        parent=_related(parent) if parent else None, below=sorted(map(_related, below), key=lambda one: sort_key(one.name)),
        total=found.count, open=found.count - sum(found.answer.ids.intersection_cardinality(bits) for bits in done),
        closing=[status for status in shut if status in statuses], cards=found.cards,
        said_count=_count(session, actor.id, all_states), said=said_by(session, actor.id, internal=all_states, limit=SHOWN),
        inside=_inside(session, actor) if internal else None,
    )  # fmt: skip


def _related(actor: Actor) -> Related:
    return Related(actor.code, name_of(actor), actor.kind, actor.closed_on is not None)


def said_by(
    session: Session, actor_id: int, *, internal: bool, limit: int, offset: int = 0, state: str = ""
) -> list[Said]:
    """What an institution has reported, the newest first: all of it, or what is published."""
    first = select(func.min(UpdateItem.recommendation_id)).where(UpdateItem.update_id == Update.id).scalar_subquery()
    rows = session.execute(
        select(Update, func.coalesce(Recommendation.parent_id, Recommendation.id))
        .outerjoin(Recommendation, Recommendation.id == first)
        .where(Update.actor_id == actor_id, _visible(internal), *([Update.state == state] if state else []))
        .order_by(Update.changed.desc(), Update.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    wanted = {id_ for _, id_ in rows if id_ is not None}
    uuids = dict(
        session.execute(select(Recommendation.id, Recommendation.uuid).where(Recommendation.id.in_(wanted))).all()
    )
    return [
        Said(
            update.uuid, update.state, update.returned, update.done or update.effect or update.next_step, update.language,
            update.claim, (update.published or update.changed).date(), uuids.get(id_),
        )
        for update, id_ in rows
    ]  # fmt: skip


def _count(session: Session, actor_id: int, internal: bool) -> int:
    return session.scalar(select(func.count(Update.id)).where(Update.actor_id == actor_id, _visible(internal))) or 0


def _visible(internal: bool) -> ColumnElement[bool]:
    return Update.state != "withdrawn" if internal else Update.state == "published"


def _inside(session: Session, actor: Actor) -> Inside:
    file = session.get(StoredFile, actor.mandate_file_id) if actor.mandate_file_id else None
    return Inside(
        id=actor.id, version=actor.version, email=actor.email, phone=actor.phone, mandate=actor.mandate,
        mandate_file=file.name if file else None, seats=seats(session, actor.id), vacant=actor.id in vacancies(session),
    )  # fmt: skip


def seats(session: Session, actor_id: int | None) -> list[Seat]:
    """Everybody's roles in an institution, or (None) on the site: those in force, those to come, those past."""
    place = Membership.actor_id == actor_id if actor_id is not None else Membership.actor_id.is_(None)
    rows = session.execute(select(Membership, User).join(User, User.id == Membership.user_id).where(place)).all()
    today = datetime.date.today()
    found = [
        Seat(row.id, user.id, user.name, row.role, row.since, row.until, _time(row, today), user.active, row.version)
        for row, user in rows
    ]
    order = (*SITE_ROLES, *ACTOR_ROLES)
    times = ("now", "later", "past")
    return sorted(
        found, key=lambda seat: (times.index(seat.time), order.index(seat.role), sort_key(seat.name), seat.since)
    )


def _time(row: Membership, today: datetime.date) -> str:
    if row.since > today:
        return "later"
    return "past" if row.until is not None and row.until < today else "now"


def people(session: Session, *, person: Person) -> list[tuple[int, str, str]]:
    """Open accounts by name, for those who may give roles: id, name, address. Nothing for others."""
    if not may(person, "membership.edit"):
        return []
    rows = session.execute(select(User.id, User.name, User.email).where(User.active.is_(True), User.erased.is_(None)))
    return sorted(((id_, name, email) for id_, name, email in rows), key=lambda row: sort_key(row[1]))
