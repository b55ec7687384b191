"""Goes through the rows of a matrix: headers, themes, recommendations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from uptake.toolkit import N_, Draft, Finding, clean, cut, fold

from uptake_upr.matrix_cells import Head, split_notes
from uptake_upr.matrix_drafts import RecommendationRow, report_symbol
from uptake_upr.matrix_layout import Layout, find_layout
from uptake_upr.matrix_xml import WordRow

_THEME = re.compile(r"(?:themes?|rights? or areas?)\s*:\s*(\S.*)", re.IGNORECASE | re.DOTALL)


class MatrixReader:
    """Reads one matrix.

    A recommendation's document is the Working Group's report: the symbol of its source of position without ``/Add.1``.
    A row that names no source takes the symbol that the other rows or the page header name. A recommendation under
    several themes becomes one draft with all of them; so drafts are kept until the end, a few hundred at most.
    """

    def __init__(self, head: Head, language: str) -> None:
        self._head = head
        self._language = language
        self._layout: Layout | None = None
        self._theme: str | None = None
        self._report = head.symbol
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._keys: set[str] = set()

    def __len__(self) -> int:
        return len(self._drafts)

    def drafts(self) -> Iterator[Draft]:
        return iter(self._drafts.values())

    def read(self, rows: Sequence[WordRow]) -> Iterator[Finding]:
        """Take in the rows, and tell of those that cannot be read."""
        symbols = (report_symbol(split_notes(cell)[1]) for row in rows for cell in row.cells)
        self._report = next(filter(None, symbols), self._report)
        for row in rows:
            where = f"row {row.number}" if row.table == 1 else f"table {row.table}, row {row.number}"
            if finding := self._row(where, row.cells):
                yield finding

    def _row(self, where: str, cells: Sequence[str]) -> Finding | None:
        texts = list(dict.fromkeys(filter(None, map(clean, cells))))
        theme = _THEME.fullmatch(texts[0]) if len(texts) == 1 else None
        if layout := find_layout(cells):
            self._layout = layout
        elif not texts:
            return Finding(where, "blank-row", "The row is blank.", severity="info")
        elif theme and self._layout:
            self._theme = theme[1].strip()
        elif self._layout and _is_recommendation(cells, self._layout):
            row = (where, cells, self._head, self._layout, self._theme, self._report, self._language)
            self._keep(RecommendationRow(*row).draft())
        else:
            message = N_("The row is no header, theme or recommendation and was left out: {text}")
            return Finding(where, "row-unread", message, {"text": texts[0][:60]})
        return None

    def _keep(self, draft: Draft) -> None:
        """Add the draft, or its themes to the one that has the same number and text already."""
        mark = (draft.key or draft.where, fold(clean(draft.texts[self._language])))
        first = self._drafts.setdefault(mark, draft)
        if first is not draft:
            first.tags = tuple(dict.fromkeys((*first.tags, *draft.tags)))
            first.raw += draft.raw
            message = N_("It stands again in {place}; both are one recommendation with the themes of both.")
            first.findings.append(Finding(first.where, "stands-again", message, {"place": draft.where}, "info"))
        elif draft.key in self._keys:
            draft.key = None
            message = N_("Number {number} stands on another recommendation, too; check which one is meant.")
            draft.findings.append(Finding(draft.where, "number-twice", message, {"number": draft.paragraph or ""}))
        elif draft.key:
            self._keys.add(draft.key)


def _is_recommendation(cells: Sequence[str], layout: Layout) -> bool:
    text = clean(layout.cell(cells, "text")) if len(cells) == layout.width else ""
    return bool(text and (cut(text).number or clean(layout.cell(cells, "position"))))
