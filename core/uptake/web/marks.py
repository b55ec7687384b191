"""Texts as a list shows them: shortened, with the words that were looked for marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

from uptake.search.query import All, Any_, Node, Phrase, Word
from uptake.search.words import fold, stem_of, words

LONGEST = 420
_WORD = re.compile(r"[^\W_]+")


def shorten(text: str, most: int = LONGEST) -> str:
    """The beginning of a text, cut between words."""
    if len(text) <= most + 40:
        return text
    head = text[:most]
    return head[: head.rfind(" ")] + "…" if " " in head else head + "…"


class Marker:
    """Marks the words of a query in texts: in any form where words were asked for, as they stand in phrases."""

    def __init__(self, node: Node | None) -> None:
        self._words: set[str] = set()
        self._prefixes: tuple[str, ...] = ()
        self._exact: set[str] = set()
        self._stems: dict[str, set[str]] = {}
        self._known: dict[tuple[str, str], bool] = {}
        for leaf in _leaves(node):
            self._take(leaf)

    def _take(self, leaf: Word | Phrase) -> None:
        tokens = words(leaf.text)
        if isinstance(leaf, Word) and leaf.prefix:
            self._prefixes += tuple(tokens[-1:])
        else:
            (self._exact if isinstance(leaf, Phrase) else self._words).update(tokens)

    def __call__(self, text: str, language: str) -> Markup:
        """The text, escaped, with ``<mark>`` around what fits."""
        if not (self._words or self._prefixes or self._exact):
            return escape(text)
        parts: list[str] = []
        at = 0
        for found in _WORD.finditer(text):
            if self._fits(found[0], language):
                parts += [str(escape(text[at : found.start()])), "<mark>", str(escape(found[0])), "</mark>"]
                at = found.end()
        return Markup("".join(parts) + str(escape(text[at:])))  # noqa: S704

    def _fits(self, word: str, language: str) -> bool:
        key = (language, word)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._compare(fold(word), language)
        return known

    def _compare(self, folded: str, language: str) -> bool:
        tokens = folded.split()
        if self._prefixes and folded.startswith(self._prefixes):
            return True
        if any(token in self._exact for token in tokens):
            return True
        stem = stem_of(language)
        if language not in self._stems:
            self._stems[language] = {stem(word) for word in self._words}
        return any(stem(token) in self._stems[language] for token in tokens)


def _leaves(node: Node | None) -> Iterator[Word | Phrase]:
    if isinstance(node, (Word, Phrase)):
        yield node
    elif isinstance(node, (All, Any_)):
        for part in node.parts:
            yield from _leaves(part)
