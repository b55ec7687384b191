"""A worklist that goes out to translators and comes back: one row for each text, known again by its mark.

The mark is the row's id: what it is, into which language, and short hashes of the text that was translated and of the
translation that stood there at the download. By it a change in the file is told from a change in the register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.files.sheet_writer import write_sheet
from uptake.files.xliff import TO_REVIEW, Unit, write_xliff
from uptake.i18n import N_, direction
from uptake.services.permissions import Person
from uptake.services.translating.items import HUMAN, OFFICIAL, Item
from uptake.services.translating.kind import Wanted
from uptake.services.translating.kinds import KINDS
from uptake.services.translating.worklist import everything
from uptake.services.work.roundtrip_fields import check_of, short_hash

MOST_ROWS = 5_000
ID, FROM, SOURCE, INTO, TARGET, WHERE = "id", "source language", "source text", "target language", "target", "where"
COLUMNS = {ID: 12, FROM: 10, SOURCE: 70, INTO: 10, TARGET: 70, WHERE: 30}
FORMATS = {
    "xlf": "application/x-xliff+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a row's id says."""

    kind: str
    key: str
    part: str
    language: str
    source_language: str
    source: str
    target: str


def write_mark(mark: Mark) -> str:
    """The id of a row."""
    name = f"{mark.kind}/{mark.key}/{mark.part}"
    body = ";".join((name, _VERSION, mark.language, mark.source_language, mark.source, mark.target))
    return f"{body};{check_of(name, body)}"


def read_mark(written: str) -> Mark | None:
    """What a row's id says; None where somebody has changed it."""
    body, _, check = written.strip().rpartition(";")
    parts = body.rsplit(";", 5)
    kind, _, rest = parts[0].partition("/")
    key, _, part = rest.rpartition("/")
    if len(parts) != 6 or check != check_of(parts[0], body) or parts[1] != _VERSION:
        return None
    return Mark(kind, key, part, *parts[2:])


def write(session: Session, stream: BinaryIO, wanted: Wanted, form: str, *, source: str = "", person: Person) -> int:
    """Write a worklist as XLIFF or XLSX; the number of its rows. ``source`` is the language to translate from, where the
    thing has it. Raises ``Invalid`` where it is too long."""
    units = list(_units(session, wanted, source, person))
    if form == "xlf":
        return write_xliff(stream, wanted.language, sorted(units, key=lambda unit: unit.source_language))
    rows = ([unit.id, unit.source_language, unit.source, wanted.language, unit.target, unit.note] for unit in units)
    return write_sheet(stream, COLUMNS, rows, right_to_left=direction(wanted.language) == "rtl")


def _units(session: Session, wanted: Wanted, source: str, person: Person) -> Iterator[Unit]:
    count = 0
    for item in everything(session, wanted, person=person):
        for unit in units_of(item, wanted.language, source):
            count += 1
            if count > MOST_ROWS:
                raise Invalid(
                    N_("This is more than {most} texts."), remedy=N_("Narrow it by mechanism, document or priority."),
                    most=MOST_ROWS,
                )  # fmt: skip
            yield unit


def units_of(item: Item, language: str, source: str = "") -> Iterator[Unit]:
    """The rows of one thing: each part that has a text."""
    beside, now = item.source(source), item.versions.get(language)
    for part in KINDS[item.kind].parts:
        text = beside.texts.get(part)
        if not text:
            continue
        target = now.texts.get(part, "") if now else ""
        mark = Mark(item.kind, item.key, part, language, beside.language, short_hash(text), short_hash(target))
        state = TO_REVIEW if now and now.state not in (HUMAN, OFFICIAL) else ""
        yield Unit(write_mark(mark), beside.language, text, target, item.title, state if target else "")
