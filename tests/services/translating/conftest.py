"""What the tests of translations share: the demo country, a translator, and things to translate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.documents import Document
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.services.lists import searching
from uptake.services.permissions import Person
from uptake.services.translating import desk
from uptake.services.translating.items import Item
from uptake.services.translating.kinds import find
from uptake.testing.people import make_person

Translate = Callable[..., Item]


@pytest.fixture
def translator(app: Flask) -> Person:
    return make_person("translator")


@pytest.fixture
def one(demo: Flask) -> str:
    """The address of a recommendation that exists in English only."""
    others = select(RecommendationText.recommendation_id).where(RecommendationText.language != "en")
    found = select(Recommendation.uuid).where(Recommendation.id.not_in(others), Recommendation.parent_id.is_(None))
    return str(session().scalars(found.order_by(Recommendation.id)).first())


@pytest.fixture
def translate(translator: Person) -> Translate:
    """Writes a translation as its form would: ``translate("term", slug, "sw", label="Haki")``."""

    def run(kind: str, key: str, language: str, person: Person | None = None, source: str = "", **texts: Any) -> Item:
        who = person or translator
        item = find(session(), kind, key, person=who)
        code = item.source(source).language
        desk.save(kind, key, language, texts, source=code, stamps=item.stamps(language, code), person=who)
        return read(kind, key, who)

    return run


def titled(title: str, symbol: str | None, language: str = "en") -> str:
    """The address of a document of that title: the one with the symbol, or a new one."""
    with transaction() as current:
        found = current.scalar(select(Document).where(Document.symbol == symbol)) if symbol else None
        found = found or Document(uuid=uuid4(), key=symbol or title, symbol=symbol)
        found.title, found.title_language = title, language
        current.add(found)
        current.flush()
        return str(found.uuid)


def read(kind: str, key: str, person: Person) -> Item:
    """The thing as it is saved."""
    session().rollback()
    return find(session(), kind, key, person=person)


def count(query: str) -> int:
    """How many recommendations a search finds."""
    session().rollback()
    return searching.find(session(), searching.build_query(query))[0].count
