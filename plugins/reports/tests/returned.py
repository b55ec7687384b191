"""A report that goes out as a Word file, and what somebody does to the file before it comes back."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
from uptake.testing.reporting import Scene
from uptake.toolkit import session
from uptake_reports import editing, writing
from uptake_reports.assembling import assemble
from uptake_reports.document import text_of
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import Section
from uptake_reports.output.docx import write_docx
from uptake_reports.returning import reviewing
from uptake_reports.richtext import to_blocks
from uptake_reports.sections import ordered

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
