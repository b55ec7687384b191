"""Pictures on paper: twelve statuses stay readable, the tallest has room with its note, and marks over letters are drawn."""

from __future__ import annotations

import io
import re

import docx
import pypdf
import pytest
from uptake.services.charts.pictures_spec import TONES
from uptake_reports import pictures
from uptake_reports.document import Document, Figure
from uptake_reports.output import charts, layout
from uptake_reports.output.docx import write_docx
from uptake_reports.output.pdf import write_pdf

from .samples import SOURCE

LETTERS = 12
READABLE = 7.5
POINTS = 12_700
SAID = {
    "en": ("Substantially done", "Ministry of Women, Children and Social Affairs, and others"),
    "fr": ("En grande partie réalisée", "Ministère des femmes, de l’enfance et des affaires sociales"),
    "ar": ("مخطَّط لها", "خطط العمل الوطنية لحقوق الإنسان (أو لمجالات محددة) / خطط التنفيذ"),
    "zh": ("基本完成", "国家人权行动计划（或特定领域）/执行计划，以及其他各项计划和方案"),
}


def report(language: str, statuses: int = 12, rows: int = 20, *, over_time: bool = False) -> Document:
    """A report with one picture of so many statuses and rows, all of them named at length."""
    status, name = SAID[language]
    columns = [{"value": value, "label": f"{status} {at}"} for at, value in enumerate(list(TONES)[:statuses])]
    cells = [{"count": at * 103, "href": ""} for at in range(statuses)]
    made = [{"value": str(at), "label": f"{at} {name}", "cells": cells, "total": None} for at in range(rows)]
    numbers = {
        "name": "x", "title": status, "corner": name, "columns": columns, "rows": made, "total": None, "hidden": 3,
        "note": "Counted in each.", "over_time": over_time,
    }  # fmt: skip
    blocks = pictures.filled([Figure({}, "", status, "b-00000001", SOURCE)], {SOURCE: numbers}, language)
    return Document("T", language, "rtl" if language == "ar" else "ltr", blocks=tuple(blocks))


def figure(document: Document) -> Figure:
    (found,) = document.blocks
    assert isinstance(found, Figure)
    return found


def word(document: Document) -> docx.document.Document:
    write_docx(document, stream := io.BytesIO())
    return docx.Document(stream)


@pytest.mark.parametrize("statuses", [2, 5, 8, 12])
@pytest.mark.parametrize("language", list(SAID))
def test_the_letters_of_a_picture_are_readable_however_many_statuses_it_has(language: str, statuses: int) -> None:
    made = report(language, statuses)
    (shape,) = word(made).inline_shapes
    _data, width, _height = charts.png(figure(made).spec, language)
    assert shape.width / POINTS / width * LETTERS >= READABLE
    drawn = charts.svg(figure(made).spec, language)
    texts = re.findall(r">([^<>]+)</text>", drawn)
    shown = " ".join(text.strip("\u202b\u202c") for text in texts)
    assert all(word in shown for word in SAID[language][0].split())
    assert {f"{number:,}" for number in range(103, statuses * 103, 103)} <= {re.sub(r"\s", ",", text) for text in texts}


@pytest.mark.parametrize("over_time", [False, True])
def test_a_picture_has_room_on_its_page_with_its_note(over_time: bool) -> None:
    made = report("en", 12, 60, over_time=over_time)
    file = word(made)
    (shape,) = file.inline_shapes
    page = file.sections[0]
    assert shape.height <= (page.page_height - page.top_margin - page.bottom_margin) * 0.9
    assert shape.width <= page.page_width - page.left_margin - page.right_margin
    (drawn,) = [one for one in file.paragraphs if one.style.name == "Figure"]
    assert drawn.paragraph_format.keep_with_next
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(made)))
    (text,) = [
        page.extract_text()
        for page in reader.pages
        if "Counted" in page.extract_text() or "counted" in page.extract_text()
    ]
    assert "3 more rows are not shown" in " ".join(text.split())
    assert SAID["en"][0] in text


def test_the_size_of_a_picture_is_its_own_where_the_page_has_room() -> None:
    assert layout.picture_size(400, 200) == (300, 150)
    assert layout.picture_size(1000, 100)[0] <= 470.6
    across, down = layout.picture_size(500, 4000)
    assert (down, across) == (610, pytest.approx(76.25))


def test_arabic_with_its_vowels_is_drawn_in_an_accessible_pdf() -> None:
    """The engine refuses an SVG whose letters have marks: such a picture is one of points, with its words beside it."""
    made = report("ar")
    assert "<image" in charts.svg_for_pdf(figure(made).spec, "ar")
    assert "<image" not in charts.svg_for_pdf(figure(report("en")).spec, "en")
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(made)))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert any(page.images for page in reader.pages)
