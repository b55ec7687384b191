"""OHCHR's matrices of recommendations by theme: one Word document for each State and cycle."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from uptake.toolkit import N_, Draft, FileInfo, Finding, Importer, Invalid, ReadOptions

from uptake_upr.matrix_cells import heads_beside, read_head
from uptake_upr.matrix_layout import find_layout
from uptake_upr.matrix_rows import MatrixReader
from uptake_upr.matrix_word import DOCUMENT, word_head, word_rows
from uptake_upr.wanted import is_wanted


class UprMatrix(Importer):
    """Reads the matrices of 2013, 2014 and 2025; see ``MatrixReader`` for what a row becomes."""

    name = "upr-matrix"
    title = N_("OHCHR matrix of UPR recommendations (Word)")
    source = "upr-matrix"

    def recognises(self, file: FileInfo) -> bool:
        if DOCUMENT not in file.members:
            return False
        try:
            with file.path.open("rb") as stream:
                return any(find_layout(row.cells) for row in islice(word_rows(stream, file.name), 50))
        except Exception:
            # Whatever a stranger's file breaks in the reader, it is no matrix.
            return False

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        name = options.path.name
        rows = list(word_rows(stream, name))
        head = read_head(word_head(stream, name))
        if not any(find_layout(row.cells) for row in rows):
            raise Invalid(
                "{file} holds no matrix of recommendations: no table begins with the columns Recommendation, Position "
                "and Full list of themes (or those of another year).",
                remedy="Choose the thematic list that OHCHR publishes for each State as a Word document.",
                file=name,
            )
        if head is None:
            raise Invalid(
                "{file} does not name the State under review in its page header.",
                remedy="Write “UPR of (State) (4th Cycle – 48th Session)” into the page header and import it again.",
                file=name,
            )
        if others := heads_beside(head, word_head(stream, name)):
            raise Invalid(
                "{file} holds the matrices of several reviews: {first}, {second}.",
                remedy="Import a file for each: filter the list by State and cycle and export it again.",
                file=name, first=head.state, second=others[0],
            )  # fmt: skip
        reader = MatrixReader(head, options.language or "en")
        yield from reader.read(rows)
        if is_wanted(options, head.state):
            yield from reader.drafts()
        else:
            options.skipped += len(reader)
