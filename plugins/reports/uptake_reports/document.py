"""A report as every output writes it: a title, facts, and blocks in their order. Nothing here knows of a file format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look. A line break is ``\\n``. ``link`` is an address, ``source`` the key of one of the document's sources:
    the note stands right behind these words."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the highest inside a report. One with ``annex`` begins an annex, on a page of its own."""

    level: int
    text: str
    anchor: str = ""
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; all that are ``numbered`` are counted through the whole document."""

    runs: tuple[Run, ...]
    anchor: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list: each item is runs. ``ordered`` ones carry numbers."""

    items: tuple[tuple[Run, ...], ...]
    ordered: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``header`` and each row hold cells, each cell runs. ``widths`` are shares of the width, even where empty.

    ``annex`` says that its words are outside the limit.
    """

    header: tuple[tuple[Run, ...], ...]
    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    caption: str = ""
    widths: tuple[float, ...] = ()
    anchor: str = ""
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture by its Vega-Lite description with its data inside, and the words that stand for it (``alt``).

    ``source`` is the key of where its numbers are from, ``table`` holds them all: for readers of the screen, and in place of
    the picture where none can be drawn. ``note`` stands below.
    """

    spec: Mapping[str, object]
    alt: str
    caption: str = ""
    anchor: str = ""
    source: str = ""
    table: Table | None = None
    note: str = ""


Block: TypeAlias = Heading | Paragraph | ListBlock | Table | Figure


@dataclass(frozen=True, slots=True)
class Source:
    """Where a sentence comes from: ``text`` is the note as it is printed, ``address`` leads there."""

    key: str
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A report. ``direction`` is ``ltr`` or ``rtl``; ``facts`` are (label, value) pairs under the title.

    ``key`` is the report's own uuid, by which a file that was edited elsewhere finds back.

    ``sources`` are those that runs name, by key; notes are numbered in the order in which runs name them first.
    """

    title: str
    language: str
    direction: str = "ltr"
    subtitle: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    key: str = ""

    def notes(self) -> list[Source]:
        """The sources that are named, in the order of their first mention: the numbers of the notes."""
        named = dict.fromkeys(run.source for block in self.blocks for run in runs_of(block) if run.source)
        return [self.sources[key] for key in named if key in self.sources]


def runs_of(block: Block) -> Iterator[Run]:
    """All runs of a block, in reading order."""
    if isinstance(block, Paragraph):
        yield from block.runs
    elif isinstance(block, ListBlock):
        for item in block.items:
            yield from item
    elif isinstance(block, Table):
        for row in (block.header, *block.rows):
            for cell in row:
                yield from cell
    elif isinstance(block, Figure):
        yield Run(block.caption, source=block.source)


def text_of(block: Block) -> str:
    """The words of a block without looks: one line for each item or row."""
    if isinstance(block, Heading):
        return block.text
    if isinstance(block, Paragraph):
        return _text(block.runs)
    if isinstance(block, ListBlock):
        return "\n".join(_text(item) for item in block.items)
    if isinstance(block, Table):
        return "\n".join("\t".join(_text(cell) for cell in row) for row in (block.header, *block.rows) if row)
    return block.caption


def _text(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)
