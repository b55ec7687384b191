"""Letters of several scripts in one report: each run in the font and with the width of its own script, numbers with room."""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from uptake_reports.document import Document, Paragraph, Run
from uptake_reports.output import pdf
from uptake_reports.output.docx import write_docx
from uptake_reports.output.pdf import write_pdf

ENGLISH, CHINESE = "In the Committee’s view, this was done.", "委员会认为“已经落实”。"
TWIPS_OF_DIGITS = 4 * 120 + 60


def report(language: str = "zh") -> Document:
    blocks = tuple(Paragraph((Run(text),), f"b-0000000{at}", True) for at, text in enumerate((ENGLISH, CHINESE)))
    return Document("报告", language, blocks=blocks)


def opened(made: Document) -> ZipFile:
    write_docx(made, stream := io.BytesIO())
    return ZipFile(stream)


def test_word_knows_which_quotation_marks_are_chinese() -> None:
    body = docx.Document(opened(report()).fp).element.body
    runs = {one.text: one for one in body.iter(qn("w:r"))}
    fonts = runs[CHINESE].rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:hint")) == "eastAsia"
    assert runs[ENGLISH].rPr is None


def test_an_apostrophe_in_an_english_sentence_of_a_chinese_pdf_is_a_latin_one() -> None:
    if not set(pdf.SCRIPTS["zh"]) & set(pdf._known()):
        pytest.skip("this machine has no font for the script")
    fonts: dict[str, set[str]] = {}

    def visit(text: str, _cm: object, _tm: object, font: dict[str, str] | None, _size: float) -> None:
        for word in ("Committee", "委员会"):
            if word in text and font:
                fonts.setdefault(word, set()).add(str(font["/BaseFont"]))

    page = pypdf.PdfReader(io.BytesIO(write_pdf(report()))).pages[0]
    text = page.extract_text(visitor_text=visit)
    assert "Committee’s" in text
    assert fonts["Committee"].isdisjoint(fonts["委员会"])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_tab_behind_a_number_has_room_for_four_digits(language: str) -> None:
    made = Document("T", language, "rtl" if language == "ar" else "ltr")
    numbering = opened(made).read("word/numbering.xml").decode()
    place, first = re.search(r'w:pos="(\d+)"/></w:tabs><w:ind w:left="0" w:firstLine="(\d+)"', numbering).groups()  # type: ignore[union-attr]
    assert int(place) - int(first) >= TWIPS_OF_DIGITS
