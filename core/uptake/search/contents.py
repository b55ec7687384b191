"""What the full-text index takes of a recommendation: its words and their stems, language after language.

A whole register is tokenised in a process of its own, while this one writes: that needs no database.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from uptake.search.words import stem_of, words
from uptake.texts import Cut

Text = tuple[int, str, str | None, str]
Row = tuple[int, str, str]
Tokenise = Callable[[Iterable[list[Text]]], Iterator[list[Row]]]
MANY = 20_000
AHEAD = 2
GAP = "¦"
LONGEST = 200_000
MOST = 16_000


def rows_of(texts: Iterable[Text]) -> list[Row]:
    """(id, stems, words) of each recommendation, its languages one after another; no phrase crosses a gap."""
    found: list[_Words] = []
    for id_, language, heading, cleaned in texts:
        if not found or found[-1].id != id_:
            found.append(_Words(id_))
        stem = stem_of(language)
        found[-1].take(heading or "", stem)
        found[-1].take(cleaned, stem)
    return [one.row() for one in found]


def contents_of(cuts: Mapping[str, Cut]) -> tuple[str, str]:
    """The stems and words of one recommendation, given its texts by language."""
    found = _Words(0)
    for language, text in sorted(cuts.items()):
        stem = stem_of(language)
        found.take(text.heading or "", stem)
        found.take(text.text, stem)
    return found.row()[1:]


class _Words:
    """The words of one recommendation."""

    def __init__(self, id_: int) -> None:
        self.id = id_
        self._stems: list[str] = []
        self._words: list[str] = []
        self._room = LONGEST

    def take(self, text: str, stem: Callable[[str], str]) -> None:
        """Add the words of one text; what is beyond the longest text that PostgreSQL can index is left out."""
        found = words(text[: self._room])[: max(0, MOST - len(self._words))]
        self._room = max(0, self._room - len(text))
        if not found:
            return
        if self._words:
            self._words.append(GAP)
            self._stems.append(GAP)
        self._words += found
        self._stems += map(stem, found)

    def row(self) -> tuple[int, str, str]:
        """What the database takes."""
        return self.id, " ".join(self._stems), " ".join(self._words)


@contextmanager
def tokeniser(count: int) -> Iterator[Tokenise]:
    """A function that turns batches of texts into rows; beside this process where there are many and a second core."""
    if count < MANY or (os.cpu_count() or 1) < 2:
        yield lambda batches: map(rows_of, batches)
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield lambda batches: _ahead(pool, batches)


def _ahead(pool: ProcessPoolExecutor, batches: Iterable[list[Text]]) -> Iterator[list[Row]]:
    """The rows of each batch in order, the next ones being worked on meanwhile."""
    waiting: deque[Future[list[Row]]] = deque()
    for batch in batches:
        waiting.append(pool.submit(rows_of, batch))
        if len(waiting) > AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
