"""A Word file goes out, is edited as Word edits, and comes back: what differs is shown, and taken only when somebody says so."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from flask import Flask
from uptake.testing.reporting import Scene, post
from uptake.toolkit import Conflict, Invalid, Refused, session
from uptake_reports import editing, writing
from uptake_reports.assembling import assemble
from uptake_reports.document import Run, Table, text_of
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import Project, Section, SectionVersion
from uptake_reports.output.docx import write_docx
from uptake_reports.returning import reviewing
from uptake_reports.returning.opening import open_word
from uptake_reports.returning.reading import read
from uptake_reports.richtext import to_blocks
from uptake_reports.sections import ordered

from .samples import WORDS, sample

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY = (
    "<p>Births are registered in <strong>all</strong> districts since 2023.</p><p>The law on violence entered into force.</p>"
    "<ul><li>Six shelters were opened;</li><li>Judges were trained.</li></ul><h3>Data</h3><p>Short.</p>"
    "<table><thead><tr><th>Year</th><th>Births</th></tr></thead><tbody><tr><td>2025</td><td>93 %</td></tr></tbody></table>"
)


class Report(Scene):
    """A briefing with a text in its first section and one sentence in the second, which the health ministry writes."""

    def __init__(self) -> None:
        super().__init__()
        self.project = self.begin("Briefing")
        self.first, self.second, *_others = (row.id for row in ordered(session(), self.project))
        self.write(self.first, BODY)
        self.write(self.second, "<p>The bill on registries is before parliament.</p>")

    def begin(self, title: str) -> int:
        return editing.create(ProjectDraft(title, "reports.parliament"), person=self.coordinator)

    def saved(self, section: int) -> Section:
        session().rollback()
        return session().get_one(Section, section, populate_existing=True)

    def write(self, section: int, body: str) -> None:
        writing.save(section, body, version=self.saved(section).version, person=self.coordinator)

    def file(self, edit: Callable[[docx.document.Document], None] = lambda word: None) -> io.BytesIO:
        """The report as a Word file, edited."""
        stream, edited = io.BytesIO(), io.BytesIO()
        write_docx(assemble(session(), self.project, person=self.coordinator), stream)
        word = docx.Document(stream)
        edit(word)
        word.save(edited)
        return edited

    def review(self, stream: io.BytesIO) -> reviewing.Review:
        token = reviewing.receive(self.project, stream, "report.docx", person=self.coordinator)
        return reviewing.waiting(session(), self.project, token, person=self.coordinator)

    def take(self, review: reviewing.Review, *numbers: int) -> int:
        return reviewing.take(self.project, review.token, numbers or review.open, person=self.coordinator)

    def text(self, section: int) -> list[str]:
        return [text_of(block) for block in to_blocks(self.saved(section).body)]


@pytest.fixture
def report(app: Flask) -> Report:
    return Report()


def paragraph(word: docx.document.Document, begins: str) -> docx.text.paragraph.Paragraph:
    return next(one for one in word.paragraphs if one.text.startswith(begins))


def say(word: docx.document.Document, begins: str, text: str) -> None:
    """Type other words into a paragraph, as somebody does in Word: its bookmarks stay."""
    found = paragraph(word, begins)
    for run in found.runs[1:]:
        run._r.getparent().remove(run._r)
    found.runs[0].text = text


def without_names(word: docx.document.Document) -> None:
    for tag in ("bookmarkStart", "bookmarkEnd"):
        for one in list(word.element.body.iter(f"{W}{tag}")):
            one.getparent().remove(one)


def kinds(review: reviewing.Review) -> list[tuple[str, str, str]]:
    return [(one.what, one.before, one.after) for one in review.proposals]


@pytest.mark.parametrize("language", list(WORDS))
def test_what_nobody_edited_comes_back_as_it_went_out(language: str) -> None:
    stream, report = io.BytesIO(), sample(language)
    write_docx(replace(report, blocks=tuple(one for one in report.blocks if one.anchor)), stream)
    found = read(open_word(stream, "report.docx"))
    blocks = [block for block in report.blocks if block.anchor]
    assert [one.marks for one in found.blocks] == [(f"_u_{block.anchor.replace('-', '_')}",) for block in blocks]
    for before, after in zip(blocks, found.blocks, strict=True):
        assert type(before) is type(after.block)
        plain = {"anchor": "", "numbered": False, "widths": (), "level": 0, "annex": False}
        fields = {name: value for name, value in plain.items() if hasattr(before, name)}
        assert replace(after.block, **fields) == replace(before, **fields)


def test_an_untouched_file_proposes_nothing_even_without_its_hidden_names(report: Report) -> None:
    assert report.review(report.file()).proposals == ()
    assert report.review(report.file(without_names)).proposals == ()


def test_changes_are_shown_beside_what_stands_here_and_taken_one_by_one(report: Report) -> None:
    def edit(word: docx.document.Document) -> None:
        say(word, "Births", "Births are registered everywhere.")
        say(word, "Judges", "All judges were trained.")
        word.styles.add_style("TOC 1", 1)
        paragraph(word, "Births").insert_paragraph_before("What is asked of parliament 1", "TOC 1")
        gone = paragraph(word, "Short")._p
        gone.getparent().remove(gone)
        new = paragraph(word, "The law").insert_paragraph_before("A new paragraph in bold: ")
        new.add_run("here").bold = True
        word.tables[0].rows[1].cells[1].text = "95 %"
        paragraph(word, "The bill").add_run(" It was read twice.")

    review = report.review(report.file(edit))
    assert kinds(review) == [
        ("changed", "Births are registered in all districts since 2023.", "Births are registered everywhere."),
        ("new", "", "A new paragraph in bold: here"),
        ("changed", "Six shelters were opened;\nJudges were trained.", "Six shelters were opened;\nAll judges were trained."),
        ("changed", "Year\tBirths\n2025\t93 %", "Year\tBirths\n2025\t95 %"),
        ("changed", "The bill on registries is before parliament.", "The bill on registries is before parliament. It was read twice."),
        ("gone", "Short.", ""),
    ]  # fmt: skip
    assert not any(one.conflict or one.lost for one in review.proposals)
    before = report.text(report.second)
    assert report.take(review, 0, 1) == 2
    assert report.text(report.first)[:3] == [
        "Births are registered everywhere.", "A new paragraph in bold: here", "The law on violence entered into force.",
    ]  # fmt: skip
    assert report.text(report.second) == before
    assert "<strong>here</strong>" in report.saved(report.first).body
    left = reviewing.waiting(session(), report.project, review.token, person=report.coordinator)
    assert left.open == [2, 3, 4, 5]
    assert report.take(left) == 4
    assert "Short." not in report.text(report.first)
    assert report.text(report.second) == ["The bill on registries is before parliament. It was read twice."]
    table = to_blocks(report.saved(report.first).body)[-1]
    assert isinstance(table, Table)
    assert table.header == ((Run("Year"),), (Run("Births"),))
    assert session().query(SectionVersion).filter_by(section_id=report.first).count() == 3
    with pytest.raises(Invalid, match="No change was chosen"):
        report.take(left, 0)


def test_paragraphs_that_lost_their_hidden_names_are_found_by_their_words(report: Report) -> None:
    def edit(word: docx.document.Document) -> None:
        without_names(word)
        say(word, "The law", "The law on violence against women entered into force in May.")
        paragraph(word, "Short").insert_paragraph_before("Something entirely different about the census.")

    review = report.review(report.file(edit))
    assert kinds(review) == [
        ("changed", "The law on violence entered into force.", "The law on violence against women entered into force in May."),
        ("new", "", "Something entirely different about the census."),
    ]  # fmt: skip
    report.take(review)
    assert report.text(report.first)[1].endswith("in May.")
    assert report.text(report.first)[4:6] == ["Something entirely different about the census.", "Short."]


def test_what_changed_here_since_the_download_is_kept_or_named(report: Report) -> None:
    def edit(word: docx.document.Document) -> None:
        say(word, "Births", "Births: their words.")

    stream = report.file(edit)
    body = report.saved(report.first).body
    body = body.replace("since 2023", "since 2022").replace("The law", "The new law").replace("Short.", "Long.")
    report.write(report.first, body + "<p>Written after the download.</p>")
    (one,) = report.review(stream).proposals
    assert (one.what, one.after, one.conflict) == ("changed", "Births: their words.", True)


def test_what_changes_between_review_and_taking_refuses_the_whole_taking(report: Report) -> None:
    def edit(word: docx.document.Document) -> None:
        say(word, "The bill", "Their bill.")
        say(word, "The law", "Their law.")

    review = report.review(report.file(edit))
    report.write(report.first, report.saved(report.first).body.replace("The law", "Our law"))
    with pytest.raises(Conflict, match="nothing was taken"):
        report.take(review)
    assert report.text(report.second) == ["The bill on registries is before parliament."]


def test_tracked_changes_are_read_as_if_accepted_and_counted(report: Report) -> None:
    def edit(word: docx.document.Document) -> None:
        found = paragraph(word, "The bill")._p
        run = found.find(f".//{W}r")
        gone = parse_xml(f'<w:del {nsdecls("w")} w:id="900" w:author="A"/>')
        run.addprevious(gone)
        run.find(f"{W}t").tag = f"{W}delText"
        gone.append(run)
        came = f'<w:ins {nsdecls("w")} w:id="901" w:author="A"><w:r><w:t>The act is in force.</w:t></w:r></w:ins>'
        gone.addnext(parse_xml(came))

    review = report.review(report.file(edit))
    assert kinds(review) == [("changed", "The bill on registries is before parliament.", "The act is in force.")]
    assert review.notes["tracked"] == 2


def test_headings_of_sections_are_not_taken_and_the_page_is_told(report: Report) -> None:
    def edit(word: docx.document.Document) -> None:
        say(word, "Bills", "Laws")
        last = paragraph(word, "The law")._p
        paragraph(word, "Births")._p.addprevious(last)

    review = report.review(report.file(edit))
    assert review.proposals == ()
    assert (review.notes["kept"], review.notes["moved"]) == (1, 1)


def test_words_that_a_source_has_said_keep_it(report: Report) -> None:
    stream = io.BytesIO()
    write_docx(sample("en"), stream)
    word = docx.Document(stream)
    for run in paragraph(word, "OHCHR").runs:
        run.text = run.text.replace("statistics office reports", "statistics office now says")
    word.save(edited := io.BytesIO())
    found = read(open_word(edited, "x.docx")).blocks[7].block
    assert [(run.text, bool(run.source)) for run in found.runs] == [
        ("OHCHR", False), (". ", False), ("as the statistics office now says", True), (" & <", False),
    ]  # fmt: skip


def packed(report: Report, change: Callable[[dict[str, bytes]], None]) -> io.BytesIO:
    """The report's file with parts of it changed by hand."""
    with zipfile.ZipFile(report.file()) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    change(held)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return stream


