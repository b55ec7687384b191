"""Turns a record of the full export into a draft. JSON and XLSX both come through here, so they cannot differ."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

from uptake.toolkit import Draft, Finding, PositionDraft, ReadOptions, TagDraft, parse_date

from uptake_uhri.labels import UNSPECIFIED, cycle_of_session, read_cycle, read_kind, read_session, sdg_tag, undash
from uptake_uhri.values import Labels, RecordError, as_record, as_text, bad_date, kind_of

_UNKNOWN = {
    "kind": "The annotation type is an id or label that is not known; the record is kept as unspecified.",
    "session": "The session is an id that is not known; the record is kept without session.",
    "cycle": "The cycle is an id or label that is not known; it is taken from the session where there is one.",
}


class FullExport:
    """Reads the records of one file; remembers its labels and dates as it goes."""

    def __init__(self, options: ReadOptions, language: str) -> None:
        self._options = options
        self._wants = options.wants if callable(options.wants) else None
        self._language = language
        self._states = Labels(str)
        self._bodies = Labels(undash)
        self._kinds = Labels(read_kind)
        self._days = Labels(parse_date)
        self._themes = Labels(partial(TagDraft, "uhri-themes"))
        self._groups = Labels(partial(TagDraft, "uhri-groups"))
        self._sdgs = Labels(sdg_tag)
        self._positions = Labels(PositionDraft)
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
        return draft

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
        raise RecordError("no-text", "The record has no Text.")
    raise RecordError("bad-value", "{field} should be text but is {found}.", field="Text", found=kind_of(value))


def _note_unknown(draft: Draft, field: str, label: str) -> None:
    draft.unresolved[field] = label
    draft.findings.append(Finding(draft.where, f"unknown-{field}", _UNKNOWN[field]))
