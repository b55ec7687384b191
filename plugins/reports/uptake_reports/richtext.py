"""Bodies of sections: a small part of HTML that maps cleanly to Word, to blocks and back.

Stored are ``p``, ``h3``, ``h4``, ``ul``, ``ol``, ``li``, ``table``, ``strong``, ``em``, ``a``, ``cite`` (words that a source has
said) and ``figure`` (the place of a picture, whose numbers its source keeps, with its caption). Each block has an id that stays its
own, so that comments and changed paragraphs find it. Whatever else comes in, from another editor or in bad faith, is turned into
these or left out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from html import escape

import nh3

from uptake_reports.body_reader import Reader
from uptake_reports.document import Block, Figure, Heading, ListBlock, Paragraph, Run

TAGS = {"p", "h3", "h4", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "em", "a",
        "cite", "br", "figure", "figcaption"}  # fmt: skip
ALSO_READ = {"h1", "h2", "h5", "h6", "div", "b", "i", "blockquote"}
ATTRIBUTES = {"a": {"href"}, "cite": {"data-source"}, "table": {"id", "data-annex"},
              "figure": {"id", "data-source"}} | {
    tag: {"id"} for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "div")
}  # fmt: skip
SCHEMES = {"http", "https", "mailto"}
ANCHOR = re.compile(r"b-[0-9a-f]{8}")


def clean_body(html: str) -> str:
    """A body as it is stored, from whatever was sent."""
    return to_html(to_blocks(html))


def to_blocks(html: str) -> list[Block]:
    """The blocks of a body. Text outside every block is cut into paragraphs at its empty lines."""
    safe = nh3.clean(html, tags=TAGS | ALSO_READ, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)
    reader = Reader()
    reader.feed(safe)
    reader.close()
    reader.end()
    return _anchored(reader.blocks)


def to_html(blocks: Iterable[Block]) -> str:
    """Blocks as a body, one on a line."""
    return "\n".join(_block(block) for block in blocks)


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
    if isinstance(block, Figure):
        return f'<figure{mark} data-source="{escape(block.source)}"><figcaption>{escape(block.caption)}</figcaption></figure>'
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
