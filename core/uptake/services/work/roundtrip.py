"""The spreadsheet that comes back: kept until somebody has looked at what it would do, then applied as drafts, once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require_somewhere
from uptake.services.progress import evidence, updates
from uptake.services.storing import waiting_uploads
from uptake.services.storing.waiting_uploads import CHANGE, NEW, Waiting
from uptake.services.work.roundtrip_plan import Outcome, plan
from uptake.services.work.roundtrip_read import Filled, read

NAME = "roundtrip"


def receive(stream: BinaryIO, name: str, languages: Iterable[str], *, person: Person) -> str:
    """Read an uploaded file and keep its rows for the person; the token under which they wait.

    Raises ``Invalid`` for a file that is no such spreadsheet.
    """
    require_somewhere(person, "roundtrip.use")
    waiting_uploads.check_size(stream, name)
    with transaction() as session:
        rows = read(session, stream, name, languages)
        return waiting_uploads.keep(session, NAME, name, [dataclasses.asdict(row) for row in rows], person=person)


def waiting(session: Session, token: str, *, person: Person) -> Waiting[Outcome]:
    """The upload with what it would do now. Raises ``NotFound`` where another one has taken its place."""
    require_somewhere(person, "roundtrip.use")
    kept = waiting_uploads.find(session, NAME, token, person=person)
    rows = _rows(kept.value)
    return Waiting(token, kept.value["file"], plan(session, rows, person=person), kept.value["done"])


def apply(token: str, *, person: Person) -> dict[str, int]:
    """Write the drafts, all of them or none; a second time does nothing and tells the same.

    What was refused stays refused; rows are judged anew, so that what has happened since the preview counts.
    """
    require_somewhere(person, "roundtrip.use")
    with transaction() as session:
        kept = waiting_uploads.find(session, NAME, token, person=person)
        if kept.value["done"] is not None:
            done: dict[str, int] = kept.value["done"]
            return done
        found = Waiting(token, kept.value["file"], plan(session, _rows(kept.value), person=person))
        for outcome in found.outcomes:
            if outcome.what in (NEW, CHANGE):
                _write(outcome, token, person)
        waiting_uploads.settle(kept, found.counts)
        counted: dict[str, Any] = {what: [None, number] for what, number in found.counts.items()}
        record_event(session, person.mark, "roundtrip.apply", person.mark, counted)
    return found.counts


def _write(outcome: Outcome, token: str, person: Person) -> None:
    assert outcome.mark is not None
    values = {name: value for name, value in outcome.values.items() if name != "evidence"}
    if outcome.what == NEW:
        beginning = updates.Beginning(
            outcome.mark.actor, (UUID(outcome.row.uuid),), f"sheet:{token}:{outcome.row.number}"
        )
        update = updates.create(beginning, values, person=person)
        there: list[tuple[int, str]] = []
    else:
        assert outcome.standing is not None
        update, there = outcome.standing.update, list(outcome.standing.links)
        updates.save(update.uuid, values, person=person, version=update.version)
    wanted = outcome.values["evidence"].split()
    for address in wanted:
        if address not in {known for _id, known in there}:
            evidence.add_link(update.uuid, address, person=person)
    for id_, address in there:
        if address not in wanted:
            evidence.remove(update.uuid, id_, person=person)


def _rows(value: dict[str, Any]) -> list[Filled]:
    rows = []
    for row in value["rows"]:
        problems = [(message, remedy, values) for message, remedy, values in row["problems"]]
        rows.append(Filled(**{**row, "problems": problems}))
    return rows
