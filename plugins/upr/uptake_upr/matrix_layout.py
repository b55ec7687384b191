"""The layouts of OHCHR's matrices, recognised by their header rows whatever the order of the columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from uptake.toolkit import clean, fold


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what (text, recommenders, position, themes, sdgs, assessment), and the themes' vocabulary."""

    columns: dict[str, int]
    width: int
    vocabulary: str

    def cell(self, cells: Sequence[str], role: str) -> str:
        """The cell of a column that not every layout has."""
        at = self.columns.get(role)
        return cells[at] if at is not None else ""


def find_layout(cells: Sequence[str]) -> Layout | None:
    """The layout that a header row announces; None where the row is no header of a matrix."""
    if len(cells) > 20:
        return None
    labels = [fold(clean(cell)) for cell in cells]
    columns = {facts()["columns"][label]: at for at, label in enumerate(labels) if label in facts()["columns"]}
    if not {"text", "position", "themes"} <= columns.keys():
        return None
    return Layout(columns, len(cells), facts()["themes"][labels[columns["themes"]]])


@cache
def facts() -> dict[str, Any]:
    """The table of headers, headings and vocabularies."""
    loaded: dict[str, Any] = json.loads((files("uptake_upr.data") / "matrix_layouts.json").read_text(encoding="utf-8"))
    return loaded
