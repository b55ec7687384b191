"""Reminders and escalation: in time, to the right people, each step once, without a flood."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from uptake.db import session, transaction
from uptake.models.notices import Notice
from uptake.models.people import Membership
from uptake.models.progress import SiteSetting, Update, UpdateItem
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, FollowUp
from uptake.services.importing.sources import HUMAN, source_id
from uptake.services.permissions import Person
from uptake.services.responsibility import escalation
from uptake.services.running import jobs
from uptake.services.work.worklists import Wanted, look
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_actor

TODAY = date.today()


class Place:
    """A ministry with everybody in their place, and what it answers for."""

    def __init__(self, person_with: Any) -> None:
        self.actor = make_actor("MOJ").id
        self.focal, self.alternate, self.validator = (
            person_with(role, actor=self.actor) for role in ("focal_point", "alternate", "validator")
        )
        self.coordinator = person_with("coordinator")

    def recommendation(self, due: date | None = None, state: str = "accepted", **follow_up: Any) -> int:
        with transaction() as current:
            human = source_id(current, HUMAN)
            one = Recommendation(uuid=uuid4(), source_id=human, kind="recommendation", order_key="")
            current.add(one)
            current.flush()
            current.add(FollowUp(recommendation_id=one.id, due=due, **follow_up))
            current.add(Assignment(recommendation_id=one.id, actor_id=self.actor, role="lead", state=state,
                                   created=datetime.now(UTC)))  # fmt: skip
        return one.id

    def update(self, recommendation: int, state: str, changed: datetime) -> None:
        with transaction() as current:
            one = Update(actor_id=self.actor, language="en", state=state, created=changed, changed=changed)
            current.add(one)
            current.flush()
            current.add(UpdateItem(update_id=one.id, recommendation_id=recommendation))


@pytest.fixture
def place(app: Flask, person_with: Any) -> Place:
    return Place(person_with)


def told(*people: Person) -> list[list[str]]:
    """The kinds that each of these was told, in order."""
    session().rollback()
    return [
        [kind for (kind,) in session().query(Notice.kind).filter_by(user_id=one.id).order_by(Notice.id)]
        for one in people
    ]


def on(day: date) -> None:
    """What the job does on this day."""
    with transaction() as current:
        for step in escalation.steps(current, day):
            escalation.notices.tell(current, step.people, step.kind, step.path, values=step.values, once=step.once)


def test_the_due_day_is_announced_three_times(place: Place) -> None:
    place.recommendation(TODAY + timedelta(days=30))
    counts = []
    for day in range(31):
        on(TODAY + timedelta(days=day))
        counts.append(len(told(place.focal)[0]))
    assert [day for day in range(1, 31) if counts[day] > counts[day - 1]] == [9, 23, 28]
    assert told(place.alternate, place.validator, place.coordinator) == [["due.soon"] * 3, [], []]


def test_late_things_climb(place: Place) -> None:
    place.recommendation(TODAY - timedelta(days=1))
    first = [["due.overdue"], ["due.overdue"], [], []]
    everybody = place.focal, place.alternate, place.validator, place.coordinator
    for _ in range(2):
        on(TODAY)
        assert told(*everybody) == first
    on(TODAY + timedelta(days=6))
    assert told(*everybody) == [["due.overdue"], ["due.overdue"], ["due.overdue"], []]
    for _ in range(2):
        on(TODAY + timedelta(days=20))
        assert told(*everybody) == [["due.overdue"]] * 4
    assert told(place.coordinator) == [["due.overdue"]]


def test_the_site_chooses_the_delays(place: Place) -> None:
    with transaction() as current:
        current.add(SiteSetting(name="escalate_after_days", value=[2]))
    place.recommendation(TODAY - timedelta(days=2))
    on(TODAY)
    assert told(place.validator, place.coordinator) == [[], ["due.overdue"]]


def test_many_things_are_one_notice_that_leads_to_their_list(place: Place) -> None:
    for _ in range(12):
        place.recommendation(TODAY - timedelta(days=1))
    on(TODAY)
    [notice] = session().query(Notice).filter_by(user_id=place.focal.id)
    assert notice.path == f"/work/recommendations?institution={place.actor}&state=overdue"
    _ids, count = look(session(), Wanted(frozenset([place.actor]), ("overdue",), today=TODAY))
    assert (notice.values["count"], count) == (12, 12)


def test_what_is_reported_or_closed_is_left_alone(place: Place) -> None:
    reported = place.recommendation(TODAY - timedelta(days=1))
    place.update(reported, "submitted", datetime.now(UTC))
    place.recommendation(TODAY - timedelta(days=1), status="implemented")
    place.recommendation(TODAY - timedelta(days=1), state="declined")
    on(TODAY)
    assert told(place.focal, place.validator) == [[], []]


def test_an_assignment_without_an_answer_climbs(place: Place) -> None:
    place.recommendation(state="assigned")
    for days, expected in ((6, [[], []]), (7, [["assignment.unanswered"], []]), (21, [["assignment.unanswered"]] * 2)):
        on(TODAY + timedelta(days=days))
        assert told(place.validator, place.coordinator) == expected, days


def test_an_update_that_nobody_confirms_climbs(place: Place) -> None:
    place.update(place.recommendation(), "submitted", datetime.now(UTC))
    for days, expected in ((6, [[], []]), (7, [["update.stuck"], []]), (21, [["update.stuck"]] * 2)):
        on(TODAY + timedelta(days=days))
        assert told(place.validator, place.coordinator) == expected, days
    assert told(place.focal) == [[]]


def test_old_claims_come_back_once_a_quarter(place: Place) -> None:
    place.recommendation(confirmed_on=TODAY - timedelta(days=200), status="in_progress")
    spring = date(TODAY.year + 1, 4, 10)
    for day in (spring, spring + timedelta(days=1), spring + timedelta(days=91)):
        on(day)
    assert told(place.focal) == [["claim.stale", "claim.stale"]]


def test_an_empty_chair_is_told_after_a_week_and_a_month(place: Place) -> None:
    place.recommendation()
    with transaction() as current:
        current.query(Membership).filter_by(user_id=place.focal.id).update({"until": TODAY - timedelta(days=1)})
    for days, count in ((6, 0), (7, 1), (8, 1), (29, 1), (30, 2), (60, 2)):
        on(TODAY + timedelta(days=days))
        assert told(place.coordinator) == [["actor.vacant"] * count], days


def test_the_job_tells_and_a_second_run_tells_nothing_more(app: Flask, place: Place) -> None:
    place.recommendation(TODAY - timedelta(days=3))
    for _ in range(2):
        with transaction() as current:
            jobs.start(current, escalation.KIND)
        assert run_jobs(app) == 1
        assert told(place.focal) == [["due.overdue"]]