def test_files_that_cannot_be_taken_are_refused_with_their_reason_and_nothing_is_kept(report: Report) -> None:
    def entity(held: dict[str, bytes]) -> None:
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        held["word/document.xml"] = re.sub(rb"(<\?xml.*?\?>)", rb"\1" + bomb, held["word/document.xml"], count=1)

    def strict(held: dict[str, bytes]) -> None:
        held["word/document.xml"] = held["word/document.xml"].replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        )

    other = report.begin("Another report")
    stream = io.BytesIO()
    write_docx(assemble(session(), other, person=report.coordinator), stream)
    empty = docx.Document()
    empty.add_paragraph("A letter.")
    empty.save(letter := io.BytesIO())
    refused = {
        "holds macros": packed(report, lambda held: held.update({"word/vbaProject.bin": b"x"})),
        "file of another report": stream,
        "Nothing in": letter,
        "damaged": packed(report, lambda held: held.update({"word/document.xml": b"<w:document"})),
        "a part of it cannot be read": packed(report, entity),
        "no Word document of the usual kind": packed(report, strict),
        "far more than a report holds": packed(
            report, lambda held: held.update({"word/styles.xml": b" " * 41_000_000})
        ),
        "is not a kind of file that is taken here": io.BytesIO(b"{\\rtf1 }"),
        "is not a kind": io.BytesIO(b"PK\x03\x04" + b"\0" * 40),
    }
    for reason, file in refused.items():
        with pytest.raises(Invalid) as error:
            report.review(file)
        assert reason in str(error.value), (reason, str(error.value))
    assert report.text(report.first)[0].startswith("Births are registered in all")


