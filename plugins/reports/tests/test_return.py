"""A Word file goes out, is edited as Word edits, and comes back: what differs is shown, and taken only when somebody says so."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from uptake.toolkit import Conflict, Invalid, session
from uptake_reports.document import Run, Table
from uptake_reports.models import SectionVersion
from uptake_reports.output.docx import write_docx
from uptake_reports.returning import reviewing
from uptake_reports.returning.opening import open_word
from uptake_reports.returning.reading import read
from uptake_reports.richtext import to_blocks

from .returned import Report, W, kinds, paragraph, say, without_names
from .samples import WORDS, sample


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
