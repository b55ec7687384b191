"""Lists as people paste them: the questions of a list of issues, and the paragraphs that a committee has named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from uptake.toolkit import ReportSection, normalise_number

MOST = 200
LONGEST = 20_000
_NUMBERED = re.compile(r"^[ \t]*(\d{1,3})[.)][ \t]+", re.MULTILINE)
_ARTICLES = re.compile(r"\barts?(?:icles?)?\.?\s*((?:\d{1,2}(?:\s*(?:[-–,;]|and|et|to)\s*)?)+)", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n]|\band\b|\bet\b", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,3})\s*[-–]\s*(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Question:
    """A question by its number, its words, and the articles that it names."""

    number: str
    text: str
    articles: tuple[str, ...]


def questions(pasted: str) -> list[Question]:
    """Questions as they are numbered; without any number each line is one."""
    pieces = _NUMBERED.split(pasted.replace("\r\n", "\n")[:LONGEST])
    if len(pieces) > 2:
        pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    else:
        lines = [line.strip() for line in pasted[:LONGEST].splitlines() if line.strip()]
        pairs = zip(map(str, range(1, len(lines) + 1)), lines, strict=True)
    found = [(number, " ".join(text.split())) for number, text in pairs]
    return [Question(number, text, articles_in(text)) for number, text in found if text][:MOST]


def paragraphs(pasted: str) -> list[str]:
    """Numbers of paragraphs: ``12, 18 (a) and 24–26``."""
    found: dict[str, None] = {}
    for piece in _BETWEEN.split(pasted[:LONGEST]):
        whole = _RANGE.fullmatch(piece.strip())
        if whole and int(whole[1]) <= int(whole[2]) <= int(whole[1]) + MOST:
            found |= dict.fromkeys(map(str, range(int(whole[1]), int(whole[2]) + 1)))
        elif re.match(r"\s*\d", piece) and len(piece.strip()) <= 20:
            found[normalise_number(piece.strip())] = None
    return list(found)[:MOST]


def articles_in(text: str) -> tuple[str, ...]:
    """The numbers of the articles that a text names: ``(arts. 2, 6 and 7)``."""
    found: dict[str, None] = {}
    for piece in _ARTICLES.findall(text):
        for part in re.findall(r"\d+\s*[-–]\s*\d+|\d+", piece):
            found |= dict.fromkeys(_numbers(part))
    return tuple(found)


def themes_of(articles: Iterable[str], sections: Iterable[ReportSection]) -> tuple[str, ...]:
    """The themes of these articles, as the sections of a report by article know them."""
    wanted = set(articles)
    found: dict[str, None] = {}
    for one in sections:
        if one.code.startswith("article-") and wanted & set(_numbers(one.code.removeprefix("article-"))):
            found |= dict.fromkeys(one.takes.get("theme", ()))
    return tuple(found)


def _numbers(written: str) -> list[str]:
    """``13-14`` as both; ``1and4`` and ``4-42-44`` (a list) as what they name."""
    named = re.findall(r"\d+", written)
    if len(named) == 2 and re.fullmatch(r"\d+\s*[-–]\s*\d+", written) and int(named[1]) - int(named[0]) in range(1, 30):
        return [str(number) for number in range(int(named[0]), int(named[1]) + 1)]
    return named
