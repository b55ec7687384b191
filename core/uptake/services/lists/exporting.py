"""Recommendations as files: CSV, XLSX, JSON and JSON Lines of any number, written as they are read; Word and PDF of some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.files.csv_writer import csv_chunks
from uptake.files.sheet_writer import write_sheet
from uptake.i18n import N_, direction, get_locale, gettext, ngettext
from uptake.search.engine import Query
from uptake.services.addresses import path_of
from uptake.services.lists import export_columns, papers
from uptake.services.lists.cards import Card
from uptake.services.lists.criteria import SEPARATOR, criteria
from uptake.services.lists.export_columns import GIVEN, PAPER
from uptake.services.lists.papers import LONGEST
from uptake.services.lists.searching import everything
from uptake.services.names import Names

FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    **papers.FORMATS,
}
EVERYTHING = Query()
WHOLE = ("xlsx", *papers.FORMATS)
MOST_COLUMNS = 10
PIECE = 65_536


def columns_for(format: str, wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """The columns of a file. Raises ``Invalid`` for an unknown format or column, and for more than a page has room for."""
    paper = _known(format) in papers.FORMATS
    found = export_columns.chosen(wanted, PAPER if paper else GIVEN)
    if paper and len(found) > MOST_COLUMNS:
        raise Invalid(
            N_("A page has room for {most} columns; {count} are chosen."),
            remedy=N_("Choose fewer columns, or another format."), most=MOST_COLUMNS, count=len(found),
        )  # fmt: skip
    return found


def check_size(format: str, count: int) -> None:
    """Raise ``Invalid`` for more rows than this format can hold, before any is read."""
    most = LONGEST.get(format)
    if most is not None and count > most:
        raise Invalid(
            N_("{count} recommendations are too many for this format, which takes {most} at most."),
            remedy=N_("Narrow the list with filters, or choose Excel, CSV or JSON lines, which take any number."),
            count=count, most=most,
        )  # fmt: skip


def write(
    cards: Iterable[Card], names: Names, format: str, stream: BinaryIO, base: str = "", columns: Sequence[str] = (),
    query: Query = EVERYTHING,
) -> int:  # fmt: skip
    """Write the file and return the number of recommendations in it; ``base`` is the instance's own address, ``query`` what
    Word and PDF name as asked for.

    Raises ``Invalid`` for an unknown format or column, and for more rows than the format holds.
    """
    count, wanted = 0, columns_for(format, columns)

    def counted() -> Iterator[Card]:
        nonlocal count
        for card in cards:
            count += 1
            yield card

    if format in papers.FORMATS:
        return _paper(counted(), names, format, stream, base, wanted, query)
    if format == "xlsx":
        rows = export_columns.rows(cards, names, base, wanted)
        return write_sheet(stream, export_columns.widths(wanted), rows, right_to_left=direction(get_locale()) == "rtl")
    for chunk in chunks(counted(), names, format, base, wanted):
        stream.write(chunk)
    return count


def chunks(
    cards: Iterable[Card], names: Names, format: str, base: str = "", columns: Sequence[str] = (),
    query: Query = EVERYTHING,
) -> Iterator[bytes]:  # fmt: skip
    """The same file piece by piece; what cannot be sent before it is whole goes through a temporary file."""
    wanted = columns_for(format, columns)
    if format == "csv":
        return csv_chunks(wanted, export_columns.rows(cards, names, base, wanted))
    if format in WHOLE:
        return _through_file(cards, names, format, base, wanted, query)
    found = records(cards, names, base, wanted if columns else ())
    return as_document(found) if format == "json" else as_lines(found)


def stream(
    engine: Engine, query: Query, format: str, base: str = "", language: str | None = None, columns: Sequence[str] = ()
) -> Iterator[bytes]:
    """Everything that fits the query as a file.

    It reads in a session of its own: a response is sent after Flask has taken the request's session away, and one
    transaction from the first row to the last is what keeps the rows equal to the count.
    """
    with Session(engine) as session:
        yield from chunks(everything(session, query, language), Names(session), format, base, columns, query)


def only(record: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """A record with the chosen columns alone; all of it where none is chosen."""
    return {name: record[name] for name in columns if name in record} if columns else record


def _known(format: str) -> str:
    if format not in FORMATS:
        raise Invalid(
            "There is no format {name}.", remedy="Formats: {formats}.", name=format, formats=", ".join(FORMATS)
        )
    return format


def _paper(
    cards: Iterable[Card], names: Names, format: str, stream: BinaryIO, base: str, columns: Sequence[str], query: Query
) -> int:
    rows = list(export_columns.spoken_rows(_few(cards, format), names, base, columns))
    told = ngettext("{count} recommendation", "{count} recommendations", len(rows))
    return papers.write(
        stream, format, gettext("Recommendations"), export_columns.labels(columns), export_columns.shares(columns),
        rows, names.session, told, *filter(None, [SEPARATOR.join(criteria(query, names))]),
    )  # fmt: skip


def _few(cards: Iterable[Card], format: str) -> Iterator[Card]:
    for count, card in enumerate(cards, 1):
        check_size(format, count)
        yield card


def records(cards: Iterable[Card], names: Names, base: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The recommendations as JSON has them; with the chosen columns alone, where any is chosen."""
    state, mechanism = cache(names.state), cache(names.mechanism)
    for card, handling in export_columns.handled(cards, names.session, columns):
        record = card.as_json() | {
            "state_name": state(card.states[0]) if card.states else None,
            "mechanism_name": mechanism(card.mechanism) or None,
            "document_title": card.document_title,
            "url": base + path_of("recommendation", card.uuid),
        }
        yield only(record | export_columns.as_json(handling, columns), columns)


def as_lines(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """JSON lines: each record on a line of its own."""
    piece = bytearray()
    for record in records:
        piece += msgspec.json.encode(record) + b"\n"
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def as_document(records: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """One JSON document that ends with its count."""
    count = 0
    for count, record in enumerate(records, 1):
        yield (b'{"items": [\n' if count == 1 else b",\n") + msgspec.json.encode(record)
    yield (b'{"items": [' if not count else b"\n") + b'], "count": %d}\n' % count


def _through_file(
    cards: Iterable[Card], names: Names, format: str, base: str, columns: Sequence[str], query: Query
) -> Iterator[bytes]:
    with TemporaryFile() as file:
        write(cards, names, format, file, base, columns, query)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
