"""Judges old one-byte encodings by how their characters fit between their neighbours.

``women’s`` fits, ``womenÕs`` does not; ``Équité`` does, ``ƒquitŽ`` does not; a Cyrillic letter fits beside another
and not inside a Latin word.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LEGACY = ("cp1252", "mac_roman", "cp1250", "cp1251", "cp1256", "koi8_r", "cp850")
SNIPPETS = 20_000
CERTAIN = 0.8
LEAD = 0.005

_RUN = re.compile(rb"[\x80-\xff]+")
_COMMON = frozenset("éèàçñöüäíóáãêôâîïúßøåëùûõìòœæ")
_NEVER_FIRST = frozenset("èùìòû")
_LONE = frozenset("€£§°ºª©®\xa0№")


class Snippet(NamedTuple):
    """A run of high bytes and what stands beside it."""

    left: bytes
    run: bytes
    right: bytes


@dataclass(frozen=True, slots=True)
class Guess:
    """The encoding that fits best, whether it fits well, and the wrong characters that stand for an apostrophe."""

    encoding: str
    certain: bool
    apostrophes: tuple[str, ...]


def snippets(chunks: Iterable[bytes]) -> Counter[Snippet]:
    """The runs of bytes above 127 with two neighbours on each side, counted; about the first 20,000 of the file."""
    seen: Counter[Snippet] = Counter()
    for chunk in chunks:
        for run in _RUN.finditer(chunk):
            start, end = run.span()
            seen[Snippet(chunk[max(0, start - 2) : start], run[0], chunk[end : end + 2])] += 1
        if seen.total() > SNIPPETS:
            break
    return seen


def nearly_utf8(seen: Counter[Snippet]) -> bool:
    """Whether nine of ten runs of high bytes are good UTF-8, so that the rest must be damage."""
    good = sum(count for snippet, count in seen.items() if _is_utf8(snippet.run))
    return good >= 5 and good >= 0.9 * seen.total()


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def best_legacy(seen: Counter[Snippet]) -> Guess:
    """The old encoding whose characters fit best between their neighbours."""
    marks = _apostrophe_bytes(seen)
    scores = {name: score for name in LEGACY if (score := _score(seen, name, marks)) is not None}
    highest = max(scores.values())
    best = next(name for name in LEGACY if scores.get(name, -9.0) > highest - LEAD)
    if highest >= CERTAIN:
        best = max(scores, key=lambda name: scores[name])
    rivals = [score for name, score in scores.items() if _differ(seen, best, name)]
    certain = highest >= CERTAIN and highest - max(rivals, default=-2.0) >= LEAD
    wrong = (bytes([mark]).decode(best) for mark in sorted(marks))
    return Guess(best, certain, tuple(mark for mark in wrong if mark != "’"))


def _apostrophe_bytes(seen: Counter[Snippet]) -> set[int]:
    """The bytes that mostly stand in ``women?s``: apostrophes, whatever an encoding makes of them."""
    every: Counter[int] = Counter()
    possessive: Counter[int] = Counter()
    for (left, run, right), count in seen.items():
        every.update(dict.fromkeys(run, count))
        if len(run) == 1 and left[-1:].isalpha() and right[:1] == b"s" and not right[1:].isalpha():
            possessive[run[0]] += count
    return {byte for byte, count in possessive.items() if count >= 5 and count >= 0.6 * every[byte]}


def _differ(seen: Counter[Snippet], one: str, other: str) -> bool:
    high = bytes({byte for snippet in seen for byte in snippet.run})
    return high.decode(one, "replace") != high.decode(other, "replace")


def _score(seen: Counter[Snippet], encoding: str, marks: set[int]) -> float | None:
    """The mean plausibility, from -2 to 1; None where the encoding does not know a byte."""
    total = weight = 0.0
    try:
        for snippet, count in seen.items():
            total += count * _fit(snippet, encoding, marks)
            weight += count * len(snippet.run)
    except UnicodeDecodeError:
        return None
    return total / weight


def _fit(snippet: Snippet, encoding: str, marks: set[int]) -> float:
    left, run, right = (part.decode(encoding) for part in snippet)
    text = f"{left or ' '}{run}{right or ' '}"
    fit = 0.0
    for at, byte in enumerate(snippet.run, len(left or " ")):
        if byte in marks:
            fit += 1.0 if text[at] == "’" else -1.0
        else:
            fit += _plausibility(*text[at - 1 : at + 2])
    return fit


@lru_cache(maxsize=65536)
def _plausibility(left: str, char: str, right: str) -> float:
    if char in "‘’‚“”„«»–—…•¿¡":
        return _punctuation(left, char, right)
    if char in _LONE:
        return -1.0 if left.islower() and right.islower() else 0.5
    if char.isalpha():
        return _letter(left, char, right)
    return -2.0 if unicodedata.category(char)[0] == "C" else -1.0


def _punctuation(left: str, char: str, right: str) -> float:
    if char == "’":
        return 1.0 if left.isalnum() else -1.0
    if char in "”»…":
        return 1.0 if not left.isspace() and not right.isalnum() else -0.5
    if char in "–—•":
        return 0.5 if left.isalpha() and right.isalpha() else 1.0
    return 1.0 if not left.isalnum() and not right.isspace() else -1.0


def _letter(left: str, char: str, right: str) -> float:
    if char.isupper() and (left.islower() or (left.isupper() and right.islower())):
        return -1.0
    script = _script(char)
    beside = [other for other in (left, right) if other.isalpha()]
    if any(_script(other) != script for other in beside):
        return -1.0
    if script != "LATIN":
        return (0.8 if char.isupper() and left.isupper() else 1.0) if beside else 0.0
    if len(beside) == 2 and not any(other.isascii() for other in beside):
        return -0.5
    if char in _NEVER_FIRST and not left.isalpha() and right.isalpha():
        return -1.0
    return 1.0 if char.lower() in _COMMON else 0.9


def _script(char: str) -> str:
    return "LATIN" if char.isascii() else unicodedata.name(char, "?").split()[0]
