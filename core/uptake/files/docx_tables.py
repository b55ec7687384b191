"""Writes tables as a Word document: each on pages of its own, the header row again on every page, right to left right.

Rows are written as XML: python-docx asks the whole table again for every cell.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from uptake.files.tables import Across, Row, Table, runs_right, text_of

LONG, SHORT, MARGIN, EDGE = 297, 210, 15, 7
TWIPS = round((LONG - 2 * MARGIN) / 25.4 * 1440)
FONTS = {"ascii": "Calibri", "hAnsi": "Calibri", "cs": "Arial", "eastAsia": "Microsoft YaHei"}
EAST = {"zh": "zh-CN", "zh_Hant": "zh-TW", "ja": "ja-JP", "ko": "ko-KR"}
_HEAD = "E8E4DA"
_UNWANTED = ("/thumbnail", "/customXml", "/stylesWithEffects")


def write(stream: BinaryIO, tables: Iterable[Table], title: str, language: str, right_to_left: bool) -> int:
    """Write the tables and return the number of their rows; the stream may be one that goes one way."""
    document = Document()
    _leave_out(document)
    _describe(document, title, language)
    count = 0
    for number, table in enumerate(tables):
        section = document.add_section(WD_SECTION.NEW_PAGE) if number else document.sections[0]
        _lay_out(section, table.running, right_to_left)
        _words(document.add_heading(level=1), table.title or title, right_to_left)
        for note in table.notes:
            _words(document.add_paragraph(), note, right_to_left)
        count += _table(document, table, right_to_left)
    with TemporaryFile() as file:
        document.save(file)
        file.seek(0)
        shutil.copyfileobj(file, stream)
    return count


def _leave_out(document: Any) -> None:
    """Take from python-docx's template what contradicts our styles (Word would mend the file) or is of another document."""
    for relations in (document.part.package.rels, document.part.rels):
        for relation in [one for one in relations.values() if one.reltype.endswith(_UNWANTED)]:
            relations.pop(relation.rId)


def _describe(document: Any, title: str, language: str) -> None:
    facts = document.core_properties
    facts.title, facts.author, facts.comments, facts.language = text_of(title)[:255], "", "", language
    facts.created = facts.modified = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    tag = language.replace("_", "-")
    for name, size in (("Normal", 9), ("Heading 1", 15)):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_after = Pt(3)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for kind, font in FONTS.items():
            fonts.set(qn(f"w:{kind}"), font)
        _after_size(style.element.rPr, f'<w:szCs {nsdecls("w")} w:val="{size * 2}"/>')
    said = f'<w:lang {nsdecls("w")} w:val="{tag}" w:bidi="{tag}" w:eastAsia="{EAST.get(language, "zh-CN")}"/>'
    normal = document.styles["Normal"].element.rPr
    normal.append(parse_xml(said))


def _after_size(properties: Any, xml: str) -> None:
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    properties.find(qn("w:sz")).addnext(parse_xml(xml))


def _lay_out(section: Any, running: str, right_to_left: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(LONG), Mm(SHORT)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN))
    section.header_distance = section.footer_distance = Mm(EDGE)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    if right_to_left:
        _in_order(section._sectPr, parse_xml(f"<w:bidi {nsdecls('w')}/>"), ("rtlGutter", "docGrid", "printerSettings"))
    if running:
        _words(section.header.paragraphs[0], running, right_to_left)
    foot = section.footer.paragraphs[0]._p
    if right_to_left:
        foot.get_or_add_pPr().append(parse_xml(f"<w:bidi {nsdecls('w')}/>"))
    for xml in (
        '<w:fldChar w:fldCharType="begin"/>',
        "<w:instrText>PAGE</w:instrText>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        foot.append(parse_xml(f"<w:r {nsdecls('w')}>{xml}</w:r>"))


def _in_order(parent: Any, child: Any, behind: Sequence[str]) -> None:
    """Put a child before those that the schema wants behind it."""
    later = next((one for name in behind if (one := parent.find(qn(f"w:{name}"))) is not None), None)
    parent.append(child) if later is None else later.addprevious(child)


def _words(paragraph: Any, text: str, right_to_left: bool) -> None:
    """Fill a paragraph with a text; in a right-to-left document the short ones that stand around tables begin at the right."""
    right = runs_right(text, right_to_left)
    if right or right_to_left:
        properties = paragraph._p.get_or_add_pPr()
        _in_order(properties, parse_xml(f"<w:bidi {nsdecls('w')}/>"), ("spacing", "ind", "jc", "outlineLvl", "rPr"))
    paragraph._p.append(parse_xml(_run(text_of(text), right, nsdecls("w"))))


def _table(document: Any, table: Table, right_to_left: bool) -> int:
    total = sum(table.widths)
    widths = [round(width / total * TWIPS) for width in table.widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    element = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="TableGrid"/>{"<w:bidiVisual/>" if right_to_left else ""}'
        f'<w:tblW w:w="{TWIPS}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={_quoted(table.title)}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )
    document.element.body.insert_element_before(element, "w:sectPr")
    element.append(parse_xml(_row(table.labels, widths, right_to_left, head=True)))
    count = 0
    for xml, counts in _rows(table.rows, widths, right_to_left):
        element.append(parse_xml(xml))
        count += counts
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    return count


def _rows(rows: Iterable[Row], widths: Sequence[int], right_to_left: bool) -> Iterator[tuple[str, bool]]:
    for row in rows:
        if isinstance(row, Across):
            cell = _cell(row.text, sum(widths), right_to_left, span=len(widths), strong=True)
            yield f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>", False
        else:
            yield _row(row, widths, right_to_left), True


def _row(cells: Sequence[object], widths: Sequence[int], right_to_left: bool, *, head: bool = False) -> str:
    kind = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>"
    inner = "".join(_cell(cell, width, right_to_left, strong=head) for cell, width in zip(cells, widths, strict=True))
    return f"<w:tr {nsdecls('w')}>{kind}{inner}</w:tr>"


def _cell(cell: object, width: int, right_to_left: bool, *, span: int = 1, strong: bool = False) -> str:
    spanning = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{_HEAD}"/>' if strong else ""
    lines = "".join(_paragraph(line, right_to_left, strong) for line in text_of(cell).split("\n"))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanning}{shade}</w:tcPr>{lines}</w:tc>'


def _paragraph(line: str, right_to_left: bool, strong: bool) -> str:
    right = runs_right(line, right_to_left)
    properties = f'{"<w:keepNext/>" if strong else ""}{"<w:bidi/>" if right else ""}<w:spacing w:after="0"/>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{_run(line, right, strong=strong) if line else ''}</w:p>"


def _run(text: str, right: bool, space: str = "", *, strong: bool = False) -> str:
    properties = f"{'<w:b/><w:bCs/>' if strong else ''}{'<w:rtl/>' if right else ''}"
    inner = "<w:br/>".join(_with_tabs(line) for line in text.split("\n"))
    return f"<w:r {space}>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def _with_tabs(line: str) -> str:
    return "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in line.split("\t"))


def _quoted(text: str) -> str:
    return '"' + escape(text_of(text).replace("\n", " ")[:255], {'"': "&quot;"}) + '"'
