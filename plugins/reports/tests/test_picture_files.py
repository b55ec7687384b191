"""A picture of a report in every file: drawn with its caption, note and words, or as the table of its numbers."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from uptake.toolkit import session
from uptake_reports import pictures
from uptake_reports.document import Document, Figure, Run
from uptake_reports.output import charts
from uptake_reports.output.docx import write_docx
from uptake_reports.output.html import write_html
from uptake_reports.output.pdf import write_pdf
from uptake_reports.output.text import write_text
from uptake_reports.returning import reviewing

from .returned import Report
from .samples import SOURCE, WORDS, sample

NUMBERS = {
    "name": "progress-by-theme", "title": "Progress, by theme", "corner": "Theme", "hidden": 3, "note": "Each counts once.",
    "over_time": False,
}  # fmt: skip


def numbers(language: str) -> dict[str, object]:
    """What a picture counted: two rows in the words of the language."""
    said = WORDS[language]
    columns = [{"value": "received", "label": said["status"][0]}, {"value": "implemented", "label": said["status"][1]}]
    rows = [
        {
            "value": str(at),
            "label": label,
            "cells": [{"count": at, "href": "/x"}, {"count": 1234, "href": "/x"}],
            "total": None,
        }
        for at, label in enumerate((said["h1"], said["h2"]))
    ]
    return {**NUMBERS, "columns": columns, "rows": rows, "total": None}


def with_picture(language: str) -> Document:
    """The sample with a picture out of the register in place of its own."""
    report, said = sample(language), WORDS[language]
    place = Figure({}, "", said["figure"], "b-00000f00", SOURCE)
    blocks = [place if isinstance(block, Figure) else block for block in report.blocks]
    return replace(report, blocks=tuple(pictures.filled(blocks, {SOURCE: numbers(language)}, language)))


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "available", lambda: False)


def word(report: Document) -> docx.document.Document:
    write_docx(report, stream := io.BytesIO())
    return docx.Document(stream)


def pdf_text(report: Document) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(report)))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("language", ["en", "ar"])
def test_word_holds_it_with_caption_note_and_alternative_text(language: str) -> None:
    report = with_picture(language)
    (figure,) = [block for block in report.blocks if isinstance(block, Figure)]
    made = word(report)
    (shape,) = made.inline_shapes
    assert shape._inline.docPr.get("descr") == figure.alt
    assert figure.alt.startswith("Progress, by theme.")
    assert made.sections[0].page_width > shape.width > 0
    (caption,) = [one for one in made.paragraphs if one.style.name == "Caption" and one.text.startswith(figure.caption)]
    marks = [one for one in caption._p.iter() if one.tag in {qn("w:footnoteReference"), qn("w:fldSimple")}]
    assert len(marks) == 1
    assert (caption._p.pPr.find(qn("w:bidi")) is not None) == (language == "ar")
    assert figure.note in [one.text for one in made.paragraphs]
    assert len(made.tables) == 2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_without_the_engine_the_table_stands_in_its_place_and_it_is_said(language: str, no_engine: None) -> None:
    report = with_picture(language)
    (figure,) = [block for block in report.blocks if isinstance(block, Figure)]
    made = word(report)
    assert len(made.inline_shapes) == 0
    table = made.tables[1]
    assert [[cell.text for cell in row.cells] for row in table.rows][1][0] == WORDS[language]["h1"]
    assert (table._tbl.tblPr.find(qn("w:bidiVisual")) is not None) == (language == "ar")
    texts = [one.text for one in made.paragraphs]
    note = made.paragraphs[texts.index(figure.note) - 1]
    assert note.style.name == "Normal"
    assert [one for one in note._p.iter() if one.tag in {qn("w:footnoteReference"), qn("w:fldSimple")}]
    page = write_html(report)
    assert "<figure" not in page
    assert page.count("<table") == 3
    assert figure.caption in page


def test_a_pdf_holds_its_words_and_without_the_engine_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    report = with_picture("en")
    reader, text = pdf_text(report)
    assert WORDS["en"]["figure"] in text
    assert "is counted in each. 3 more rows are not shown." in text
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    assert "Progress, by theme." in str(_alternatives(root))
    monkeypatch.setattr(charts, "available", lambda: False)
    _reader, plain = pdf_text(report)
    assert "could not be drawn on this server" in plain
    assert "1,234" in plain


def _alternatives(element: object) -> list[str]:
    """The alternative texts of all tags below one."""
    element = element.get_object() if hasattr(element, "get_object") else element
    if isinstance(element, list):
        return [one for child in element for one in _alternatives(child)]
    if not isinstance(element, dict):
        return []
    found = [str(element["/Alt"])] if "/Alt" in element else []
    return found + (_alternatives(element["/K"]) if "/K" in element else [])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_html_holds_the_drawing_its_words_and_the_table_for_readers_of_the_screen(language: str) -> None:
    page = write_html(with_picture(language))
    found = re.search(r"<figure>(.*?)</figure>", page, re.DOTALL)
    assert found
    assert re.search(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="Progress, by theme\.', found[1])
    assert re.search(r'<figcaption>.*<a href="#note-1" role="doc-noteref"', found[1])
    assert re.search(r"<details><summary>[^<]+</summary>.*<th scope=\"col\"", found[1], re.DOTALL)
    assert "/x" not in found[1]


def test_text_holds_its_numbers() -> None:
    text = write_text(with_picture("en"))
    said = WORDS["en"]
    assert f"{said['figure']}\nTheme\t{said['status'][0]}\t{said['status'][1]}\n{said['h1']}\t0\t1,234" in text


@pytest.mark.parametrize("drawn", [True, False])
def test_a_file_with_a_picture_that_comes_back_untouched_proposes_nothing(
    report: Report, drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = report.saved(report.first).body
    row = report.saved(report.first)
    pictures.take_in(report.first, ["progress-by-status"], version=row.version, person=report.coordinator)
    assert "<figure" in report.saved(report.first).body
    monkeypatch.setattr(charts, "available", lambda: drawn)
    file = report.file(lambda word: setattr(word.paragraphs[6].runs[0], "text", word.paragraphs[6].runs[0].text))
    monkeypatch.undo()
    review = report.review(file)
    assert [(one.what, one.after) for one in review.proposals] == []
    changed = report.file(
        lambda word: word.tables[0].rows[1].cells[1].paragraphs[0].runs[0].__setattr__("text", "95 %")
    )
    review = report.review(changed)
    assert report.take(review) == 1
    assert "<figure" in report.saved(report.first).body
    assert "95 %" in report.saved(report.first).body
    assert "95 %" not in body
    session().rollback()
    assert reviewing.waiting(session(), report.project, review.token, person=report.coordinator).open == []


def test_a_picture_without_numbers_of_its_own_has_its_words(no_engine: None) -> None:
    report = Document("T", "en", blocks=(Figure({"mark": "bar"}, "What it says.", "Caption"),))
    assert "What it says." in [one.text for one in word(report).paragraphs]
    assert "What it says." in write_html(report)
    assert "What it says." in write_text(report)
    assert Run("Caption") not in report.blocks
