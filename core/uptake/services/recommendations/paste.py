"""Reads a list that was pasted from a report: numbers, texts and the recommending States in brackets behind them.

Nothing is decided here: a person looks at the rows, corrects them, and only then they are entered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.models.states import State
from uptake.services.labels import Labels
from uptake.services.permissions import Person, require
from uptake.texts import clean, fold, normalise_number

LONGEST = 400_000
MOST = 500
_D = "0-9٠-٩۰-۹"
_NUMBERED = re.compile(rf"\(?((?:[{_D}]{{1,3}}[.\-–])*[{_D}]{{1,3}})[.)]?(?:\s+|(?<=[.)]))(?=\S)")
_LETTERED = re.compile(r"\(?([a-z]{1,2}|[ivx]{1,4})\)\s*(?=\S)")
_BULLET = re.compile(r"[•●▪◦*·–—-]\s+(?=\S)")
_FURNITURE = re.compile(
    r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of|de)\s*\d{1,4})?|(?:GE\.\S+(?:\s*\([A-Z]\))?)|[A-Z]{1,6}(?:/[\w.()-]+){2,}|"
    r"(?:GE\.\S+\s+)?\d{1,4}\s+GE\.\S+|\d{1,4}\s+[A-Z]{1,6}(?:/[\w.()-]+){2,}|[A-Z]{1,6}(?:/[\w.()-]+){2,}\s+\d{1,4}",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*[;,،]\s*|\s+(?:and|et|y|e|und|и|و)\s+", re.IGNORECASE)
_CLOSING = re.compile(r"[\s;.,:]*")
_SENTENCE_END = re.compile(r"[.;:!?)\]»”\"]\s*$")
SECTION = 90


@dataclass(slots=True)
class Row:
    """One recommendation as it was read. ``recommenders`` are codes, ``unknown`` the words that name no State."""

    number: str
    text: str
    recommenders: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    heading: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether a person should look twice."""
        return not self.number or bool(self.unknown) or len(self.text) < 15


@dataclass(slots=True)
class Pasted:
    """What a pasted text holds; ``dropped`` are lines that were taken for page furniture."""

    rows: list[Row]
    dropped: list[str]
    cut: bool = False


def read(text: str, state: Callable[[str], str | None]) -> Pasted:
    """The rows of a pasted list. ``state`` gives the code of a State by its name, None where there is none such.

    Lines are joined until the next number, letter or bullet; a number without its own States shares nothing with its
    neighbours. Every word ends up in a row, a heading, or among what was dropped.
    """
    lines = [clean(line) for line in text[:LONGEST].replace("\r", "\n").replace("\f", "\n").split("\n")]
    repeated = _repeated(lines)
    dropped = [line for line in lines if line and _is_furniture(line, repeated)]
    kept = [line for line in lines if not _is_furniture(line, repeated)]
    rows = [_row(number, words, heading, state) for number, words, heading in _items(kept)]
    return Pasted(rows[:MOST], dropped, len(rows) > MOST or len(text) > LONGEST)


def read_for(session: Session, text: str, *, person: Person) -> Pasted:
    """The same with the States that the register knows."""
    require(person, "recommendation.create")
    labels = Labels(session)
    codes = dict(session.execute(select(State.id, State.iso3)).all())

    def state(label: str) -> str | None:
        found = labels.state(label)
        return codes[found] if found else None

    return read(text, state)


def _items(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """Number, text and section heading of each item."""
    parent = number = heading = ""
    words: list[str] = []
    for line in lines:
        start = _start(line, parent)
        if start is None:
            if not line:
                if words and _SENTENCE_END.search(words[-1]) and not number:
                    yield number, " ".join(words), heading
                    words = []
            elif not words and _is_heading(line):
                heading = line
            elif words and _is_section(line, words[-1]):
                yield number, " ".join(words), heading
                words, number, heading = [], "", line
            else:
                words.append(line)
            continue
        if words:
            yield number, " ".join(words), heading
        number, rest, parent = start
        words = [rest]
    if words:
        yield number, " ".join(words), heading


def _start(line: str, parent: str) -> tuple[str, str, str] | None:
    """Where an item begins: its number, the rest of its line, and the number that letters below it hang on."""
    if found := _NUMBERED.match(line):
        number = normalise_number(found[1])
        plain = found[0].strip()
        if len(number.split(".")) > 1 or plain.endswith((".", ")")):
            return number, line[found.end() :], number
    if found := _LETTERED.match(line):
        return f"{parent}({found[1]})" if parent else f"({found[1]})", line[found.end() :], parent
    if found := _BULLET.match(line):
        return "", line[found.end() :], parent
    return None


def _row(number: str, words: str, heading: str, state: Callable[[str], str | None]) -> Row:
    text, codes, unknown = split_states(words, state)
    return Row(number, text, codes, unknown, heading)


def split_states(words: str, state: Callable[[str], str | None]) -> tuple[str, list[str], list[str]]:
    """A text without the brackets at its end that name States; the codes; and the words in them that name none.

    Brackets of which less than half names States belong to the text.
    """
    codes: list[str] = []
    unknown: list[str] = []
    text = words.strip()
    while (bracket := _last_bracket(text)) is not None:
        start, inside = bracket
        found, strange = _states(inside, state)
        if not found or len(strange) > len(found):
            break
        codes, unknown = found + codes, strange + unknown
        text = text[:start].rstrip()
    return text.rstrip(";؛； ").strip(), list(dict.fromkeys(codes)), unknown


def _last_bracket(text: str) -> tuple[int, str] | None:
    """Where the bracket that ends a text begins, and what stands in it; inner brackets belong to it."""
    end = len(text)
    while end and text[end - 1] in " ;.,:":
        end -= 1
    if not end or text[end - 1] != ")":
        return None
    depth = 0
    for at in range(end - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if depth == 0:
            return (at, text[at + 1 : end - 1]) if at else None
    return None


def _states(inside: str, state: Callable[[str], str | None]) -> tuple[list[str], list[str]]:
    """Names between commas and "and"; a name may itself hold "and", a comma or brackets, so the longest run wins."""
    whole = state(inside)
    if whole:
        return [whole], []
    parts = [part for part in _AND.split(inside) if part.strip()]
    joints = [joint.group() for joint in _AND.finditer(inside)]
    if len(joints) != len(parts) - 1:
        joints = [", "] * (len(parts) - 1)
    codes: list[str] = []
    unknown: list[str] = []
    at = 0
    while at < len(parts):
        for end in range(min(len(parts), at + 4), at, -1):
            label = (
                "".join(part + joint for part, joint in zip(parts[at : end - 1], joints[at : end - 1], strict=True))
                + parts[end - 1]
            )
            if code := state(label.strip()):
                codes.append(code)
                at = end
                break
        else:
            unknown.append(parts[at].strip())
            at += 1
    return codes, unknown


def _repeated(lines: list[str]) -> set[str]:
    """Short lines that come again and again: running heads."""
    counted = Counter(fold(line) for line in lines if 0 < len(line) <= SECTION)
    return {line for line, count in counted.items() if count >= 3 and line}


def _is_furniture(line: str, repeated: set[str]) -> bool:
    if not line:
        return False
    return _FURNITURE.fullmatch(line) is not None or (fold(line) in repeated and _start(line, "") is None)


def _is_heading(line: str) -> bool:
    return len(line) <= SECTION and not line.endswith((".", ";", ")"))


def _is_section(line: str, before: str) -> bool:
    """A short line in capitals or title after a finished item, such as “B. Rights of specific groups”."""
    return _is_heading(line) and bool(_SENTENCE_END.search(before)) and line[:1].isupper()
