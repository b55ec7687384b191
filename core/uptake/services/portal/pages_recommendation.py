"""Everything that is known of one recommendation, in a constant number of queries."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.documents import Document
from uptake.models.imports import ImportChange, ImportRun, Source
from uptake.models.recommendations import Alias, ExternalId, Position, Recommendation, RecommendationText
from uptake.models.vocabularies import Tag, Term, Vocabulary
from uptake.search.engine import Engine
from uptake.services.lists.cards import Card, load_cards
from uptake.services.portal.pages_similar import similar
from uptake.services.progress.assessment_pages import Shown, published


@dataclass(slots=True)
class Wording:
    """The text in one language, as cut and as imported."""

    language: str
    source: str
    raw: str
    heading: str | None
    number: str | None
    text: str
    origin: str
    untranslated: bool
    outdated: bool


@dataclass(slots=True)
class PositionEntry:
    """What the State said, where and when."""

    value: str
    raw: str
    date: datetime.date | None
    symbol: str | None
    paragraph: str | None
    source: str


@dataclass(slots=True)
class TagEntry:
    """A term and who put it there."""

    kind: str
    slug: str
    source: str
    confidence: float | None
    confirmed_by: str | None


@dataclass(slots=True)
class Record:
    """The record of a feed that this came from; ``missing`` is the day since which the feed lacks it."""

    source: str
    value: str
    edition: str
    raw: str | None
    missing: datetime.datetime | None


@dataclass(slots=True)
class Event:
    """Something that an import did: ``added``, ``changed`` or ``vanished``."""

    what: str
    when: datetime.datetime
    run: int
    file: str


@dataclass(slots=True)
class RecommendationPage:
    """One recommendation with all that stands around it."""

    card: Card
    document_date: datetime.date | None
    unresolved: dict[str, Any]
    texts: list[Wording] = field(default_factory=list)
    positions: list[PositionEntry] = field(default_factory=list)
    tags: list[TagEntry] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    components: list[Card] = field(default_factory=list)
    parent: UUID | None = None
    previous: UUID | None = None
    next: UUID | None = None
    similar: list[Card] = field(default_factory=list)
    progress: dict[str, Any] = field(default_factory=dict)
    assessments: list[Shown] = field(default_factory=list)


def recommendation(session: Session, uuid: UUID, language: str) -> RecommendationPage:
    """The page of one recommendation. Raises ``NotFound``."""
    table = Recommendation
    head = session.execute(
        select(
            table.id, table.parent_id, table.document_id, table.order_key, table.run_id, table.unresolved, Document.date
        )
        .outerjoin(Document, Document.id == table.document_id)
        .where(table.uuid == uuid)
    ).one_or_none()
    if head is None:
        raise NotFound(
            N_("There is no recommendation at this address."), remedy=N_("Check the address, or search for its words.")
        )
    id_, parent, document, key, run, unresolved, date = head
    below = list(session.scalars(select(table.id).where(table.parent_id == id_).order_by(table.order_key, table.id)))
    engine = Engine(session)
    near = similar(engine, id_)
    cards = {card.id: card for card in load_cards(session, [id_, *below, *near], language)}
    page = RecommendationPage(cards[id_], date, unresolved or {})
    if parent is not None:
        page.parent = session.scalar(select(table.uuid).where(table.id == parent))
    elif document is not None:
        page.previous, page.next = _neighbours(session, id_, document, key)
    page.texts = _texts(session, id_)
    page.positions, page.tags = _positions(session, id_), _tags(session, id_)
    page.records, page.events = _records(session, id_), _events(session, id_, run)
    aliases = select(Alias.symbol, Alias.paragraph).where(Alias.recommendation_id == id_)
    page.aliases = list(session.execute(aliases))
    page.components = [cards[number] for number in below if number in cards]
    page.similar = [cards[number] for number in near if number in cards]
    page.assessments = published(session, id_)
    return page


def _neighbours(session: Session, id_: int, document: int, key: str) -> tuple[UUID | None, UUID | None]:
    """What stands before and behind it in its document."""
    table = Recommendation
    there = select(table.uuid).where(table.document_id == document, table.parent_id.is_(None))
    before = there.where((table.order_key < key) | ((table.order_key == key) & (table.id < id_)))
    after = there.where((table.order_key > key) | ((table.order_key == key) & (table.id > id_)))
    return (
        session.scalar(before.order_by(table.order_key.desc(), table.id.desc()).limit(1)),
        session.scalar(after.order_by(table.order_key, table.id).limit(1)),
    )


def _texts(session: Session, id_: int) -> list[Wording]:
    table = RecommendationText
    rows = session.execute(
        select(table.language, Source.code, table.raw, table.heading, table.number, table.cleaned, table.origin,
               table.untranslated, table.outdated)
        .join(Source, Source.id == table.source_id)
        .where(table.recommendation_id == id_)
        .order_by(table.language)
    )  # fmt: skip
    return [Wording(*row) for row in rows]


def _positions(session: Session, id_: int) -> list[PositionEntry]:
    table = Position
    rows = session.execute(
        select(table.value, table.raw, table.date, table.document_symbol, table.paragraph, Source.code)
        .join(Source, Source.id == table.source_id)
        .where(table.recommendation_id == id_)
        .order_by(table.date.desc(), table.id.desc())
    )
    return [PositionEntry(*row) for row in rows]


def _tags(session: Session, id_: int) -> list[TagEntry]:
    rows = session.execute(
        select(Vocabulary.kind, Term.slug, Source.code, Tag.confidence, Tag.confirmed_by)
        .join(Term, Term.id == Tag.term_id)
        .join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
        .join(Source, Source.id == Tag.source_id)
        .where(Tag.recommendation_id == id_, Tag.rejected.is_(False))
        .order_by(Term.id)
    )
    return [TagEntry(*row) for row in rows]


def _records(session: Session, id_: int) -> list[Record]:
    table = ExternalId
    rows = session.execute(
        select(Source.code, table.value, table.edition, table.raw, ImportRun.finished)
        .join(Source, Source.id == table.source_id)
        .outerjoin(ImportRun, ImportRun.id == table.missing_since)
        .where(table.recommendation_id == id_)
        .order_by(table.id)
    )
    return [Record(*row) for row in rows]


def _events(session: Session, id_: int, run: int | None) -> list[Event]:
    """What imports did to it, the latest last."""
    own = (ImportChange.recommendation_id == id_, ImportChange.run_id.in_(select(ImportRun.id)))
    changed = set(session.scalars(select(ImportChange.run_id).where(*own)))
    missing = set(session.scalars(select(ExternalId.missing_since).where(ExternalId.recommendation_id == id_)))
    rows = session.execute(
        select(ImportRun.id, ImportRun.finished, ImportRun.started, ImportRun.file_name)
        .where(ImportRun.id.in_((changed | missing | {run}) - {None}), ImportRun.status == "applied")
        .order_by(ImportRun.id)
    )
    return [
        Event(what, finished or started, number, file)
        for number, finished, started, file in rows
        for what, there in (("added", number == run), ("changed", number in changed), ("vanished", number in missing))
        if there
    ]
