"""The recommendations of one's institutions, with filters, several of which may be chosen at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from uptake.errors import Invalid, Refused
from uptake.files.dates import parse_date
from uptake.i18n import N_
from uptake.models.responsibility import PRIORITIES
from uptake.services.permissions import Person, reach, require_somewhere
from uptake.services.work.work_rows import Row, actor_names, load_rows, mark_reportable
from uptake.services.work.worklists import STATES, Wanted, look, stale_after

PAGE_SIZE = 20


@dataclass(slots=True)
class WorkPage:
    """One page of the list."""

    wanted: Wanted
    rows: list[Row]
    count: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE_SIZE))


def wanted_from(
    session: Session,
    person: Person,
    institutions: Iterable[int] = (),
    states: Iterable[str] = (),
    priorities: Iterable[str] = (),
    since: str = "",
    until: str = "",
) -> Wanted:
    """What somebody asked for, within the institutions that the person may see.

    Raises ``Refused`` for another's institution, ``Invalid`` for a state, a priority or a day that does not exist.
    """
    require_somewhere(person, "work.read")
    actors, chosen = reach(person, "work.read"), frozenset(institutions)
    if chosen and actors is not None and not chosen <= actors:
        raise Refused(N_("This is not your institution."), remedy=N_("Ask the coordinator."))
    return Wanted(
        chosen or actors,
        _known(states, tuple(STATES), N_("There is no state {value}.")),
        _known(priorities, PRIORITIES, N_("There is no priority {value}.")),
        _day(since, "from"),
        _day(until, "to"),
        stale_after(session),
    )


def work_list(session: Session, wanted: Wanted, number: int = 1, *, person: Person) -> WorkPage:
    """One page of it; ``wanted`` comes from ``wanted_from``, which has asked what the person may see."""
    ids, count = look(session, wanted, number, PAGE_SIZE)
    rows = load_rows(session, ids, within=wanted.actors).recommendations
    mark_reportable(rows.values(), person)
    return WorkPage(wanted, [rows[id_] for id_ in ids], count, number)


def _known(values: Iterable[str], known: tuple[str, ...], message: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(values))
    for value in found:
        if value not in known:
            raise Invalid(message, remedy=N_("Choose one of the list."), value=value[:40])
    return found


def _day(value: str, field: str) -> datetime.date | None:
    if not value.strip():
        return None
    try:
        return parse_date(value)
    except ValueError:
        wrong = {field: N_("Write it as 2025-01-31, or only the year.")}
        raise Invalid(N_("{value} is no day."), remedy=wrong[field], fields=wrong, value=value[:40]) from None


def options(session: Session, *, person: Person) -> list[tuple[int, str]]:
    """The institutions among which the person may choose, by name."""
    require_somewhere(person, "work.read")
    actors, names = reach(person, "work.read"), actor_names(session)
    return sorted(
        ((id_, name) for id_, name in names.items() if actors is None or id_ in actors), key=lambda row: row[1]
    )
