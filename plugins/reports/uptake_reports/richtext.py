"""Bodies of sections: a small part of HTML that maps cleanly to Word, to blocks and back.

Stored are ``p``, ``h3``, ``h4``, ``ul``, ``ol``, ``li``, ``table``, ``strong``, ``em``, ``a`` and ``cite`` (words that a source has
said). Each block has an id that stays its own, so that comments and changed paragraphs find it. Whatever else comes in, from
another editor or in bad faith, is turned into these or left out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import nh3

from uptake_reports.document import Block, Figure, Heading, ListBlock, Paragraph, Run, Table

TAGS = {"p", "h3", "h4", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "em", "a",
        "cite", "br"}  # fmt: skip
ALSO_READ = {"h1", "h2", "h5", "h6", "div", "b", "i", "blockquote"}
ATTRIBUTES = {"a": {"href"}, "cite": {"data-source"}, "table": {"id", "data-annex"}} | {
    tag: {"id"} for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "div")
}
SCHEMES = {"http", "https", "mailto"}
ANCHOR = re.compile(r"b-[0-9a-f]{8}")
_FLOW = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
_LEVELS = {"h1": 3, "h2": 3, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
_GAP = re.compile(r"\n[ \t]*\n")
_SPACE = re.compile(r"[ \t\r\f]+")


def clean_body(html: str) -> str:
    """A body as it is stored, from whatever was sent."""
    return to_html(to_blocks(html))


def to_blocks(html: str) -> list[Block]:
    """The blocks of a body. Text outside every block is cut into paragraphs at its empty lines."""
    safe = nh3.clean(html, tags=TAGS | ALSO_READ, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    reader.end()
    return _anchored(reader.blocks)


def to_html(blocks: Iterable[Block]) -> str:
    """Blocks as a body, one on a line."""
    return "\n".join(_block(block) for block in blocks if not isinstance(block, Figure))


class _Reader(HTMLParser):
    """Reads what ``nh3`` has made safe and well-formed. Exactly one of list, row and flow takes what is read at any moment."""

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
        elif tag == "caption":
            self._caption = "".join(run.text for run in self._taken())
        elif tag == "tr" and self._table and self._heads and len(self._table) == 1:
            self._header = self._table.pop()
        elif tag == "table":
            self._end_table()

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
        return self._list is not None or self._table is not None

    def end(self) -> None:
        """Close whatever is open."""
        self._end_table()
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


def _anchored(blocks: Iterable[Block]) -> list[Block]:
    """Each block with an id that no other has: its own, where it is a good one."""
    seen: set[str] = set()
    found: list[Block] = []
    for block in blocks:
        anchor = block.anchor
        while not ANCHOR.fullmatch(anchor) or anchor in seen:
            anchor = f"b-{secrets.token_hex(4)}"
        seen.add(anchor)
        found.append(replace(block, anchor=anchor))
    return found


def _block(block: Block) -> str:
    mark = f' id="{escape(block.anchor)}"' if block.anchor else ""
    if isinstance(block, Heading):
        level = min(max(block.level, 3), 4)
        return f"<h{level}{mark}>{escape(block.text)}</h{level}>"
    if isinstance(block, Paragraph):
        return f"<p{mark}>{_inline(block.runs)}</p>"
    if isinstance(block, ListBlock):
        tag = "ol" if block.ordered else "ul"
        return f"<{tag}{mark}>{''.join(f'<li>{_inline(item)}</li>' for item in block.items)}</{tag}>"
    assert isinstance(block, Table)
    annex = ' data-annex="yes"' if block.annex else ""
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    head = f"<thead><tr>{_cells(block.header, 'th')}</tr></thead>" if block.header else ""
    rows = "".join(f"<tr>{_cells(row, 'td')}</tr>" for row in block.rows)
    return f"<table{mark}{annex}>{caption}{head}<tbody>{rows}</tbody></table>"


def _cells(row: Iterable[tuple[Run, ...]], tag: str) -> str:
    return "".join(f"<{tag}>{_inline(cell)}</{tag}>" for cell in row)


def _inline(runs: Iterable[Run]) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    said = escape(run.text, quote=False).replace("\n", "<br>")
    if run.italic:
        said = f"<em>{said}</em>"
    if run.bold:
        said = f"<strong>{said}</strong>"
    if run.link:
        said = f'<a href="{escape(run.link)}">{said}</a>'
    if run.source:
        said = f'<cite data-source="{escape(run.source)}">{said}</cite>'
    return said
