"""Records of UHRI's search, as its site uses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from uptake.toolkit import N_, Draft, FileInfo, Finding, Importer, ReadOptions, json_records

from uptake_uhri.search_draft import SearchRecord
from uptake_uhri.values import RecordError, as_record, opening


class UhriSearchRecords(Importer):
    """Reads JSON lines, or a JSON array, of search records."""

    name = "uhri-search"
    title = N_("UHRI search records (six languages)")
    source = "uhri"
    keyed = True

    def recognises(self, file: FileInfo) -> bool:
        """JSON with annotation ids spelled as the search spells them, and lists of ids."""
        head = opening(file.head)
        return head[:1] in {b"[", b"{"} and b'"annotationId"' in head and b'"countryIds"' in head

    def edition(self, file: FileInfo, options: ReadOptions) -> str:
        """One edition only: a record holds all its languages."""
        return "search"

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        """Yield a draft for each record, or a finding for one that cannot be taken."""
        for number, value, raw in json_records(stream, options.path.name):
            where = f"record {number}"
            try:
                record = SearchRecord(where, as_record(value))
                if record.wanted(options):
                    yield record.draft(raw)
            except RecordError as error:
                yield error.finding(where)
