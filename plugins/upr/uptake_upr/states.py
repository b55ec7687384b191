"""Recognises lists of States in brackets, in the wordings of reports and matrices."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from uptake.toolkit import clean, fold

_MARK = re.compile(r"[()]|[,;/\n&]|\band\b")
# The longest name, "Saint Vincent & the Grenadines", has two parts; "Iran, Islamic Republic of, the" three.
_LONGEST_NAME = 4
_LONGEST_LIST = 10_000


def find_state(label: str) -> str | None:
    """The label where it names a State; its usual spelling where blanks are torn or lost (``Sierra Le one``)."""
    plain = clean(label)
    known = _labels().get(_squash(plain))
    return plain if known and fold(plain) == fold(known) else known


def read_states(text: str) -> tuple[str, ...]:
    """The States in a list such as ``Peru, Iran (Islamic Republic of) and Chad``; none if a part is no State."""
    if len(text) > _LONGEST_LIST:
        return ()
    parts = list(_parts(text))
    states: list[str] = []
    at = 0
    while at < len(parts):
        for end in range(min(at + _LONGEST_NAME, len(parts)), at, -1):
            if state := find_state(text[parts[at][0] : parts[end - 1][1]]):
                break
        else:
            return ()
        states.append(state)
        at = end
    return tuple(dict.fromkeys(states))


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Where the parts between commas and the like stand; brackets inside a name hold it together."""
    start, depth = 0, 0
    for mark in _MARK.finditer(text):
        if mark[0] in "()":
            depth = max(0, depth + (1 if mark[0] == "(" else -1))
        elif not depth:
            if text[start : mark.start()].strip():
                yield start, mark.start()
            start = mark.end()
    if text[start:].strip():
        yield start, len(text)


def _squash(label: str) -> str:
    return fold(label).removeprefix("the ").replace(" ", "")


@cache
def _labels() -> dict[str, str]:
    data = json.loads((files("uptake_upr.data") / "state_labels.json").read_text(encoding="utf-8"))
    return {_squash(label): label for label in data["labels"]}
