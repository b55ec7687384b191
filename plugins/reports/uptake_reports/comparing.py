"""Two versions of a text side by side, paragraph by paragraph and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from uptake_reports.document import text_of
from uptake_reports.richtext import to_blocks

_WORD = re.compile(r"\s+|[^\s]+")
Pieces = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A paragraph before and after: ``kind`` is same, changed, new or gone; pieces are (same, new or gone; words)."""

    kind: str
    anchor: str
    before: Pieces
    after: Pieces


def compare(before: str, after: str) -> list[Difference]:
    """What differs between two bodies; paragraphs that stayed the same are among it."""
    old, new = to_blocks(before), to_blocks(after)
    was, now = [text_of(one) for one in old], [text_of(one) for one in new]
    found: list[Difference] = []
    for tag, a, b, c, d in SequenceMatcher(a=was, b=now, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Difference("same", new[c + i].anchor, [("same", was[a + i])], []) for i in range(b - a)]
            continue
        pairs = min(b - a, d - c)
        found += [_changed(new[c + i].anchor, was[a + i], now[c + i]) for i in range(pairs)]
        found += [Difference("gone", "", [("gone", text)], []) for text in was[a + pairs : b]]
        found += [
            Difference("new", new[c + pairs + i].anchor, [], [("new", text)])
            for i, text in enumerate(now[c + pairs : d])
        ]
    return found


def beside(before: str, after: str) -> Difference:
    """Two texts word by word; one of them may be empty."""
    return _changed("", before, after)


def _changed(anchor: str, before: str, after: str) -> Difference:
    a, b = _WORD.findall(before), _WORD.findall(after)
    steps = SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes()
    return Difference("changed", anchor, list(_pieces(a, steps, "gone")), list(_pieces(b, steps, "new")))


def _pieces(
    words: Sequence[str], steps: Sequence[tuple[str, int, int, int, int]], kind: str
) -> Iterator[tuple[str, str]]:
    for tag, a, b, c, d in steps:
        text = "".join(words[a:b] if kind == "gone" else words[c:d])
        if text:
            yield ("same" if tag == "equal" else kind), text
