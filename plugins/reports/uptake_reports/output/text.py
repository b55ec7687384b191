"""A report as plain text, for reading where nothing else opens and for counting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from uptake_reports.document import Block, Document, Figure, ListBlock, Paragraph, Table, text_of


def write_text(document: Document) -> str:
    """The whole report, notes at its end: a line for each paragraph, item and row."""
    head = [document.title, document.subtitle, *(f"{label}: {value}" for label, value in document.facts)]
    notes = [f"[{number}] {note.text}" for number, note in enumerate(document.notes(), 1)]
    parts = ["\n".join(line for line in head if line), *_lines(document.blocks), "\n".join(notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    number = 0
    for block in blocks:
        if isinstance(block, Paragraph) and block.numbered:
            number += 1
            yield f"{number}. {text_of(block)}"
        elif isinstance(block, ListBlock):
            marks = (f"{at}." if block.ordered else "•" for at in range(1, len(block.items) + 1))
            yield "\n".join(f"{mark} {line}" for mark, line in zip(marks, text_of(block).split("\n"), strict=False))
        elif isinstance(block, Table):
            yield "\n".join(part for part in (block.caption, text_of(block)) if part)
        elif isinstance(block, Figure):
            numbers = text_of(block.table) if block.table else block.alt
            yield "\n".join(part for part in (block.caption, numbers, block.note) if part)
        else:
            yield text_of(block)
