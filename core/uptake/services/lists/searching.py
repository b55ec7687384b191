"""The register as it is asked: one query for list, counts, facets, exports and feeds."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.errors import Invalid
from uptake.files.dates import parse_date
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.models.documents import Document
from uptake.search.engine import FACETS, SORTS, Answer, Engine, Query
from uptake.search.query import FIELDS
from uptake.services.lists.cards import Card, load_cards

FILTERS = tuple(dict.fromkeys((*FACETS, *FIELDS, "action")))
PAGE_SIZES = (20, 50, 100)
EXPORT_BATCH = 2_000
FACET_VALUES = 50


@dataclass(slots=True)
class Page:
    """One page of answers."""

    query: Query
    answer: Answer
    cards: list[Card]
    number: int
    size: int
    session: Session | None = None

    @property
    def count(self) -> int:
        """How many there are in all."""
        return self.answer.count

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // self.size))


def build_query(
    text: str = "",
    filters: Iterable[tuple[str, str]] = (),
    without: Iterable[tuple[str, str]] = (),
    since: str = "",
    until: str = "",
    sort: str = "",
) -> Query:
    """A query from what a person wrote. Raises ``Invalid`` for an unknown filter, day or order."""
    return Query(
        text=text.strip(),
        filters=_grouped(filters),
        without=_grouped(without),
        since=_day(since, end=False),
        until=_day(until, end=True),
        sort=_sort(sort, text),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if name not in FILTERS:
            known = ", ".join(sorted(FILTERS))
            raise Invalid(N_("There is no filter {name}."), remedy=N_("Filters: {names}."), name=name, names=known)
        if value.strip():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), value.strip())))
    return found


def _day(value: str, *, end: bool) -> datetime.date | None:
    if not value.strip():
        return None
    try:
        day = parse_date(value)
    except ValueError:
        remedy = N_("Write it as 2025-01-31, or only the year.")
        raise Invalid(N_("{value} is no day."), remedy=remedy, value=value[:40]) from None
    return day.replace(month=12, day=31) if day and end and value.strip().isdigit() else day


def _sort(sort: str, text: str) -> str:
    if not sort:
        return "relevance" if text.strip() else "newest"
    if sort not in SORTS:
        raise Invalid(N_("There is no order {sort}."), remedy=N_("Orders: {sorts}."), sort=sort, sorts=", ".join(SORTS))
    return sort


def find(
    session: Session, query: Query, number: int = 1, size: int = PAGE_SIZES[0], language: str | None = None
) -> tuple[Page, Engine]:
    """One page of what fits, and the engine for its facets."""
    engine = Engine(session)
    answer = engine.answer(query)
    ids = engine.page(answer, query.sort, (number - 1) * size, size)
    return Page(query, answer, load_cards(session, ids, language), number, size, session), engine


def facets(
    engine: Engine, query: Query, answer: Answer, names: Sequence[str] = FACETS, limit: int | None = FACET_VALUES
) -> dict[str, list[tuple[str, int]]]:
    """The values of each facet with their counts, the most frequent first; values that the query chose are there."""
    found = {}
    for name in names:
        rows = engine.facet(name, query, answer, limit)
        listed = {value for value, _count in rows}
        for chosen in query.filters.get(name, ()):
            if chosen not in listed:
                rows += [row for row in engine.facet(name, query, answer) if row[0] == chosen]
        found[name] = rows
    return found


def everything(session: Session, query: Query, language: str | None = None) -> Iterator[Card]:
    """All that fits, in order, read in batches: flat memory for any number."""
    engine = Engine(session)
    answer = engine.answer(query)
    ids = engine.page(answer, query.sort, 0, answer.count)
    for start in range(0, len(ids), EXPORT_BATCH):
        yield from load_cards(session, ids[start : start + EXPORT_BATCH], language)


def matching(
    session: Session, filters: Iterable[tuple[str, str]] = (), *, sort: str = "", language: str | None = None
) -> Iterator[Card]:
    """All recommendations that fit filters (``("mechanism", "CEDAW")``, several of one name widen), read in batches."""
    yield from everything(session, build_query(filters=filters, sort=sort), language)


def counts_of(session: Session, field: str, filters: Iterable[tuple[str, str]] = ()) -> list[tuple[str, int]]:
    """The values of a facet among what fits filters, with their counts, the most frequent first."""
    engine, query = Engine(session), build_query(filters=filters)
    return engine.facet(field, query, engine.answer(query))


def problems(answer: Answer) -> list[str]:
    """What was wrong with the query's text, in the reader's language; empty where all was well."""
    return [_(message, **values) for message, values in answer.reading.problems]


def as_json(page: Page, found: dict[str, list[tuple[str, int]]] | None = None) -> dict[str, Any]:
    """The answer for machines; a facet's keys are values of the filter of that name, in ``document`` of ``symbol``."""
    document: dict[str, Any] = {"count": page.count, "items": [card.as_json() for card in page.cards]}
    if found is not None:
        document["facets"] = by_symbol(page.session, found) if page.session is not None else _plain(found)
    wrong = problems(page.answer)
    if wrong:
        document |= {"problems": wrong, "reading": str(page.answer.reading)}
    return document


def by_symbol(session: Session, found: dict[str, list[tuple[str, int]]]) -> dict[str, dict[str, int]]:
    """Facets for machines, documents by symbol."""
    documents = {"document": _by_symbol(session, found["document"])} if "document" in found else {}
    return _plain(found) | documents


def _plain(found: dict[str, list[tuple[str, int]]]) -> dict[str, dict[str, int]]:
    return {name: dict(rows) for name, rows in found.items()}


def _by_symbol(session: Session, rows: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Documents by symbol; one without a symbol is ``document:<id>``, which the filter ``symbol`` takes too."""
    ids = [int(value) for value, _count in rows if value.isdecimal()]
    symbols: dict[str, str | None] = {}
    for chunk in chunks(ids):
        statement = select(Document.id, Document.symbol).where(Document.id.in_(chunk))
        symbols |= {str(id_): symbol for id_, symbol in session.execute(statement)}
    return {(symbols.get(value) or f"document:{value}") if value.isdecimal() else value: count for value, count in rows}
