"""The query language: words, "phrases", prefix*, field:value, AND OR NOT and brackets.

Reading never fails. What cannot be read as written is read in the nearest valid way, and what was wrong is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

FIELDS = ("state", "mechanism", "body", "symbol", "paragraph", "year", "theme", "group", "sdg", "position", "kind", "language",
          "recommender", "cycle", "family", "source")  # fmt: skip
LONGEST = 1000
DEEPEST = 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<field>[A-Za-z]+)\s?:\s?(?:["“”«](?P<quoted>[^"“”»]*)["“”»]?|(?P<plain>[^\s()"“”«»]+))"""
    r"""|["“”«](?P<phrase>[^"“”»]*)(?P<close>["“”»])?|(?P<open>\()|(?P<shut>\))|(?P<word>[^\s()"“”«»]+))"""
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms; with ``prefix`` every word that begins so."""

    text: str
    prefix: bool = False

    def __str__(self) -> str:
        return f"{self.text}*" if self.prefix else self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """These very words in this order."""

    text: str

    def __str__(self) -> str:
        return f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Field:
    """A fact of the recommendation."""

    name: str
    value: str

    def __str__(self) -> str:
        return f'{self.name}:"{self.value}"' if re.search(r"\s", self.value) else f"{self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class All:
    """Everything that each part finds."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Any_) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 (``Any`` is typing's)
    """Everything that one part finds."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(f"({part})" if isinstance(part, All) and len(part.parts) > 1 else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the part does not find."""

    part: Node

    def __str__(self) -> str:
        return f"NOT ({self.part})" if isinstance(self.part, (All, Any_)) else f"NOT {self.part}"


Node = Word | Phrase | Field | All | Any_ | Not


@dataclass(slots=True)
class Reading:
    """How a query was read: its tree (None for the empty query), and what was wrong with it as ``(message, values)``."""

    node: Node | None
    problems: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __str__(self) -> str:
        return str(self.node) if self.node else ""


def read(text: str) -> Reading:
    """Read a query."""
    reader = _Reader(text)
    node = reader.alternatives(0)
    while reader.at < len(reader.tokens):
        reader.problem("A closing bracket has no opening one.")
        reader.at += 1
        rest = reader.alternatives(0)
        node = _joined(All, [part for part in (node, rest) if part])
    return Reading(node, reader.problems)


class _Reader:
    def __init__(self, text: str) -> None:
        self.problems: list[tuple[str, dict[str, str]]] = []
        if len(text) > LONGEST:
            self.problem("The query is longer than {limit} characters; only its beginning was searched.", limit=str(LONGEST))
            text = text[:LONGEST]
        self.tokens = list(self._tokens(text))
        self.at = 0

    def problem(self, message: str, **values: str) -> None:
        if (message, values) not in self.problems:
            self.problems.append((message, values))

    def _tokens(self, text: str) -> Iterator[str | Node]:
        for found in _TOKEN.finditer(text):
            if found["field"]:
                value = found["quoted"] if found["quoted"] is not None else found["plain"]
                yield from self._field(found["field"], value)
            elif found["phrase"] is not None:
                if not found["close"]:
                    self.problem("A quotation mark is not closed.")
                if found["phrase"].strip():
                    yield Phrase(" ".join(found["phrase"].split()))
            elif found["open"] or found["shut"]:
                yield found["open"] or found["shut"]
            else:
                yield from self._word(found["word"])

    def _field(self, name: str, value: str) -> Iterator[Node]:
        if name.lower() in FIELDS and value.strip():
            yield Field(name.lower(), " ".join(value.split()))
            return
        if name.lower() in FIELDS:
            self.problem("The field {field} has no value.", field=name.lower())
            return
        self.problem("There is no field {field}; the fields are {fields}.", field=name, fields=", ".join(FIELDS))
        yield Word(name)
        yield from (Word(word) for word in value.split())

    def _word(self, word: str) -> Iterator[str | Node]:
        if word in {"AND", "OR", "NOT", "&", "|"}:
            yield {"&": "AND", "|": "OR"}.get(word, word)
            return
        if word.startswith("-") and len(word) > 1 and any(map(str.isalnum, word)):
            yield "NOT"
            word = word[1:]
        plain = word.rstrip("*")
        if not any(map(str.isalnum, plain)):
            if "*" in word:
                self.problem("An asterisk needs the beginning of a word before it.")
            return
        if "*" in plain:
            self.problem("An asterisk can only stand at the end of a word.")
            plain = plain.replace("*", "")
        yield Word(plain, prefix=word.endswith("*"))

    def alternatives(self, depth: int) -> Node | None:
        parts = [self._sequence(depth)]
        while self._peek() == "OR":
            self.at += 1
            part = self._sequence(depth)
            if part is None or parts[-1] is None:
                self.problem("OR needs something on both sides.")
            parts.append(part)
        return _joined(Any_, [part for part in parts if part])

    def _sequence(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while (token := self._peek()) is not None and token not in {"OR", ")"}:
            if token == "AND":
                self.at += 1
                if not parts or self._peek() in {None, "OR", ")", "AND"}:
                    self.problem("AND needs something on both sides.")
                continue
            part = self._one(depth)
            if part:
                parts.append(part)
        return _joined(All, parts)

    def _one(self, depth: int) -> Node | None:
        token = self.tokens[self.at]
        self.at += 1
        if token == "NOT":
            if self._peek() in {None, "OR", "AND", ")"}:
                self.problem("NOT needs something behind it.")
                return None
            part = self._one(depth)
            return Not(part) if part else None
        if token == "(":
            if depth >= DEEPEST:
                self.problem("The brackets are nested too deeply.")
                return None
            node = self.alternatives(depth + 1)
            if self._peek() == ")":
                self.at += 1
            else:
                self.problem("A bracket is not closed.")
            if node is None:
                self.problem("A pair of brackets is empty.")
            return node
        return token if not isinstance(token, str) else None

    def _peek(self) -> str | Node | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None


def _joined(kind: type[All] | type[Any_], parts: list[Node]) -> Node | None:
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    if len(flat) > 1:
        return kind(tuple(flat))
    return flat[0] if flat else None
