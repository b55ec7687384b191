"""The translation memory: how the same or nearly the same was translated before, suggested and never applied by itself.

It holds nothing of its own: its pairs are what the register has officially in both languages and what people have translated.
Candidates come from the full-text index by shared words; only those are compared word by word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyroaring import BitMap
from rapidfuzz import fuzz
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from uptake.models.documents import Document, DocumentTitle
from uptake.models.progress import Update, UpdateText
from uptake.models.recommendations import RecommendationText
from uptake.search import fulltext
from uptake.search.engine import Engine
from uptake.search.ordering import nearest
from uptake.search.words import stem_of, words
from uptake.services.titles import UNKNOWN
from uptake.services.translating.items import HUMAN, MACHINE, OFFICIAL, Item
from uptake.services.translating.kinds import KINDS
from uptake.services.translating.of_labels import InMemory
from uptake.services.translating.of_updates import words_of
from uptake.services.translating.segments import normal, pairs, segments

LEAST = 75
EXACT = 100
SHOWN = 3
CANDIDATES = 25
SEARCHED = 6
MOST_SEGMENTS = 20
LATEST = 500
_LONG, _RUN = 3, 4
_LABELS = ("term", "institution")


@dataclass(frozen=True)
class Pair:
    """Something and its translation; ``origin`` is that of the translation, ``kind`` and ``id`` say where it stands."""

    source: str
    target: str
    kind: str
    id: int
    origin: str

    @cached_property
    def plain(self) -> str:
        """What is compared."""
        return normal(self.source)


@dataclass(frozen=True, slots=True)
class Match:
    """A pair that is near: by how many per cent, where it stands and whose words the translation is."""

    score: int
    pair: Pair
    title: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text to translate with what is near it, the nearest first."""

    text: str
    matches: list[Match]


