"""What a file that came back proposes: each paragraph that differs, is new or is gone, beside what is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from uptake_reports.document import Block, Document, Figure, ListBlock, Paragraph, Run, Table, runs_of, text_of
from uptake_reports.output.layout import MADE, made_of
from uptake_reports.output.marks import mark_of
from uptake_reports.returning.matching import Pair, Stored, match, same
from uptake_reports.returning.reading import Found, Returned
from uptake_reports.richtext import to_html

SECTION = "s-"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change. ``what`` is ``changed``, ``new`` or ``gone``; ``anchor`` is the block's, or of the one that a new one follows.

    ``html`` is what is to be stored, ``was`` the fingerprint of what is stored. ``conflict``: it has changed here too since the
    download. ``lost``: words that name a source no longer do. ``state`` is ``open`` or ``taken``.
    """

    what: str
    section: int
    anchor: str
    before: str = ""
    after: str = ""
    html: str = ""
    was: str = ""
    conflict: bool = False
    lost: bool = False
    state: str = "open"

    def as_json(self) -> dict[str, Any]:
        """For keeping it."""
        return asdict(self)


@dataclass(slots=True)
class Comparison:
    """All proposals; and how many changes are not taken: of headings of sections and tables made here, and of the order."""

    proposals: list[Proposal] = field(default_factory=list)
    kept: int = 0
    moved: int = 0
    known: int = 0


def compare(document: Document, returned: Returned, base: Mapping[str, Block] | None) -> Comparison:
    """Compare a file with the report. ``base`` holds the blocks as they were at the download; None where that is unknown."""
    stored = list(_stored(document))
    pairs = match(stored, returned.blocks)
    return _Comparing(stored, returned.blocks, base, document.sources).run(pairs)


def fingerprint(block: Block) -> str:
    """Tells whether a block is still what it was."""
    return hashlib.sha256(to_html([replace(block, anchor="")]).encode()).hexdigest()[:16]


def _stored(document: Document) -> Iterator[Stored]:
    section = 0
    for block in document.blocks:
        heads = block.anchor.startswith(SECTION)
        section = int(block.anchor.removeprefix(SECTION)) if heads else section
        if isinstance(block, Figure):
            yield from (Stored(section, made, True) for made in made_of(block, document.language))
        else:
            yield Stored(section, block, heads or block.anchor.startswith(MADE))


class _Comparing:
    """Walks through the pairs and remembers where in the report it is."""

    def __init__(
        self, stored: Sequence[Stored], found: Sequence[Found], base: Mapping[str, Block] | None, sources: Iterable[str]
    ) -> None:
        self._stored, self._found, self._base = stored, found, base
        self._sources = frozenset(sources)
        self._result = Comparison()
        self._section, self._anchor = 0, ""
        self._furthest = -1

    def run(self, pairs: Iterable[Pair]) -> Comparison:
        """Compare all pairs."""
        for pair in pairs:
            if pair.stored is None and pair.found is not None:
                self._new(self._found[pair.found])
            elif pair.found is None and pair.stored is not None:
                self._gone(self._stored[pair.stored])
            elif pair.stored is not None and pair.found is not None:
                self._both(pair.stored, self._found[pair.found].block)
        return self._result

    def _both(self, place: int, found: Block) -> None:
        one, result = self._stored[place], self._result
        result.known += 1
        result.moved += place < self._furthest
        self._furthest = max(self._furthest, place)
        self._section, self._anchor = one.section, "" if one.block.anchor.startswith(SECTION) else one.block.anchor
        if same(one.block, found):
            return
        if one.made:
            result.kept += 1
            return
        before = self._base.get(one.block.anchor) if self._base is not None else None
        if before is not None and same(before, found):
            return
        new = _with_sources(one.block, _only(found, self._sources))
        result.proposals.append(Proposal(
            "changed", one.section, one.block.anchor, text_of(one.block), text_of(found), to_html([_dressed(new, one.block)]),
            fingerprint(one.block), conflict=before is not None and not same(before, one.block),
            lost=_cited(new) != _cited(one.block),
        ))  # fmt: skip

    def _new(self, found: Found) -> None:
        if not self._section:
            self._result.kept += 1
            return
        was = self._at_download(found)
        if was is not None and same(was, found.block):
            return
        html = to_html([_only(found.block, self._sources)])
        self._result.proposals.append(
            Proposal(
                "new", self._section, self._anchor, after=text_of(found.block), html=html, conflict=was is not None
            )
        )

    def _gone(self, one: Stored) -> None:
        before = self._base.get(one.block.anchor) if self._base is not None else one.block
        if one.made or before is None:
            return
        self._result.proposals.append(Proposal(
            "gone", one.section, one.block.anchor, text_of(one.block), was=fingerprint(one.block), conflict=not same(before, one.block),
        ))  # fmt: skip

    def _at_download(self, found: Found) -> Block | None:
        """What stood here at the download and has been taken out since."""
        names = {mark_of(block): block for block in (self._base or {}).values()} if found.marks else {}
        return next((names[mark] for mark in found.marks if mark in names), None)


def _dressed(block: Block, like: Block) -> Block:
    """A block of the file with what only the stored one knows."""
    if isinstance(block, Table) and isinstance(like, Table):
        return replace(block, anchor=like.anchor, annex=like.annex)
    return replace(block, anchor=like.anchor)


def _cited(block: Block) -> set[str]:
    return {run.source for run in runs_of(block) if run.source}


def _only(block: Block, sources: frozenset[str]) -> Block:
    """The block, naming no source that the report does not have."""
    return _mapped(block, lambda run: [run if run.source in sources else replace(run, source="")])


def _with_sources(stored: Block, block: Block) -> Block:
    """Words that a source has said and that stand as they stood name it again, where a program has dropped the name."""
    for run in runs_of(stored):
        if run.source and run.source not in _cited(block) and run.text.strip():
            block = _mapped(block, lambda one, lost=run: _split(one, lost))
    return block


def _split(run: Run, lost: Run) -> list[Run]:
    before, found, after = run.text.partition(lost.text.strip())
    if not found or run.source:
        return [run]
    parts = (replace(run, text=before), replace(run, text=found, source=lost.source), replace(run, text=after))
    return [part for part in parts if part.text]


def _mapped(block: Block, change: Any) -> Block:
    """The block with each of its runs replaced by others."""

    def runs(old: Iterable[Run]) -> tuple[Run, ...]:
        return tuple(new for run in old for new in change(run))

    if isinstance(block, Paragraph):
        return replace(block, runs=runs(block.runs))
    if isinstance(block, ListBlock):
        return replace(block, items=tuple(map(runs, block.items)))
    if isinstance(block, Table):
        rows = tuple(tuple(map(runs, row)) for row in block.rows)
        return replace(block, header=tuple(map(runs, block.header)), rows=rows)
    return block
