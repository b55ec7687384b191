"""A table to be read on paper: what the writers of Word and PDF files are given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_RIGHT = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Across:
    """A row that is one cell over all columns: what stands over the rows that follow."""

    text: str


Row = Sequence[object] | Across


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its heading. ``widths`` are shares of the line; ``running`` stands at the top of each page."""

    title: str
    labels: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Row]
    notes: Sequence[str] = ()
    running: str = ""


def text_of(cell: object) -> str:
    """A cell's words, without what no document can hold."""
    return "" if cell is None else _UNWRITABLE.sub("", str(cell)).replace("\r\n", "\n").replace("\r", "\n")


def runs_right(text: str, otherwise: bool) -> bool:
    """Whether a text begins at the right: by its first letter, as a browser decides it; a number goes with the table."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in _RIGHT:
            return True
        if kind == "L":
            return False
    return otherwise
