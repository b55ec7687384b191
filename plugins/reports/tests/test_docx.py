"""The Word file opens again with everything in it, in the order of the schema, from right to left where it should."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from uptake_reports.document import Document, Heading, Paragraph, Run, Table, text_of
from uptake_reports.output import charts
from uptake_reports.output.docx import write_docx

from .samples import SOURCE, WORDS, sample

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore numPr tabs bidi spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs u vertAlign rtl lang",
    "tblPr": "tblStyle bidiVisual tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "trPr": "cantSplit tblHeader",
    "sectPr": "footerReference type pgSz pgMar bidi",
    "settings": "zoom defaultTabStop characterSpacingControl footnotePr compat themeFontLang decimalSymbol listSeparator",
    "style": "name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr tblStylePr",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr",
}


def written(document: Document) -> bytes:
    stream = io.BytesIO()
    write_docx(document, stream)
    return stream.getvalue()


def parts(data: bytes) -> dict[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(("xml", "rels"))
        }


@pytest.mark.parametrize("language", list(WORDS))
def test_it_opens_with_everything_in_its_order(language: str) -> None:
    report = sample(language)
    word = docx.Document(io.BytesIO(written(report)))
    paragraphs = [one for one in word.paragraphs if one.text]
    styles = [(one.style.name, one.text) for one in paragraphs]
    headings = [(name, text) for name, text in styles if name.startswith("Heading")]
    levels = {"h1": 1, "h2": 1, "h3": 2, "annex": 1}
    assert headings == [(f"Heading {level}", WORDS[language][key]) for key, level in levels.items()]
    assert styles[:2] == [("Title", report.title), ("Subtitle", report.subtitle)]
    texts = [text for _, text in styles]
    wanted = [text_of(block) for block in report.blocks if isinstance(block, Paragraph)]
    assert [text for text in texts if text in wanted] == wanted
    small, matrix = word.tables
    assert [[cell.text for cell in row.cells] for row in small.rows] == [*WORDS[language]["small"]]
    assert len(matrix.rows) == 13
    for table in word.tables:
        assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
        assert all(row._tr.trPr.find(f"{W}tblHeader") is None for row in table.rows[1:])
    assert [bool(one.orientation) for one in word.sections] == [False, True]
    assert [shape._inline.docPr.get("descr") for shape in word.inline_shapes] == [WORDS[language]["alt"]]
    core = word.core_properties
    assert (core.title, core.language, core.author, core.last_modified_by, core.comments) == (
        report.title,
        language,
        "",
        "",
        "",
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_its_parts_are_in_the_order_of_the_schema_and_all_there(language: str) -> None:
    found = parts(written(sample(language)))
    names = [child.tag for part in found.values() for child in part.iter() if isinstance(child.tag, str)]
    assert len(names) > 900
    for part in found.values():
        for tag, order in ORDER.items():
            for element in part.iter(f"{W}{tag}"):
                places = [order.split().index(child.tag.removeprefix(W)) for child in element]
                assert places == sorted(places), etree.tostring(element)
    for name, part in found.items():
        if name.endswith(".rels"):
            base = name.rpartition("_rels/")[0]
            for relation in part:
                target = relation.get("Target", "")
                known = target.lstrip("/") if target.startswith("/") else base + target
                assert relation.get("TargetMode") == "External" or known in found or known.endswith("png"), target
    bookmarks = [one.get(f"{W}name") for one in found["word/document.xml"].iter(f"{W}bookmarkStart")]
    assert len(set(bookmarks)) == len(bookmarks) > 10
    assert all(name.startswith("_") and len(name) <= 40 for name in bookmarks)
    ids = [one.get(f"{W}id") for one in found["word/document.xml"].iter(f"{W}bookmarkEnd")]
    assert sorted(ids) == sorted(one.get(f"{W}id") for one in found["word/document.xml"].iter(f"{W}bookmarkStart"))
    assert not any("thumbnail" in name or "customXml" in name for name in found)


def test_a_source_is_one_footnote_that_later_mentions_point_at() -> None:
    found = parts(written(sample("en")))
    notes = found["word/footnotes.xml"].findall(f"{W}footnote")
    assert [note.get(f"{W}id") for note in notes] == ["-1", "0", "1"]
    assert "".join(notes[2].itertext()).strip() == WORDS["en"]["source"]
    body = found["word/document.xml"]
    assert [one.get(f"{W}id") for one in body.iter(f"{W}footnoteReference")] == ["1"]
    fields = [one.get(f"{W}instr") for one in body.iter(f"{W}fldSimple")]
    assert [one for one in fields if "NOTEREF _n_1" in one] == fields != []
    named = [one.get(f"{W}name") for one in body.iter(f"{W}bookmarkStart") if one.get(f"{W}name").startswith("_s_")]
    assert named == [f"_s_{SOURCE.replace('-', '')}_{count}" for count in (1, 2)]


def test_arabic_runs_from_right_to_left_and_what_is_latin_in_it_does_not() -> None:
    body = parts(written(sample("ar")))["word/document.xml"]
    for table in body.iter(f"{W}tbl"):
        assert table.find(f"{W}tblPr/{W}bidiVisual") is not None
    for paragraph in body.iter(f"{W}p"):
        text = "".join(paragraph.itertext())
        if text.startswith("Original"):
            assert paragraph.find(f"{W}pPr/{W}bidi") is None
        elif text:
            assert paragraph.find(f"{W}pPr/{W}bidi") is not None
    runs = [(run.findtext(f"{W}t") or "", run.find(f"{W}rPr/{W}rtl") is not None) for run in body.iter(f"{W}r")]
    assert ("CEDAW/C/EXM/CO/4", False) in runs
    assert all(right for text, right in runs if "التوصية" in text)


def test_chinese_has_a_font_and_a_language_of_its_own() -> None:
    styles = parts(written(sample("zh")))["word/styles.xml"]
    fonts = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
    language = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
    assert language.get(qn("w:eastAsia")) == "zh-CN"


def test_characters_that_no_xml_holds_are_left_out_and_markup_stays_text() -> None:
    block = Paragraph((Run('<w:t>\x00\ud800"&\x0b]]>', link='https://x.example/?"<>'),), 'b-"<>&')
    word = docx.Document(
        io.BytesIO(written(Document("a<b\x01", "en", blocks=(block, Table((), (((Run("1\n2"),), ()),))))))
    )
    assert word.paragraphs[0].text == "a<b"
    assert word.paragraphs[1].text == '<w:t>"&]]>'
    assert word.tables[0].rows[0].cells[0].text == "1\n2"


def test_without_the_engine_of_pictures_the_words_of_a_figure_stand_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "available", lambda: False)
    word = docx.Document(io.BytesIO(written(sample("fr"))))
    assert not word.inline_shapes
    assert WORDS["fr"]["alt"] in [one.text for one in word.paragraphs]


def test_an_annex_without_wide_tables_begins_on_a_page_of_its_own() -> None:
    blocks = (Heading(1, "A"), Heading(4, "B"), Heading(1, "Annex", annex=True), Paragraph((Run("x"),)))
    body = parts(written(Document("T", "en", blocks=blocks)))["word/document.xml"]
    broken = [p for p in body.iter(f"{W}p") if p.find(f"{W}pPr/{W}pageBreakBefore") is not None]
    assert ["".join(p.itertext()) for p in broken] == ["Annex"]
