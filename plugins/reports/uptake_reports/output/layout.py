"""How blocks lie on pages, the same in every format: levels of headings without gaps, wide tables on pages of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from uptake.toolkit import gettext as _
from uptake.toolkit import speaking

from uptake_reports.document import Block, Document, Figure, Heading, Paragraph, Run, Table
from uptake_reports.output import charts

WIDE = 6
DEEPEST = 4
PIXEL = 0.75
PICTURE = (470, 610)

MADE, NOTE = "t-", "t-n-"


def laid(document: Document) -> list[Block]:
    """The blocks of a report as they are to be written, headings without gaps and pictures as this server can show them."""
    return list(levelled(with_pictures(document.blocks, document.language)))


def with_pictures(blocks: Iterable[Block], language: str) -> Iterator[Block]:
    """The blocks; each picture with its note below, or as the table of its numbers where none can be drawn, which is said."""
    for block in blocks:
        if not isinstance(block, Figure):
            yield block
            continue
        drawn = block.table is None or charts.available()
        if drawn:
            yield block
        yield from (one for one in made_of(block, language) if not drawn or one.anchor.startswith(NOTE))


def made_of(figure: Figure, language: str) -> list[Block]:
    """What a file may hold for a picture beside the picture itself: its table, that it could not be drawn, and its note."""
    if figure.table is None:
        return []
    with speaking(language):
        lacking = _("The picture itself could not be drawn on this server; the table has all its numbers.")
    made: list[Block] = [as_table(figure)]
    made.append(Paragraph((Run(lacking, italic=True, source=figure.source),), f"{MADE}m-{figure.anchor}"))
    if figure.note:
        made.append(Paragraph((Run(figure.note, italic=True),), f"{NOTE}{figure.anchor}"))
    return made


def as_table(figure: Figure) -> Table:
    """A picture as the table of its numbers."""
    assert figure.table is not None
    return replace(figure.table, caption=figure.caption, anchor=f"{MADE}{figure.anchor}")


def levelled(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, no heading more than one level below the heading before it: readers of the screen find no gap."""
    open_levels: list[int] = []
    for block in blocks:
        if isinstance(block, Heading):
            while open_levels and open_levels[-1] >= block.level:
                open_levels.pop()
            open_levels.append(block.level)
            block = replace(block, level=min(len(open_levels), DEEPEST))
        yield block


def spreads(blocks: Sequence[Block]) -> list[tuple[bool, list[Block]]]:
    """Blocks that share a way of the page, with whether it lies: tables of many columns and the headings right before them."""
    found: list[tuple[bool, list[Block]]] = []
    for block in blocks:
        wide = isinstance(block, Table) and columns(block) >= WIDE
        if not found or found[-1][0] != wide:
            carried = _headings(found[-1][1]) if wide and found else []
            found = [one for one in found if one[1]]
            found.append((wide, carried))
        found[-1][1].append(block)
    return [(wide, [_on_new_page(part[0]), *part[1:]]) for wide, part in found]


def picture_size(width: float, height: float) -> tuple[float, float]:
    """How large a picture of so many pixels (96 to an inch) is on an upright page, in points: its caption and the notes below
    it have room beside it."""
    scale = min(PIXEL, PICTURE[0] / width, PICTURE[1] / height)
    return width * scale, height * scale


def columns(table: Table) -> int:
    """How many columns a table has."""
    return len(table.header) or len(table.rows[0])


def shares(table: Table) -> list[float]:
    """The part of the width that each column takes; the parts make one."""
    given = (
        list(table.widths) if len(table.widths) == columns(table) and min(table.widths) > 0 else [1.0] * columns(table)
    )
    return [width / sum(given) for width in given]


def _on_new_page(block: Block) -> Block:
    """What begins a spread stands on a new page already."""
    return replace(block, annex=False) if isinstance(block, Heading) else block


def _headings(blocks: list[Block]) -> list[Block]:
    """Take from the end of the blocks the headings under which the next one stands."""
    taken: list[Heading] = []
    while (
        blocks
        and isinstance(last := blocks[-1], Heading)
        and not (taken and (taken[0].annex or last.level >= taken[0].level))
    ):
        taken.insert(0, last)
        blocks.pop()
    return list(taken)
