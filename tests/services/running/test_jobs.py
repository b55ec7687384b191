"""Jobs: the row is the truth; each runs once, tells how far it is, fails with words, is tried again, or is cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid
from uptake.i18n import set_locale
from uptake.models.jobs import Job
from uptake.services.permissions import SYSTEM
from uptake.services.running import job_pages, jobs
from uptake.testing.jobs import run_jobs, worker_of

told: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """Kinds of jobs for these tests alone."""
    before = dict(jobs.KINDS)
    told.clear()

    @jobs.kind("test.note")
    def note(job: jobs.RunningJob, *, word: str) -> dict[str, str]:
        job.progress(3, 7)
        told.append({"word": word, "person": job.person.id})
        return {"said": word}

    @jobs.kind("test.fail")
    def fail(job: jobs.RunningJob) -> None:
        raise Conflict("The {thing} is closed.", thing="door")

    @jobs.kind("test.format")
    def format(job: jobs.RunningJob) -> None:
        raise Invalid("There is no format {name}.", remedy="Formats: {formats}.", name="odt", formats="csv")

    @jobs.kind("test.flaky", attempts=2, backoff=60)
    def flaky(job: jobs.RunningJob) -> str:
        if job.attempt == 1:
            raise OSError("no network")
        return "there"

    @jobs.kind("test.whole")
    def whole(job: jobs.RunningJob, *, twice: bool = False) -> None:
        with transaction() as current:
            jobs.start(current, "test.note", {"word": "from within"})
            job.complete(current, {"whole": True})
            if twice:
                job.complete(current)

    yield
    jobs.KINDS.clear()
    jobs.KINDS.update(before)


def begin(kind: str, arguments: dict[str, Any] | None = None, **options: Any) -> int:
    with transaction() as current:
        return jobs.start(current, kind, arguments, **options).id


def row(id_: int) -> Job:
    session().rollback()
    session().expire_all()
    return session().get_one(Job, id_)


def test_a_job_runs_once_and_leaves_its_result(app: Flask, person_with: Any) -> None:
    person = person_with("coordinator")
    id_ = begin("test.note", {"word": "hello"}, person=person)
    assert row(id_).state == "waiting"
    assert run_jobs(app) == 1
    assert run_jobs(app) == 0
    job = row(id_)
    assert (job.state, job.result, job.attempts, job.done, job.total) == ("done", {"said": "hello"}, 1, 3, 7)
    assert told == [{"word": "hello", "person": person.id}]


def test_a_job_of_a_transaction_that_fails_was_never_there(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as current:
        jobs.start(current, "test.note", {"word": "no"})
        raise RuntimeError
    assert run_jobs(app) == 0
    assert session().scalar(select(func.count()).select_from(Job)) == 0


def test_the_same_work_is_queued_once(app: Flask) -> None:
    first, second = (begin("test.note", {"word": "once"}, once="note/1") for _ in range(2))
    assert first == second
    assert run_jobs(app) == 1


def test_an_unknown_kind_is_refused(app: Flask) -> None:
    with pytest.raises(Conflict, match=r"no kind of job called test\.unknown"):
        begin("test.unknown")


def test_a_failure_says_why(app: Flask) -> None:
    id_ = begin("test.fail")
    run_jobs(app)
    assert (row(id_).state, row(id_).error) == ("failed", "The door is closed.")


def test_a_failure_is_told_in_the_readers_language(app: Flask) -> None:
    id_ = begin("test.format")
    run_jobs(app)
    said = []
    for language in ("en", "fr"):
        set_locale(language)
        said.append(job_pages.look(session(), row(id_).uuid, person=SYSTEM).error)
    assert said[0] == "There is no format odt. Formats: csv."
    assert said[1] != said[0]
    assert "odt" in str(said[1])


def test_a_kind_that_asks_for_it_is_tried_again_later(app: Flask) -> None:
    id_ = begin("test.flaky")
    run_jobs(app)
    job = row(id_)
    assert (job.state, job.error) == ("waiting", "OSError: no network")
    assert timedelta(seconds=50) < job.run_after.replace(tzinfo=UTC) - datetime.now(UTC) <= timedelta(seconds=60)
    assert run_jobs(app) == 0, "it is not due yet"
    with transaction() as current:
        current.get_one(Job, id_).run_after = datetime.now(UTC)
    assert run_jobs(app) == 1
    assert (row(id_).state, row(id_).result, row(id_).attempts, row(id_).error) == ("done", "there", 2, None)


def test_a_job_that_is_held_back_waits_for_its_moment(app: Flask) -> None:
    id_ = begin("test.note", {"word": "later"}, after=datetime.now(UTC) + timedelta(hours=1))
    assert run_jobs(app) == 0
    assert row(id_).state == "waiting"


def test_work_and_word_of_its_end_are_one(app: Flask) -> None:
    id_ = begin("test.whole")
    assert run_jobs(app) == 2
    assert (row(id_).state, row(id_).result) == ("done", {"whole": True})


def test_work_that_was_counted_cannot_count_again(app: Flask) -> None:
    begin("test.whole", {"twice": True})
    run_jobs(app)
    assert told == [], "the transaction that would have started the second job was rolled back"


def test_a_job_in_somebody_elses_hands_is_not_taken(app: Flask) -> None:
    id_ = begin("test.note", {"word": "mine"})
    one, other = worker_of(app), worker_of(app)
    seen: list[bool] = []

    @jobs.kind("test.outer")
    def outer(job: jobs.RunningJob) -> None:
        seen.extend([other.run(job.id), other.run(id_), other.run(id_)])
        assert other.rescue() == 0, "its worker is alive"

    outer_id = begin("test.outer")
    assert one.run(outer_id)
    assert seen == [False, True, False]
    assert (row(outer_id).state, row(id_).attempts) == ("done", 1)
