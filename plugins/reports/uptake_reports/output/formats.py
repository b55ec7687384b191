"""The files that a report can be taken out as, and what this server lacks for some of them."""

from __future__ import annotations

from typing import BinaryIO

from uptake.toolkit import N_, ReportFormat

from uptake_reports.document import Document
from uptake_reports.output import charts, pdf
from uptake_reports.output.html import write_html
from uptake_reports.output.text import write_text

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def lacking() -> list[str]:
    """The extras of Uptake that are not installed here and without which a file lacks something."""
    return [name for name, there in (("pdf", pdf.available()), ("charts", charts.available())) if not there]


def _docx(report: object, stream: BinaryIO) -> None:
    from uptake_reports.output.docx import write_docx  # python-docx and lxml are loaded with the first report

    write_docx(_report(report), stream)


def _pdf(report: object, stream: BinaryIO) -> None:
    stream.write(pdf.write_pdf(_report(report)))


def _html(report: object, stream: BinaryIO) -> None:
    stream.write(write_html(_report(report)).encode())


def _text(report: object, stream: BinaryIO) -> None:
    stream.write(write_text(_report(report)).encode())


def _report(report: object) -> Document:
    assert isinstance(report, Document)
    return report


FILES = [
    ReportFormat("docx", N_("Word (DOCX)"), WORD, _docx),
    ReportFormat("pdf", N_("PDF"), "application/pdf", _pdf),
    ReportFormat("html", N_("HTML, one file"), "text/html", _html),
    ReportFormat("txt", N_("Plain text"), "text/plain", _text),
]
