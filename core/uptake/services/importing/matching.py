"""One recommendation stays one: finds what another source has already brought.

After the external id comes symbol and paragraph, then near-identical text, each among the recommendations of the same
State and mechanism that no record of this source stands for yet.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.hooks.kinds import Draft
from uptake.models.documents import Document
from uptake.models.recommendations import ExternalId, Recommendation, RecommendationText, Recommender
from uptake.services.importing.findings import Findings
from uptake.services.importing.identity import own_uuid
from uptake.services.importing.records import Record
from uptake.texts import fold, normalise_number

GROUPS = 8
LIKELY = 90
SAME_PLACE = 55
TYPO = 80
_BRACKETS = re.compile(r"(?:\s*\((?:[^()]|\([^()]*\))*\)[\s;.,]*)+$")
_STOPWORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "and",
        "or",
        "for",
        "on",
        "with",
        "by",
        "as",
        "at",
        "from",
        "its",
        "all",
        "into",
        "that",
        "this",
        "be",
        "is",
        "are",
        "it",
    ]
)


@dataclass(slots=True)
class Candidate:
    """A recommendation that the draft may be about."""

    id: int
    symbol: str
    paragraph: str
    cycle: int | None
    text: str
    recommenders: set[int] = field(default_factory=set)


class Matcher:
    """Matches the records of one source against those of all others."""

    def __init__(
        self, session: Session, source_id: int, findings: Findings, other_symbols: Callable[[Draft], Sequence[str]]
    ) -> None:
        self._session, self._source_id, self._findings, self._other_symbols = (
            session,
            source_id,
            findings,
            other_symbols,
        )
        self._groups: OrderedDict[tuple[int, int], list[Candidate]] = OrderedDict()
        self._symbols: dict[str, list[str]] = {}
        self._taken: set[int] = set()
        self._alone = not session.scalar(select(exists().where(Recommendation.source_id != source_id)))

    def by_identity(self, keys: Iterable[str]) -> dict[str, int]:
        """Those keys that are the lasting ids of recommendations here: of others' records in a file that was written here."""
        if self._alone:
            return {}
        ids = {uuid: key for key in keys if (uuid := own_uuid(key))}
        found: dict[str, int] = {}
        for chunk in chunks(ids):
            rows = self._session.execute(
                select(Recommendation.uuid, Recommendation.id).where(Recommendation.uuid.in_(chunk))
            )
            found.update((ids[uuid], id_) for uuid, id_ in rows)
        self._taken.update(found.values())
        return found

    def match(self, record: Record) -> int | None:
        """The id of the recommendation that this record is about, None where it is new."""
        if self._alone or record.state_id is None or record.mechanism_id is None:
            return None
        candidates = [one for one in self._group(record.state_id, record.mechanism_id) if one.id not in self._taken]
        found = self._by_paragraph(record, candidates) or self._by_text(record, candidates)
        if found is None:
            return None
        self._taken.add(found.id)
        return found.id

    def _group(self, state_id: int, mechanism_id: int) -> list[Candidate]:
        key = (state_id, mechanism_id)
        if key not in self._groups:
            self._groups[key] = self._load(state_id, mechanism_id)
            if len(self._groups) > GROUPS:
                self._groups.popitem(last=False)
        self._groups.move_to_end(key)
        return self._groups[key]

    def _load(self, state_id: int, mechanism_id: int) -> list[Candidate]:
        ours = select(ExternalId.recommendation_id).where(ExternalId.source_id == self._source_id)
        scope = (
            Recommendation.state_id == state_id,
            Recommendation.mechanism_id == mechanism_id,
            Recommendation.parent_id.is_(None),
            Recommendation.source_id != self._source_id,
            Recommendation.id.not_in(ours),
        )
        rows = self._session.execute(
            select(Recommendation.id, Document.symbol, Recommendation.paragraph, Recommendation.cycle, RecommendationText.cleaned,
                   RecommendationText.language)
            .outerjoin(Document, Document.id == Recommendation.document_id)
            .join(RecommendationText, RecommendationText.recommendation_id == Recommendation.id)
            .where(*scope)
        )  # fmt: skip
        found: dict[int, Candidate] = {}
        for id_, symbol, paragraph, cycle, cleaned, language in rows:
            if id_ not in found or language == "en":
                number = normalise_number(paragraph) if paragraph else ""
                found[id_] = Candidate(id_, (symbol or "").upper(), number, cycle, comparable(cleaned))
        pairs = select(Recommender.recommendation_id, Recommender.state_id).join(
            Recommendation, Recommendation.id == Recommender.recommendation_id
        )
        for id_, state in self._session.execute(pairs.where(*scope)):
            if id_ in found:
                found[id_].recommenders.add(state)
        return list(found.values())

    def _by_paragraph(self, record: Record, candidates: list[Candidate]) -> Candidate | None:
        symbols = self._document_symbols(record.draft)
        if not symbols or not record.paragraph:
            return None
        number = normalise_number(record.paragraph)
        there = [one for one in candidates if one.paragraph == number and one.symbol in symbols]
        texts = _texts(record)
        for one in there:
            if not texts or any(fuzz.token_set_ratio(text, one.text) >= SAME_PLACE for text in texts):
                return one
        if there:
            self._findings.add(
                record.draft.where,
                "same-paragraph-other-text",
                "Paragraph {paragraph} of {symbol} stands here with another text; both are kept.",
                paragraph=number,
                symbol=record.draft.symbol or "",
            )
        return None

    def _document_symbols(self, draft: Draft) -> list[str]:
        if not draft.symbol:
            return []
        if draft.symbol not in self._symbols:
            self._symbols[draft.symbol] = [symbol.upper() for symbol in (draft.symbol, *self._other_symbols(draft))]
        return self._symbols[draft.symbol]

    def _by_text(self, record: Record, candidates: list[Candidate]) -> Candidate | None:
        wanted, cycle = set(record.recommenders), record.draft.cycle
        fitting = [
            one
            for one in candidates
            if not (cycle and one.cycle and cycle != one.cycle)
            and not (wanted and one.recommenders and not wanted & one.recommenders)
            and not self._elsewhere(record, one)
        ]
        found: dict[int, Candidate] = {}
        for text in _texts(record):
            likely = process.extract(
                text, [one.text for one in fitting], scorer=fuzz.ratio, score_cutoff=LIKELY, limit=5
            )
            for other, _score, index in likely:
                if near_identical(text, other):
                    found[fitting[index].id] = fitting[index]
        return max(found.values(), key=lambda one: (len(wanted & one.recommenders), -one.id), default=None)

    def _elsewhere(self, record: Record, one: Candidate) -> bool:
        """Whether both name their place and the places differ: then equal words are a repetition, not the same."""
        symbols = self._document_symbols(record.draft)
        if not symbols or not one.symbol:
            return False
        if one.symbol not in symbols:
            return True
        return bool(record.paragraph and one.paragraph) and normalise_number(record.paragraph or "") != one.paragraph


def _texts(record: Record) -> list[str]:
    return [comparable(text.cut.text) for text in record.texts.values() if not text.untranslated]


def comparable(text: str) -> str:
    """A text for comparison: folded, without the recommending States in brackets at its end."""
    return fold(_BRACKETS.sub("", text) or text)


def near_identical(one: str, other: str) -> bool:
    """Whether two comparable texts say the same but for spelling, order and small words.

    A differing word counts only with a partner that is nearly the same word; a differing number never does: "Ratify the
    First Protocol" and "… the Second Protocol" are two recommendations.
    """
    left, right = (set(text.split()) - _STOPWORDS for text in (one, other))
    mine, theirs = left - right, right - left
    if len(mine) > 2 or len(theirs) > 2:
        return False
    return all(_has_twin(word, theirs) for word in mine) and all(_has_twin(word, mine) for word in theirs)


def _has_twin(word: str, others: set[str]) -> bool:
    if len(word) < 5 or any(char.isdigit() for char in word):
        return False
    return any(fuzz.ratio(word, other) >= TYPO for other in others)
