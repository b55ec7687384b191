"""Reads the outlines of reports that plugins ship as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

from uptake.hooks.reports import ReportOutline, ReportSection


def read_outlines(path: Traversable) -> list[ReportOutline]:
    """The outlines of a data file; a section's ``same`` takes over the words of one of the file's ``sections`` by name."""
    data = json.loads(path.read_text(encoding="utf-8"))
    shared = data.get("sections", {})
    return [
        ReportOutline(
            code=item["code"],
            titles=item["titles"],
            about=item.get("about", {}),
            sections=tuple(_section(one, shared) for one in item["sections"]),
            extends=tuple(item.get("extends", ())),
            under=item.get("under", ""),
            mechanisms=tuple(item.get("mechanisms", ())),
            families=tuple(item.get("families", ())),
            words=item.get("words"),
            uncounted=tuple(item.get("uncounted", ("annexes", "notes"))),
            source=item.get("source", ""),
            numbered=item.get("numbered", False),
            once=item.get("once", False),
            across=item.get("across", False),
        )
        for item in data["outlines"]
    ]


def _section(item: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> ReportSection:
    item = {**shared[item["same"]], **item} if "same" in item else item
    return ReportSection(
        code=item["code"],
        headings=item["headings"],
        guidance=item.get("guidance", {}),
        takes={name: tuple(values) for name, values in item.get("takes", {}).items()},
        each=item.get("each", ""),
        table=item.get("table", ""),
        counted=item.get("counted", True),
        share=item.get("share"),
        sections=tuple(_section(one, shared) for one in item.get("sections", ())),
    )
