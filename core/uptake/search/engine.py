"""Answers a query: which recommendations, how many, in which order, and how they spread over each facet.

Everything comes from one set of ids, so that a count can never disagree with the list behind it.
"""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from uptake.db import is_sqlite
from uptake.models.documents import Document
from uptake.models.recommendations import Recommendation
from uptake.search import fulltext
from uptake.search.labels import LabelIndex
from uptake.search.query import FIELDS, All, Any_, Field, Node, Not, Phrase, Reading, Word, read
from uptake.search.snapshot import EMPTY, Snapshot, snapshot
from uptake.search.words import words

FACETS = ("state", "family", "mechanism", "document", "theme", "group", "sdg", "position", "kind", "language", "year",
          "recommender", "cycle", "source", "missing")  # fmt: skip
SORTS = ("relevance", "newest", "oldest", "document")
NONE = "none"


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
    ranking: fulltext.Expression | None

    @property
    def count(self) -> int:
        """How many."""
        return len(self.ids)


class Engine:
    """Answers queries as of one version of the index, inside one read transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.snapshot: Snapshot = snapshot(session)
        labels = self.snapshot.attic.get("labels")
        if not isinstance(labels, LabelIndex):
            labels = LabelIndex(session)
            self.snapshot.attic["labels"] = labels
        self.labels = labels

    def answer(self, query: Query) -> Answer:
        """Everything that fits."""
        reading = read(query.text)
        ids = self._node(reading.node) if reading.node else self.everything
        for bits in self._narrowing(query):
            ids = ids & bits
        for name, values in query.without.items():
            ids = ids - self._values(name, values)
        ranking = self._ranking(reading.node) if reading.node else None
        return Answer(FrozenBitMap(ids), reading, ranking)

    @property
    def everything(self) -> FrozenBitMap:
        """The whole register."""
        return self.snapshot.all(self.session)

    def postings(self, name: str) -> dict[str, FrozenBitMap]:
        """All values of a field with their sets."""
        return self.snapshot.field(self.session, name)

    def facet(self, name: str, query: Query, answer: Answer, limit: int | None = None) -> list[tuple[str, int]]:
        """The values of a field among the answers, the most frequent first.

        Where the query filters by this very field, each value is counted as if it were the only one chosen.
        """
        ids = answer.ids
        if name in query.filters:
            rest = {key: values for key, values in query.filters.items() if key != name}
            ids = self.answer(replace(query, filters=rest)).ids
        return _top(self._ordered(name), ids, limit, whole=len(ids) == len(self.everything))

    def page(self, answer: Answer, sort: str, offset: int, size: int) -> list[int]:
        """The ids of one page in order. ``relevance`` needs a text; without one it means newest first."""
        if sort == "relevance" and answer.ranking is not None:
            return self._by_relevance(answer, offset, size)
        groups = self._documents() if sort == "document" else self._days(reverse=sort != "oldest")
        return self._from_groups(groups, answer.ids, offset, size)

    def _narrowing(self, query: Query) -> Iterator[FrozenBitMap | BitMap]:
        for name, values in query.filters.items():
            yield self._values(name, values)
        if query.since or query.until:
            first = query.since.isoformat() if query.since else ""
            last = query.until.isoformat() if query.until else "9999"
            yield BitMap.union(BitMap(), *(bits for day, bits in self.postings("date").items() if first <= day <= last))

    def _values(self, name: str, values: tuple[str, ...]) -> FrozenBitMap | BitMap:
        return BitMap.union(BitMap(), *(self._value(name, value) for value in values))

    def _value(self, name: str, value: str) -> FrozenBitMap | BitMap:
        """What carries a value: as the index writes it, else as a person may write it."""
        found = self.postings("mechanism" if name == "body" else name).get(value) if name not in {"symbol", "paragraph"} else None
        if found is None and name in FIELDS:
            return self._field(Field(name, value))
        return EMPTY if found is None else found

    def _ordered(self, name: str) -> list[tuple[str, FrozenBitMap, int]]:
        key = f"ordered:{name}"
        found = self.snapshot.attic.get(key)
        if not isinstance(found, list):
            rows = ((value, bits, len(bits)) for value, bits in self.postings(name).items())
            found = self.snapshot.attic[key] = sorted(rows, key=lambda row: (-row[2], row[0]))
        return found

    def _node(self, node: Node) -> FrozenBitMap | BitMap:
        if isinstance(node, All):
            wanted = [part for part in node.parts if not isinstance(part, Not)]
            ids: FrozenBitMap | BitMap = reduce(lambda one, other: one & other, map(self._node, wanted)) if wanted else self.everything
            return reduce(lambda one, other: one - self._node(other.part), (p for p in node.parts if isinstance(p, Not)), ids)
        if isinstance(node, Any_):
            return BitMap.union(BitMap(), *map(self._node, node.parts))
        if isinstance(node, Not):
            return self.everything - self._node(node.part)
        if isinstance(node, Field):
            return self._field(node)
        return self.snapshot.remember(node, lambda: self._leaf(node))

    def _leaf(self, node: Word | Phrase) -> BitMap:
        terms = self._terms(node)
        found = fulltext.matching(self.session, terms) if terms else BitMap()
        for name, value in self.labels.find(node):
            found |= self.postings(name).get(value, EMPTY)
        if isinstance(node, Word) and "/" in node.text:
            found |= self._symbol(node.text + "*")
        return found & self.everything

    def _terms(self, node: Word | Phrase) -> fulltext.Terms | None:
        tokens = tuple(words(node.text))
        if not tokens:
            return None
        if isinstance(node, Phrase) or node.prefix or _is_cjk(tokens):
            return fulltext.Terms("words", (tokens,), isinstance(node, Word) and node.prefix)
        return fulltext.Terms("stems", tuple(sorted(self.labels.stemmed(tokens, self.postings("language")))))

    def _ranking(self, node: Node) -> fulltext.Expression | None:
        """The part of a query that text can answer, for ordering; exclusions and facts do not order."""
        if isinstance(node, (Word, Phrase)):
            return self._terms(node)
        if isinstance(node, (All, Any_)):
            parts = tuple(part for part in map(self._ranking, node.parts) if part)
            if len(parts) < 2:
                return parts[0] if parts else None
            return fulltext.Both(parts) if isinstance(node, All) else fulltext.Either(parts)
        return None

    def _field(self, node: Field) -> FrozenBitMap | BitMap:
        if node.name == "symbol":
            return self._symbol(node.value)
        if node.name == "paragraph":
            there = (Recommendation.paragraph == node.value, Recommendation.parent_id.is_(None))
            return BitMap(self.session.scalars(select(Recommendation.id).where(*there))) & self.everything
        if node.name == "year":
            return self._years(node.value)
        found = BitMap()
        for name, value in self.labels.values(node.name, node.value):
            found |= self.postings(name).get(value, EMPTY)
        return found

    def _years(self, wanted: str) -> BitMap:
        first, dots, last = wanted.replace("..", "-").partition("-")
        years = self.postings("year")
        return BitMap.union(BitMap(), *(bits for year, bits in years.items() if first <= year <= (last or ("9998" if dots else first))))

    def _symbol(self, wanted: str) -> BitMap:
        """The recommendations in documents of that symbol; with an asterisk, in all whose symbol begins so."""
        pattern = wanted.upper()
        prefix = pattern.removesuffix("*")
        found = (
            self.postings("document").get(str(id_), EMPTY)
            for id_, symbol in self.symbols().items()
            if symbol == pattern or (prefix != pattern and symbol.startswith(prefix))
        )
        return BitMap.union(BitMap(), *found)

    def symbols(self) -> dict[int, str]:
        """The symbols of all documents in upper case."""
        found = self.snapshot.attic.get("symbols")
        if not isinstance(found, dict):
            rows = self.session.execute(select(Document.id, Document.key))
            found = self.snapshot.attic["symbols"] = {id_: key.upper() for id_, key in rows}
        return found

    def _by_relevance(self, answer: Answer, offset: int, size: int) -> list[int]:
        """Texts that fit come first, by relevance; then those found only by their tags, the newest first."""
        assert answer.ranking is not None
        page: list[int] = []
        met = BitMap()
        for id_ in fulltext.ranked(self.session, answer.ranking, None):
            if id_ in answer.ids:
                met.add(id_)
                if len(met) > offset:
                    page.append(id_)
                if len(page) == size:
                    return page
        rest = FrozenBitMap(answer.ids - met)
        return page + self._from_groups(self._days(reverse=True), rest, max(0, offset - len(met)), size - len(page))

    def _days(self, *, reverse: bool) -> Iterator[FrozenBitMap | BitMap]:
        key = "days"
        days = self.snapshot.attic.get(key)
        if not isinstance(days, list):
            days = self.snapshot.attic[key] = [bits for _, bits in sorted(self.postings("date").items())]
        yield from reversed(days) if reverse else days
        yield self.postings("year").get(NONE, EMPTY)

    def _documents(self) -> Iterator[FrozenBitMap | BitMap]:
        order = self.snapshot.attic.get("documents")
        if not isinstance(order, list):
            order = self.snapshot.attic["documents"] = sorted(self.symbols(), key=lambda id_: _natural(self.symbols()[id_]))
        postings = self.postings("document")
        yield from (postings.get(str(id_), EMPTY) for id_ in order)
        yield postings.get(NONE, EMPTY)

    def _from_groups(self, groups: Iterator[FrozenBitMap | BitMap], ids: FrozenBitMap, offset: int, size: int) -> list[int]:
        """Walk groups in order until the page is full; inside a group the order is that of the documents."""
        if size <= 0:
            return []
        taken: list[BitMap | FrozenBitMap] = []
        before = total = 0
        for bits in groups:
            count = ids.intersection_cardinality(bits)
            if not count:
                continue
            if total + count <= offset:
                before = total = total + count
                continue
            taken.append(ids & bits)
            total += count
            if total >= offset + size:
                break
        order = self._document_order(taken)
        listed = [id_ for bits in taken for id_ in sorted(bits, key=order.__getitem__)]
        return listed[offset - before : offset - before + size]

    def _document_order(self, groups: list[BitMap | FrozenBitMap]) -> dict[int, tuple[int, str, int]]:
        ids = [id_ for bits in groups for id_ in bits]
        if is_sqlite(self.session):
            clause, value = "id in (select value from json_each(:ids))", str(ids)
            rows = self.session.connection().execute(
                text(f"select id, document_id, order_key from recommendation where {clause}"), {"ids": value}  # noqa: S608
            )
        else:
            rows = self.session.connection().execute(
                text("select id, document_id, order_key from recommendation where id = any(:ids)"), {"ids": ids}
            )
        return {id_: (document or 0, key, id_) for id_, document, key in rows}


def _top(
    rows: list[tuple[str, FrozenBitMap, int]], ids: FrozenBitMap, limit: int | None, *, whole: bool
) -> list[tuple[str, int]]:
    """The largest counts. Rows come largest first, so the search ends where no further value can be among them."""
    if whole:
        return [(value, size) for value, _, size in rows if value != NONE][:limit] + _none(rows, ids)
    best: list[tuple[int, int, str]] = []
    for number, (value, bits, size) in enumerate(rows):
        if limit is not None and len(best) == limit and size <= best[0][0]:
            break
        if value == NONE:
            continue
        count = ids.intersection_cardinality(bits)
        if not count:
            continue
        entry = (count, -number, value)
        if limit is None or len(best) < limit:
            heapq.heappush(best, entry)
        elif entry > best[0]:
            heapq.heapreplace(best, entry)
    return [(value, count) for count, _, value in sorted(best, reverse=True)] + _none(rows, ids)


def _none(rows: list[tuple[str, FrozenBitMap, int]], ids: FrozenBitMap) -> list[tuple[str, int]]:
    found = next((ids.intersection_cardinality(bits) for value, bits, _ in rows if value == NONE), 0)
    return [(NONE, found)] if found else []


def _is_cjk(tokens: tuple[str, ...]) -> bool:
    return any("\u3040" <= token[0] <= "\u9fff" for token in tokens)


def _natural(symbol: str) -> list[tuple[int, str]]:
    """A key that puts A/HRC/9/5 before A/HRC/10/5."""
    parts = symbol.replace("-", "/").replace(".", "/").split("/")
    return [(int(part), "") if part.isdigit() and len(part) < 12 else (0, part) for part in parts]
