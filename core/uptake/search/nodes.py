"""The tree of a query. Written out with ``str``, it reads as the same tree again."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLAIN = re.compile(r"[^\s()\"“”«»:][^\s()\"“”«»]*")


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
        return f"{self.name}:{self.value}" if _PLAIN.fullmatch(self.value) else f'{self.name}:"{self.value}"'


@dataclass(frozen=True, slots=True)
class All:
    """Everything that each part finds."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return self.joined(" ")

    def joined(self, glue: str) -> str:
        """The parts with a sign between them."""
        return glue.join(f"({part})" if isinstance(part, Any_) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801
    """Everything that one part finds."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(part.joined(" AND ") if isinstance(part, All) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the part does not find."""

    part: Node

    def __str__(self) -> str:
        return f"NOT ({self.part})" if isinstance(self.part, (All, Any_)) else f"NOT {self.part}"


Node = Word | Phrase | Field | All | Any_ | Not


def all_of(parts: list[Node]) -> Node | None:
    """One node that needs every part."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, All) else [part]
    return All(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def any_of(parts: list[Node]) -> Node | None:
    """One node that needs one part."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Any_) else [part]
    return Any_(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def none_of(part: Node) -> Node:
    """The opposite; twice is the thing itself."""
    return part.part if isinstance(part, Not) else Not(part)
