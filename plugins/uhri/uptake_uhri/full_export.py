"""Turns a record of the full export into a draft. JSON and XLSX both come through here, so they cannot differ."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from uptake.toolkit import N_, Draft, Finding, PositionDraft, ReadOptions, TagDraft, parse_date

from uptake_uhri.ids import read_ids
from uptake_uhri.labels import (
    UNSPECIFIED,
    cycle_of_session,
    is_id,
    read_cycle,
    read_kind,
    read_session,
    sdg_tag,
    undash,
)
from uptake_uhri.values import Labels, RecordError, as_record, as_text, bad_date, kind_of

_UNKNOWN = {
    "kind": N_("The annotation type is an id or label that is not known; the record is kept as unspecified."),
    "session": N_("The session is an id that is not known; the record is kept without session."),
    "cycle": N_("The cycle is an id or label that is not known; it is taken from the session where there is one."),
}


class FullExport:
    """Reads the records of one file; remembers its labels and dates as it goes."""

    def __init__(self, options: ReadOptions, language: str) -> None:
        self._options = options
        self._wants = options.wants if callable(options.wants) else None
        self._language = language
        self._ids_met = False
        self._states = Labels(self._or_id(str))
        self._bodies = Labels(undash)
        self._kinds = Labels(read_kind)
        self._days = Labels(parse_date)
        self._themes = Labels(self._or_id(partial(TagDraft, "uhri-themes")))
        self._groups = Labels(self._or_id(partial(TagDraft, "uhri-groups")))
        self._sdgs = Labels(self._or_id(sdg_tag))
        self._positions = Labels(self._or_id(PositionDraft))
        self._sessions = Labels(read_session)
        self._cycles = Labels(read_cycle)

    def read(self, where: str, value: object, raw: bytes) -> Draft | Finding | None:
        """The draft of a record, what is wrong with it, or None where its State is not wanted."""
        try:
            record = as_record(value)
            states = self._states.each(record.get("Countries"), "Countries")
            symbol = as_text(record.get("Symbol"), "Symbol")
            if self._wants and not self._wants(states, symbol):
                self._options.skipped += 1
                return None
            return self._draft(where, record, raw, states, symbol)
        except RecordError as error:
            return error.finding(where)

    def _draft(self, where: str, record: dict[str, Any], raw: bytes, states: list[str], symbol: str | None) -> Draft:
        get = record.get
        body = as_text(get("Body"), "Body")
        draft = Draft(
            where=where,
            texts={self._language: _text(get("Text"))},
            raw=raw,
            key=as_text(get("AnnotationId"), "AnnotationId"),
            states=states,
            mechanism=self._bodies[body] if body else None,
            symbol=symbol,
            document_key=as_text(get("DocumentId"), "DocumentId"),
            date=self._day(get("PublicationDate")),
            tags=[
                *self._themes.each(get("Themes"), "Themes"),
                *self._groups.each(get("AffectedPersons"), "AffectedPersons"),
                *self._sdgs.each(get("Sdgs"), "Sdgs"),
            ],
            positions=self._positions.each(get("UprPositions"), "UprPositions"),
            recommenders=self._states.each(get("UprRecommendingCountry"), "UprRecommendingCountry"),
        )
        self._set_kind(draft, as_text(get("AnnotationType"), "AnnotationType"))
        self._set_review(draft, get("UprSession"), get("UprCycle"))
        if self._ids_met:
            _set_ids_aside(draft)
        return draft

    def _or_id(self, read: Callable[[str], Any]) -> Callable[[str], Any]:
        """Notice where an id has leaked in place of a label."""

        def look(label: str) -> Any:
            self._ids_met = self._ids_met or is_id(label)
            return read(label)

        return look

    def _set_kind(self, draft: Draft, label: str | None) -> None:
        if label is None:
            draft.kind = UNSPECIFIED
            return
        kind = self._kinds[label]
        draft.kind = kind.value or UNSPECIFIED
        if not kind.known:
            _note_unknown(draft, "kind", kind.label)

    def _set_review(self, draft: Draft, sessions: object, cycles: object) -> None:
        if not sessions and cycles is None:
            return
        for session in self._sessions.each(sessions, "UprSession")[:1]:
            draft.session = session.value
            if not session.known:
                _note_unknown(draft, "session", session.label)
        for cycle in self._cycles.each(cycles, "UprCycle")[:1]:
            draft.cycle = int(cycle.value) if cycle.value else None
            if not cycle.known:
                _note_unknown(draft, "cycle", cycle.label)
        draft.cycle = draft.cycle or cycle_of_session(draft.session)

    def _day(self, value: object) -> datetime.date | None:
        if value is None:
            return None
        try:
            days = self._days.each([value], "PublicationDate")
        except (ValueError, RecordError):
            raise bad_date("PublicationDate", value) from None
        return days[0] if days else None


def _text(value: object) -> str:
    """The text as it stands in the file, outer blanks included."""
    if isinstance(value, str) and value.strip():
        return value
    if value is None or isinstance(value, str):
        raise RecordError(
            "no-text", N_("The record has no Text. Correct it in the file, or import the file without this record.")
        )
    raise RecordError(
        "bad-value",
        N_("{field} should be text but is {found}. Correct it in the file, or import the file without this record."),
        field="Text",
        found=kind_of(value),
    )


def _note_unknown(draft: Draft, field: str, label: str) -> None:
    draft.unresolved[field] = label
    draft.findings.append(Finding(draft.where, f"unknown-{field}", _UNKNOWN[field]))


def _set_ids_aside(draft: Draft) -> None:
    """Ids in place of labels: those that are known become labels, the others are kept as such, and are no new terms."""
    ids = read_ids()
    draft.states = _known_of(draft, "states", draft.states, str, ids.countries)
    draft.recommenders = _known_of(draft, "recommenders", draft.recommenders, str, ids.countries)
    draft.positions = _known_of(draft, "positions", draft.positions, lambda one: one.raw, ids.positions, PositionDraft)
    for name, vocabulary in (("themes", "uhri-themes"), ("groups", "uhri-groups"), ("sdgs", "sdg")):
        mine = [tag for tag in draft.tags if tag.vocabulary == vocabulary]
        known = _known_of(draft, name, mine, lambda tag: tag.label, ids.sdgs if name == "sdgs" else {}, sdg_tag)
        if known != mine:
            draft.tags = [*(tag for tag in draft.tags if tag.vocabulary != vocabulary), *known]


def _known_of(
    draft: Draft, name: str, items: Sequence[Any], label_of: Callable[[Any], str], table: Mapping[str, object],
    made: Callable[[str], Any] = str,
) -> list[Any]:  # fmt: skip
    unknown = [label for item in items if is_id(label := label_of(item)) and label.lower() not in table]
    if unknown:
        draft.unresolved[name] = " ".join(unknown)
        message = "No label is known for ids in {list}; the ids are kept."
        draft.findings.append(Finding(draft.where, "unknown-id", message, {"list": name, "id": unknown[0]}))
    return [
        made(str(table[label.lower()])) if is_id(label) else item
        for item in items
        if (label := label_of(item)) not in unknown
    ]
