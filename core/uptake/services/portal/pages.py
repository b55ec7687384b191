"""What the front page and the overview pages show."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from uptake.models.documents import Document
from uptake.models.imports import ImportRun, Source
from uptake.models.mechanisms import Mechanism
from uptake.models.vocabularies import Term, Vocabulary
from uptake.search.engine import NONE, Answer, Engine, Query
from uptake.services.titles import Title, titles_of

Counts = list[tuple[str, int]]
NEWEST = 6
TOP_THEMES = 12


@dataclass(slots=True)
class NewDocument:
    """A document in a list: its own title, and as it is ``shown`` to the reader."""

    uuid: UUID
    symbol: str | None
    title: str | None
    date: datetime.date | None
    mechanism: str | None
    count: int
    states: list[str] = field(default_factory=list)
    shown: Title | None = None


@dataclass(slots=True)
class Freshness:
    """A source: how much came from it, and when it was last read."""

    code: str
    count: int
    read: datetime.datetime | None


@dataclass(slots=True)
class Home:
    """The register at a glance."""

    total: int
    documents: int
    kinds: Counts
    positions: Counts
    families: Counts
    mechanisms: Counts
    goals: Counts
    themes: Counts
    states: Counts
    newest: list[NewDocument]
    sources: list[Freshness]


@dataclass(slots=True)
class Branch:
    """A value with those below it."""

    value: str
    count: int
    below: list[Branch] = field(default_factory=list)


def everything(session: Session) -> tuple[Engine, Answer]:
    """The engine and the whole register as an answer."""
    engine = Engine(session)
    return engine, engine.answer(Query())


def home(session: Session) -> Home:
    """The front page."""
    engine, whole = everything(session)
    fields = ("kind", "position", "family", "mechanism", "theme", "state")
    counts = {name: engine.facet(name, Query(), whole) for name in fields}
    return Home(
        total=whole.count,
        documents=len(engine.postings("document").keys() - {NONE}),
        kinds=counts["kind"],
        positions=counts["position"],
        families=known(counts["family"]),
        mechanisms=known(counts["mechanism"]),
        goals=goals(session, engine, whole),
        themes=known(counts["theme"])[:TOP_THEMES],
        states=known(counts["state"]),
        newest=newest_documents(session, engine),
        sources=freshness(session, engine, whole),
    )


def known(counts: Counts) -> Counts:
    """Without those that have no value."""
    return [(value, count) for value, count in counts if value != NONE]


def goals(session: Session, engine: Engine, answer: Answer) -> Counts:
    """The seventeen goals in order, with their targets' recommendations counted in."""
    counts = dict(engine.facet("sdg", Query(), answer))
    return [(slug, counts.get(slug, 0)) for slug, _parent in sdg_terms(session) if slug.isdigit()]


def sdg_terms(session: Session) -> list[tuple[str, str | None]]:
    """Goals and targets by their numbers, each with its goal."""
    rows = session.execute(
        select(Term.slug).join(Vocabulary, Vocabulary.id == Term.vocabulary_id).where(Vocabulary.kind == "sdg")
    ).scalars()
    return [(slug, None if slug.isdigit() else slug.split(".")[0]) for slug in sorted(rows, key=_sdg_order)]


def _sdg_order(slug: str) -> tuple[int, int, str]:
    goal, _, target = slug.partition(".")
    number = int(target) if target.isdigit() else 0 if not target else 99
    return (int(goal) if goal.isdigit() else 999, number, target)


def newest_documents(session: Session, engine: Engine, *where: object, limit: int = NEWEST) -> list[NewDocument]:
    """The documents of the latest dates."""
    statement = (
        select(Document.id, Document.uuid, Document.symbol, Document.title, Document.date, Mechanism.code)
        .outerjoin(Mechanism, Mechanism.id == Document.mechanism_id)
        .where(Document.date.is_not(None), *where)  # type: ignore[arg-type]
        .order_by(Document.date.desc(), Document.id)
        .limit(limit)
    )
    return in_list(engine, session.execute(statement).all())


def in_list(engine: Engine, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[NewDocument]:
    """Documents as the database has them (id, uuid, symbol, title, date, mechanism), with what the index knows of them."""
    titles = titles_of(engine.session, [row[0] for row in rows])
    return [
        NewDocument(*row[1:], *size_and_states(engine, row[0]), titles.get(row[0]))  # type: ignore[call-arg]
        for row in rows
    ]


def size_and_states(engine: Engine, document: int) -> tuple[int, list[str]]:
    """How many recommendations a document holds, and to whom they are addressed."""
    bits = engine.postings("document").get(str(document))
    if bits is None:
        return 0, []
    states = engine.postings("state").items()
    return len(bits), [iso3 for iso3, there in states if iso3 != NONE and bits.intersect(there)]


def freshness(session: Session, engine: Engine, whole: Answer) -> list[Freshness]:
    """When each source was last read."""
    rows = session.execute(
        select(Source.code, ImportRun.finished)
        .join(ImportRun, ImportRun.source_id == Source.id)
        .where(ImportRun.status == "applied")
        .order_by(ImportRun.id)
    )
    read = {code.split(":")[0]: finished for code, finished in rows}
    counts = known(engine.facet("source", Query(), whole))
    return [Freshness(code, count, read.get(code)) for code, count in counts]


def tree(counts: Counts, parents: dict[str, str | None]) -> list[Branch]:
    """Counts hung below each other; what has no count is left out, what stands below it too."""
    branches = {value: Branch(value, count) for value, count in counts if value != NONE}
    top = []
    for value, branch in branches.items():
        parent = parents.get(value)
        if parent in branches:
            branches[str(parent)].below.append(branch)
        else:
            top.append(branch)
    return top