def test_only_who_writes_here_brings_files_and_takes_only_into_the_own_sections(report: Report) -> None:
    def edit(word: docx.document.Document) -> None:
        say(word, "The bill", "Their bill.")
        say(word, "The law", "Their law.")

    stream = report.file(edit)
    with pytest.raises(Exception, match="no such report"):
        reviewing.receive(report.project, stream, "x.docx", person=report.focal)
    row = report.saved(report.second)
    row.actor_id = report.health
    session().commit()
    token = reviewing.receive(report.project, stream, "x.docx", person=report.focal)
    review = reviewing.waiting(session(), report.project, token, person=report.focal)
    assert [review.proposals[at].after for at in review.open] == ["Their bill."]
    with pytest.raises(Refused):
        reviewing.take(report.project, token, [0, 1], person=report.focal)
    assert reviewing.take(report.project, token, review.open, person=report.focal) == 1
    assert report.text(report.second) == ["Their bill."]
    version = session().get_one(Project, report.project, populate_existing=True).version
    editing.move(report.project, "approve", version=version, person=report.coordinator)
    with pytest.raises(Conflict, match="approved"):
        report.review(stream)


def test_the_pages_lead_from_download_to_taking(report: Report, sign_in) -> None:
    browser = sign_in(report.coordinator)
    here = f"/reports/{report.project}"
    page = browser.get(here).text
    for suffix in ("docx", "pdf", "html", "txt"):
        assert f"{here}/report.{suffix}" in page
        answer = browser.get(f"{here}/report.{suffix}")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
    word = docx.Document(io.BytesIO(browser.get(f"{here}/report.docx").data))
    say(word, "The law", 'The law & <script>alert("x")</script>')
    word.save(stream := io.BytesIO())
    stream.seek(0)
    assert "Choose the file" in post(browser, f"{here}/return").text
    wrong = post(browser, f"{here}/return", file=(io.BytesIO(b"no"), "x.docx"))
    assert (wrong.status_code, "is not" in wrong.text) == (422, True)
    led = post(browser, f"{here}/return", file=(stream, "edited.docx"))
    assert led.status_code == 303
    review = browser.get(led.location).text
    assert "edited.docx" in review
    assert "<script>alert" not in review
    assert post(browser, led.location).status_code == 303
    assert "No change was chosen" in browser.get(led.location).text
    assert post(browser, led.location, one="1").status_code == 303
    done = browser.get(led.location).text
    assert "1 change was taken" in done
    assert report.text(report.first)[1] == 'The law & <script>alert("x")</script>'
    assert browser.get(f"{here}/return/{'0' * 32}").status_code == 404
