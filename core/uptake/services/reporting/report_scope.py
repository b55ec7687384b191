"""What a report is about: which recommendations belong to it and to each of its sections, who answers for them, and choices."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.i18n import pick, sort_key, territory_name
from uptake.models.actors import Actor
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.people import Membership, User
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import LIVE, Assignment, FollowUp
from uptake.models.states import State
from uptake.search.engine import Engine, Query
from uptake.services.instance import settings_of
from uptake.services.progress.status_scale import scale

MOST_DOCUMENTS = 300


@dataclass(frozen=True, slots=True)
class MechanismChoice:
    """A mechanism as a form offers it."""

    id: int
    code: str
    family: str
    name: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a recommendation stands by the State's own word: ``code`` and name of the status; ``unverified`` where the status
    needs evidence and none is behind it."""

    code: str
    name: str
    unverified: bool


class Finder:
    """Finds recommendations by the fields of the search; one for all sections of a report."""

    def __init__(self, session: Session, scope: Mapping[str, Sequence[str]]) -> None:
        self._session = session
        self._engine = Engine(session)
        self._scope = {name: tuple(values) for name, values in scope.items()}

    def find(self, takes: Mapping[str, Sequence[str]], text: str = "") -> list[int]:
        """Those within the scope that fit, in the order of their documents and paragraphs.

        ``takes`` are filters; ``all`` takes everything in the scope, ``paragraph`` those with that number or one below it.
        """
        return in_order(self._session, self._fitting(takes, text), takes.get("paragraph", ()))

    def find_any(self, wanted: Sequence[Mapping[str, Sequence[str]]]) -> list[int]:
        """Those that fit any of these, each once: no more queries for more of them, but for those by paragraph."""
        found: set[int] = set()
        for takes in wanted:
            found.update(self.find(takes) if "paragraph" in takes else self._fitting(takes))
        return in_order(self._session, found)

    def _fitting(self, takes: Mapping[str, Sequence[str]], text: str = "") -> Collection[int]:
        filters = {name: tuple(values) for name, values in takes.items() if name not in ("all", "paragraph")}
        both = self._scope.keys() & filters.keys()
        query = Query(text=text, filters={**self._scope, **filters})
        ids = list(self._engine.answer(query).ids)
        if both:
            within = set(self._engine.answer(Query(filters=self._scope)).ids)
            ids = [id_ for id_ in ids if id_ in within]
        return ids


def in_order(session: Session, ids: Collection[int], paragraphs: Sequence[str] = ()) -> list[int]:
    """These by document (the newest first) and paragraph; with ``paragraphs`` only those that stand there or below."""
    table = Recommendation
    found: list[Any] = []
    for chunk in chunks(ids):
        wanted = select(table.id, Document.date, table.document_id, table.order_key, table.paragraph)
        found += session.execute(
            wanted.outerjoin(Document, Document.id == table.document_id).where(table.id.in_(chunk))
        ).all()
    order = sorted(found, key=lambda row: (-(row[1].toordinal() if row[1] else 0), row[2] or 0, row[3], row[0]))
    return [row[0] for row in order if not paragraphs or _stands_at(row[4], paragraphs)]


def _stands_at(paragraph: str | None, wanted: Sequence[str]) -> bool:
    here = (paragraph or "").replace(" ", "")
    return any(here == one.replace(" ", "") or here.startswith(f"{one.replace(' ', '')}(") for one in wanted)


def leads(session: Session, ids: Collection[int]) -> dict[int, int]:
    """The institution that answers for each of these: the lead, or whoever supports where nobody leads."""
    found: dict[int, tuple[str, int]] = {}
    for chunk in chunks(ids):
        rows = session.execute(
            select(Assignment.recommendation_id, Assignment.role, Assignment.actor_id)
            .where(Assignment.recommendation_id.in_(chunk), Assignment.state.in_(LIVE))
            .order_by(Assignment.id)
        )
        for id_, role, actor in rows:
            if id_ not in found or (role == "lead" and found[id_][0] != "lead"):
                found[id_] = (role, actor)
    return {id_: actor for id_, (_role, actor) in found.items()}


