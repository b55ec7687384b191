"""A report as one HTML file that needs nothing else: headings, real tables, notes that lead there and back."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files

from jinja2 import Environment, Template
from markupsafe import Markup, escape
from uptake.toolkit import gettext as _
from uptake.toolkit import speaking

from uptake_reports.document import Block, Document, Figure, Heading, ListBlock, Paragraph, Run, Table
from uptake_reports.output import charts, layout
from uptake_reports.output.writing import runs_right, tag

NOTHING = Markup("")
SAFE = ("https://", "http://", "mailto:", "/")


def write_html(document: Document) -> str:
    """The file."""
    with speaking(document.language):
        words = {"heading": _("Sources"), "back": _("Back to the text")}
        page = _Page(document, _("The numbers as a table"))
    blocks = [page.block(block) for block in layout.laid(document)]
    return _template().render(
        document=document,
        language=tag(document.language),
        blocks=blocks,
        notes=page.notes,
        safe=_safe,
        way=page.way,
        **words,
    )


@cache
def _template() -> Template:
    text = files("uptake_reports.output").joinpath("report.html").read_text("utf-8")
    return Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(text)


class _Page:
    """Turns blocks into markup and keeps count of paragraphs and notes."""

    def __init__(self, document: Document, numbers: str) -> None:
        self._document, self._numbers_named = document, numbers
        self.notes = document.notes()
        self._numbers = {note.key: number for number, note in enumerate(self.notes, 1)}
        self._mentioned: set[str] = set()
        self._paragraphs = 0

    def block(self, block: Block) -> Markup:
        """A block as HTML."""
        if isinstance(block, Heading):
            return Markup("<h{0}{1}{2}>{3}</h{0}>").format(
                block.level + 1, self.way(block.text), _id(block), block.text
            )
        if isinstance(block, Paragraph):
            return self._paragraph(block)
        if isinstance(block, ListBlock):
            items = NOTHING.join(self._cell("li", item) for item in block.items)
            return Markup("<{0}{1}>{2}</{0}>").format("ol" if block.ordered else "ul", _id(block), items)
        return self._table(block) if isinstance(block, Table) else self._figure(block)

    def _paragraph(self, block: Paragraph) -> Markup:
        self._paragraphs += block.numbered
        number = Markup('<span class="number">{}.</span> ').format(self._paragraphs) if block.numbered else ""
        way = self.way("".join(run.text for run in block.runs))
        return Markup("<p{}{}>{}{}</p>").format(way, _id(block), number, self._runs(block.runs))

    def _table(self, block: Table) -> Markup:
        caption = Markup("<caption>{}</caption>").format(block.caption) if block.caption else ""
        head = Markup("<thead>{}</thead>").format(self._row(block.header, "th", Markup(' scope="col"')))
        rows = Markup("\n").join(self._row(row, "td") for row in block.rows)
        parts = Markup("{}{}<tbody>{}</tbody>").format(caption, head if block.header else "", rows)
        region = Markup('<div class="wide" role="region" tabindex="0" aria-label="{}"><table{}>{}</table></div>')
        return region.format(block.caption or self._document.title, _id(block), parts)

    def _row(self, cells: Iterable[tuple[Run, ...]], tag: str, more: Markup = NOTHING) -> Markup:
        return Markup("<tr>{}</tr>").format(NOTHING.join(self._cell(tag, one, more) for one in cells))

    def _cell(self, tag: str, runs: tuple[Run, ...], more: Markup = NOTHING) -> Markup:
        way = self.way("".join(run.text for run in runs))
        return Markup("<{0}{1}{2}>{3}</{0}>").format(tag, more, way, self._runs(runs))

    def way(self, text: str) -> Markup:
        """The direction of a text, where it is not the document's."""
        right = self._document.direction == "rtl"
        side = runs_right(text, right)
        return NOTHING if side == right else Markup(' dir="{}"').format("rtl" if side else "ltr")

    def _figure(self, block: Figure) -> Markup:
        runs = self._runs([Run(block.caption, source=block.source)])
        caption = Markup("<figcaption>{}</figcaption>").format(runs) if block.caption else ""
        if not charts.available():
            return Markup("<figure>{}<p>{}</p></figure>").format(caption, block.alt)
        drawn = base64.b64encode(charts.svg(block.spec, tag(self._document.language)).encode()).decode()
        picture = Markup('<img src="data:image/svg+xml;base64,{}" alt="{}">').format(drawn, block.alt)
        table = self._table(replace(block.table, caption=block.caption)) if block.table else ""
        folded = Markup("<details><summary>{}</summary>{}</details>").format(self._numbers_named, table)
        return Markup("<figure>{}{}{}</figure>").format(caption, picture, folded if table else "")

    def _runs(self, runs: Iterable[Run]) -> Markup:
        return NOTHING.join(self._run(run) for run in runs)

    def _run(self, run: Run) -> Markup:
        said = Markup("<br>").join(escape(line) for line in run.text.split("\n"))
        said = Markup("<em>{}</em>").format(said) if run.italic else said
        said = Markup("<strong>{}</strong>").format(said) if run.bold else said
        if _safe(run.link):
            said = Markup('<a href="{}">{}</a>').format(run.link, said)
        number = self._numbers.get(run.source)
        if number is None:
            return said
        mark = "" if run.source in self._mentioned else Markup(' id="ref-{}"').format(number)
        self._mentioned.add(run.source)
        return said + Markup('<sup><a href="#note-{0}" role="doc-noteref"{1}>{0}</a></sup>').format(number, mark)


def _id(block: Block) -> Markup:
    return Markup(' id="{}"').format(block.anchor) if block.anchor else NOTHING


def _safe(address: str) -> bool:
    """Whether an address leads somewhere and runs nothing."""
    return address.lower().startswith(SAFE)
