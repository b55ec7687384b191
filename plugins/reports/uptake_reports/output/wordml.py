"""Sentences of WordprocessingML as text: children stand in the order in which the schema wants them."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from uptake_reports.output.writing import eastern, pieces, writable

NAMESPACES = " ".join(
    f'xmlns:{prefix}="http://schemas.openxmlformats.org/{name}"'
    for prefix, name in {
        "w": "wordprocessingml/2006/main",
        "r": "officeDocument/2006/relationships",
        "wp": "drawingml/2006/wordprocessingDrawing",
        "a": "drawingml/2006/main",
        "pic": "drawingml/2006/picture",
    }.items()
)
EMU_PER_TWIP = 635


def run(text: str, right: bool, *, bold: bool = False, italic: bool = False, style: str = "") -> str:
    """A text in one form: a run for each piece of another script's side."""
    head = f'<w:rStyle w:val="{style}"/>' if style else ""
    head += '<w:rFonts w:hint="eastAsia"/>' if eastern(text) else ""
    head += "<w:b/><w:bCs/>" if bold else ""
    head += "<w:i/><w:iCs/>" if italic else ""
    return "".join(_run(piece, head + ("<w:rtl/>" if side else "")) for piece, side in pieces(writable(text), right))


def link(target: str, runs: str) -> str:
    """Runs that lead somewhere; ``target`` is the id of a relationship."""
    return f'<w:hyperlink r:id="{target}">{runs}</w:hyperlink>'


def note_mark(number: int) -> str:
    """The small number that leads to a footnote."""
    return f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'


def note_again(number: int) -> str:
    """The number of a footnote that stands further up, as a field that follows it."""
    mark = f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:t>{number}</w:t></w:r>'
    return f'<w:fldSimple w:instr=" NOTEREF _n_{number} \\f \\h ">{mark}</w:fldSimple>'


def bookmark(name: str, number: int, content: str) -> str:
    """Content between the two ends of a bookmark; Word hides those whose name begins with an underscore."""
    start = f'<w:bookmarkStart w:id="{number}" w:name={quoteattr(name)}/>'
    return f'{start}{content}<w:bookmarkEnd w:id="{number}"/>'


def paragraph(
    content: str, style: str, right: bool, *, numbering: str = "", new_page: bool = False, keep: bool = False
) -> str:
    """A paragraph of a style; ``numbering`` is a level and a number such as ``0:7``, ``keep`` holds the next on its page."""
    level, _, number = numbering.partition(":")
    properties = f'<w:pStyle w:val="{style}"/>' + ("<w:keepNext/>" if keep else "")
    properties += "<w:pageBreakBefore/>" if new_page else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    properties += "<w:bidi/>" if right else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def table(rows: list[str], widths: list[int], right: bool, title: str) -> str:
    """A table whose first row is repeated on every page; ``widths`` in twentieths of a point."""
    properties = (
        f'<w:tblPr><w:tblStyle w:val="ReportTable"/>{"<w:bidiVisual/>" if right else ""}'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        + (f"<w:tblCaption w:val={quoteattr(writable(title))}/>" if title else "")
        + "</w:tblPr>"
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def row(cells: list[str], widths: list[int], *, head: bool = False) -> str:
    """A row of paragraphs; ``head`` repeats it at the top of every page."""
    properties = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>"
    filled = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr>{properties}{filled}</w:tr>"


def picture(relation: str, number: int, alt: str, width: int, height: int) -> str:
    """A picture in its line, with its alternative text; sizes in twentieths of a point."""
    x, y, said = width * EMU_PER_TWIP, height * EMU_PER_TWIP, quoteattr(writable(alt))
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{x}" cy="{y}"/>'
        f'<wp:docPr id="{number}" name="Figure {number}" descr={said}/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Figure {number}" descr={said}/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{x}" cy="{y}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def section(wide: bool, right: bool, footer: str) -> str:
    """The pages up to here: A4, upright or lying; ``footer`` is the id of a relationship."""
    width, height = (PAGE[1], PAGE[0]) if wide else PAGE
    turned = ' w:orient="landscape"' if wide else ""
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{footer}"/><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar w:top="{MARGIN}" w:right="{MARGIN}" w:bottom="{MARGIN}" w:left="{MARGIN}" w:header="567" w:footer="567" '
        f'w:gutter="0"/>{"<w:bidi/>" if right else ""}</w:sectPr>'
    )


PAGE = (11906, 16838)
MARGIN = 1247


def room(wide: bool) -> int:
    """How wide the text is, in twentieths of a point."""
    return PAGE[1 if wide else 0] - 2 * MARGIN


def _run(text: str, properties: str) -> str:
    head = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else "" for line in text.split("\n")
    )
    return f"<w:r>{head}{lines}</w:r>"
