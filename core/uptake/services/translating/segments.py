"""Cuts texts into the sentences that come again elsewhere, and lays those of two languages side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator

from uptake.search.words import words

_END = re.compile(
    r"(?<=[。！？；])"  # Chinese and Japanese need no blank
    r"|(?<=[!?;؟؛])\s+"
    r"|(?<=\.)(?<!\b\w\.)(?<!\b(?:No|no|pp)\.)(?<!\b(?:art|par|p.m|Art|Par)\.)(?<!\b(?:arts|para|Arts|Para|сент)\.)\s+(?=[^\Wa-zа-я\d]|[\"“«(])"
)
SHORTEST = 3


def sentences(text: str) -> list[str]:
    """The sentences of a text and the items of its lists, in order."""
    return [part for part in (each.strip() for each in _END.split(text)) if part]


def segments(text: str) -> list[str]:
    """What is looked for in the memory: the whole text, and its sentences where it has several."""
    parts = [part for part in sentences(text) if len(words(part)) >= SHORTEST]
    return [text, *parts] if len(parts) > 1 else [text] if text else []


def pairs(source: str, target: str) -> Iterator[tuple[str, str]]:
    """The segments of a text with those of its translation: the whole, and the sentences where both have as many."""
    yield source, target
    one, other = sentences(source), sentences(target)
    if len(one) == len(other) > 1:
        yield from zip(one, other, strict=True)


def normal(text: str) -> str:
    """A text in which case, accents and signs do not count."""
    return " ".join(words(text))
