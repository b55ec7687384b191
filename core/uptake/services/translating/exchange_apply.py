"""A file of translations waits until somebody has looked at what it would do, then is applied once, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.storing import waiting_uploads
from uptake.services.storing.waiting_uploads import Waiting
from uptake.services.translating import desk
from uptake.services.translating.exchange_plan import Outcome, changes_of, plan
from uptake.services.translating.exchange_read import Given, read
from uptake.services.translating.kinds import ACTION, KINDS

NAME = "translations"
LOCKED_FIRST = ("institution", "update")


def receive(stream: BinaryIO, name: str, *, person: Person) -> str:
    """Read an uploaded file and keep its rows for the person; the token under which they wait. Raises ``Invalid``."""
    require(person, ACTION)
    waiting_uploads.check_size(stream, name)
    rows = [asdict(row) for row in read(stream, name)]
    with transaction() as session:
        return waiting_uploads.keep(session, NAME, name, rows, person=person)


def waiting(session: Session, token: str, *, person: Person) -> Waiting[Outcome]:
    """The upload with what it would do now. Raises ``NotFound`` where another one has taken its place."""
    require(person, ACTION)
    kept = waiting_uploads.find(session, NAME, token, person=person)
    outcomes = plan(session, _rows(kept.value["rows"]), person=person)
    return Waiting(token, kept.value["file"], outcomes, kept.value["done"])


def apply(token: str, *, person: Person) -> dict[str, int]:
    """Write the translations; a second time does nothing and tells the same.

    What was refused stays refused; rows are judged anew, so that what has happened since the preview counts.
    """
    require(person, ACTION)
    with transaction() as session:
        kept = waiting_uploads.find(session, NAME, token, person=person)
        if kept.value["done"] is not None:
            done: dict[str, int] = kept.value["done"]
            return done
        for name in sorted(KINDS, key=lambda one: one not in LOCKED_FIRST):
            KINDS[name].lock(session)
        found = Waiting(token, kept.value["file"], plan(session, _rows(kept.value["rows"]), person=person))
        for name in KINDS:
            changes = [one for one in changes_of(found.outcomes) if one.item.kind == name]
            desk.put(session, changes, person, reason=found.file)
        waiting_uploads.settle(kept, found.counts)
        counted: dict[str, Any] = {what: [None, number] for what, number in found.counts.items()}
        record_event(session, person.mark, "translations.apply", person.mark, counted, found.file)
    return found.counts


def _rows(values: Sequence[dict[str, Any]]) -> list[Given]:
    return [
        Given(**{**row, "problems": [(message, remedy, said) for message, remedy, said in row["problems"]]})
        for row in values
    ]
