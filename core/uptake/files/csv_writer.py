"""Writes CSV that spreadsheets open as it stands and that no cell can run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

RISKY = frozenset("=+-@\t\r")
PIECE = 65_536
_BOM = "\ufeff"


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a byte order mark, without which Excel reads it in the machine's own code page.

    What a spreadsheet would take for a formula gets an apostrophe before it.
    """
    buffer = io.StringIO(newline="")
    buffer.write(_BOM)
    writer = csv.writer(buffer)
    writer.writerow(header)
    for row in rows:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell[:1] in RISKY else cell for cell in row])
        if buffer.tell() >= PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")
