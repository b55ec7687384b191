"""Lists for paper: Word and PDF with the site's name, the day and the number of rows over the table."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from sqlalchemy.orm import Session

from uptake.files.docx_writer import write_docx
from uptake.files.pdf_writer import check, write_pdf
from uptake.files.tables import Row, Table
from uptake.i18n import day, direction, get_locale
from uptake.services.instance import settings_of

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
NARROWEST = 11
LONGEST = {"docx": 5000, "pdf": 2000}


def write(
    stream: BinaryIO, format: str, title: str, labels: Sequence[str], widths: Sequence[int], rows: Iterable[Row],
    session: Session, *notes: str,
) -> int:  # fmt: skip
    """Write one table in the reader's language and return the number of its rows.

    Raises ``Missing`` with what to install, where the site cannot write PDF.
    """
    if format == "pdf":
        check()
    site, locale = settings_of(session).title, get_locale()
    right = direction(locale) == "rtl"
    told = (site, day(datetime.date.today()), *notes)
    table = Table(title, labels, [max(width, NARROWEST) for width in widths], rows, told, f"{site} · {title}")
    if format == "pdf":
        return write_pdf(stream, table, author=site, language=locale, right_to_left=right)
    return write_docx(stream, [table], title=title, language=locale, right_to_left=right)
