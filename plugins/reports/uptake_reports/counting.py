"""Words as the mechanisms count them: what the limit is about, what is outside of it, and how near a report has come."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from uptake_reports.document import Block, Heading, Table, runs_of, text_of
from uptake_reports.models import Section
from uptake_reports.richtext import to_blocks

NEAR = 0.95
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Count:
    """Words against a limit (None: none). ``level`` is ``near`` from 95 per cent on, ``over`` beyond the limit, else empty."""

    words: int
    limit: int | None

    @property
    def level(self) -> str:
        """How near it has come."""
        if not self.limit:
            return ""
        return "over" if self.words > self.limit else "near" if self.words >= NEAR * self.limit else ""

    @property
    def share(self) -> float:
        """The part of the limit that is used up, at most 1."""
        return min(self.words / self.limit, 1.0) if self.limit else 0.0


def words_in(text: str) -> int:
    """Words as word processors count them: whatever stands between blanks; Chinese and Japanese signs each for themselves."""
    signs = len(_UNSPACED.findall(text))
    return signs + len(_UNSPACED.sub(" ", text).split())


def words_of(blocks: Iterable[Block], uncounted: Collection[str] = ()) -> int:
    """The words of some blocks, without what is outside the limit."""
    total = 0
    for block in blocks:
        if isinstance(block, Table) and (block.annex or "tables" in uncounted):
            continue
        if isinstance(block, Heading) and "headings" in uncounted:
            continue
        total += words_in(text_of(block))
        if isinstance(block, Table):
            total += words_in(block.caption)
    return total


def words_of_section(section: Section, uncounted: Collection[str], notes: Mapping[str, str]) -> int:
    """What a section adds to the count of its report: nothing where it is an annex outside the limit."""
    if not section.counted and "annexes" in uncounted:
        return 0
    blocks = to_blocks(section.body)
    total = words_of(blocks, uncounted)
    if "headings" not in uncounted:
        total += words_in(section.heading)
    if "notes" not in uncounted:
        named = {run.source for block in blocks for run in runs_of(block) if run.source}
        total += sum(words_in(notes[key]) for key in named if key in notes)
    return total
