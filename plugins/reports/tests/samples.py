"""A short report in four languages that uses every kind of block, for the tests of files."""

from __future__ import annotations

import json
from pathlib import Path

from uptake_reports.document import Block, Document, Figure, Heading, ListBlock, Paragraph, Run, Source, Table

WORDS = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
SOURCE = "0f8fad5b-d9cb-469f-a165-70867728950e"


def sample(language: str = "en", rows: int = 12) -> Document:
    """The report in one of the languages; the annex has so many rows."""
    said = WORDS[language]
    cell = lambda text: (Run(text),)  # noqa: E731
    blocks: list[Block] = [
        Heading(1, said["h1"], "b-00000001"),
        Paragraph((Run(said["p1"]),), "b-00000002", numbered=True),
        Paragraph(
            (Run(said["p2"], bold=True), Run(" "), Run(said["cited"], source=SOURCE), Run(said["p3"], italic=True)),
            "b-00000003", numbered=True,
        ),
        ListBlock(tuple(cell(text) for text in said["list"]), anchor="b-00000004"),
        Heading(1, said["h2"], "b-00000005"),
        Heading(3, said["h3"], "b-00000006"),
        Paragraph((Run(said["foreign"]),), "b-00000007"),
        Paragraph(
            (Run("OHCHR", link="https://www.ohchr.org/en/hr-bodies/upr"), Run(". "), Run(said["cited"], source=SOURCE), Run(" & <")),
            "b-00000008", numbered=True,
        ),
        ListBlock(tuple(cell(text) for text in said["list"]), ordered=True, anchor="b-00000009"),
        Table(tuple(map(cell, said["small"][0])), (tuple(map(cell, said["small"][1])),), said["small"][1][0], (3, 1, 1), "b-0000000a"),
        Figure(_chart(said["status"]), said["alt"], said["figure"]),
        Heading(1, said["annex"], "b-0000000b", annex=True),
        Table(tuple(map(cell, said["th"])), (tuple(map(cell, said["row"])),) * rows, said["caption"], (1, 5, 2, 1.6, 2, 2), annex=True),
    ]  # fmt: skip
    return Document(
        said["title"], language, "rtl" if language == "ar" else "ltr", said["subtitle"], tuple(map(tuple, said["facts"])),
        tuple(blocks), {SOURCE: Source(SOURCE, said["source"], "https://uptake.example/updates/1")},
    )  # fmt: skip


def _chart(status: list[str]) -> dict[str, object]:
    values = [{"status": name, "count": count} for name, count in zip(status, (84, 61, 22), strict=True)]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json", "data": {"values": values}, "mark": "bar", "width": 380,
        "encoding": {"y": {"field": "status", "type": "nominal", "title": None, "sort": None},
                     "x": {"field": "count", "type": "quantitative", "title": None}},
    }  # fmt: skip
