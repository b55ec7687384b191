"""Lists for paper: Word and PDF with the site's name, the day and the number of rows over the table."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from sqlalchemy.orm import Session

from uptake.files.docx_writer import write_docx
from uptake.files.pdf_writer import check, write_pdf
from uptake.files.tables import Across, Row, Table
from uptake.i18n import day, direction, get_locale
from uptake.services.instance import settings_of

FORMATS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
LINE = 757  # points between the margins of a lying page
LETTER, BOLD, AROUND, LONGEST_WORD = 5.3, 6.0, 12, 14
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
    taken = list(rows)
    table = Table(title, labels, fitted(widths, labels, taken), taken, told, f"{site} · {title}")
    if format == "pdf":
        return write_pdf(stream, table, author=site, language=locale, right_to_left=right)
    return write_docx(stream, [table], title=title, language=locale, right_to_left=right)


def fitted(widths: Sequence[int], labels: Sequence[str], rows: Sequence[Row]) -> list[int]:
    """The widths in points, each as wide as its longest word, so that none is broken; of very long ones only the beginning."""
    needs = [
        max(_room(labels[at], BOLD), *(_room(row[at], LETTER) for row in rows if not isinstance(row, Across)), 0)
        for at in range(len(widths))
    ]
    low: set[int] = set()
    while True:
        left = LINE - sum(needs[at] for at in low)
        shared = sum(width for at, width in enumerate(widths) if at not in low)
        if left <= 0 or not shared:
            return [round(need) for need in needs]
        found = [needs[at] if at in low else width * left / shared for at, width in enumerate(widths)]
        lower = {at for at, width in enumerate(found) if width < needs[at]}
        if not lower:
            return [round(width) for width in found]
        low |= lower


def _room(cell: object, letter: float) -> float:
    """The points that the longest word of a cell needs; scripts without spaces break anywhere."""
    words = str("" if cell is None else cell).replace("-", "- ").replace("/", "/ ").split()
    longest = max((len(word) if word[:1] < "\u2e80" else 2 for word in words), default=0)
    return min(longest, LONGEST_WORD) * letter + AROUND
