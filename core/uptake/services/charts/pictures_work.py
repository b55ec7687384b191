"""Pictures of the work itself, for those who watch over it: made of the conditions of the lists that they lead to."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import is_sqlite
from uptake.i18n import gettext as _
from uptake.i18n import month, sort_key
from uptake.models.progress import Update
from uptake.services.charts.pictures_table import Cell, Column, Row, Table
from uptake.services.permissions import Person, reach, require_somewhere
from uptake.services.progress.workflow_moves import STATES
from uptake.services.work.work_rows import actor_names
from uptake.services.work.worklists import STATES as LISTS
from uptake.services.work.worklists import Wanted, stale_after, tally

LATE = ("overdue", "stale", "unreported")
STOPS = ("draft", "submitted", "confirmed", "approved")
Counts = Mapping[int, Mapping[str, int]]


def late(session: Session, found: Table, limit: int, person: Person) -> Table:
    """What each institution has to do and has not done."""
    require_somewhere(person, "oversight.read")
    wanted = Wanted(reach(person, "oversight.read"), stale_after=stale_after(session))
    counts = tally(session, wanted, LATE)
    found.columns = [Column(name, _(LISTS[name])) for name in LATE]
    found.note = _("One recommendation may be late and to be confirmed again, so the rows have no sum.")
    return _by_institution(session, found, limit, counts, "/work/recommendations", sums=False)


def workflow(session: Session, found: Table, limit: int, person: Person) -> Table:
    """Updates that are not published yet, by where they stand."""
    require_somewhere(person, "oversight.read")
    actors = reach(person, "internal.read")
    rows = select(Update.actor_id, Update.state, func.count()).where(Update.state.in_(STOPS))
    if actors is not None:
        rows = rows.where(Update.actor_id.in_(actors))
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for actor, state, count in session.execute(rows.group_by(Update.actor_id, Update.state)):
        counts[actor][state] = count
    found.columns = [Column(name, _(STATES[name])) for name in STOPS]
    return _by_institution(session, found, limit, counts, "/updates")


def by_month(session: Session, found: Table, limit: int, person: Person) -> Table:
    """Published updates by the month of their publication."""
    require_somewhere(person, "oversight.read")
    actors = reach(person, "internal.read")
    written = func.strftime("%Y-%m", Update.published) if is_sqlite(session) else func.to_char(
        func.timezone("UTC", Update.published), "YYYY-MM")  # fmt: skip
    rows = select(written.label("month"), func.count()).where(
        Update.state == "published", Update.published.is_not(None)
    )
    if actors is not None:
        rows = rows.where(Update.actor_id.in_(actors))
    counts: dict[str, int] = dict(session.execute(rows.group_by("month")).all())
    found.columns, found.over_time = [Column("published", _("Updates published"))], True
    months = _filled(sorted(counts))
    found.hidden = max(len(months) - limit, 0)
    for first in months[-limit:]:
        days = {"from": first.isoformat(), "to": (_next(first) - datetime.timedelta(days=1)).isoformat()}
        cell = Cell(counts.get(f"{first:%Y-%m}", 0), f"/updates?{urlencode({'state': 'published', **days})}")
        found.rows.append(Row(f"{first:%Y-%m}", month(first), [cell], cell))
    return found


def _by_institution(
    session: Session, found: Table, limit: int, counts: Counts, path: str, *, sums: bool = True
) -> Table:
    names = actor_names(session)
    states = [column.value for column in found.columns]
    rows = [_row(path, id_, names.get(id_, ""), each, states, sums) for id_, each in counts.items()]
    rows = [row for row in rows if any(cell.count for cell in row.cells)]
    rows.sort(key=lambda row: (-sum(cell.count for cell in row.cells), sort_key(row.label)))
    found.rows, found.hidden = rows[:limit], max(len(rows) - limit, 0)
    return found


def _row(path: str, id_: int, name: str, counts: Mapping[str, int], states: list[str], sums: bool) -> Row:
    def cell(*wanted: str) -> Cell:
        pairs: list[tuple[str, Any]] = [("institution", id_), *(("state", state) for state in wanted)]
        return Cell(sum(counts.get(state, 0) for state in wanted), f"{path}?{urlencode(pairs)}")

    return Row(str(id_), name, [cell(state) for state in states], cell(*states) if sums else None)


def _filled(months: list[str]) -> list[datetime.date]:
    """The first days of these months, and of those between them."""
    if not months:
        return []
    found = [datetime.date.fromisoformat(f"{months[0]}-01")]
    while f"{found[-1]:%Y-%m}" < months[-1]:
        found.append(_next(found[-1]))
    return found


def _next(first: datetime.date) -> datetime.date:
    return (first + datetime.timedelta(days=31)).replace(day=1)


MAKERS: Mapping[str, Callable[[Session, Table, int, Person], Table]] = {
    "late-by-institution": late, "workflow-by-institution": workflow, "updates-by-month": by_month,
}  # fmt: skip
