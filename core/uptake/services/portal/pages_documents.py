"""What the pages of documents show."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.documents import Document, DocumentTitle
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import Recommendation
from uptake.models.states import State
from uptake.search.engine import Engine, Query
from uptake.services.lists.cards import Card, load_cards
from uptake.services.portal.pages import Counts, NewDocument, in_list, size_and_states
from uptake.services.titles import Title, origins_of, titles_of

SIZE = 50
SECTION_SIZE = 100


@dataclass(slots=True)
class DocumentList:
    """Documents, the newest first."""

    count: int
    number: int
    pages: int
    items: list[NewDocument]


@dataclass(slots=True)
class Section:
    """What stands under one heading."""

    heading: str | None
    language: str
    cards: list[Card]


@dataclass(slots=True)
class DocumentPage:
    """One document with its recommendations in its own order; ``shown`` is its title for
    the reader, ``origins`` says in which languages there is one and whose it is."""

    id: int
    uuid: UUID
    symbol: str | None
    title: str | None
    date: datetime.date | None
    session: str | None
    cycle: int | None
    mechanism: str | None
    links: dict[str, str]
    states: list[str]
    count: int
    kinds: Counts
    positions: Counts
    number: int
    pages: int
    sections: list[Section]
    shown: Title | None = None
    origins: dict[str, str] = field(default_factory=dict)

    @property
    def own_language(self) -> str:
        """The language of its own title."""
        return next((code for code, origin in self.origins.items() if origin == "official"), "")


def documents(session: Session, words: str = "", mechanism: str = "", state: str = "", number: int = 1) -> DocumentList:
    """Documents by a part of their symbol or title, by mechanism and by State."""
    engine = Engine(session)
    chosen = _chosen(engine, words, mechanism, state)
    count = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.execute(
        chosen.order_by(Document.date.desc().nulls_last(), Document.key).offset((number - 1) * SIZE).limit(SIZE)
    )
    return DocumentList(count, number, max(1, -(-count // SIZE)), in_list(engine, rows.all()))


def _chosen(engine: Engine, words: str, mechanism: str, state: str) -> Select[Any]:
    table = Document
    columns: tuple[Any, ...] = (table.id, table.uuid, table.symbol, table.title, table.date, Mechanism.code)
    statement = select(*columns).outerjoin(Mechanism, Mechanism.id == Document.mechanism_id)
    for word in words.split()[:8]:
        statement = statement.where(holds(word))
    if mechanism:
        statement = statement.where(Mechanism.code == mechanism)
    if state:
        there = select(Recommendation.document_id).join(State, State.id == Recommendation.state_id)
        statement = statement.where(Document.id.in_(there.where(State.iso3 == state)))
    return statement


def holds(word: str) -> ColumnElement[bool]:
    """Whether a document's symbol or its title in any language holds a word."""
    translated = select(DocumentTitle.document_id).where(DocumentTitle.text.icontains(word, autoescape=True))
    own = (Document.key.icontains(word, autoescape=True), Document.title.icontains(word, autoescape=True))
    return or_(*own, Document.id.in_(translated))


def document(session: Session, uuid: UUID, language: str, number: int = 1) -> DocumentPage:
    """The page of one document. Raises ``NotFound``."""
    table = Document
    row = session.execute(
        select(table.id, table.symbol, table.title, table.date, table.session, table.cycle, table.links, Mechanism.code)
        .outerjoin(Mechanism, Mechanism.id == table.mechanism_id)
        .where(table.uuid == uuid)
    ).one_or_none()
    if row is None:
        raise NotFound(
            N_("There is no document at this address."), remedy=N_("Check the address, or look for its symbol.")
        )
    engine = Engine(session)
    query = Query(filters={"document": (str(row.id),)}, sort="document")
    answer = engine.answer(query)
    pages = max(1, -(-answer.count // SECTION_SIZE))
    number = min(number, pages)
    ids = engine.page(answer, "document", (number - 1) * SECTION_SIZE, SECTION_SIZE)
    return DocumentPage(
        row.id, uuid, row.symbol, row.title, row.date, row.session, row.cycle, row.code, row.links or {},
        size_and_states(engine, row.id)[1], answer.count, engine.facet("kind", query, answer),
        engine.facet("position", query, answer), number, pages, _sections(load_cards(session, ids, language)),
        titles_of(session, [row.id]).get(row.id), origins_of(session, row.id),
    )  # fmt: skip


def _sections(cards: list[Card]) -> list[Section]:
    groups = groupby(cards, key=lambda card: (card.heading, card.language if card.heading else ""))
    return [Section(heading, language, list(group)) for (heading, language), group in groups]
