"""A file that somebody has uploaded waits until they have looked at what it would do: one of each kind for each person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, Protocol, TypeVar
from uuid import uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from uptake.errors import Invalid, NotFound
from uptake.i18n import N_
from uptake.models.people import PersonSetting
from uptake.services.permissions import Person

LARGEST = 20_000_000
NEW, CHANGE, SAME, REFUSED = "new", "change", "same", "refused"


class Judged(Protocol):
    """A row of a file, with what it would do."""

    what: str


Row = TypeVar("Row", bound=Judged)


@dataclass(slots=True)
class Waiting(Generic[Row]):
    """An upload of a person: what it would do now, or, once ``done``, what it has done."""

    token: str
    file: str
    outcomes: Sequence[Row]
    done: dict[str, int] | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many rows would do what."""
        counted = Counter(one.what for one in self.outcomes)
        return {what: counted[what] for what in (NEW, CHANGE, SAME, REFUSED)}


def check_size(stream: BinaryIO, name: str) -> None:
    """Raise ``Invalid`` for a file that is too large to be read at once."""
    stream.seek(0, 2)
    if stream.tell() > LARGEST:
        raise Invalid(
            N_("{file} is too large."), remedy=N_("Leave pictures out, or cut it into several files."), file=name
        )
    stream.seek(0)


def keep(session: Session, kind: str, file: str, rows: Sequence[Mapping[str, Any]], *, person: Person) -> str:
    """Keep the rows of a file in place of the person's last one of this kind; the token under which they wait. Where the same
    rows wait already, that is theirs: the page that was opened first still holds."""
    given, token = json.loads(json.dumps(rows)), uuid4().hex
    there = session.get(PersonSetting, (person.id, kind), populate_existing=True, with_for_update=True)
    if there is not None and there.value["done"] is None and there.value["rows"] == given:
        return str(there.value["token"])
    value = {"token": token, "file": file[:200], "rows": given, "done": None}
    if there is not None:
        there.value = value
        return token
    try:
        with session.begin_nested():
            session.add(PersonSetting(user_id=person.id, name=kind, value=value))
    except IntegrityError:  # another one came at the same moment, and is there now
        return keep(session, kind, file, rows, person=person)
    return token


def find(session: Session, kind: str, token: str, *, person: Person) -> PersonSetting:
    """What waits. Raises ``NotFound`` where another upload has taken its place."""
    kept = session.get(PersonSetting, (person.id, kind), populate_existing=True)
    if kept is None or kept.value["token"] != token:
        raise NotFound(N_("This upload is no longer here."), remedy=N_("Upload the file again."))
    return kept


def settle(kept: PersonSetting, counts: Mapping[str, int]) -> None:
    """It is done: only what it has done is remembered."""
    kept.value = {**kept.value, "rows": [], "done": dict(counts)}
