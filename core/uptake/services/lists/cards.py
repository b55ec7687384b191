"""Recommendations as they are shown and exported: a constant number of queries, whatever their number."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import get_locale
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import ExternalId, OtherState, Recommendation, RecommendationText, Recommender
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term, Vocabulary
from uptake.services.titles import Title, titles_of


@dataclass(slots=True)
class Card:
    """One recommendation with what a list shows of it; codes, not names. ``title`` is there for want of a symbol."""

    id: int
    uuid: UUID
    kind: str
    paragraph: str | None
    date: datetime.date | None
    position: str | None
    cycle: int | None
    session: str | None
    states: list[str]
    mechanism: str | None
    family: str | None
    symbol: str | None
    document: UUID | None
    document_title: str | None
    language: str = ""
    origin: str = "official"
    text: str = ""
    heading: str | None = None
    languages: list[str] = field(default_factory=list)
    recommenders: list[str] = field(default_factory=list)
    terms: dict[str, list[str]] = field(default_factory=dict)
    missing: bool = False
    title: Title | None = None

    @property
    def place(self) -> str:
        """The symbol of its document; without one, its title for the reader."""
        return self.symbol or (self.title.text if self.title else "")

    def as_json(self) -> dict[str, Any]:
        """For machines: the same names as the filters."""
        return {
            "id": str(self.uuid), "state": self.states[0] if self.states else None, "states": self.states,
            "mechanism": self.mechanism, "body": self.mechanism, "family": self.family, "symbol": self.symbol,
            "document": str(self.document) if self.document else None, "paragraph": self.paragraph, "kind": self.kind,
            "date": self.date.isoformat() if self.date else None, "cycle": self.cycle, "session": self.session,
            "language": self.language, "origin": self.origin, "languages": self.languages, "heading": self.heading, "text": self.text,
            "position": self.position, "recommenders": self.recommenders, "themes": self.terms.get("theme", []),
            "groups": self.terms.get("group", []), "sdgs": self.terms.get("sdg", []), "missing": self.missing,
        }  # fmt: skip


def load_cards(session: Session, ids: Sequence[int], language: str | None = None) -> list[Card]:
    """The cards of some recommendations in the given order: eight queries at the most.

    The text is the one in the wanted language (the reader's by default), else in English, else in whatever there is.
    """
    if not ids:
        return []
    cards = _heads(session, ids)
    _add_states(session, cards)
    _add_texts(session, cards, language or get_locale())
    _add_terms(session, cards)
    missing = select(ExternalId.recommendation_id).where(
        ExternalId.recommendation_id.in_(cards), ExternalId.missing_since.is_not(None)
    )
    for id_ in session.scalars(missing):
        cards[id_].missing = True
    return [cards[id_] for id_ in ids if id_ in cards]


def ids_of(session: Session, uuids: Iterable[UUID]) -> dict[UUID, int]:
    """The ids of recommendations by what their addresses end with; those that do not exist are left out."""
    table = Recommendation
    rows = session.execute(select(table.uuid, table.id).where(table.uuid.in_(set(uuids))))
    return dict(rows.all())


def _heads(session: Session, ids: Sequence[int]) -> dict[int, Card]:
    table = Recommendation
    rows = session.execute(
        select(table.id, table.uuid, table.kind, table.paragraph, table.date, table.position, table.cycle, table.session, State.iso3,
               Mechanism.code, Mechanism.family, Document.symbol, Document.uuid, Document.title,
               Document.id.label("nameless"))
        .outerjoin(State, State.id == table.state_id)
        .outerjoin(Mechanism, Mechanism.id == table.mechanism_id)
        .outerjoin(Document, Document.id == table.document_id)
        .where(table.id.in_(ids))
    ).all()  # fmt: skip
    cards = {row[0]: Card(*row[:8], [row[8]] if row[8] else [], *row[9:-1]) for row in rows}  # type: ignore[arg-type]
    nameless = {row[0]: row.nameless for row in rows if row.nameless and not row.symbol}
    titles = titles_of(session, set(nameless.values()))
    for id_, document in nameless.items():
        cards[id_].title = titles.get(document)
    return cards


def _add_states(session: Session, cards: dict[int, Card]) -> None:
    for link, attribute in ((OtherState, "states"), (Recommender, "recommenders")):
        rows = session.execute(
            select(link.recommendation_id, State.iso3)
            .join(State, State.id == link.state_id)
            .where(link.recommendation_id.in_(cards))
            .order_by(State.iso3)
        )
        for id_, iso3 in rows:
            found = getattr(cards[id_], attribute)
            if iso3 not in found:
                found.append(iso3)


def _add_texts(session: Session, cards: dict[int, Card], language: str) -> None:
    found: defaultdict[int, dict[str, tuple[str, str | None, str]]] = defaultdict(dict)
    table = RecommendationText
    rows = session.execute(
        select(table.recommendation_id, table.language, table.cleaned, table.heading, table.origin)
        .where(table.recommendation_id.in_(cards), table.untranslated.is_(False))
        .order_by(table.language)
    )
    for id_, code, text, heading, origin in rows:
        found[id_][code] = (text, heading, origin)
    for id_, texts in found.items():
        card = cards[id_]
        card.languages = list(texts)
        card.language = next(
            (code for code in (language, language.split("_")[0], "en") if code in texts), next(iter(texts))
        )
        card.text, card.heading, card.origin = texts[card.language]


def _add_terms(session: Session, cards: dict[int, Card]) -> None:
    tags = session.execute(
        select(Tag.recommendation_id, Tag.term_id)
        .where(Tag.recommendation_id.in_(cards), Tag.rejected.is_(False))
        .order_by(Tag.recommendation_id, Tag.term_id)
    ).all()
    known: dict[int, tuple[str, str]] = {
        id_: (kind, slug)
        for id_, kind, slug in session.execute(
            select(Term.id, Vocabulary.kind, Term.slug)
            .join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
            .where(Term.id.in_({term_id for _id, term_id in tags}))
        )
    }
    for id_, term_id in tags:
        kind, slug = known[term_id]
        listed = cards[id_].terms.setdefault(kind, [])
        if slug not in listed:
            listed.append(slug)
