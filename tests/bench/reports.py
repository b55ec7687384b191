"""Reports as files beside the bare libraries writing the same text: python-docx for Word, Typst for PDF."""

from __future__ import annotations

import importlib
import io
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import docx
from uptake_reports.document import Document, Heading, Paragraph, Run, Source, Table, text_of
from uptake_reports.output.docx import write_docx
from uptake_reports.output.pdf import write_pdf

from tests.bench.measure import Figures

ROUNDS = 5
TEXT = "Take all measures that are needed to register every birth free of charge, above all in remote districts ({})."
DONE = "Since 2023 births are registered in all districts; 93 per cent of children under five are registered now ({})."
HEADS = ("No.", "Recommendation", "Position", "Lead institution", "Status", "What was done", "Evidence")


def measure_reports(figures: Figures, label: str) -> None:
    """A UPR report of 300 recommendations with its annex in Word, and one of 1,000 as PDF."""
    report = made(300)
    ours, bare = _beside(lambda: write_docx(report, io.BytesIO()), lambda: _bare_docx(report))
    figures.add(label, "report of 300 recommendations with annex, DOCX / python-docx", ours / bare, 3.0)
    report = made(1000)
    ours, bare = _beside(lambda: write_pdf(report), lambda: _bare_pdf(report))
    figures.add(label, "report of 1,000 recommendations, PDF / Typst alone", ours / bare, 3.0)


def made(count: int) -> Document:
    """A report with a sourced paragraph for each recommendation, a heading for every tenth, and the matrix as its annex."""
    blocks: list[Any] = []
    for number in range(count):
        if number % 10 == 0:
            blocks.append(Heading(1, f"Theme {number // 10 + 1}", f"s-{number}"))
        runs = (Run(TEXT.format(number), bold=True), Run(" "), Run(DONE.format(number), source=str(number)))
        blocks.append(Paragraph(runs, f"b-{number:08x}", numbered=True))
    rows = [(f"139.{at}", TEXT.format(at), "Supported", "Ministry of justice", "Under way", DONE.format(at), "Census")
            for at in range(count)]  # fmt: skip
    cells = tuple(tuple((Run(text),) for text in row) for row in rows)
    annex = Table(tuple((Run(head),) for head in HEADS), cells, "Matrix", (1, 4, 1, 2, 1, 3, 1), annex=True)
    sources = {str(at): Source(str(at), f"Update {at}", f"https://uptake.example/updates/{at}") for at in range(count)}
    return Document("National report", "en", blocks=(*blocks, Heading(1, "Annex", annex=True), annex), sources=sources)


def _bare_docx(report: Document) -> None:
    word = docx.Document()
    for block in report.blocks:
        if isinstance(block, Heading):
            word.add_heading(block.text, block.level)
        elif isinstance(block, Paragraph):
            word.add_paragraph(text_of(block))
        elif isinstance(block, Table):
            table = word.add_table(rows=0, cols=len(block.header))
            for row in (block.header, *block.rows):
                for cell, runs in zip(table.add_row().cells, row, strict=True):
                    cell.text = runs[0].text
    for source in report.sources.values():
        word.add_paragraph(source.text)
    word.save(io.BytesIO())


def _bare_pdf(report: Document) -> None:
    lines = ['#set text(lang: "en")']
    for block in report.blocks:
        if isinstance(block, Heading):
            lines.append(f"= {block.text}")
        elif isinstance(block, Paragraph):
            lines.append(text_of(block) + f"#footnote[{report.sources[block.runs[-1].source].text}]\n")
        elif isinstance(block, Table):
            cells = ", ".join(f"[{cell[0].text}]" for row in (block.header, *block.rows) for cell in row)
            lines.append(f"#table(columns: {len(block.header)}, {cells})")
    importlib.import_module("typst").compile("\n".join(lines).encode(), font_paths=_fonts())


@cache
def _fonts() -> Any:
    """Looked for once, as the site does."""
    return importlib.import_module("typst").Fonts()


def _beside(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
    """The best of some rounds of each, in turns, after one round that loads everything."""
    ours(), bare()
    times = [(_seconds(ours), _seconds(bare)) for _ in range(ROUNDS)]
    return min(one for one, _ in times), min(other for _, other in times)


def _seconds(do: Callable[[], object]) -> float:
    begun = time.process_time()
    do()
    return time.process_time() - begun
