"""Writes tables as a Word document; python-docx and lxml are loaded with the first one, not when the site starts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from uptake.files.tables import Table


def write_docx(
    stream: BinaryIO, tables: Iterable[Table], *, title: str, language: str = "en", right_to_left: bool = False
) -> int:
    """Write the tables and return the number of their rows; the stream may be one that goes one way."""
    from uptake.files import docx_tables

    return docx_tables.write(stream, tables, title, language, right_to_left)
