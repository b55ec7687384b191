"""A small register that each test writes itself: ``write(en="…", state="SVN", …)`` gives the recommendation's id."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake import db
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import Recommendation, RecommendationText, Recommender
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term
from uptake.search import index
from uptake.search.engine import Engine, Query
from uptake.services.importing.sources import source_id
from uptake.texts import order_key

WORDS = ["women", "children", "torture", "health", '"rule of law"', "educat*", "-women", "détenus", "LGBTQ",
         "state:XMV", "position:noted", "16.3", "A/HRC/58/12", "theme:health OR year:2023-", "الأطفال",
         "NOT torture"]  # fmt: skip
Write = Callable[..., int]
Find = Callable[..., set[int]]


@pytest.fixture
def session(app: Flask) -> Session:
    return db.session()


@pytest.fixture
def write(session: Session) -> Write:
    def run(**facts: object) -> int:
        with db.transaction():
            id_ = insert(session, **facts)  # type: ignore[arg-type]
            index.add(session, [id_])
        return id_

    return run


@pytest.fixture
def find(session: Session) -> Find:
    """The ids that a query finds."""

    def run(text: str = "", **filters: str) -> set[int]:
        session.rollback()
        return set(Engine(session).answer(Query(text, {name: (value,) for name, value in filters.items()})).ids)

    return run


@pytest.fixture
def mixed(demo: Flask, write: Write) -> Flask:
    """The demo country, and some that lack this or that."""
    for number in range(12):
        write(
            en=f"Protect women and children {'from torture ' * (number % 3)}{number}",
            state=(None, "SVN", "TUR")[number % 3], mechanism=(None, "CRC")[number % 2],
            symbol=(None, "CRC/C/SVN/CO/1", "<key-1>")[number % 3], day=(None, "2015-06-30", "2023-01-01")[number % 3],
            paragraph=(None, f"118.{number}")[number % 2], terms=((), ("right-to-health",), ("16.2",))[number % 3],
        )  # fmt: skip
    db.session().rollback()
    return demo


def insert(
    session: Session, *, en: str = "", state: str | None = None, mechanism: str | None = None,
    symbol: str | None = None, paragraph: str | None = None, day: str | None = None, kind: str = "recommendation",
    position: str | None = None, cycle: int | None = None, terms: tuple[str, ...] = (),
    recommenders: tuple[str, ...] = (), heading: str | None = None, **texts: str,
) -> int:  # fmt: skip
    """Write one recommendation; ``fr="…"`` and the like are further texts, ``terms`` slugs of tags."""
    source = source_id(session, "table")
    states = {row.iso3: row.id for row in session.scalars(select(State))}
    one = Recommendation(
        uuid=uuid4(), source_id=source, state_id=states[state] if state else None, kind=kind, paragraph=paragraph,
        order_key=order_key(paragraph), date=datetime.date.fromisoformat(day) if day else None, position=position,
        cycle=cycle, document_id=_document(session, symbol),
        mechanism_id=session.scalar(select(Mechanism.id).where(Mechanism.code == mechanism)) if mechanism else None,
    )  # fmt: skip
    session.add(one)
    session.flush()
    for language, said in {**({"en": en} if en else {}), **texts}.items():
        session.add(RecommendationText(recommendation_id=one.id, language=language, source_id=source, raw=said,
                                       heading=heading, cleaned=said))  # fmt: skip
    for slug in terms:
        term = session.scalars(select(Term.id).where(Term.slug == slug)).one()
        session.add(Tag(recommendation_id=one.id, term_id=term, source_id=source, confidence=None))
    for iso3 in recommenders:
        session.add(Recommender(recommendation_id=one.id, state_id=states[iso3], source_id=source))
    session.flush()
    return one.id


def _document(session: Session, symbol: str | None) -> int | None:
    """A document; a symbol in angle brackets is only its source's key."""
    if symbol is None:
        return None
    found = session.scalar(select(Document.id).where(Document.key == symbol.upper()))
    if found is None:
        own = None if symbol.startswith("<") else symbol
        row = Document(uuid=uuid4(), key=symbol.upper(), symbol=own, title=f"Report {symbol}")
        session.add(row)
        session.flush()
        found = row.id
    return found
