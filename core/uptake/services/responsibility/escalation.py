"""What is due, late, unanswered or stuck is told in time: first to those who do it, then to those above them.

Each step of a ladder is told once. Whoever is told learns how much there is in an institution, with a link to the list;
one thing alone is named. How late is late is a setting (``escalate_after_days``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.i18n import N_
from uptake.models.progress import Update
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, FollowUp
from uptake.services import site_settings
from uptake.services.addresses import path_of
from uptake.services.people.staff import Staff
from uptake.services.responsibility.vacancies import vacancies
from uptake.services.running import jobs
from uptake.services.telling import notices
from uptake.services.work.worklists import ACTIVE, CONDITIONS, Wanted

KIND = "escalation.run"
BEFORE = (21, 7, 2)
LEVELS = ("alternate", "validator", "coordinator")
CATCH_UP = timedelta(days=14)


@dataclass(slots=True)
class Step:
    """Something that these people are told, once."""

    people: set[int]
    kind: str
    path: str
    once: str
    values: dict[str, Any] = field(default_factory=dict)


@jobs.kind(KIND, N_("Reminders and escalation"), attempts=3, backoff=600)
def run(job: jobs.RunningJob) -> dict[str, int]:
    """Tell what today asks for."""
    with transaction() as session:
        told = 0
        for step in steps(session, date.today()):
            notices.tell(session, step.people, step.kind, step.path, values=step.values, once=step.once)
            told += 1
        job.complete(session, {"steps": told})
    return {"steps": told}


def steps(session: Session, today: date) -> list[Step]:
    """Every step that has been reached; those that were told before are told to nobody again."""
    staff = Staff(session, today)
    chosen = site_settings.current(session)
    delays = list(chosen["escalate_after_days"])
    stale = timedelta(days=chosen["stale_after_days"])
    return [
        one
        for found in (
            _due(session, staff, today),
            _overdue(session, staff, today, delays),
            _unanswered(session, staff, today, delays),
            _stuck(session, staff, today, delays),
            _stale(session, staff, today, stale),
            vacancies_told(session, staff, today),
        )
        for one in found
        if one.people
    ]


def _due(session: Session, staff: Staff, today: date) -> Iterator[Step]:
    """Three weeks, one week and two days before the day: to those who report."""
    condition = CONDITIONS["due"](Wanted(None, today=today))
    last = today + timedelta(days=max(BEFORE))
    for (actor, due), ids in _grouped(session, condition, FollowUp.due <= last, FollowUp.due >= today).items():
        left = (due - today).days
        step = min(days for days in BEFORE if left <= days)
        people = staff.reaching(actor, "focal_point", "alternate")
        yield _step(session, people, "due.soon", actor, ids, f"due/{actor}/{due}/{step}", "due", day=due.isoformat())


def _overdue(session: Session, staff: Staff, today: date, delays: Sequence[int]) -> Iterator[Step]:
    condition = CONDITIONS["overdue"](Wanted(None, today=today))
    first = today - timedelta(days=max(delays, default=0)) - CATCH_UP
    for (actor, due), ids in _grouped(session, condition, FollowUp.due >= first).items():
        late = (today - due).days
        for step, people in _ladder(staff, actor, late, delays):
            once = f"overdue/{actor}/{due}/{step}"
            yield _step(session, people, "due.overdue", actor, ids, once, "overdue", day=due.isoformat())


def _unanswered(session: Session, staff: Staff, today: date, delays: Sequence[int]) -> Iterator[Step]:
    """An assignment that nobody accepted or declined."""
    first = _moment(today - timedelta(days=max(delays, default=0)) - CATCH_UP)
    rows = select(Assignment.actor_id, Assignment.created, Assignment.recommendation_id)
    found: defaultdict[tuple[int, date], list[int]] = defaultdict(list)
    for actor, created, id_ in session.execute(
        rows.where(Assignment.state == "assigned", Assignment.created >= first).order_by(Assignment.id)
    ):
        found[actor, created.date()].append(id_)
    for (actor, day), ids in found.items():
        for step, people in _ladder(staff, actor, (today - day).days, delays, at_once=False):
            once = f"unanswered/{actor}/{day}/{step}"
            yield _step(session, people, "assignment.unanswered", actor, ids, once, "new", days=step)


def _stuck(session: Session, staff: Staff, today: date, delays: Sequence[int]) -> Iterator[Step]:
    """Updates that wait for a validator, then also for the coordinator; or for the coordinator alone."""
    found: defaultdict[tuple[int, str, date], list[Any]] = defaultdict(list)
    rows = select(Update.actor_id, Update.state, Update.changed, Update.uuid)
    for actor, state, changed, uuid in session.execute(
        rows.where(Update.state.in_(("submitted", "confirmed"))).order_by(Update.id)
    ):
        found[actor, state, changed.date()].append(uuid)
    for (actor, state, day), uuids in found.items():
        for number, delay in enumerate(delays):
            if (today - day).days < delay:
                continue
            people = staff.of(None, "coordinator")
            if state == "submitted" and number == 0:
                people = staff.reaching(actor, "validator") or people
            path = f"/updates/{uuids[0]}" if len(uuids) == 1 else f"/updates?state={state}&institution={actor}"
            values = {"actor": actor, "count": len(uuids), "days": delay}
            yield Step(people, "update.stuck", path, f"stuck/{actor}/{state}/{day}/{delay}", values)


def _stale(session: Session, staff: Staff, today: date, after: timedelta) -> Iterator[Step]:
    """What nobody has confirmed for long: one notice a quarter to each institution."""
    condition = CONDITIONS["stale"](Wanted(None, today=today, stale_after=after))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for (actor, _day), ids in _grouped(session, condition).items():
        found[actor] += ids
    quarter = f"{today.year}-{(today.month - 1) // 3 + 1}"
    for actor, ids in found.items():
        people = staff.reaching(actor, "focal_point", "alternate")
        yield _step(session, people, "claim.stale", actor, ids, f"stale/{actor}/{quarter}", "stale", days=after.days)


def vacancies_told(session: Session, staff: Staff, today: date) -> Iterator[Step]:
    """An institution that answers for something and has had no focal point for a week, for a month."""
    for one in vacancies(session, staff, today):
        for days in (7, 30):
            if (today - one.since).days >= days:
                people = staff.reaching(one.actor, "validator") | staff.of(None, "coordinator")
                values = {"actor": one.actor, "days": days}
                yield Step(
                    people,
                    "actor.vacant",
                    f"/institutions/{one.code}",
                    f"vacant/{one.actor}/{one.since}/{days}",
                    values,
                )


def _ladder(
    staff: Staff, actor: int, days: int, delays: Sequence[int], *, at_once: bool = True
) -> Iterator[tuple[int, set[int]]]:
    """The steps that were reached after so many days, each with those who are told then."""
    if at_once and days > 0:
        yield 0, staff.reaching(actor, "focal_point", "alternate")
    for number, delay in enumerate(delays):
        if days >= delay:
            level = LEVELS[min(max(0, len(LEVELS) - len(delays)) + number, len(LEVELS) - 1)]
            above = set() if level == "coordinator" else staff.reaching(actor, level)
            yield delay, above or staff.of(None, "coordinator")


def _grouped(session: Session, *conditions: Any) -> dict[tuple[int, date], list[int]]:
    """The recommendations for which an institution answers and on which this holds, by institution and due date."""
    rows = (
        select(Assignment.actor_id, FollowUp.due, Assignment.recommendation_id)
        .join(FollowUp, FollowUp.recommendation_id == Assignment.recommendation_id)
        .where(Assignment.state.in_(ACTIVE), *conditions)
        .order_by(Assignment.actor_id, FollowUp.due, Assignment.recommendation_id)
    )
    found: defaultdict[tuple[int, date], list[int]] = defaultdict(list)
    for actor, due, id_ in session.execute(rows):
        found[actor, due or date.min].append(id_)
    return found


def _step(
    session: Session, people: set[int], kind: str, actor: int, ids: Sequence[int], once: str, state: str, **values: Any
) -> Step:
    """One thing is named and linked to; of several, their number and the list."""
    if len(ids) == 1:
        uuid = session.scalar(select(Recommendation.uuid).where(Recommendation.id == ids[0]))
        return Step(
            people, kind, path_of("recommendation", uuid), once, values | {"actor": actor, "recommendation": ids[0]}
        )
    path = f"/work/recommendations?institution={actor}&state={state}"
    return Step(people, kind, path, once, values | {"actor": actor, "count": len(ids)})


def _moment(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)
