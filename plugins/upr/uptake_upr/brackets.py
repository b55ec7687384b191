"""Cuts a recommendation into its wordings and the States that stand in brackets behind each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from uptake_upr.states import read_states

_BETWEEN = re.compile(r"[\s;,.]*(?:and\s*)?")
_AFTER = re.compile(r"[\s;,.:]*")


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording. ``text`` and ``tail`` (its brackets and what closes them) are the input's own characters."""

    text: str
    tail: str
    states: tuple[str, ...]


@dataclass(slots=True)
class _Run:
    """Brackets with States, one behind the other."""

    start: int
    end: int
    states: list[str]


def wordings(text: str) -> list[Wording]:
    """The wordings of a text; put together, their parts are the text again.

    A wording ends where brackets with States are followed by a semicolon or the end of the text:
    ``… (Peru); … (Chad);`` has two. Slash-merged wordings (``joining (Peru)/signing (Chad)``) stay whole
    with all their States. Brackets that list no States, and States within a sentence, are text.
    """
    found: list[Wording] = []
    start = 0
    states: list[str] = []
    for run in _runs(text):
        closing = _AFTER.match(text, run.end)
        end = closing.end() if closing else run.end
        if text.startswith("/", end):
            states += run.states
        elif ";" in text[run.end : end] or end == len(text):
            found.append(Wording(text[start : run.start], text[run.start : end], _once(states + run.states)))
            start, states = end, []
    return [*found, Wording(text[start:], "", _once(states))] if start < len(text) else found


def last_bracket(text: str) -> str | None:
    """What stands in the bracket at the very end of the text, if it ends with one."""
    pairs = list(_pairs(text))
    if not pairs or _AFTER.fullmatch(text, pairs[-1][1]) is None:
        return None
    return text[pairs[-1][0] + 1 : pairs[-1][1] - 1].strip()


def _once(states: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(states))


def _runs(text: str) -> Iterator[_Run]:
    run: _Run | None = None
    for start, end in _pairs(text):
        states = read_states(text[start + 1 : end - 1])
        if states and run and _BETWEEN.fullmatch(text, run.end, start):
            run.end = end
            run.states += states
            continue
        if run and states:
            yield run
        run = _Run(start, end, list(states)) if states else run
    if run:
        yield run


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """The outermost brackets that have both their ends, as slices; lone ends (``a)``) hide nothing."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for mark in re.finditer(r"[()]", text):
        if mark[0] == "(":
            opened.append(mark.start())
        elif opened:
            start = opened.pop()
            while pairs and pairs[-1][0] > start:
                pairs.pop()
            pairs.append((start, mark.end()))
    yield from pairs
