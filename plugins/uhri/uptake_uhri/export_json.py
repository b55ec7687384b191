"""The full export of UHRI as JSON: one array, some 270,000 records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from uptake.toolkit import N_, Draft, FileInfo, Finding, Importer, ReadOptions, json_records

from uptake_uhri.full_export import FullExport
from uptake_uhri.values import opening

_FILE_NAME = re.compile(r"export-full-([a-z]{2,3})(?![a-z])", re.IGNORECASE)
_FIRST_KEY = re.compile(rb'"AnnotationId"\s*:')


class UhriJson(Importer):
    """Reads ``export-full-<language>.json``."""

    name = "uhri-json"
    title = N_("UHRI full export (JSON)")
    source = "uhri"
    keyed = True
    feed = True

    def recognises(self, file: FileInfo) -> bool:
        """A JSON array that holds annotation ids."""
        head = opening(file.head)
        return head.startswith(b"[") and _FIRST_KEY.search(head) is not None

    def edition(self, file: FileInfo, options: ReadOptions) -> str:
        """The language of the export."""
        return language_of(file.name, options)

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        """Yield a draft for each record, or a finding for one that cannot be taken."""
        export = FullExport(options, language_of(options.path.name, options))
        for number, value, raw in json_records(stream, options.path.name):
            if (item := export.read(f"record {number}", value, raw)) is not None:
                yield item


def language_of(name: str, options: ReadOptions) -> str:
    """The language chosen by the person, else that of the file name, else English."""
    found = _FILE_NAME.search(name)
    return (options.language or (found[1].lower() if found else "en"))[:20]
