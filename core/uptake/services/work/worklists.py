"""The lists of work: each is one query, from which its rows, its number and its page come alike."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from uptake.i18n import N_, NC_
from uptake.models.progress import StatusValue, Update, UpdateItem
from uptake.models.recommendations import Withdrawal
from uptake.models.responsibility import PRIORITIES, Assignment, FollowUp
from uptake.services import site_settings

ACTIVE = ("assigned", "accepted")
UNDERWAY = ("submitted", "confirmed", "approved")
DUE_WITHIN = datetime.timedelta(days=90)
Condition = ColumnElement[bool]
STATES = {
    "open": NC_("recommendations", "Open"), "new": N_("To accept"), "overdue": N_("Overdue"), "due": N_("Due within 90 days"),
    "unreported": N_("Nothing reported yet"), "stale": N_("To confirm again"), "draft": N_("Draft begun"),
    "returned": N_("Sent back"), "underway": N_("On its way"), "closed": NC_("recommendations", "Closed"),
}  # fmt: skip


def open_ones() -> Condition:
    """Recommendations whose published status does not close them; one that is continuous never closes."""
    closing = select(StatusValue.code).where(StatusValue.closes.is_(True))
    return or_(FollowUp.recommendation_id.is_(None), FollowUp.continuous.is_(True), FollowUp.status.not_in(closing))


def _has(*conditions: Condition) -> Condition:
    """Whether the institution of the assignment has an update of this kind on the recommendation.

    One question inside the other, so that SQLite, which knows no numbers of rows, begins with the few updates of the
    recommendation and not with the hundreds of the institution.
    """
    fits = select(Update.id).where(
        Update.id == UpdateItem.update_id, Update.actor_id == Assignment.actor_id, *conditions
    )
    own = select(UpdateItem.update_id).where(UpdateItem.recommendation_id == Assignment.recommendation_id)
    return own.where(fits.correlate(UpdateItem, Assignment).exists()).correlate(Assignment).exists()


def _underway() -> Condition:
    return _has(Update.state.in_(UNDERWAY))


def _reported() -> Condition:
    return _has(Update.state != "withdrawn")


def _waits(*conditions: Condition) -> Condition:
    return and_(open_ones(), *conditions, not_(_underway()))


CONDITIONS: dict[str, Callable[[Wanted], Condition]] = {
    "open": lambda wanted: open_ones(),
    "new": lambda wanted: Assignment.state == "assigned",
    "overdue": lambda wanted: _waits(FollowUp.due < wanted.today),
    "due": lambda wanted: _waits(FollowUp.due.between(wanted.today, wanted.today + DUE_WITHIN)),
    "unreported": lambda wanted: and_(open_ones(), Assignment.state == "accepted", not_(_reported())),
    "stale": lambda wanted: _waits(FollowUp.confirmed_on < wanted.today - wanted.stale_after),
    "draft": lambda wanted: _has(Update.state == "draft", Update.returned.is_(False)),
    "returned": lambda wanted: _has(Update.state == "draft", Update.returned.is_(True)),
    "underway": lambda wanted: _underway(),
    "closed": lambda wanted: not_(open_ones()),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Recommendations for which some institutions answer (``actors`` None: all), narrowed; of one filter any value fits."""

    actors: frozenset[int] | None
    states: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    stale_after: datetime.timedelta = datetime.timedelta(days=90)
    today: datetime.date = field(default_factory=datetime.date.today)

    def conditions(self) -> list[Condition]:
        """What an assignment (with its follow-up) must be."""
        withdrawn = select(Withdrawal.recommendation_id)
        found: list[Condition] = [Assignment.state.in_(ACTIVE), Assignment.recommendation_id.not_in(withdrawn)]
        if self.actors is not None:
            found.append(Assignment.actor_id.in_(self.actors))
        if self.states:
            found.append(or_(*(CONDITIONS[name](self) for name in self.states)))
        if self.priorities:
            found.append(func.coalesce(FollowUp.priority, "normal").in_(self.priorities))
        if self.since:
            found.append(FollowUp.due >= self.since)
        if self.until:
            found.append(FollowUp.due <= self.until)
        return found

    def statement(self) -> Select[Any]:
        """Their ids, each once: first what was due first, then what is urgent."""
        rank = case({name: at for at, name in enumerate(reversed(PRIORITIES))}, value=FollowUp.priority, else_=2)
        return (
            select(Assignment.recommendation_id.label("id"))
            .outerjoin(FollowUp, FollowUp.recommendation_id == Assignment.recommendation_id)
            .where(*self.conditions())
            .group_by(Assignment.recommendation_id, FollowUp.due, FollowUp.priority)
            .order_by(FollowUp.due.is_(None), FollowUp.due, rank, Assignment.recommendation_id)
        )


@dataclass(frozen=True, slots=True)
class Updates:
    """Updates of some institutions that stand at one point of their way, the longest waiting first."""

    actors: frozenset[int] | None
    what: tuple[Condition, ...]
    newest: bool = False

    def statement(self) -> Select[Any]:
        """Their ids."""
        order = Update.changed.desc() if self.newest else Update.changed
        found = select(Update.id.label("id")).where(*self.what).order_by(order, Update.id)
        return found if self.actors is None else found.where(Update.actor_id.in_(self.actors))


@dataclass(frozen=True, slots=True)
class Assignments:
    """Assignments of some institutions in one state, the longest waiting first."""

    actors: frozenset[int] | None
    state: str

    def statement(self) -> Select[Any]:
        """Their ids."""
        found = select(Assignment.id.label("id")).where(Assignment.state == self.state)
        found = found.order_by(func.coalesce(Assignment.answered, Assignment.created), Assignment.id)
        return found if self.actors is None else found.where(Assignment.actor_id.in_(self.actors))


Worklist = Wanted | Updates | Assignments


def look(session: Session, wanted: Worklist, number: int = 1, size: int = 20) -> tuple[list[int], int]:
    """The ids on one page and how many there are in all: one query, a second one only beyond the end."""
    statement = wanted.statement().add_columns(func.count().over()).limit(size).offset((number - 1) * size)
    rows = session.execute(statement).all()
    if rows or number == 1:
        return [row[0] for row in rows], rows[0][1] if rows else 0
    return [], session.scalar(select(func.count()).select_from(wanted.statement().order_by(None).subquery())) or 0


def everything(session: Session, wanted: Worklist) -> list[int]:
    """All the ids, in order."""
    return list(session.scalars(wanted.statement()))


def tally(session: Session, wanted: Wanted, names: Iterable[str]) -> dict[int, dict[str, int]]:
    """Per institution how many recommendations each of these states holds: one query, and the conditions of the list."""
    chosen = tuple(names)
    columns = [func.sum(case((CONDITIONS[name](wanted), 1), else_=0)) for name in chosen]
    statement = (
        select(Assignment.actor_id, *columns)
        .outerjoin(FollowUp, FollowUp.recommendation_id == Assignment.recommendation_id)
        .where(*wanted.conditions())
        .group_by(Assignment.actor_id)
    )
    return {row[0]: dict(zip(chosen, map(int, row[1:]), strict=True)) for row in session.execute(statement)}


def stale_after(session: Session) -> datetime.timedelta:
    """How old a claim may be before it is to be confirmed again: a setting of the site."""
    return datetime.timedelta(days=site_settings.get(session, "stale_after_days"))
