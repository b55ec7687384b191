"""Recommendations as files: CSV, XLSX, JSON and JSON Lines, written as they are read, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.files.csv_writer import csv_chunks
from uptake.files.sheet_writer import write_sheet
from uptake.i18n import direction, get_locale
from uptake.search.engine import Query
from uptake.services.addresses import path_of
from uptake.services.cards import Card
from uptake.services.names import Names
from uptake.services.searching import everything

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
}
COLUMNS = {
    "id": 38, "state": 8, "state_name": 24, "mechanism": 14, "mechanism_name": 40, "family": 16, "symbol": 24,
    "document_title": 40, "paragraph": 11, "kind": 16, "date": 12, "cycle": 7, "session": 10, "position": 18,
    "language": 10, "heading": 30, "text": 100, "recommenders": 16, "themes": 40, "groups": 30, "sdgs": 16,
    "missing": 10, "url": 60,
}  # fmt: skip
PIECE = 65_536


def write(cards: Iterable[Card], names: Names, format: str, stream: BinaryIO, base: str = "") -> int:
    """Write the file and return the number of recommendations in it; ``base`` is the instance's own address.

    Raises ``Invalid`` for an unknown format, and for more rows than an XLSX sheet holds.
    """
    count = 0

    def counted() -> Iterator[Card]:
        nonlocal count
        for card in cards:
            count += 1
            yield card

    if _known(format) == "xlsx":
        return write_sheet(stream, COLUMNS, _rows(cards, names, base), right_to_left=direction(get_locale()) == "rtl")
    for chunk in chunks(counted(), names, format, base):
        stream.write(chunk)
    return count


def chunks(cards: Iterable[Card], names: Names, format: str, base: str = "") -> Iterator[bytes]:
    """The same file piece by piece; XLSX, which cannot be sent before it is whole, goes through a temporary file."""
    if _known(format) == "csv":
        return csv_chunks(tuple(COLUMNS), _rows(cards, names, base))
    if format == "xlsx":
        return _through_file(cards, names, base)
    return _json(cards, names, base) if format == "json" else _lines(cards, names, base)


def stream(engine: Engine, query: Query, format: str, base: str = "", language: str | None = None) -> Iterator[bytes]:
    """Everything that fits the query as a file.

    It reads in a session of its own: a response is sent after Flask has taken the request's session away, and one
    transaction from the first row to the last is what keeps the rows equal to the count.
    """
    with Session(engine) as session:
        yield from chunks(everything(session, query, language), Names(session), format, base)


def _known(format: str) -> str:
    if format not in FORMATS:
        raise Invalid(
            "There is no format {name}.", remedy="Formats: {formats}.", name=format, formats=", ".join(FORMATS)
        )
    return format


def _rows(cards: Iterable[Card], names: Names, base: str) -> Iterator[tuple[object, ...]]:
    state, mechanism, term = cache(names.state), cache(names.mechanism), cache(names.term)
    for card in cards:
        terms = card.terms
        yield (
            str(card.uuid), _joined(card.states), _joined(map(state, card.states)), card.mechanism,
            mechanism(card.mechanism), card.family, card.symbol, card.document_title, card.paragraph, card.kind,
            card.date, card.cycle, card.session, card.position, card.language, card.heading, card.text,
            _joined(card.recommenders), _joined(map(term, terms.get("theme", ()))),
            _joined(map(term, terms.get("group", ()))), _joined(terms.get("sdg", ())),
            "yes" if card.missing else "", base + path_of("recommendation", card.uuid),
        )  # fmt: skip


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)


def _records(cards: Iterable[Card], names: Names, base: str) -> Iterator[dict[str, Any]]:
    state, mechanism = cache(names.state), cache(names.mechanism)
    for card in cards:
        yield card.as_json() | {
            "state_name": state(card.states[0]) if card.states else None,
            "mechanism_name": mechanism(card.mechanism) or None,
            "document_title": card.document_title,
            "url": base + path_of("recommendation", card.uuid),
        }


def _lines(cards: Iterable[Card], names: Names, base: str) -> Iterator[bytes]:
    piece = bytearray()
    for record in _records(cards, names, base):
        piece += msgspec.json.encode(record) + b"\n"
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _json(cards: Iterable[Card], names: Names, base: str) -> Iterator[bytes]:
    count = 0
    for count, record in enumerate(_records(cards, names, base), 1):
        yield (b'{"items": [\n' if count == 1 else b",\n") + msgspec.json.encode(record)
    yield (b'{"items": [' if not count else b"\n") + b'], "count": %d}\n' % count


def _through_file(cards: Iterable[Card], names: Names, base: str) -> Iterator[bytes]:
    with TemporaryFile() as file:
        write(cards, names, "xlsx", file, base)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
