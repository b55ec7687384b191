"""Turns a record of UHRI's search into a draft: ids instead of labels, and the text in up to six languages."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from uptake.toolkit import N_, Draft, Finding, PositionDraft, ReadOptions, TagDraft, parse_date

from uptake_uhri.ids import read_ids
from uptake_uhri.labels import UNSPECIFIED, cycle_of_session, read_kind
from uptake_uhri.values import RecordError, as_items, as_text, bad_date

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
UNRESOLVED = {
    "annotationType": "kind",
    "bodyId": "mechanism",
    "countryIds": "states",
    "uprRecommendingCountryIds": "recommenders",
    "uprPositionIds": "positions",
    "uprSessionIds": "session",
    "uprCycle": "cycle",
    "sdgsIds": "sdgs",
    "themesIds": "themes",
    "affectedPersonIds": "groups",
}
WITHOUT_TABLE = ("themesIds", "affectedPersonIds")
LARGEST_ORDER = 1_000_000


class SearchRecord:
    """One record, with the ids for which no label is known."""

    def __init__(self, where: str, record: Mapping[str, Any]) -> None:
        self._where, self._record = where, record
        self._unknown: dict[str, list[str]] = {}
        self._states = self._known("countryIds", read_ids().countries)
        self._symbol = self._text("symbol")

    def wanted(self, options: ReadOptions) -> bool:
        if not callable(options.wants) or options.wants(self._states, self._symbol):
            return True
        options.skipped += 1
        return False

    def draft(self, raw: bytes) -> Draft:
        ids = read_ids()
        kind = read_kind(self._one("annotationType", ids.annotation_types) or "-").value
        session = self._one("uprSessionIds", ids.sessions)
        cycle = self._one("uprCycle", ids.cycles)
        draft = Draft(
            where=self._where,
            texts=self._texts(),
            raw=raw,
            key=self._text("annotationId"),
            states=self._states,
            mechanism=self._one("bodyId", ids.bodies),
            kind=kind or UNSPECIFIED,
            symbol=self._symbol,
            document_key=self._text("documentId"),
            date=self._day("publicationDate"),
            session=session,
            cycle=int(cycle) if cycle else cycle_of_session(session),
            order=self._order(),
            tags=[TagDraft("sdg", code) for code in self._known("sdgsIds", ids.sdgs)],
            positions=[PositionDraft(label) for label in self._known("uprPositionIds", ids.positions)],
            recommenders=self._known("uprRecommendingCountryIds", ids.countries),
        )
        for key in WITHOUT_TABLE:
            self._known(key, {})
        draft.unresolved = {UNRESOLVED[key]: " ".join(found) for key, found in self._unknown.items()}
        draft.findings = [*self._missing_texts(draft), *self._unknown_ids()]
        return draft

    def _text(self, key: str) -> str | None:
        return as_text(self._record.get(key), key)

    def _known(self, key: str, table: Mapping[str, object]) -> list[str]:
        items = as_items(self._record.get(key), key)
        if unknown := [item for item in items if item.lower() not in table]:
            self._unknown[key] = unknown
        return [str(table[item.lower()]) for item in items if item.lower() in table]

    def _one(self, key: str, table: Mapping[str, object]) -> str | None:
        return next(iter(self._known(key, table)), None)

    def _day(self, key: str) -> datetime.date | None:
        value = self._record.get(key)
        try:
            return parse_date(as_text(value, key))
        except (ValueError, RecordError):
            raise bad_date(key, value) from None

    def _order(self) -> int | None:
        value = self._record.get("numberInDocument")
        return value if type(value) is int and 0 <= value < LARGEST_ORDER else None

    def _texts(self) -> dict[str, str]:
        texts = {language: self._record[language] for language in LANGUAGES if self._text(language)}
        if not texts:
            raise RecordError(
                "no-text",
                N_(
                    "The record has no text in any language. "
                    "Correct it in the file, or import the file without this record."
                ),
            )
        return texts

    def _missing_texts(self, draft: Draft) -> list[Finding]:
        missing = [language for language in LANGUAGES if language not in draft.texts]
        if not missing:
            return []
        values = {"languages": ", ".join(missing)}
        return [Finding(self._where, "missing-text", "The record has no text in {languages}.", values, "info")]

    def _unknown_ids(self) -> list[Finding]:
        """One finding for all: no table of themes and persons is public, so nearly every record has such ids."""
        if not self._unknown:
            return []
        values = {"list": ", ".join(self._unknown)}
        if named := [items[0] for key, items in self._unknown.items() if key not in WITHOUT_TABLE]:
            values["id"] = named[0]
        return [Finding(self._where, "unknown-id", "No label is known for ids in {list}; the ids are kept.", values)]
