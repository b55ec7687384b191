"""What stands in a cell: its plain text, and the several values that a cell may list."""

from __future__ import annotations

import datetime
import re

Cell = str | float | int | datetime.datetime | datetime.date | bool | None

NAMED_SEPARATORS = ("auto", "none", "dash", "lines")
_DASH = re.compile(r"^[ \t]*[-–—•][ \t]+", re.MULTILINE)


def cell_text(cell: Cell) -> str:
    """A cell as a person sees it: whole numbers without ``.0``, dates as ISO dates, nothing as an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    return cell if isinstance(cell, str) else str(cell)


def split_cell(text: str, separator: str = "auto") -> list[str]:
    """The values that a cell lists, in order, each once.

    ``separator`` is a text, or ``dash`` (a value per line that begins with a dash, also where there is only one), or
    ``lines``, or ``none``, or ``auto``: whichever of dashes, line feeds, ``;``, ``|`` and ``,`` comes first in this
    order. What stands in brackets is not split.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    parts = _DASH.split(text) if _dashed(text, separator) else _parts(text, separator)
    return list(dict.fromkeys(value for part in parts if (value := " ".join(part.split()))))


def _dashed(text: str, separator: str) -> bool:
    return separator in {"auto", "dash"} and _DASH.match(text) is not None


def _parts(text: str, separator: str) -> list[str]:
    if separator == "auto":
        separator = next((mark for mark in ("\n", ";", "|", ",") if len(_outside_brackets(text, mark)) > 1), "none")
    if separator in {"none", "dash"}:
        return [text]
    return _outside_brackets(text, "\n" if separator == "lines" else separator)


def _outside_brackets(text: str, mark: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth = max(0, depth + (char == "(") - (char == ")"))
        if not depth and text.startswith(mark, at) and at >= start:
            parts.append(text[start:at])
            start = at + len(mark)
    return [*parts, text[start:]]


def closing_brackets(text: str) -> list[str]:
    """The values in the brackets that close a text: ``Ratify it (Iran (Islamic Republic of), Cuba) (Chad);``."""
    found: list[str] = []
    rest = text.rstrip(" \r\n\t.;:,")
    while rest.endswith(")"):
        start = _opening(rest)
        if start is not None:
            found = split_cell(rest[start + 1 : -1]) + found
        rest = rest[: -1 if start is None else start].rstrip(" \r\n\t.;:,")
    return list(dict.fromkeys(found))


def _opening(text: str) -> int | None:
    """Where the bracket opens that the text's last character closes; None where it opens nowhere."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if not depth:
            return at
    return None