class Memory:
    """Looks for what is near in one direction; ``leave_out`` names the thing that is being translated."""

    def __init__(self, session: Session, source: str, target: str, leave_out: tuple[str, int] = ("", 0)) -> None:
        self._session, self._source, self._target, self._leave_out = session, source, target, leave_out
        self._engine = Engine(session)
        self._stem = stem_of(source)

    def near(self, text: str) -> list[Match]:
        """What is near one segment of a longer text."""
        return self.compare(text, [*self._recommendations(text), *self._updates, *self._titles])

    def compare(self, text: str, found: Iterable[Pair]) -> list[Match]:
        """The nearest of some pairs, each translation once: those that say the same but for case and signs first."""
        plain = normal(text)
        best: dict[str, Match] = {}
        for pair in found:
            if (pair.kind, pair.id) == self._leave_out:
                continue
            score = (
                EXACT if pair.plain == plain else min(int(fuzz.ratio(plain, pair.plain, score_cutoff=LEAST)), EXACT - 1)
            )
            known = best.get(pair.target)
            if score >= LEAST and (known is None or known.score < score):
                best[pair.target] = Match(score, pair)
        return sorted(best.values(), key=lambda match: (-match.score, match.pair.origin != OFFICIAL, match.pair.id))[
            :SHOWN
        ]

    def _recommendations(self, text: str) -> Iterator[Pair]:
        terms = self._terms(text)
        if terms is None:
            return
        postings = self._engine.postings("language")
        there = BitMap(postings.get(self._source, ())) & BitMap(postings.get(self._target, ()))
        if self._leave_out[0] == "recommendation":
            there.discard(self._leave_out[1])
        ids = nearest(self._session, terms, there, CANDIDATES)
        one, other = aliased(RecommendationText), aliased(RecommendationText)
        rows = self._session.execute(
            select(one.recommendation_id, one.cleaned, other.cleaned, other.origin)
            .join(other, other.recommendation_id == one.recommendation_id)
            .where(
                one.recommendation_id.in_(ids), one.language == self._source, other.language == self._target,
                one.origin != MACHINE, other.origin != MACHINE, other.outdated.is_(False),
                one.untranslated.is_(False), other.untranslated.is_(False),
            )
        )  # fmt: skip
        for id_, source, target, origin in rows:
            yield from (Pair(left, right, "recommendation", id_, origin) for left, right in pairs(source, target))

    @cached_property
    def _updates(self) -> list[Pair]:
        """The latest published updates that people have translated in this direction; they are in no index."""
        rows = self._session.execute(
            select(Update, UpdateText.texts)
            .join(UpdateText, UpdateText.update_id == Update.id)
            .where(
                Update.language == self._source, UpdateText.language == self._target, UpdateText.origin != MACHINE,
                UpdateText.outdated.is_(False), Update.state == "published",
            )
            .order_by(Update.id.desc())
            .limit(LATEST)
        )  # fmt: skip
        return [
            Pair(left, right, "update", one.id, HUMAN)
            for one, texts in rows
            for name, text in words_of(one).items()
            if texts.get(name)
            for left, right in pairs(text, texts[name])
        ]

    @cached_property
    def _titles(self) -> list[Pair]:
        """The titles of the newest documents that people have translated in this direction."""
        own = func.coalesce(Document.title_language, UNKNOWN)
        rows = self._session.execute(
            select(Document.title, DocumentTitle.text, Document.id)
            .join(DocumentTitle, DocumentTitle.document_id == Document.id)
            .where(own == self._source, DocumentTitle.language == self._target, DocumentTitle.origin != MACHINE)
            .order_by(Document.id.desc())
            .limit(LATEST)
        )
        return [Pair(title, said, "document", id_, HUMAN) for title, said, id_ in rows if title]

    def _terms(self, text: str) -> fulltext.Terms | None:
        """The longest words of a text, which are its rarest; of Chinese some runs of characters."""
        tokens = words(text)
        stems = {self._stem(token) for token in tokens if len(token) > _LONG}
        if stems:
            runs = [(stem,) for stem in sorted(stems, key=lambda stem: (-len(stem), stem))[:SEARCHED]]
            return fulltext.Terms("stems", tuple(runs))
        step = max(1, (len(tokens) - _RUN) // SEARCHED + 1)
        some = tuple(tuple(tokens[at : at + _RUN]) for at in range(0, max(1, len(tokens) - _RUN + 1), step))
        return fulltext.Terms("words", some) if tokens else None


def suggest(session: Session, item: Item, language: str, source: str) -> dict[str, list[Segment]]:
    """For each part of what is to be translated its segments that something is near."""
    memory = Memory(session, source, language, (item.kind, item.id))
    labels = _labels(session, source, language) if isinstance(KINDS[item.kind], InMemory) else None
    found: dict[str, list[Segment]] = {}
    for name, text in item.source(source).texts.items():
        pieces = segments(text)[:MOST_SEGMENTS] if labels is None else [text]
        near = [Segment(each, memory.near(each) if labels is None else memory.compare(each, labels)) for each in pieces]
        found[name] = [segment for segment in near if segment.matches]
    return _named(session, found)


def _labels(session: Session, source: str, target: str) -> list[Pair]:
    """All labels and names that exist in both languages."""
    found = []
    for name in _LABELS:
        kind = KINDS[name]
        assert isinstance(kind, InMemory)
        for item in kind.all(session):
            one, other = item.texts(source), item.versions.get(target)
            if other is not None and other.origin != MACHINE:
                found += [Pair(one[part], other.texts[part], name, item.id, other.origin)
                          for part in kind.parts if one.get(part) and other.texts.get(part)]  # fmt: skip
    return found


def _named(session: Session, found: Mapping[str, list[Segment]]) -> dict[str, list[Segment]]:
    """With the title and page of everything that a match comes from: a few queries for all."""
    wanted: dict[str, set[int]] = {}
    for segment in (each for listed in found.values() for each in listed):
        for match in segment.matches:
            wanted.setdefault(match.pair.kind, set()).add(match.pair.id)
    items = {kind: KINDS[kind].load(session, sorted(ids)) for kind, ids in wanted.items()}

    def named(match: Match) -> Match:
        item = items[match.pair.kind][match.pair.id]
        return Match(match.score, match.pair, item.title, item.path)

    return {name: [Segment(one.text, [*map(named, one.matches)]) for one in listed] for name, listed in found.items()}
