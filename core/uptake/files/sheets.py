"""Opens tables: CSV of any encoding, separator and line end, XLSX and XLS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

Cell = object


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a person sees it (the header is row 1) and its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class Sheet:
    """An open table."""

    header: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """The rows under the header."""
        raise NotImplementedError


def open_sheet(stream: BinaryIO, name: str) -> Sheet:
    """Open a table."""
    raise NotImplementedError
