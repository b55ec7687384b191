"""Finds facet values by their labels: words find what is only tagged so, and ``theme:health`` needs no code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from sqlalchemy.orm import Session

from uptake.i18n import CONTENT_LANGUAGES
from uptake.search.label_rows import label_rows
from uptake.search.nodes import Phrase, Word
from uptake.search.said import value_called
from uptake.search.words import STEMMERS, stem_of, words

Value = tuple[str, str]
Run = tuple[str, ...]
TEXT_FIELDS = ("theme", "group", "sdg", "state", "mechanism", "action")
ASKED = {"body": ("mechanism",), "mechanism": ("mechanism", "family")}
WHOLE = frozenset({"state", "family"})
BY_WORDS = frozenset({*TEXT_FIELDS, "institution"}) - WHOLE


class LabelIndex:
    """The labels of one version of the database, cut into words and stems."""

    def __init__(self, session: Session) -> None:
        self._labels: list[tuple[str, str, Run, Run]] = []
        self._by_stem: defaultdict[str, set[int]] = defaultdict(set)
        self._by_word: defaultdict[str, set[int]] = defaultdict(set)
        self._exact: defaultdict[tuple[str, Run], set[str]] = defaultdict(set)
        for field, value, language, label in dict.fromkeys(label_rows(session)):
            self._take(field, value, language, label)

    def _take(self, field: str, value: str, language: str, label: str) -> None:
        tokens, stems = _cut(label, language)
        number = len(self._labels)
        self._labels.append((field, value, tokens, stems))
        self._exact[field, tokens].add(value)
        for token in tokens:
            self._by_word[token].add(number)
        for stem in stems:
            self._by_stem[stem].add(number)

    def find(self, node: Word | Phrase) -> Iterator[Value]:
        """The values whose label holds this word in any form, or this phrase.

        A single word finds a mechanism only by its code or whole name: whoever looks for ``women`` does not mean all
        that a committee with that word in its name has ever said.
        """
        tokens = tuple(words(node.text))
        if not tokens:
            return
        exact = isinstance(node, Phrase) or node.prefix
        prefix = isinstance(node, Word) and node.prefix
        table = self._by_word if exact else self._by_stem
        for run in [tokens] if exact else self.stemmed(tokens, CONTENT_LANGUAGES):
            for number in _having(table, run[-1] if prefix else run[0], prefix=prefix):
                field, value, label, stems = self._labels[number]
                held = label if exact else stems
                fits = field != "mechanism" or isinstance(node, Phrase) or held == run
                if fits and field in TEXT_FIELDS and (_begins(held, run) if prefix else _holds(held, run)):
                    yield field, value

    def stemmed(self, tokens: Run, languages: Iterable[str]) -> set[Run]:
        """The tokens' stems in each language, for the language of a query is not known."""
        known = [language for language in languages if language in STEMMERS] or ["en"]
        return {tuple(map(stem_of(language), tokens)) for language in known}

    def values(self, field: str, wanted: str) -> Iterator[Value]:
        """The values of a field that a person means: by code, by whole label, else by the words of a label."""
        for name in ASKED.get(field, (field,)):
            yield from self._values(name, wanted)

    def _values(self, name: str, wanted: str) -> Iterator[Value]:
        table = "state" if name == "recommender" else name
        tokens = tuple(words(wanted))
        exact = self._exact.get((table, tokens))
        called = None if exact else value_called(name, wanted)
        if exact:
            yield from ((name, value) for value in sorted(exact))
        elif called is not None:
            yield name, called
        elif table in BY_WORDS:
            yield from ((name, value) for value in sorted(self._with_words(table, tokens)))
        else:
            yield name, wanted.lower()

    def _with_words(self, table: str, tokens: Run) -> set[str]:
        found: set[str] = set()
        for run in self.stemmed(tokens, CONTENT_LANGUAGES) if tokens else ():
            numbers = set.intersection(*(self._by_stem.get(stem, set()) for stem in run))
            found |= {self._labels[number][1] for number in numbers if self._labels[number][0] == table}
        return found


@lru_cache(maxsize=50_000)
def _cut(label: str, language: str) -> tuple[Run, Run]:
    """Words and stems of a label; remembered, for every change of the index makes a new label index."""
    tokens = tuple(words(label))
    return tokens, tuple(map(stem_of(language), tokens))


def _having(table: dict[str, set[int]], token: str, *, prefix: bool) -> Iterable[int]:
    if not prefix:
        return table.get(token, ())
    return {number for key, numbers in table.items() if key.startswith(token) for number in numbers}


def _holds(label: Run, run: Run) -> bool:
    return any(label[at : at + len(run)] == run for at in range(len(label) - len(run) + 1))


def _begins(label: Run, run: Run) -> bool:
    """Whether the label holds the run with its last word only begun."""
    *first, last = run
    size = len(run)
    pieces = (label[at : at + size] for at in range(len(label) - size + 1))
    return any(list(piece[:-1]) == first and piece[-1].startswith(last) for piece in pieces)
