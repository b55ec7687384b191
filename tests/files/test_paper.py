"""Lists on paper: no word of a header is broken, no row either, and what stands around a table is at its side."""

from __future__ import annotations

import io
from zipfile import ZipFile

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from uptake.files.docx_writer import write_docx
from uptake.files.pdf_writer import write_pdf
from uptake.files.tables import Across, Table
from uptake.services.lists.papers import AROUND, LETTER, LINE, fitted

LABELS = ("Provision", "Paragraph", "Recommendation", "Status", "Gap")
ROW = ("Article 1: Purpose", "8", "The Committee recommends a law. " * 20, "Received", "No recommendation")
AROUND_IT = ("Mirava follows up", "8 توصيات")


def table(*rows: object) -> Table:
    """A short list with Latin and Arabic words around it."""
    title = "اتفاقية حقوق الأشخاص ذوي الإعاقة"
    return Table(title, LABELS, (26, 10, 60, 14, 16), rows or (ROW,), AROUND_IT, f"{AROUND_IT[0]} · {title}")


def word(right_to_left: bool) -> bytes:
    write_docx(stream := io.BytesIO(), [table()], title="A list", language="ar", right_to_left=right_to_left)
    return stream.getvalue()


def test_a_column_is_as_wide_as_its_longest_word() -> None:
    found = fitted((26, 10, 90, 14, 16), LABELS, [ROW, Across("A line over all columns, however long it may be")])
    assert sum(found) == pytest.approx(LINE, abs=3)
    for width, words in zip(found, zip(LABELS, ROW, strict=True), strict=True):
        longest = max(len(word) for cell in words for word in cell.split())
        assert width >= min(longest, 14) * LETTER + AROUND - 1
    assert found[2] == max(found)


def test_wide_columns_keep_their_shares_and_too_many_columns_share_the_line() -> None:
    assert fitted((1, 3), ("A", "B"), [("x", "y")]) == [round(LINE / 4), round(LINE * 3 / 4)]
    many = fitted([10] * 20, ["Recommendations"] * 20, [])
    assert len(set(many)) == 1
    assert fitted((20, 20), ("文号", "国家人权行动计划执行情况"), []) == [round(LINE / 2)] * 2


@pytest.mark.parametrize("right", [False, True])
def test_words_around_a_table_begin_at_the_side_of_the_document(right: bool) -> None:
    made = docx.Document(io.BytesIO(word(right)))
    said = [one for one in (*made.paragraphs, *made.sections[0].header.paragraphs) if one.text]
    assert len(said) == 4
    for one in said:
        wanted = right or one.text[0] not in "M"
        if not one.text.startswith("8"):
            assert (one._p.pPr is not None and one._p.pPr.find(qn("w:bidi")) is not None) == wanted, one.text


def test_a_row_stays_on_its_page_and_the_header_has_room() -> None:
    made = docx.Document(io.BytesIO(word(False)))
    rows = made.tables[0]._tbl.tr_lst
    assert [row.trPr.find(qn("w:cantSplit")) is not None for row in rows] == [True, True]
    assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True, False]
    section = made.sections[0]
    assert section.top_margin - section.header_distance >= docx.shared.Mm(7)


def test_no_part_of_another_document_is_left_in_the_file() -> None:
    names = ZipFile(io.BytesIO(word(True))).namelist()
    assert not [name for name in names if "stylesWithEffects" in name or "thumbnail" in name or "customXml" in name]


def test_a_note_of_another_script_stands_at_the_side_of_the_table_in_pdf() -> None:
    write_pdf(stream := io.BytesIO(), table(), author="x", language="ar", right_to_left=True)
    found: dict[str, float] = {}

    def visit(text: str, around: list[float], matrix: list[float], _font: object, _size: float) -> None:
        if text.strip():
            found.setdefault(text.strip(), around[4] + around[0] * matrix[4])

    page = pypdf.PdfReader(stream).pages[0]
    page.extract_text(visitor_text=visit)
    at = next(place for text, place in found.items() if text.startswith("Mirava"))
    assert at > float(page.mediabox.width) / 2
