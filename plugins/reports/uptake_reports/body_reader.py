"""Reads the HTML of a body, which ``nh3`` has made safe and well-formed, as blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

from uptake_reports.document import Block, Figure, Heading, ListBlock, Paragraph, Run, Table

SOURCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FLOW = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
_LEVELS = {"h1": 3, "h2": 3, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
_GAP = re.compile(r"\n[ \t]*\n")
_SPACE = re.compile(r"[ \t\r\f]+")


class Reader(HTMLParser):
    """Exactly one of list, row, figure and flow takes what is read at any moment."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._runs: list[Run] = []
        self._bold = self._italic = 0
        self._link = self._source = ""
        self._flow, self._anchor = "", ""
        self._list: list[tuple[Run, ...]] | None = None
        self._ordered = False
        self._depth = 0
        self._table: list[list[tuple[Run, ...]]] | None = None
        self._header: list[tuple[Run, ...]] = []
        self._heads = False
        self._caption = ""
        self._annex = False
        self._figure: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("strong", "b"):
            self._bold += 1
        elif tag in ("em", "i"):
            self._italic += 1
        elif tag == "a":
            self._link = given.get("href", "")
        elif tag == "cite":
            self._source = given.get("data-source", "")
        elif tag == "br":
            self._add("\n")
        elif tag == "figure" and not self._inside:
            self._end_flow()
            self._figure, self._anchor, self._caption = given.get("data-source", ""), given.get("id", ""), ""
        elif tag in _FLOW:
            self._start_flow(tag, given)
        elif tag in ("ul", "ol"):
            self._start_list(tag, given)
        elif tag == "table":
            self.end()
            self._table, self._header, self._caption = [], [], ""
            self._anchor, self._annex = given.get("id", ""), bool(given.get("data-annex"))
        elif tag == "tr" and self._table is not None:
            self._table.append([])
            self._heads = True
        elif tag == "figcaption" and self._figure is not None:
            self._runs.clear()
        elif tag in ("li", "td", "th", "caption"):
            self._heads = self._heads and tag == "th"
            self._take_item() if tag == "li" else self._runs.clear()

    def handle_endtag(self, tag: str) -> None:
        if tag in ("strong", "b"):
            self._bold = max(0, self._bold - 1)
        elif tag in ("em", "i"):
            self._italic = max(0, self._italic - 1)
        elif tag == "a":
            self._link = ""
        elif tag == "cite":
            self._source = ""
        elif tag in _FLOW:
            self._end_flow()
        elif tag == "li":
            self._take_item()
        elif tag in ("ul", "ol"):
            self._end_list()
        elif tag in ("td", "th") and self._table:
            self._table[-1].append(self._taken())
        elif tag == "caption" or (tag == "figcaption" and self._figure is not None):
            self._caption = "".join(run.text for run in self._taken())
        elif tag == "tr" and self._table and self._heads and len(self._table) == 1:
            self._header = self._table.pop()
        elif tag == "table":
            self._end_table()
        elif tag == "figure":
            self._end_figure()

    def handle_data(self, data: str) -> None:
        if self._inside or self._flow:
            self._add(data.replace("\n", " "))
            return
        first, *others = _GAP.split(data)
        self._add(first.replace("\n", " "))
        for part in others:
            self._end_flow()
            self._add(part.replace("\n", " "))

    @property
    def _inside(self) -> bool:
        return self._list is not None or self._table is not None or self._figure is not None

    def end(self) -> None:
        """Close whatever is open."""
        self._end_table()
        self._end_figure()
        if self._list is not None:
            self._depth = 1
            self._end_list()
        self._end_flow()

    def _add(self, text: str) -> None:
        text = _SPACE.sub(" ", text)
        if text:
            self._runs.append(Run(text, bool(self._bold), bool(self._italic), self._link, self._source))

    def _taken(self) -> tuple[Run, ...]:
        runs, self._runs = self._runs, []
        return tidy(runs)

    def _start_flow(self, tag: str, given: dict[str, str]) -> None:
        if self._inside:
            if self._runs:
                self._add("\n")
            return
        self._end_flow()
        self._flow, self._anchor = tag, given.get("id", "")

    def _end_flow(self) -> None:
        if self._inside:
            return
        runs, anchor, flow = self._taken(), self._anchor, self._flow
        self._flow, self._anchor = "", ""
        if runs and flow in _LEVELS:
            self.blocks.append(Heading(_LEVELS[flow], "".join(run.text for run in runs).replace("\n", " "), anchor))
        elif runs:
            self.blocks.append(Paragraph(runs, anchor))

    def _start_list(self, tag: str, given: dict[str, str]) -> None:
        if self._table is not None:
            return
        if self._list is None:
            self._end_figure()
            self._end_flow()
            self._list, self._ordered, self._anchor = [], tag == "ol", given.get("id", "")
        else:
            self._take_item()
        self._depth += 1

    def _take_item(self) -> None:
        if self._table is not None:
            self._add("\n")
        elif self._list is not None and (runs := self._taken()):
            self._list.append(runs)

    def _end_list(self) -> None:
        if self._list is None:
            return
        self._take_item()
        self._depth -= 1
        if self._depth > 0:
            return
        items, anchor, self._list, self._anchor = self._list, self._anchor, None, ""
        if items:
            self.blocks.append(ListBlock(tuple(items), self._ordered, anchor))

    def _end_table(self) -> None:
        if self._table is None:
            return
        rows = [row for row in self._table if any(row)]
        header, anchor, self._table, self._anchor = self._header, self._anchor, None, ""
        self._runs.clear()
        if not rows and not header:
            return
        width = max(len(row) for row in (header, *rows))
        filled = tuple(tuple(row) + ((),) * (width - len(row)) for row in rows)
        head = tuple(header) + ((),) * (width - len(header)) if header else ()
        self.blocks.append(Table(head, filled, self._caption, anchor=anchor, annex=self._annex))

    def _end_figure(self) -> None:
        if self._figure is None:
            return
        source, anchor, self._figure, self._anchor = self._figure, self._anchor, None, ""
        self._runs.clear()
        caption = self._caption.replace("\n", " ")
        if SOURCE.fullmatch(source):
            self.blocks.append(Figure({}, "", caption, anchor, source))
        elif caption:
            self.blocks.append(Paragraph((Run(caption),), anchor))


def tidy(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Runs of one look as one, without white space at the ends and around line breaks."""
    joined: list[Run] = []
    for run in runs:
        if joined and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        else:
            joined.append(run)
    joined = [replace(run, text=re.sub(r" *\n *", "\n", _SPACE.sub(" ", run.text))) for run in joined]
    while joined and not joined[0].text.strip():
        joined.pop(0)
    while joined and not joined[-1].text.strip():
        joined.pop()
    if joined:
        joined[0] = replace(joined[0], text=joined[0].text.lstrip())
        joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip())
    return tuple(joined)
