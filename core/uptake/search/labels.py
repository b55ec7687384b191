"""Finds facet values by their labels: a text query also finds what is only tagged so, and ``theme:health`` needs no code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.models.mechanisms import Mechanism, MechanismAlias
from uptake.models.recommendations import KINDS, POSITIONS
from uptake.models.states import State, StateAlias
from uptake.models.vocabularies import Term, Vocabulary
from uptake.search.query import Phrase, Word
from uptake.search.words import STEMMERS, stem_of, words

Value = tuple[str, str]
TEXT_FIELDS = ("theme", "group", "sdg", "state", "mechanism", "action")
ASKED = {"body": ("mechanism",), "mechanism": ("mechanism", "family")}
_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")


class LabelIndex:
    """The labels of one version of the database, cut into words and stems."""

    def __init__(self, session: Session) -> None:
        self._labels: defaultdict[str, list[tuple[tuple[str, ...], tuple[str, ...], str]]] = defaultdict(list)
        self._by_stem: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        self._by_word: defaultdict[str, set[tuple[str, int]]] = defaultdict(set)
        self._exact: defaultdict[Value, set[str]] = defaultdict(set)
        for field, value, language, label in _labels(session):
            self._take(field, value, language, label)

    def _take(self, field: str, value: str, language: str, label: str) -> None:
        tokens = tuple(words(label))
        stems = tuple(map(stem_of(language), tokens))
        number = len(self._labels[field])
        self._labels[field].append((tokens, stems, value))
        self._exact[field, " ".join(tokens)].add(value)
        if field in TEXT_FIELDS:
            for token in tokens:
                self._by_word[token].add((field, number))
            for stem in stems:
                self._by_stem[stem].add((field, number))

    def find(self, node: Word | Phrase) -> Iterator[Value]:
        """The values whose label holds this word in any form, or this phrase."""
        tokens = tuple(words(node.text))
        if not tokens:
            return
        exact = isinstance(node, Phrase) or node.prefix
        table = self._by_word if exact else self._by_stem
        prefix = isinstance(node, Word) and node.prefix
        for run in [tokens] if exact else self.stemmed(tokens, _LANGUAGES):
            for field, number in self._having(table, run[-1] if prefix else run[0], prefix):
                label = self._labels[field][number]
                if prefix or _holds(label[0 if exact else 1], run):
                    yield field, label[2]

    def _having(self, table: dict[str, set[tuple[str, int]]], token: str, prefix: bool) -> Iterable[tuple[str, int]]:
        if not prefix:
            return table.get(token, ())
        return {place for key, places in table.items() if key.startswith(token) for place in places}

    def stemmed(self, tokens: tuple[str, ...], languages: Iterable[str]) -> set[tuple[str, ...]]:
        """The tokens' stems in each language, for the language of a query is not known."""
        known = [language for language in languages if language in STEMMERS] or ["en"]
        return {tuple(map(stem_of(language), tokens)) for language in known}

    def values(self, field: str, wanted: str) -> Iterator[Value]:
        """The values of a field that a person means: by code, by whole label, else by the words of a label."""
        for name in ASKED.get(field, (field,)):
            tokens = words(wanted)
            exact = self._exact.get((name, " ".join(tokens)))
            if exact:
                yield from ((name, value) for value in exact)
            elif tokens and name not in {"state", "recommender", "family", "source", "kind", "position", "language"}:
                stems = {stem for run in self.stemmed(tuple(tokens), _LANGUAGES) for stem in run}
                for _, label, value in self._labels[name]:
                    if stems and len(stems & set(label)) >= len(tokens):
                        yield name, value
            else:
                yield name, wanted.lower() if name not in {"state", "recommender"} else wanted.upper()


def _holds(label: tuple[str, ...], run: tuple[str, ...]) -> bool:
    return any(label[at : at + len(run)] == run for at in range(len(label) - len(run) + 1))


def _labels(session: Session) -> Iterator[tuple[str, str, str, str]]:
    """(field, value, language, label) of everything that has a label."""
    terms = select(Vocabulary.kind, Term).join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
    for kind, term in session.execute(terms):
        yield from ((kind, term.slug, language, label) for language, label in term.labels.items())
        yield from ((kind, term.slug, "en", label) for label in [*term.aliases, term.code, term.slug])
    codes: dict[int, str] = {}
    for mechanism in session.scalars(select(Mechanism)):
        codes[mechanism.id] = mechanism.code
        yield from (("mechanism", mechanism.code, language, name) for language, name in mechanism.names.items())
        yield "mechanism", mechanism.code, "en", mechanism.code
        yield "family", mechanism.family, "en", mechanism.family
    for folded, id_ in session.execute(select(MechanismAlias.folded, MechanismAlias.mechanism_id)):
        yield "mechanism", codes[id_], "en", folded
    yield from _state_labels(session)
    for kind in KINDS:
        yield "kind", kind, "en", kind
    for position in POSITIONS:
        yield "position", position, "en", position.replace("_", " ")


def _state_labels(session: Session) -> Iterator[tuple[str, str, str, str]]:
    isos: dict[int, str] = {}
    territories = {language: Locale.parse(language).territories for language in _LANGUAGES}
    for state in session.scalars(select(State)):
        isos[state.id] = state.iso3
        names = {language: found[state.iso2] for language, found in territories.items() if state.iso2 in found}
        for language, name in {**names, **(state.names or {})}.items():
            yield "state", state.iso3, language, name
            yield "recommender", state.iso3, language, name
        for field in ("state", "recommender"):
            yield field, state.iso3, "en", state.iso3
    for alias in session.scalars(select(StateAlias)):
        for field in ("state", "recommender"):
            yield field, isos[alias.state_id], "en", alias.label
