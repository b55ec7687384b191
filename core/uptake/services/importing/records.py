"""A draft with its labels looked up: what the database is going to hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from uptake.hooks.kinds import Draft, TagDraft
from uptake.models.recommendations import KINDS
from uptake.services.importing.documents import Documents
from uptake.services.importing.findings import Findings
from uptake.services.labels import Labels
from uptake.texts import Cut, fold, order_key, unprintable

LONGEST_TEXT = 1_000_000
LONGEST_KEY = 200
LONGEST_NUMBER = 60
LAST_CYCLE = 99


@dataclass(slots=True)
class Text:
    """One language's text, raw and cut."""

    raw: str
    cut: Cut
    untranslated: bool = False


@dataclass(slots=True)
class Said:
    """What the State under review said, with its value looked up."""

    value: str
    raw: str
    date: str | None
    symbol: str | None
    paragraph: str | None


@dataclass(slots=True)
class Record:
    """One recommendation to be, with database ids in place of labels and ISO text in place of dates."""

    draft: Draft
    key: str
    fingerprint: str
    state_id: int | None = None
    other_states: list[int] = field(default_factory=list)
    mechanism_id: int | None = None
    document_id: int | None = None
    kind: str = "unspecified"
    paragraph: str | None = None
    order: str = ""
    date: str | None = None
    position: str | None = None
    positions: list[Said] = field(default_factory=list)
    tags: dict[int, float | None] = field(default_factory=dict)
    recommenders: list[int] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)
    unresolved: str | None = None


Reason = tuple[str, str, dict[str, str]]


def refuse_reason(draft: Draft) -> Reason | None:
    """Why a draft cannot be taken: code, message and values; None where it can."""
    if not any(text.strip() for text in draft.texts.values()):
        return "no-text", "There is no text.", {}
    for language, text in draft.texts.items():
        if len(text) > LONGEST_TEXT:
            values = {"language": language, "length": f"{len(text):,}", "limit": f"{LONGEST_TEXT:,}"}
            return "text-too-long", "The text ({language}) has {length} characters; the limit is {limit}.", values
        if not text.isprintable() and (found := unprintable(text)):
            message = "The text ({language}) holds the character {character}, which no document can hold."
            return "unprintable", message, {"language": language, "character": found}
    labels = "".join(_labels(draft))
    if not labels.isprintable() and (found := unprintable(labels)):
        return (
            "unprintable",
            "A label holds the character {character}, which no document can hold.",
            {"character": found},
        )
    for what, value, limit in (("id", draft.key, LONGEST_KEY), ("symbol", draft.symbol, LONGEST_KEY),
                               ("session", draft.session, LONGEST_NUMBER), ("paragraph", draft.paragraph, LONGEST_NUMBER)):  # fmt: skip
        if value and len(value) > limit:
            return "label-too-long", "The {what} has more than {limit} characters.", {"what": what, "limit": str(limit)}
    if draft.cycle is not None and not 0 <= draft.cycle <= LAST_CYCLE:
        return "no-cycle", "There is no cycle {value}.", {"value": str(draft.cycle)[:LONGEST_NUMBER]}
    return None


def _labels(draft: Draft) -> list[str]:
    """Everything beside the texts that goes into the database as the source has it."""
    found = [*draft.states, *draft.recommenders, *[tag.label for tag in draft.tags], *draft.unresolved.values()]
    found += [part.text for part in draft.components]
    for said in draft.positions:
        found += (said.raw, said.symbol or "", said.paragraph or "")
    alone = (
        draft.key,
        draft.symbol,
        draft.mechanism,
        draft.session,
        draft.paragraph,
        draft.document_key,
        draft.document_title,
    )
    return found + [label for label in alone if label]