def standings(session: Session, ids: Collection[int]) -> dict[int, Standing]:
    """Where each of these stands; those of which nothing is said are left out."""
    known = scale(session)
    found = {}
    for chunk in chunks(ids):
        rows = session.execute(
            select(FollowUp.recommendation_id, FollowUp.status, FollowUp.verified).where(
                FollowUp.recommendation_id.in_(chunk)
            )
        )
        for id_, status, verified in rows:
            value = known.get(status)
            name, doubtful = (value.name, value.needs_evidence and not verified) if value else (status, False)
            found[id_] = Standing(status, name, doubtful)
    return found


def mechanism_options(session: Session, *, heard: bool = True) -> list[MechanismChoice]:
    """The mechanisms that have recommendations here, by name; without ``heard`` those that have none yet as well."""
    wanted = select(Mechanism)
    if heard:
        wanted = wanted.where(Mechanism.id.in_(select(Recommendation.mechanism_id).distinct()))
    found = [
        MechanismChoice(row.id, row.code, row.family, pick(row.names) or row.code) for row in session.scalars(wanted)
    ]
    return sorted(found, key=lambda one: sort_key(one.name))


def state_options(session: Session) -> list[tuple[int, str, str]]:
    """Id, ISO 3166 code and name of the States that are under review here, by name."""
    there = select(Recommendation.state_id).distinct()
    rows = session.scalars(select(State).where(State.id.in_(there)))
    found = [(row.id, row.iso3, territory_name(row.iso2, row.names, row.iso3)) for row in rows]
    return sorted(found, key=lambda one: sort_key(one[2]))


def document_options(session: Session) -> list[tuple[int, str, int | None]]:
    """Id, symbol with title, and mechanism of the newest documents."""
    rows = session.execute(
        select(Document.id, Document.symbol, Document.title, Document.mechanism_id)
        .order_by(Document.date.desc(), Document.id.desc())
        .limit(MOST_DOCUMENTS)
    )
    return [(id_, " – ".join(filter(None, (symbol, title))) or str(id_), mech) for id_, symbol, title, mech in rows]


def find_document(session: Session, *, id_: int = 0, symbol: str = "") -> tuple[int, int | None] | None:
    """Id and mechanism of one document, by its number or its symbol; None where there is none such."""
    wanted = select(Document.id, Document.mechanism_id)
    wanted = wanted.where(Document.symbol == symbol) if symbol else wanted.where(Document.id == id_)
    row = session.execute(wanted.order_by(Document.id).limit(1)).first()
    return (row[0], row[1]) if row else None


def actors_of_kinds(session: Session, kinds: Collection[str]) -> list[int]:
    """The institutions of some kinds that are not closed."""
    return list(session.scalars(select(Actor.id).where(Actor.kind.in_(kinds), Actor.closed_on.is_(None))))


def institutions_by_code(session: Session, codes: Collection[str]) -> dict[str, int]:
    """The ids of institutions by their codes; those that are not there are left out."""
    return dict(session.execute(select(Actor.code, Actor.id).where(Actor.code.in_(codes))).all())


def base_address(session: Session) -> str:
    """The address under which the site is reached from outside, without a slash at its end; empty where nobody has said it."""
    return settings_of(session).base_url.rstrip("/")


def writers(session: Session, roles: Collection[str]) -> list[tuple[int, str]]:
    """The people who hold one of these roles today, by name: what a form offers."""
    today = datetime.date.today()
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.role.in_(roles),
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
            User.active.is_(True),
            User.erased.is_(None),
        )
        .distinct()
    )
    return sorted(rows.all(), key=lambda row: sort_key(row[1]))


def people_named(session: Session, ids: Collection[int | None]) -> dict[int, str]:
    """The names of accounts: one query, however many."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_({id_ for id_ in ids if id_})))
    return dict(rows.all())
