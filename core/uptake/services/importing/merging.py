"""What a recommendation looks like once a record of a source has been taken in.

A new one takes all from the record. A known one takes the record's own facts where this source brought them before or
nobody has; what people have changed, and what other sources said, stays.
"""

from __future__ import annotations

import copy
from typing import Any

from uptake.services.importing.aggregates import (
    EXTERNAL,
    HEAD,
    POSITIONS,
    RECOMMENDERS,
    STATES,
    TAGS,
    TEXTS,
    Aggregate,
    Part,
    Row,
)
from uptake.services.importing.identity import derived_uuid, lasting_uuid
from uptake.services.importing.records import Record

_AT = {column: index for index, column in enumerate(HEAD.columns)}
_CLEANED, _ORIGIN, _UNTRANSLATED = map(TEXTS.columns.index, ("cleaned", "origin", "untranslated"))
_FACTS = (
    "state_id",
    "mechanism_id",
    "document_id",
    "kind",
    "paragraph",
    "order_key",
    "date",
    "cycle",
    "session",
    "unresolved",
)


class Ids:
    """Hands out primary keys for new rows from blocks that were reserved for this batch."""

    def __init__(self, recommendations: Any, externals: Any, positions: Any) -> None:
        self._blocks = {
            "recommendation": iter(recommendations),
            "external_id": iter(externals),
            "position": iter(positions),
        }

    def next(self, table: str) -> int:
        """The next unused id."""
        return int(next(self._blocks[table]))


