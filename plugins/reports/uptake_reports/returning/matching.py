"""Finds for each block of a file that came back the stored one that it was: by its hidden name, else by likeness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from uptake_reports.document import Block, ListBlock, Table, runs_of, text_of
from uptake_reports.output.marks import mark_of
from uptake_reports.returning.reading import Found

ALIKE = 60
SHORT = 12


@dataclass(frozen=True, slots=True)
class Stored:
    """A block as it is stored: in which section, or (``made``) made by the report itself, such as a section's heading."""

    section: int
    block: Block
    made: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A stored block and what the file holds in its place; one of them is None for what is new or gone."""

    stored: int | None
    found: int | None
    by_mark: bool = False


def match(stored: Sequence[Stored], found: Sequence[Found]) -> list[Pair]:
    """All stored blocks and all of the file, each once; those of the file in their order, what is gone behind them."""
    partners = _by_mark(stored, found)
    marked = set(partners)
    _by_likeness(stored, found, partners)
    pairs = [Pair(partners.get(at), at, at in marked) for at in range(len(found))]
    left = set(range(len(stored))) - set(partners.values())
    return [*pairs, *(Pair(at, None) for at in sorted(left))]


def same(one: Block, other: Block) -> bool:
    """Whether two blocks say the same in the same look. White space, sources and the weight of headers do not count."""
    return type(one) is type(other) and _shape(one) == _shape(other) and _words(one) == _words(other)


def _by_mark(stored: Sequence[Stored], found: Sequence[Found]) -> dict[int, int]:
    """Partners by the names of bookmarks. A name that Word has copied counts where it stands first."""
    places: dict[str, int] = {}
    for at, one in enumerate(stored):
        places.setdefault(mark_of(one.block), at)
    partners: dict[int, int] = {}
    for at, block in enumerate(found):
        place = next((places.pop(mark) for mark in block.marks if mark in places), None)
        if place is not None:
            partners[at] = place
    return partners


def _by_likeness(stored: Sequence[Stored], found: Sequence[Found], partners: dict[int, int]) -> None:
    """Partners for what has lost its name: the same words, then the likest between the same neighbours, then anywhere."""
    texts = [_plain(one.block) for one in stored]
    taken = set(partners.values())
    free = {place: texts[place] for place in range(len(stored)) if place not in taken}
    lost = {at: _plain(found[at].block) for at in range(len(found)) if at not in partners}
    for choose in (_equal, _between, _anywhere):
        for at in [one for one in lost if free]:
            place = choose(at, lost[at], free, partners, len(stored))
            if place is not None:
                partners[at] = place
                del free[place], lost[at]


def _equal(at: int, text: str, free: Mapping[int, str], partners: Mapping[int, int], end: int) -> int | None:
    return next((place for place, other in free.items() if other == text), None)


def _between(at: int, text: str, free: Mapping[int, str], partners: Mapping[int, int], end: int) -> int | None:
    low, high = _gap(at, partners, end)
    return _likest(text, {place: other for place, other in free.items() if low <= place < high})


def _anywhere(at: int, text: str, free: Mapping[int, str], partners: Mapping[int, int], end: int) -> int | None:
    return _likest(text, free)


def _likest(text: str, choices: Mapping[int, str]) -> int | None:
    """The likest of some texts; a few words are too little to go by."""
    if len(text) < SHORT:
        return None
    best = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return None if best is None else best[2]


def _gap(at: int, partners: Mapping[int, int], end: int) -> tuple[int, int]:
    """The places between those of the nearest neighbours that have one."""
    before = max((one for one in partners if one < at), default=None)
    after = min((one for one in partners if one > at), default=None)
    return (0 if before is None else partners[before] + 1), (end if after is None else partners[after])


def _plain(block: Block) -> str:
    return " ".join(text_of(block).split())


def _shape(block: Block) -> object:
    """What a block is beside its words."""
    if isinstance(block, ListBlock):
        return block.ordered, [" ".join("".join(run.text for run in item).split()) for item in block.items]
    if isinstance(block, Table):
        cells = [["".join(run.text for run in cell).split() for cell in row] for row in (block.header, *block.rows)]
        return cells, block.caption.split()
    return None


def _words(block: Block) -> list[tuple[str, bool, bool, str]]:
    """The signs of a block with their looks, without white space."""
    header = {id(run) for cell in block.header for run in cell} if isinstance(block, Table) else set()
    signs = [
        (sign, run.bold and id(run) not in header, run.italic, run.link)
        for run in runs_of(block)
        for sign in run.text
        if not sign.isspace()
    ]
    return signs or [(word, False, False, "") for word in text_of(block).split()]
