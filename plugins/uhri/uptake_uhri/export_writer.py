"""Writes recommendations as the records of UHRI's full export: one array, the same eighteen keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from uptake.toolkit import N_, Exporter, ExportRecord

from uptake_uhri.labels import KINDS

TYPES = {value: f"- {label}" if label != "-" else "-" for label, value in KINDS.items()}
UNKNOWN_DAY = "1900-01-01T00:00:00"


class UhriJsonExport(Exporter):
    """The English texts, or the first language there is, in the shape of ``export-full-en.json``."""

    name = "uhri-json"
    title = N_("UHRI full export (JSON)")
    suffix = "uhri.json"
    media_type = "application/json"
    source = "uhri"

    def write(self, records: Iterator[ExportRecord], stream: BinaryIO) -> None:
        """One array on one line, as UHRI writes it."""
        separator = b"["
        for record in records:
            stream.write(separator + json.dumps(as_uhri(record), ensure_ascii=False, separators=(",", ":")).encode())
            separator = b","
        stream.write(b"]" if separator == b"," else b"[]")


def as_uhri(record: ExportRecord) -> dict[str, object]:
    """One record with UHRI's keys, and the labels that no table here knows in its own words. Facts that the register does
    not hold (regions, the day on UHRI) are empty there."""
    ids = record.external_ids.get("uhri", ())
    text = record.texts.get("en") or next(iter(record.texts.values()), "")
    session = record.session or record.unresolved.get("session")
    return {
        "AnnotationId": next((one for one in ids if "~" not in one), next(iter(ids), str(record.uuid))),
        "DocumentId": str(record.document or ""),
        "Symbol": record.symbol or "",
        "Body": f"- {record.unresolved.get('mechanism') or record.mechanism or ''}".rstrip(),
        "AnnotationType": str(record.unresolved.get("kind") or TYPES.get(record.kind, "- Others")),
        "Countries": [*record.states.values(), *_unknown(record, "states")],
        "Regions": [],
        "PublicationDate": f"{record.date.isoformat()}T00:00:00" if record.date else UNKNOWN_DAY,
        "PublicationDateOnUhri": UNKNOWN_DAY,
        "Text": text,
        "Themes": [*_labels(record, "uhri-themes"), *_unknown(record, "themes")],
        "AffectedPersons": [*_labels(record, "uhri-groups"), *_unknown(record, "groups")],
        "Sdgs": [*(f"{code} - {label}" for code, label in record.terms.get("sdg", ())), *_unknown(record, "sdgs")],
        "UprCycle": record.cycle or record.unresolved.get("cycle"),
        "UprPositions": [*record.positions, *_one(record, "position"), *_unknown(record, "positions")],
        "UprRecommendingCountry": [*record.recommenders.values(), *_unknown(record, "recommenders")],
        "UprRecommendingRegions": [],
        "UprSession": [session] if session else [],
    }


def _labels(record: ExportRecord, vocabulary: str) -> list[str]:
    unknown = [str(tag).partition("/") for tag in _unknown(record, "tags")]
    return [
        *(label for _code, label in record.terms.get(vocabulary, ())),
        *(label for code, _slash, label in unknown if code == vocabulary),
    ]


def _one(record: ExportRecord, name: str) -> list[str]:
    found = record.unresolved.get(name)
    return [str(found)] if found else []


def _unknown(record: ExportRecord, name: str) -> list[str]:
    """What no table knows: labels as a list, ids as words of one text."""
    found = record.unresolved.get(name) or ""
    return found.split() if isinstance(found, str) else [str(one) for one in found] if isinstance(found, list) else []
