"""Writes OHCHR's matrices in Word and Excel: of cycles 2 and 3 (empty or with what the State has published), and of cycle 4."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, ClassVar

from uptake.toolkit import N_, Across, Exporter, ExportRecord, Invalid, Table, write_docx, write_sheet

from uptake_upr.matrix_out import THEMES, Form, Review, head_of, reviews, theme_labels

MOST = 5000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE = "Thematic list of recommendations"


class _Word(Exporter):
    """One table for each review, under its own page header; a recommendation stands once, under its first theme."""

    media_type = WORD
    form: ClassVar[Form]

    def write(self, records: Iterator[ExportRecord], stream: BinaryIO) -> None:
        taken = list(islice(records, MOST + 1))
        if len(taken) > MOST:
            raise Invalid(
                N_("A matrix in Word takes {most} recommendations at most."),
                remedy=N_("Choose one State and one cycle, or take the matrix in Excel."), most=MOST,
            )  # fmt: skip
        found = reviews(taken) or [Review(TITLE)]
        write_docx(stream, map(self._table, found), title=TITLE)

    def _table(self, review: Review) -> Table:
        vocabulary = review.vocabulary
        running = f"{review.head} · {TITLE}"
        notes = [review.symbol] if review.symbol else []
        return Table(review.head, self.form.labels(vocabulary), self.form.widths, self._rows(review), notes, running)

    def _rows(self, review: Review) -> Iterator[Across | tuple[str, ...]]:
        for theme, records in review.by_theme():
            if theme:
                yield Across(f"Theme: {theme}")
            for record in records:
                yield self.form.row(record, review.vocabulary)


class _Excel(Exporter):
    """One row for each recommendation as it comes, whatever their number; which review it is from stands behind."""

    media_type = EXCEL
    form: ClassVar[Form]

    def write(self, records: Iterator[ExportRecord], stream: BinaryIO) -> None:
        labels = (*self.form.labels("uhri-themes"), "Theme", "Review")
        columns = dict(zip(labels, (*(2 * width for width in self.form.widths), 30, 40), strict=True))
        write_sheet(stream, columns, map(self._row, records), wrap=True)

    def _row(self, record: ExportRecord) -> tuple[str, ...]:
        vocabulary = next((name for name in THEMES if record.terms.get(name)), THEMES[0])
        labels = theme_labels(record, vocabulary)
        return (*self.form.row(record, vocabulary), labels[0] if labels else "", head_of(record))


class WordCycle3(_Word):
    name, suffix = "upr-matrix-cycle3-word", "matrix-cycle3.docx"
    title = N_("OHCHR matrix of cycles 2 and 3, with an empty column for the assessment (Word)")
    form = Form()


class WordCycle3Filled(_Word):
    name, suffix = "upr-matrix-cycle3-filled-word", "matrix-cycle3-filled.docx"
    title = N_("OHCHR matrix of cycles 2 and 3, the assessment filled with what the State has published (Word)")
    form = Form(filled=True)


class WordCycle4(_Word):
    name, suffix = "upr-matrix-cycle4-word", "matrix-cycle4.docx"
    title = N_("OHCHR matrix of cycle 4, with goals (Word)")
    form = Form(goals=True)


class ExcelCycle3(_Excel):
    name, suffix = "upr-matrix-cycle3-excel", "matrix-cycle3.xlsx"
    title = N_("OHCHR matrix of cycles 2 and 3, with an empty column for the assessment (Excel)")
    form = Form()


class ExcelCycle3Filled(_Excel):
    name, suffix = "upr-matrix-cycle3-filled-excel", "matrix-cycle3-filled.xlsx"
    title = N_("OHCHR matrix of cycles 2 and 3, the assessment filled with what the State has published (Excel)")
    form = Form(filled=True)


class ExcelCycle4(_Excel):
    name, suffix = "upr-matrix-cycle4-excel", "matrix-cycle4.xlsx"
    title = N_("OHCHR matrix of cycle 4, with goals (Excel)")
    form = Form(goals=True)


EXPORTERS: list[type[Exporter]] = [
    WordCycle3,
    WordCycle3Filled,
    WordCycle4,
    ExcelCycle3,
    ExcelCycle3Filled,
    ExcelCycle4,
]