class Resolver:
    """Turns drafts into records. What no table knows is reported and kept in the source's own words."""

    def __init__(self, labels: Labels, documents: Documents, findings: Findings, run_id: int) -> None:
        self._labels, self._documents, self._findings, self._run_id = labels, documents, findings, run_id

    def resolve(self, draft: Draft, key: str, fingerprint: str, cuts: dict[str, Cut]) -> Record:
        """Look everything up."""
        record = Record(draft, key, fingerprint)
        unresolved: dict[str, object] = dict(draft.unresolved)
        self._states(record, unresolved)
        self._mechanism(record, unresolved)
        record.kind = draft.kind if draft.kind in KINDS else "unspecified"
        record.date = draft.date.isoformat() if draft.date else None
        self._texts(record, cuts)
        record.order = f"{draft.order:08d}" if draft.order is not None else order_key(record.paragraph)
        record.document_id = self._documents.id_of(draft, record.mechanism_id, record.date)
        self._positions(record, unresolved)
        self._tags(record, draft.tags, unresolved)
        self._recommenders(record, unresolved)
        record.unresolved = json.dumps(unresolved, ensure_ascii=False, sort_keys=True) if unresolved else None
        return record

    def _states(self, record: Record, unresolved: dict[str, object]) -> None:
        draft, unknown = record.draft, []
        found: list[int] = []
        for label in draft.states:
            state = self._labels.state(label)
            if state is None:
                unknown.append(label)
                self._findings.add(draft.where, "unknown-state", "No State is known as “{label}”.", label=label)
            elif state not in found:
                found.append(state)
        if not found:
            recovered = self._labels.state_in_symbol(draft.symbol)
            if recovered:
                found.append(recovered)
                self._findings.add(
                    draft.where, "state-from-symbol", "The State was taken from the document symbol.", "info"
                )
            elif not draft.states:
                self._findings.add(draft.where, "no-state", "The record names no State, and neither does its symbol.")
        if unknown:
            unresolved["states"] = unknown
        record.state_id, record.other_states = (found[0] if found else None), found[1:]

    def _mechanism(self, record: Record, unresolved: dict[str, object]) -> None:
        draft = record.draft
        label = draft.mechanism
        record.mechanism_id = (self._labels.mechanism(label) if label else None) or self._labels.mechanism_of_symbol(
            draft.symbol
        )
        if label and record.mechanism_id is None:
            unresolved["mechanism"] = label
            self._findings.add(draft.where, "unknown-mechanism", "No mechanism is known as “{label}”.", label=label)
        elif record.mechanism_id is None:
            self._findings.add(draft.where, "no-mechanism", "The record names no mechanism.")

    def _texts(self, record: Record, cuts: dict[str, Cut]) -> None:
        draft = record.draft
        record.texts = {language: Text(draft.texts[language], cut) for language, cut in cuts.items()}
        numbers = [
            draft.paragraph,
            *(record.texts[code].cut.number for code in ("en", *record.texts) if code in record.texts),
        ]
        record.paragraph = next((number for number in numbers if number), None)
        if len(record.texts) < 2:
            return
        english = record.texts.get("en")
        for language, text in record.texts.items():
            if text.cut.number and record.paragraph and text.cut.number.split(".")[::-1] == record.paragraph.split("."):
                text.cut = Cut(text.cut.heading, record.paragraph, text.cut.text)
            if english and language != "en" and fold(text.cut.text) == fold(english.cut.text):
                text.untranslated = True
                self._findings.add(draft.where, "untranslated", "The text ({language}) is the English one again.", "info",
                                   language=language)  # fmt: skip

    def _positions(self, record: Record, unresolved: dict[str, object]) -> None:
        for said in record.draft.positions:
            value = self._labels.position(said.raw)
            if value is None:
                if fold(said.raw) != "voluntary pledge":
                    unresolved["position"] = said.raw
                    self._findings.add(
                        record.draft.where, "unknown-position", "No position is known as “{label}”.", label=said.raw
                    )
                continue
            day = said.date.isoformat() if said.date else None
            record.positions.append(Said(value, said.raw, day, said.symbol, said.paragraph))
        if record.positions:
            record.position = max(record.positions, key=lambda one: one.date or "").value

    def _tags(self, record: Record, tags: Sequence[TagDraft], unresolved: dict[str, object]) -> None:
        unknown = []
        for tag in tags:
            label = tag.label.strip()
            if not label:
                continue
            term = self._labels.term(tag.vocabulary, label)
            if term is None:
                self._findings.add(record.draft.where, "unknown-term", "“{label}” is new in the vocabulary {vocabulary}.",
                                   label=label[:LONGEST_KEY], vocabulary=tag.vocabulary)  # fmt: skip
                if len(label) > LONGEST_KEY or (
                    "en" not in record.texts and self._labels.is_registered(tag.vocabulary)
                ):
                    unknown.append(f"{tag.vocabulary}/{label}")
                    continue
                term = self._labels.add_term(tag.vocabulary, label, self._run_id)
            record.tags.setdefault(term, tag.confidence)
        if unknown:
            unresolved["tags"] = unknown

    def _recommenders(self, record: Record, unresolved: dict[str, object]) -> None:
        unknown = []
        for label in record.draft.recommenders:
            state = self._labels.state(label)
            if state is None:
                unknown.append(label)
                self._findings.add(
                    record.draft.where, "unknown-recommender", "No State is known as “{label}”.", label=label
                )
            elif state not in record.recommenders:
                record.recommenders.append(state)
        if unknown:
            unresolved["recommenders"] = unknown