class Merger:
    """Builds aggregates for one source in one run."""

    def __init__(self, source_id: int, human_id: int, source: str, edition: str, run_id: int) -> None:
        self._source_id, self._human_id, self._source = source_id, human_id, source
        self._edition, self._run_id = edition, run_id

    def create(self, record: Record, ids: Ids, parent: Aggregate | None = None) -> Aggregate:
        """A new recommendation."""
        new = ids.next("recommendation")
        uuid = derived_uuid(record.key) if parent else lasting_uuid(self._source, record.key)
        draft = record.draft
        one = Aggregate(
            [new, uuid, self._source_id, record.state_id, record.mechanism_id, record.document_id,
             parent.head[0] if parent else None, record.kind, record.paragraph, record.order, record.date, draft.cycle,
             draft.session, record.position, record.unresolved, None, 1, self._run_id]
        )  # fmt: skip
        one.children = {
            TEXTS.name: [self._text(new, language, record) for language in record.texts],
            EXTERNAL.name: [] if parent else [self._external(ids, new, record, None)],
            STATES.name: [(new, state) for state in record.other_states],
            RECOMMENDERS.name: [(new, state, self._source_id) for state in record.recommenders],
            POSITIONS.name: self._positions(ids, new, record),
            TAGS.name: [
                (new, term, self._source_id, confidence, None, False) for term, confidence in record.tags.items()
            ],
        }
        return one

    def merge(self, before: Aggregate, record: Record, ids: Ids) -> tuple[Aggregate, bool]:
        """The recommendation after taking the record in, and whether anything but its list of sources changed."""
        after = copy.deepcopy(before)
        id_ = after.head[0]
        self._merge_head(after, record)
        self._merge_texts(after, record)
        self._merge_own(after, RECOMMENDERS, [(id_, state, self._source_id) for state in record.recommenders], 2)
        self._merge_tags(after, record)
        self._merge_positions(after, record, ids)
        if record.other_states and not after.rows(STATES):
            after.children[STATES.name] = [(id_, state) for state in record.other_states]
        changed = _content(after) != _content(before)
        if changed:
            after.head[_AT["version"]] += 1
        self._merge_external(after, record, ids)
        return after, changed

    def _text(self, id_: int, language: str, record: Record) -> Row:
        text = record.texts[language]
        return (id_, language, self._source_id, text.raw, text.cut.heading, text.cut.number, text.cut.text, "official",
                text.untranslated, False)  # fmt: skip

    def _external(self, ids: Ids, id_: int, record: Record, raw: str | None) -> Row:
        number = ids.next("external_id")
        return (number, self._source_id, record.key, self._edition, id_, record.fingerprint, raw, self._run_id, None)

    def _positions(self, ids: Ids, id_: int, record: Record) -> list[Row]:
        return [
            (ids.next("position"), id_, self._source_id, said.value, said.raw, said.date, said.symbol, said.paragraph)
            for said in record.positions
        ]

    def _merge_head(self, after: Aggregate, record: Record) -> None:
        draft, head = record.draft, after.head
        locked = head[_AT["locked"]] or "[]"
        own = head[_AT["source_id"]] == self._source_id and not _secondary(after, record)
        before = head[_AT["paragraph"]]
        values = (record.state_id, record.mechanism_id, record.document_id, record.kind, record.paragraph, record.order,
                  record.date, draft.cycle, draft.session, record.unresolved)  # fmt: skip
        for name, value in zip(_FACTS, values, strict=True):
            if f'"{name}"' in locked or (name == "unresolved" and not own):
                continue
            if name == "order_key" and draft.order is None and head[_AT["paragraph"]] == before and value:
                continue  # another record of the source may have told its place in the document
            if (own and (value is not None or name == "unresolved")) or (head[_AT[name]] is None and value is not None):
                head[_AT[name]] = value

    def _merge_texts(self, after: Aggregate, record: Record) -> None:
        """An official text takes the place of this source's last one and of a machine's translation, never of a person's;
        where an official text has changed, the unofficial translations of it are outdated."""
        rows = {row[1]: row for row in after.rows(TEXTS)}
        changed = False
        for language in record.texts:
            new = self._text(after.head[0], language, record)
            old = rows.get(language)
            official = old is not None and old[_ORIGIN] == "official"
            if (
                old is None
                or (official and old[2] == self._source_id)
                or (old[_ORIGIN] == "machine" and not new[_UNTRANSLATED])
            ):
                changed |= official and old is not None and old[_CLEANED] != new[_CLEANED]
                rows[language] = new
        if changed:
            rows = {code: row if row[_ORIGIN] == "official" else (*row[:-1], True) for code, row in rows.items()}
        after.children[TEXTS.name] = [rows[language] for language in sorted(rows)]

    def _merge_own(self, after: Aggregate, part: Part, rows: list[Row], source_at: int) -> None:
        """Replace this source's rows; where the record says nothing of the kind, what it said before stays."""
        if rows:
            others = [row for row in after.rows(part) if row[source_at] != self._source_id]
            after.children[part.name] = others + rows

    def _merge_tags(self, after: Aggregate, record: Record) -> None:
        if not record.tags or _secondary(after, record):
            return
        kept = [row for row in after.rows(TAGS) if row[2] != self._source_id or row[4] or row[5]]
        decided = {row[1] for row in kept if row[2] == self._source_id or row[5]}
        new = [
            (after.head[0], term, self._source_id, confidence, None, False)
            for term, confidence in record.tags.items()
            if term not in decided
        ]
        after.children[TAGS.name] = kept + new

    def _merge_positions(self, after: Aggregate, record: Record, ids: Ids) -> None:
        old = [row[3:] for row in after.rows(POSITIONS) if row[2] == self._source_id]
        new = [(said.value, said.raw, said.date, said.symbol, said.paragraph) for said in record.positions]
        if record.positions and sorted(old, key=repr) != sorted(new, key=repr):
            self._merge_own(after, POSITIONS, self._positions(ids, after.head[0], record), 2)
        if '"position"' not in (after.head[_AT["locked"]] or ""):
            after.head[_AT["position"]] = current_position(after.rows(POSITIONS), self._human_id)

    def _merge_external(self, after: Aggregate, record: Record, ids: Ids) -> None:
        rows = after.rows(EXTERNAL)
        official = {row[3] for row in after.rows(TEXTS)}
        other = next((text.raw for text in record.texts.values() if text.raw not in official), None)
        for at, row in enumerate(rows):
            if row[1] == self._source_id and row[2] == record.key and row[3] == self._edition:
                rows[at] = (*row[:5], record.fingerprint, other, row[7], None)
                return
        rows.append(self._external(ids, after.head[0], record, other))


def _secondary(after: Aggregate, record: Record) -> bool:
    """Whether the record is a translation of what is known in English: it adds its text and leaves the facts alone."""
    return "en" not in record.texts and any(row[1] == "en" for row in after.rows(TEXTS))


def _content(one: Aggregate) -> tuple[Any, ...]:
    return one.head, [
        sorted(one.children.get(p.name, []), key=repr) for p in (TEXTS, STATES, RECOMMENDERS, POSITIONS, TAGS)
    ]


def translated_by_people(one: Aggregate, record: Record) -> list[str]:
    """The languages in which the record brings an official text where a person's translation stands."""
    known = {row[1]: row for row in one.rows(TEXTS) if row[_ORIGIN] == "human"}
    return [code for code, text in record.texts.items() if code in known and not text.untranslated]


def listing(one: Aggregate) -> set[tuple[int, bool]]:
    """The sources that list a recommendation, and whether one of their records is missing by now: the index says both."""
    return {(row[1], row[8] is not None) for row in one.rows(EXTERNAL)}


def current_position(rows: list[Row], human_id: int) -> str | None:
    """The position in force: a person's entry before a feed's, then the newest by date, then the last."""
    ranked = max(rows, key=lambda row: (row[2] == human_id, row[5] or "", row[0]), default=None)
    return str(ranked[3]) if ranked else None
