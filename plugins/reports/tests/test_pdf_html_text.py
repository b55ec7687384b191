"""PDF, HTML and plain text hold the whole report, in its order, for every reader."""

from __future__ import annotations

import io
import re
import sys

import pypdf
import pytest
from uptake.toolkit import Conflict
from uptake_reports.document import Document, Heading, Paragraph, Run, Source, text_of
from uptake_reports.output import charts, pdf
from uptake_reports.output.html import write_html
from uptake_reports.output.pdf import write_pdf
from uptake_reports.output.text import write_text

from .samples import WORDS, sample

EVIL = '#panic("x") *bold* $x$ <script>alert(1)</script> \\ `raw` @ref {{ 7*7 }}'


def opened(document: Document) -> tuple[pypdf.PdfReader, str]:
    reader = pypdf.PdfReader(io.BytesIO(write_pdf(document)))
    return reader, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_pdf_is_tagged_and_holds_the_text_in_its_order() -> None:
    report = sample("fr", 60)
    reader, text = opened(report)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert reader.metadata.title == report.title
    said = WORDS["fr"]
    places = [text.find(said[key]) for key in ("title", "h1", "h2", "h3", "figure", "annex")]
    assert -1 not in places
    assert places == sorted(places)
    assert text.count(said["row"][1].split(" qui ")[0]) == 60
    assert text.count("État auteur") > 1
    assert [page.mediabox.width > page.mediabox.height for page in reader.pages][-1]
    assert said["source"] in text


@pytest.mark.parametrize("language", ["ar", "zh"])
def test_a_pdf_draws_every_script_that_the_server_has_fonts_for(language: str) -> None:
    if not set(pdf.SCRIPTS[language]) & set(pdf._known()):
        pytest.skip("this machine has no font for the script")
    _reader, text = opened(sample(language))
    wanted = re.sub(r"\s", "", WORDS[language]["h1"] if language == "zh" else "EXM/1")
    assert wanted in text.replace(" ", "")


def test_what_looks_like_markup_is_text_in_every_format() -> None:
    block = Paragraph((Run(EVIL, source="s"), Run("x", link="javascript:alert(1)")))
    report = Document(
        EVIL,
        "en",
        subtitle=EVIL,
        facts=((EVIL, EVIL),),
        blocks=(Heading(1, EVIL), block),
        sources={"s": Source("s", EVIL)},
    )
    assert opened(report)[1].count("*bold* $x$ <script>") >= 5
    page = write_html(report)
    assert "<script>" not in page
    assert "javascript:" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6
    assert write_text(report).count(EVIL) == 7


def test_without_the_extra_a_pdf_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setattr(pdf, "available", lambda: False)
    with pytest.raises(Conflict) as error:
        write_pdf(sample("en"))
    assert "uptake[pdf]" in error.value.remedy


def test_a_character_that_no_font_has_is_named_by_the_pdf_and_kept_by_html() -> None:
    report = Document("T", "en", blocks=(Paragraph((Run("one \uf8ff"),)),))
    with pytest.raises(Conflict, match=r"no font of the server can draw: .*f8ff"):
        write_pdf(report)
    assert "\uf8ff" in write_html(report)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_html_is_one_file_with_real_headings_tables_and_notes(language: str) -> None:
    report, said = sample(language), WORDS[language]
    page = write_html(report)
    assert f'<html lang="{language}" dir="{report.direction}">' in page
    assert re.findall(r"<(h\d)", page) == ["h1", "h2", "h2", "h3", "h2"]
    assert page.count('<th scope="col"') == 9
    assert f"<caption>{said['caption']}</caption>" in page
    assert re.search(r'<img src="data:image/svg\+xml;base64,[^"]+" alt="' + re.escape(said["alt"]), page)
    assert page.count('href="#note-1"') == 2
    assert page.count('id="ref-1"') == page.count('id="note-1"') == 1
    assert not re.search(r'(src|href)="https?://(?!www\.ohchr|uptake\.example)', page)


def test_text_holds_each_block_on_its_line() -> None:
    report = sample("en", 2)
    text = write_text(report)
    end = 0
    for block in report.blocks:
        for line in text_of(block).split("\n"):
            assert line in text[end:]
            end = text.index(line, end)
    assert "\n3. OHCHR. " in text
    assert text.endswith(f"[1] {WORDS['en']['source']}\n")


def test_a_figure_never_asks_another_server() -> None:
    spec = {"data": {"url": "http://127.0.0.1:9/x"}, "mark": "bar", "layer": [{"data": {"url": "file:///etc/passwd"}}]}
    assert "url" not in str(charts._closed(spec))
