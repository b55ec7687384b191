"""The query language: words, "phrases", prefix*, field:value, AND OR NOT and brackets.

Reading never fails. What cannot be read as written is read in the nearest valid way, and what was wrong is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from uptake.i18n import N_
from uptake.search.nodes import All, Any_, Field, Node, Not, Phrase, Word, all_of, any_of, none_of
from uptake.search.tokens import FIELDS, Sign, Token, tokens

__all__ = ["FIELDS", "LONGEST", "All", "Any_", "Field", "Node", "Not", "Phrase", "Reading", "Word", "read"]

LONGEST = 1000
DEEPEST = 10
TOO_LONG = N_("The query is longer than {limit} characters; only its beginning was searched.")
Problems = list[tuple[str, dict[str, str]]]


@dataclass(slots=True)
class Reading:
    """How a query was read: its tree (None for the empty query), and what was wrong as ``(message, values)``."""

    node: Node | None
    problems: Problems = field(default_factory=list)

    def __str__(self) -> str:
        return str(self.node) if self.node else ""


def read(text: str) -> Reading:
    """Read a query. The reading, written out and read again, is the same, without a problem."""
    length = min(len(text), LONGEST)
    reading = _Reader(text[:length]).read()
    while len(str(reading)) > LONGEST:
        length = length * 3 // 4
        reading = _Reader(text[:length]).read()
    if length < len(text):
        reading.problems.insert(0, (TOO_LONG, {"limit": str(LONGEST)}))
    return reading


class _Reader:
    def __init__(self, text: str) -> None:
        self._problems: Problems = []
        self._tokens: list[Token] = list(tokens(text, self._problem))
        self._at = 0

    def read(self) -> Reading:
        return Reading(self._alternatives(0), self._problems)

    def _problem(self, message: str, **values: str) -> None:
        if (message, values) not in self._problems:
            self._problems.append((message, values))

    def _alternatives(self, depth: int) -> Node | None:
        parts = [self._sequence(depth)]
        while self._peek() is Sign.OR:
            self._at += 1
            part = self._sequence(depth)
            if part is None or parts[-1] is None:
                self._problem(N_("OR needs something on both sides."))
            parts.append(part)
        return any_of([part for part in parts if part])

    def _sequence(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while (token := self._peek()) is not None and token is not Sign.OR:
            if token is Sign.SHUT:
                if depth:
                    break
                self._problem(N_("A closing bracket has no opening one."))
                self._at += 1
            elif token is Sign.AND:
                self._at += 1
                if not parts or self._peek() in {None, Sign.OR, Sign.SHUT, Sign.AND}:
                    self._problem(N_("AND needs something on both sides."))
            elif part := self._one(depth):
                parts.append(part)
        return all_of(parts)

    def _one(self, depth: int) -> Node | None:
        token = self._tokens[self._at]
        self._at += 1
        if token is Sign.NOT:
            return self._opposite(depth)
        if token is Sign.OPEN:
            return self._bracket(depth)
        return token if not isinstance(token, Sign) else None

    def _opposite(self, depth: int) -> Node | None:
        turned = True
        while self._peek() is Sign.NOT:
            self._at += 1
            turned = not turned
        if self._peek() in {None, Sign.OR, Sign.AND, Sign.SHUT}:
            self._problem(N_("NOT needs something behind it."))
            return None
        part = self._one(depth)
        return none_of(part) if part and turned else part

    def _bracket(self, depth: int) -> Node | None:
        if depth >= DEEPEST:
            self._problem(N_("The brackets are nested too deeply."))
            return None
        node = self._alternatives(depth + 1)
        if self._peek() is Sign.SHUT:
            self._at += 1
        else:
            self._problem(N_("A bracket is not closed."))
        if node is None:
            self._problem(N_("A pair of brackets is empty."))
        return node

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None
