"""What happens by the clock: once a period however many workers look, also late; and what vanished machines leave."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from uptake.db import db, is_sqlite, session, transaction
from uptake.models.jobs import Job
from uptake.models.progress import Update
from uptake.services.running import jobs, schedules
from uptake.services.running.job_pulse import RowPulse
from uptake.services.running.job_worker import tick
from uptake.testing.jobs import run_jobs, worker_of
from uptake.testing.people import make_actor

NIGHT = datetime(2026, 11, 20, 2, 10, tzinfo=UTC)
MORNING = datetime(2026, 11, 20, 6, 10, tzinfo=UTC)


@pytest.fixture
def table(app: Flask) -> Iterator[None]:
    """A table of its own: one kind an hour, one a day, one that is not wanted."""
    before, kinds = dict(schedules._table), dict(jobs.KINDS)
    schedules._table.clear()
    for name in ("test.hour", "test.day", "test.never"):
        jobs.kind(name)(lambda job: None)
    schedules.hourly("test.hour")
    schedules.daily("test.day")
    schedules.minutely("test.never", lambda _session: False)
    yield
    schedules._table.clear()
    schedules._table.update(before)
    jobs.KINDS.clear()
    jobs.KINDS.update(kinds)


def kinds() -> list[str]:
    session().rollback()
    return list(session().scalars(select(Job.kind).order_by(Job.id)))


def test_each_period_brings_its_jobs_once(table: None) -> None:
    assert [schedules.start_due(NIGHT) for _ in range(3)] == [1, 0, 0]
    assert schedules.start_due(NIGHT + timedelta(minutes=40)) == 0
    assert schedules.start_due(MORNING) == 2
    assert schedules.start_due(MORNING + timedelta(hours=20)) == 1, "another hour, still before the next morning"
    assert schedules.start_due(MORNING + timedelta(days=1)) == 2
    assert kinds().count("test.day") == 2


def test_many_workers_that_look_at_once_queue_one_job(app: Flask, table: None) -> None:
    ready, failed = threading.Barrier(4), []

    def look() -> None:
        with app.app_context():
            ready.wait()
            try:
                schedules.start_due(MORNING)
            except Exception as error:
                failed.append(error)
            db.session.remove()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(kinds()) == ["test.day", "test.hour"]


def test_an_update_is_published_on_its_day(app: Flask) -> None:
    actor = make_actor("MOJ").id
    with transaction() as current:
        for number in (0, 3):
            day = date.today() + timedelta(days=number)
            current.add(Update(uuid=uuid4(), actor_id=actor, language="en", state="approved", publish_on=day,
                               created=datetime.now(UTC), changed=datetime.now(UTC)))  # fmt: skip
    tick(worker_of(app))
    session().expire_all()
    assert list(session().scalars(select(Update.state).order_by(Update.publish_on))) == ["published", "approved"]


def test_old_jobs_are_forgotten_and_failures_kept(app: Flask) -> None:
    with transaction() as current:
        for _ in range(3):
            jobs.start(current, "jobs.tidy")
    run_jobs(app)
    long_ago = datetime.now(UTC) - timedelta(days=100)
    first, second, _third = session().scalars(select(Job.id).order_by(Job.id))
    with transaction() as current:
        current.execute(update(Job).where(Job.id.in_((first, second))).values(finished=long_ago))
        current.execute(update(Job).where(Job.id == second).values(state="failed"))
        jobs.start(current, "jobs.tidy")
    run_jobs(app)
    session().expire_all()
    left = list(session().scalars(select(Job.id)))
    assert (first in left, second in left, len(left)) == (False, True, 3)


def test_a_worker_whose_machine_vanished_is_replaced(app: Flask) -> None:
    if is_sqlite(session()):
        pytest.skip("SQLite's workers are on the machine of its file")
    with transaction() as current:
        id_ = jobs.start(current, "jobs.tidy").id
    gone = RowPulse(db.engine, id_, "gone")
    assert gone.take(), "and the network breaks: the server still sees the connection"
    with transaction() as current:
        silent = datetime.now(UTC) - timedelta(minutes=3)
        current.execute(update(Job).values(state="running", worker="gone", attempts=1, heartbeat=silent))
    worker = worker_of(app)
    assert worker.rescue() == 0, "it may only be slow"
    with transaction() as current:
        current.execute(update(Job).values(heartbeat=silent - timedelta(minutes=3)))
    rescued: Any = 0
    for _ in range(50):
        rescued = rescued or worker.rescue()
    assert rescued == 1
    gone.release()
    run_jobs(app)
    assert session().get_one(Job, id_).state == "done"
