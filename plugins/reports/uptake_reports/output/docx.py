"""A report as a Word file: real styles, headings, numbered paragraphs, tables, footnotes, and pictures with their words."""

from __future__ import annotations

import datetime
import io
import itertools
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml

from uptake_reports.document import Block, Document, Figure, Heading, ListBlock, Paragraph, Run, Table
from uptake_reports.output import charts, layout, word_parts, wordml
from uptake_reports.output.marks import LONGEST_NAME, SOURCE_MARK, mark_of
from uptake_reports.output.properties import MADE, REPORT
from uptake_reports.output.writing import SIDE, runs_right, tag

TWIPS = 20
Runs = Iterable[Run]


def write_docx(document: Document, stream: BinaryIO) -> None:
    """Write the file. Its properties say which report it is, for the day on which it comes back."""
    word = word_parts.empty(tag(document.language), document.direction == "rtl")
    _Writer(document, word).write()
    word_parts.describe(word, document.title, tag(document.language), _properties(document))
    word.save(stream)


def _properties(document: Document) -> dict[str, str]:
    made = datetime.datetime.now(datetime.UTC).isoformat()
    return {REPORT: document.key, MADE: made} if document.key else {}


class _Writer:
    """Writes the blocks as one text of WordprocessingML, which is parsed once at the end."""

    def __init__(self, document: Document, word: Any) -> None:
        self._document, self._word = document, word
        self._right = document.direction == "rtl"
        self._numbers = itertools.count(1)
        self._notes: dict[str, int] = {}
        self._links: dict[str, str] = {}
        self._named: set[str] = set()
        self._cited: dict[str, int] = {}
        self._notes_part = word_parts.footnotes_part(word)
        self._lists = 3

    def write(self) -> None:
        """Fill the document."""
        footers = {wide: self._footer(wide) for wide in (False, True)}
        body = [self._front()]
        spreads = layout.spreads(layout.laid(self._document))
        for number, (wide, blocks) in enumerate(spreads, 1):
            body += [self._block(block, wide) for block in blocks]
            end = wordml.section(wide, self._right, footers[wide])
            body.append(
                end if number == len(spreads) else f'<w:p><w:pPr><w:pStyle w:val="TableText"/>{end}</w:pPr></w:p>'
            )
        if not spreads:
            body.append(wordml.section(False, self._right, footers[False]))
        self._put("".join(body))
        notes = [self._document.sources[key] for key in self._notes]
        word_parts.add_footnotes(self._notes_part, [self._note(note.text, note.address) for note in notes], self._right)

    def _put(self, xml: str) -> None:
        body = self._word.element.body
        for child in list(body):
            body.remove(child)
        body.extend(list(parse_xml(f"<w:body {wordml.NAMESPACES}>{xml}</w:body>")))

    def _front(self) -> str:
        said = [self._text(self._document.title, "Title")]
        if self._document.subtitle:
            said.append(self._text(self._document.subtitle, "Subtitle"))
        for label, value in self._document.facts:
            mark = f"{label}:{SIDE if self._right else ''} "
            runs = wordml.run(mark, self._right, bold=True) + wordml.run(value, self._right)
            said.append(wordml.paragraph(runs, "Fact", self._right))
        return "".join(said)

    def _block(self, block: Block, wide: bool) -> str:
        if isinstance(block, Heading):
            content = self._marked(block, wordml.run(block.text, self._right))
            return wordml.paragraph(content, f"Heading{block.level}", self._right, new_page=block.annex)
        if isinstance(block, Paragraph):
            return self._paragraph(block.runs, "NumberedParagraph" if block.numbered else "Normal", block)
        if isinstance(block, ListBlock):
            return self._list(block)
        return self._table(block, wide) if isinstance(block, Table) else self._figure(block)

    def _list(self, block: ListBlock) -> str:
        style = "ListNumber" if block.ordered else "ListBullet"
        numbering = f"0:{self._new_list()}" if block.ordered else ""
        items = [
            self._paragraph(item, style, None if at else block, numbering=numbering)
            for at, item in enumerate(block.items)
        ]
        return "".join(items)

    def _new_list(self) -> int:
        """Each list with numbers begins at one."""
        self._lists += 1
        xml = (
            f'<w:num {wordml.NAMESPACES} w:numId="{self._lists}"><w:abstractNumId w:val="3"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
        self._word.part.numbering_part.element.append(parse_xml(xml))
        return self._lists

    def _table(self, block: Table, wide: bool) -> str:
        widths = [round(wordml.room(wide) * share) for share in layout.shares(block)]
        rows = [self._row(block.header, widths, None, head=True)] if block.header else []
        rows += [self._row(row, widths, None) for row in block.rows]
        first = self._row(block.header or block.rows[0], widths, block, head=bool(block.header))
        caption = self._text(block.caption, "Caption") if block.caption else ""
        after = '<w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr></w:p>'
        return caption + wordml.table([first, *rows[1:]], widths, self._right, block.caption) + after

    def _row(self, cells: Sequence[Runs], widths: list[int], block: Block | None, *, head: bool = False) -> str:
        filled = [self._paragraph(cell, "TableText", None if at else block) for at, cell in enumerate(cells)]
        return wordml.row(filled, widths, head=head)

    def _figure(self, block: Figure) -> str:
        runs = [Run(block.caption, source=block.source)]
        caption = self._paragraph(runs, "Caption", None) if block.caption else ""
        if not charts.available():
            return caption + self._text(block.alt, "Normal")
        data, *size = charts.png(block.spec, tag(self._document.language))
        relation, _ = self._word.part.get_or_add_image(io.BytesIO(data))
        across, down = (round(points * TWIPS) for points in layout.picture_size(*size))
        drawn = wordml.picture(relation, next(self._numbers), block.alt, across, down)
        return caption + wordml.paragraph(drawn, "FigureImage", self._right, keep=bool(block.note))

    def _text(self, text: str, style: str) -> str:
        return wordml.paragraph(wordml.run(text, self._right), style, self._right)

    def _paragraph(self, runs: Runs, style: str, block: Block | None, *, numbering: str = "") -> str:
        runs = list(runs)
        right = runs_right("".join(run.text for run in runs), self._right)
        content = "".join(self._run(run, right) for run in runs)
        return wordml.paragraph(self._marked(block, content), style, right, numbering=numbering)

    def _run(self, run: Run, right: bool) -> str:
        style = "Hyperlink" if run.link else ""
        said = wordml.run(run.text, right, bold=run.bold, italic=run.italic, style=style)
        if run.link:
            said = wordml.link(self._link(run.link), said)
        return self._sourced(run.source, said) if run.source in self._document.sources else said

    def _sourced(self, source: str, said: str) -> str:
        """Words with the note behind them, in a bookmark that names the source."""
        again = source in self._notes
        number = self._notes.setdefault(source, len(self._notes) + 1)
        said += (
            wordml.note_again(number)
            if again
            else wordml.bookmark(f"_n_{number}", next(self._numbers), wordml.note_mark(number))
        )
        self._cited[source] = self._cited.get(source, 0) + 1
        name = f"{SOURCE_MARK}{source.replace('-', '')}_{self._cited[source]}"
        fits = len(name) <= LONGEST_NAME and name.replace("_", "").isalnum()
        return wordml.bookmark(name, next(self._numbers), said) if fits else said

    def _marked(self, block: Block | None, content: str) -> str:
        name = mark_of(block) if block else ""
        if not name or name in self._named:
            return content
        self._named.add(name)
        return wordml.bookmark(name, next(self._numbers), content)

    def _link(self, address: str) -> str:
        if address not in self._links:
            self._links[address] = self._word.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return self._links[address]

    def _note(self, text: str, address: str) -> str:
        right = self._right
        mark = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        said = wordml.run(text, right, style="Hyperlink" if address else "")
        if address:
            target = self._notes_part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            said = wordml.link(target, said)
        return wordml.paragraph(mark + wordml.run(" ", right) + said, "FootnoteText", right)

    def _footer(self, wide: bool) -> str:
        """The title and the number of the page, on every page; the id of its relationship."""
        part, relation = self._word.part.add_footer_part()
        right = self._right
        tab = "<w:r><w:tab/></w:r>"
        page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        end = f'<w:tabs><w:tab w:val="right" w:pos="{wordml.room(wide)}"/></w:tabs>'
        line = (
            f'<w:p {wordml.NAMESPACES}><w:pPr><w:pStyle w:val="Footer"/>{end}{"<w:bidi/>" if right else ""}</w:pPr>'
            f"{wordml.run(self._document.title[:90], right)}{tab}{page}</w:p>"
        )
        for child in list(part.element):
            part.element.remove(child)
        part.element.append(parse_xml(line))
        return str(relation)
