"""What is refused when a Word file comes back, to whom, and the pages that lead from download to taking."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import docx
import pytest
from uptake.testing.reporting import post
from uptake.toolkit import Conflict, Invalid, Refused, session
from uptake_reports import editing
from uptake_reports.assembling import assemble
from uptake_reports.models import Project
from uptake_reports.output.docx import write_docx
from uptake_reports.returning import reviewing

from .returned import Report, say


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
