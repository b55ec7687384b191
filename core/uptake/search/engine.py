"""Answers a query: which recommendations, how many, in which order, and how they spread over each facet.

Everything comes from one set of ids, so that a count can never disagree with the list behind it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pyroaring import FrozenBitMap
from sqlalchemy.orm import Session

from uptake.search import ordering
from uptake.search.evaluate import by_value, found, text_of
from uptake.search.facets import FACETS, counts
from uptake.search.fulltext import Expression
from uptake.search.ordering import SORTS
from uptake.search.query import Reading, read
from uptake.search.view import NONE, Bits, View, union

__all__ = ["FACETS", "NONE", "SORTS", "Answer", "Engine", "Query"]


@dataclass(frozen=True, slots=True)
class Query:
    """One question. Values of one field widen it, fields narrow it; ``without`` excludes values; days are inclusive.

    A value is that of the index (ISO 3166 code, mechanism code, term slug, ``none``); ``document`` takes document ids.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: datetime.date | None = None
    until: datetime.date | None = None
    sort: str = ""


@dataclass(slots=True)
class Answer:
    """What was found: its set, and how the text was read."""

    ids: FrozenBitMap
    reading: Reading
    ranking: Expression | None

    @property
    def count(self) -> int:
        """How many."""
        return len(self.ids)


class Engine:
    """Answers queries as of one version of the index, inside one read transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.view = View(session)

    def answer(self, query: Query) -> Answer:
        """Everything that fits."""
        reading = read(query.text)
        ids: Bits = found(self.view, reading.node) if reading.node else self.everything
        for bits in self._narrowing(query):
            ids = ids & bits
        for name, values in query.without.items():
            ids = ids - self._values(name, values)
        ranking = text_of(self.view, reading.node) if reading.node else None
        return Answer(FrozenBitMap(ids), reading, ranking)

    @property
    def everything(self) -> FrozenBitMap:
        """The whole register."""
        return self.view.everything

    def postings(self, name: str) -> dict[str, FrozenBitMap]:
        """All values of a field with their sets."""
        return self.view.postings(name)

    def facet(self, name: str, query: Query, answer: Answer, limit: int | None = None) -> list[tuple[str, int]]:
        """The values of a field among the answers, the most frequent first.

        Where the query filters by this very field, each value is counted as if it were the only one chosen.
        """
        ids = answer.ids
        if name in query.filters:
            rest = {key: values for key, values in query.filters.items() if key != name}
            ids = self.answer(replace(query, filters=rest)).ids
        return counts(self.view, name, ids, limit)

    def page(self, answer: Answer, sort: str, offset: int, size: int) -> list[int]:
        """The ids of one page in order. ``relevance`` needs a text; without one it means newest first."""
        if sort == "relevance" and answer.ranking is not None:
            return ordering.by_relevance(self.view, answer.ids, answer.ranking, offset, size)
        return ordering.by_facts(self.view, answer.ids, sort, offset, size)

    def _narrowing(self, query: Query) -> Iterator[Bits]:
        for name, values in query.filters.items():
            yield self._values(name, values)
        if query.since or query.until:
            first = query.since.isoformat() if query.since else ""
            last = query.until.isoformat() if query.until else "9999"
            yield union([bits for day, bits in self.postings("date").items() if first <= day <= last])

    def _values(self, name: str, values: tuple[str, ...]) -> Bits:
        return union([by_value(self.view, name, value) for value in values])
