"""Reads the single cells of a matrix: themes, groups, SDGs, the source of the position, and the page header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from uptake.toolkit import TagDraft, clean, fold, read_vocabulary

from uptake_upr.matrix_layout import facts
from uptake_upr.sessions import cycle_of

_CODE = re.compile(r"([A-Z]\d{1,3}|\d{1,2}(?:\.\d{1,2})*)\.?\s+[^\W\d_]")
_SDG = re.compile(r"(?:SDG\s*)?(\d{1,2}(?:\.[\da-z]{1,2})?)\s*(?:[-–—:]\s|$)", re.IGNORECASE)
_NOTES = re.compile(r"^[ \t\xa0]*(?:sources?\s+of\s+(?:the\s+)?position|comments?)\s*:", re.IGNORECASE | re.MULTILINE)
_SYMBOL = re.compile(r"\b[A-Z]{1,5}(?:/[A-Z0-9]\w*(?:\.\w+)*)+")
_PARAGRAPH = re.compile(r"\bparas?(?:graphs?)?\s*\.?\s*(\d+(?:\s?[.,\-–]\s?\d+)*)", re.IGNORECASE)
_COMMENT = re.compile(r"\bcomments?\s*:\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_HEAD = re.compile(
    r"\bUPR of (?:the )?(?P<state>\S.{1,90}?)\s*[(–—-]\s*(?:(?P<cycle>\d)(?:st|nd|rd|th)|(?P<word>[a-z]+)) cycle\b"
    r"(?:[^\d]{1,5}(?P<session>\d{1,3})(?:st|nd|rd|th) session)?",
    re.IGNORECASE,
)
_OTHER = re.compile(r"UPR of |Recommendations to \S.* by ", re.IGNORECASE)
_REPORT = re.compile(r"\bA/HRC/\d+/\d+\b")
_CYCLES = {word: number for number, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), 1)}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a position stands, and what else is noted about it."""

    symbol: str | None
    paragraph: str | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """What the page header says: ``UPR of Slovenia (4th Cycle - 48th Session)``."""

    state: str
    cycle: int | None
    session: str | None
    symbol: str | None = None


def read_head(lines: Sequence[str]) -> Head | None:
    """The State under review, cycle and session from the first line that names them; a report's symbol from any."""
    found = next(filter(None, map(_HEAD.search, map(clean, lines))), None)
    if not found:
        return None
    cycle = int(found["cycle"]) if found["cycle"] else _CYCLES.get(found["word"].lower())
    symbol = next(filter(None, map(_REPORT.search, lines)), None)
    session = found["session"]
    return Head(found["state"].strip(), cycle or cycle_of(session), session, symbol[0] if symbol else None)


def heads_beside(head: Head, lines: Sequence[str]) -> list[str]:
    """What other lines say that begin as a page header does, of another State, cycle or mechanism."""
    found = [re.split(r"\t| · ", line)[0].strip() for line in lines if _OTHER.match(clean(line))]
    read = [(line, read_head([line])) for line in found]
    return [line for line, one in read if one is None or (one.state, one.cycle) != (head.state, head.cycle)]


def split_notes(cell: str) -> tuple[str, Source]:
    """The recommendation as the cell has it, and the source of the position that stands under it."""
    found = _NOTES.search(cell)
    text, notes = (cell[: found.start()], clean(cell[found.start() :])) if found else (cell, "")
    symbol, paragraph, comment = (pattern.search(notes) for pattern in (_SYMBOL, _PARAGRAPH, _COMMENT))
    return text.rstrip(), Source(
        symbol[0] if symbol else None, paragraph[1] if paragraph else None, comment[1] if comment else None
    )


def theme_tag(label: str, vocabulary: str) -> TagDraft:
    """A theme by its code (``A12``, ``2.1``), or by its label where it has none or its code is not in the list.

    The matrices of 2025 list some groups of persons among their themes, which UHRI has as groups only.
    """
    if vocabulary == "uhri-themes" and (group := facts()["groups_among_uhri_themes"].get(fold(label))):
        return TagDraft("uhri-groups", group)
    found = _CODE.match(label)
    return TagDraft(vocabulary, found[1] if found and found[1] in _codes(vocabulary) else label)


def read_tags(cell: str, vocabulary: str) -> Iterator[TagDraft]:
    """The themes of a cell, and what stands under its headings: affected persons, groups of persons, SDGs."""
    current = vocabulary
    for line in _lines(cell):
        heading = facts()["headings"].get(fold(line))
        goal = _SDG.match(line)
        if heading:
            current = heading
        elif goal or current == "sdg":
            yield TagDraft("sdg", goal[1] if goal else line)
        else:
            yield theme_tag(line, current) if current == vocabulary else TagDraft(current, line)


def read_sdgs(cell: str) -> Iterator[TagDraft]:
    """The goals and targets of a cell, by their numbers."""
    for line in _lines(cell):
        goal = _SDG.match(line)
        yield TagDraft("sdg", goal[1] if goal else line)


def _lines(cell: str) -> Iterator[str]:
    lines = (clean(line).lstrip("-–•· ").strip() for line in cell.splitlines())
    return filter(None, lines)


@cache
def _codes(vocabulary: str) -> frozenset[str]:
    name = facts()["vocabularies"].get(vocabulary)
    terms = read_vocabulary(files("uptake_upr.data") / name).terms if name else ()
    return frozenset(term.code for term in terms)
