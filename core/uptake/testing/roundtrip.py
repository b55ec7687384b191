"""A focal point who reports in a spreadsheet, for tests: downloads it, fills it as a spreadsheet program does, uploads it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from uptake.db import session, transaction
from uptake.i18n import set_locale
from uptake.models.actors import Actor
from uptake.models.progress import Update
from uptake.models.recommendations import Recommendation
from uptake.services.permissions import Person
from uptake.services.progress import updates
from uptake.services.progress.status_scale import load_scale
from uptake.services.storing.waiting_uploads import Waiting
from uptake.services.work import roundtrip, roundtrip_sheet
from uptake.services.work.roundtrip_fields import FILL, GIVEN, ID, MARK
from uptake.services.work.roundtrip_plan import Outcome
from uptake.services.work.worklists import Wanted
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_assignment, make_recommendation

LANGUAGES = ("en", "fr", "ar")
NAMES = [*GIVEN, *FILL, ID, MARK]
Cells = Mapping[tuple[int, str], Any]


@dataclass
class Desk:
    """An institution with three recommendations, and its focal point."""

    actor: Actor
    person: Person
    ones: list[Recommendation]

    def sheet(self, cells: Cells | None = None, person: Person | None = None) -> bytes:
        """The workbook as it is downloaded, with these cells filled: (row, column) → value."""
        stream = io.BytesIO()
        roundtrip_sheet.write(session(), stream, Wanted(None), person=person or self.person)
        return fill(stream.getvalue(), cells or {})

    def outcomes(self, data: bytes, name: str = "mine.xlsx", person: Person | None = None) -> list[str]:
        """What each row would do."""
        return [one.what for one in self.waiting(data, name, person).outcomes]

    def waiting(self, data: bytes, name: str = "mine.xlsx", person: Person | None = None) -> Waiting[Outcome]:
        """The upload of this file, with what it would do."""
        who = person or self.person
        token = roundtrip.receive(io.BytesIO(data), name, LANGUAGES, person=who)
        return roundtrip.waiting(session(), token, person=who)

    def apply(self, data: bytes) -> dict[str, int]:
        """Upload it and save it as drafts."""
        token = roundtrip.receive(io.BytesIO(data), "mine.xlsx", LANGUAGES, person=self.person)
        return roundtrip.apply(token, person=self.person)

    def draft(self, number: int = 0, **values: str) -> Update:
        """A draft on one of the recommendations, made on the site."""
        start = updates.Beginning(self.actor.id, (self.ones[number].uuid,), "")
        return updates.create(start, values, person=self.person)


def fill(data: bytes, cells: Cells) -> bytes:
    """Write into a workbook as a spreadsheet program does."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    book = load_workbook(io.BytesIO(data))
    sheet = book["Uptake"]
    for (row, name), value in cells.items():
        sheet.cell(row, NAMES.index(name) + 1).value = value
    stream = io.BytesIO()
    book.save(stream)
    book.close()
    return stream.getvalue()


def problem(waiting: Waiting[Outcome], at: int = 0) -> str:
    """What is said of a row that was refused."""
    message, remedy, values = waiting.outcomes[at].problems[0]
    assert remedy
    return message.format(**values)


def make_desk() -> Desk:
    """Justice, three recommendations, and the status scale."""
    set_locale("en")
    with transaction() as current:
        load_scale(current)
    actor = make_actor("MOJ")
    ones = [make_recommendation(f"Ratify treaty {number}.") for number in range(3)]
    for one in ones:
        make_assignment(one, actor)
    return Desk(actor, make_person("focal_point", actor=actor.id), ones)
