"""Looks up what files call States, mechanisms, positions and terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from importlib.resources import files

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.models.mechanisms import Mechanism, MechanismAlias
from uptake.models.states import State, StateAlias
from uptake.models.vocabularies import Term, Vocabulary
from uptake.texts import fold, slugify

_CODE = re.compile(r"[A-Z]{3}")
_NAMES = ("en", "fr", "es", "ar", "ru", "zh", "pt")


class StateLabels:
    """The names of States alone; another process can be given them."""

    def __init__(self, states: dict[str, int], codes: dict[str, int]) -> None:
        self.states, self.codes = states, codes
        self._seen_states: dict[str, int | None] = {}
        self._seen_symbols: dict[str, int | None] = {}

    def state(self, label: str) -> int | None:
        """The State of that name or code, None where no table knows it."""
        if label not in self._seen_states:
            self._seen_states[label] = self.states.get(fold(label)) or self.states.get(fold(label).replace(" ", ""))
        return self._seen_states[label]

    def state_in_symbol(self, symbol: str | None) -> int | None:
        """The State whose alpha-3 code stands in a document symbol (``CRC/C/PER/CO/6-7``)."""
        if not symbol:
            return None
        if symbol not in self._seen_symbols:
            found = (self.codes.get(part) for part in symbol.split("/") if _CODE.fullmatch(part))
            self._seen_symbols[symbol] = next((state for state in found if state), None)
        return self._seen_symbols[symbol]


class Labels(StateLabels):
    """The label tables of one database, read once and held for the length of a use case."""

    def __init__(self, session: Session) -> None:
        super().__init__(_states(session), {state.iso3: state.id for state in session.scalars(select(State))})
        self._session = session
        self._mechanisms = {row.folded: row.mechanism_id for row in session.scalars(select(MechanismAlias))}
        self._prefixes = sorted(
            ((prefix, row.id) for row in session.scalars(select(Mechanism)) for prefix in row.symbols),
            key=lambda pair: -len(pair[0]),
        )
        self._vocabularies = {row.code: row for row in session.scalars(select(Vocabulary))}
        self._terms = _terms(session)
        self._positions = _positions()
        self._seen_mechanisms: dict[str, int | None] = {}
        self._seen_terms: dict[tuple[str, str], int | None] = {}

    def mechanism(self, label: str) -> int | None:
        """The mechanism of that label or code, None where no table knows it."""
        if label not in self._seen_mechanisms:
            self._seen_mechanisms[label] = self._mechanisms.get(fold(label)[:200])
        return self._seen_mechanisms[label]

    def mechanism_of_symbol(self, symbol: str | None) -> int | None:
        """The mechanism whose documents carry such symbols."""
        return next((found for prefix, found in self._prefixes if symbol and symbol.startswith(prefix)), None)

    def position(self, word: str) -> str | None:
        """The position that a source's word stands for."""
        return self._positions.get(fold(word))

    def term(self, vocabulary: str, label: str) -> int | None:
        """The term of a vocabulary by its label, code or alias, None where it has none such."""
        pair = (vocabulary, label)
        if pair not in self._seen_terms:
            self._seen_terms[pair] = self._terms.get((vocabulary, label)) or self._terms.get((vocabulary, fold(label)))
        return self._seen_terms[pair]

    def is_registered(self, vocabulary: str) -> bool:
        """Whether a plugin defined this vocabulary, so that labels in other languages are not its terms."""
        row = self._vocabularies.get(vocabulary)
        return row is not None and row.run_id is None

    def add_term(self, vocabulary: str, label: str, run_id: int) -> int:
        """Take in a term that a file brought along; it waits for review."""
        row = self._vocabularies.get(vocabulary)
        if row is None:
            row = Vocabulary(code=vocabulary, kind=_kind(vocabulary), title={"en": vocabulary}, run_id=run_id)
            self._session.add(row)
            self._vocabularies[vocabulary] = row
            self._session.flush()
        code = self._free_code(vocabulary, slugify(label))
        term = Term(vocabulary_id=row.id, code=code, slug=f"{vocabulary}.{code}", labels={"en": label}, aliases=[],
                    reviewed=False, run_id=run_id)  # fmt: skip
        self._session.add(term)
        self._session.flush()
        self._terms[vocabulary, code] = self._terms[vocabulary, fold(label)] = self._seen_terms[vocabulary, label] = (
            term.id
        )
        return term.id

    def _free_code(self, vocabulary: str, code: str) -> str:
        number = 1
        candidate = code
        while (vocabulary, candidate) in self._terms:
            number += 1
            candidate = f"{code}-{number}"
        return candidate


def _kind(vocabulary: str) -> str:
    return next((kind for kind in ("group", "sdg", "action") if kind in vocabulary), "theme")


def _states(session: Session) -> dict[str, int]:
    rows = list(session.scalars(select(State)))
    found: dict[str, int] = {}
    for language in _NAMES:
        names = Locale.parse(language).territories
        found |= {fold(names[row.iso2]): row.id for row in rows if row.iso2 in names}
    for row in rows:
        found |= {fold(name): row.id for name in (row.names or {}).values()}
    found |= {alias.folded: alias.state_id for alias in session.scalars(select(StateAlias))}
    found |= {fold(row.iso2): row.id for row in rows if row.iso2}
    found |= {fold(row.iso3): row.id for row in rows}
    return found


def _terms(session: Session) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    rows = session.execute(select(Vocabulary.code, Term).join(Term, Term.vocabulary_id == Vocabulary.id)).all()
    for attribute in ("aliases", "labels"):
        for vocabulary, term in rows:
            values: Iterable[str] = term.aliases if attribute == "aliases" else term.labels.values()
            found |= {(vocabulary, fold(value)): term.id for value in values}
    found |= {(vocabulary, term.code): term.id for vocabulary, term in rows}
    return found


def _positions() -> dict[str, str]:
    table: dict[str, Sequence[str]] = json.loads(files("uptake.data").joinpath("positions.json").read_text("utf-8"))[
        "positions"
    ]
    return {fold(word): position for position, words in table.items() for word in [position, *words]}
