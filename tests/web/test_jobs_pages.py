"""The page of jobs: what waits, runs, failed and why; trying again, cancelling; one's own job and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from uptake.db import db, session, transaction
from uptake.errors import Conflict
from uptake.models.audit import AuditEntry
from uptake.models.jobs import Job
from uptake.services.running import jobs
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_actor, token_of


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    @jobs.kind("test.good", "A good job")
    def good(job: jobs.RunningJob) -> int:
        return 1

    @jobs.kind("test.bad", "A <b>bad</b> job")
    def bad(job: jobs.RunningJob) -> None:
        raise Conflict("The <i>door</i> is closed.")

    yield
    del jobs.KINDS["test.good"], jobs.KINDS["test.bad"]


def begin(kind: str, **options: Any) -> Job:
    with transaction() as current:
        return jobs.start(current, kind, **options)


def test_the_page_says_what_failed_and_why(app: Flask, person_with: Any, sign_in: Any) -> None:
    client = sign_in(person_with("administrator"))
    assert "No job here" in client.get("/jobs").text
    begin("test.bad"), begin("test.good")
    run_jobs(app)
    begin("test.good")
    text = client.get("/jobs").text
    assert "The &lt;i&gt;door&lt;/i&gt; is closed." in text
    assert "A &lt;b&gt;bad&lt;/b&gt; job" in text
    assert 'hx-trigger="every 3s"' in text, "something waits"
    failed = client.get("/jobs?state=failed").text
    assert ("A good job" in failed, "bad" in failed) == (False, True)


def test_a_failed_job_is_tried_again_once(app: Flask, person_with: Any, sign_in: Any) -> None:
    client = sign_in(person_with("coordinator"))
    job = begin("test.bad")
    run_jobs(app)
    form = {"csrf_token": token_of(client)}
    assert client.post(f"/jobs/{job.uuid}/retry", data=form).status_code == 303
    assert client.post(f"/jobs/{job.uuid}/retry", data=form).status_code == 409
    assert run_jobs(app) == 1
    assert client.post(f"/jobs/{job.uuid}/cancel", data=form).status_code == 409
    entry = session().query(AuditEntry).filter_by(action="job.retry").one()
    assert (entry.subject, entry.data) == (f"job/{job.id}", {"state": ["failed", "waiting"]})


def test_a_waiting_job_is_cancelled_and_does_not_run(app: Flask, person_with: Any, sign_in: Any) -> None:
    client = sign_in(person_with("coordinator"))
    job = begin("test.good")
    assert client.post(f"/jobs/{job.uuid}/cancel", data={"csrf_token": token_of(client)}).status_code == 303
    assert run_jobs(app) == 0
    assert client.get(f"/jobs/{job.uuid}.json").json["state"] == "cancelled"


def test_a_form_without_its_token_does_nothing(app: Flask, person_with: Any, sign_in: Any) -> None:
    job = begin("test.good")
    assert sign_in(person_with("coordinator")).post(f"/jobs/{job.uuid}/cancel").status_code == 400
    assert run_jobs(app) == 1


def test_whoever_started_a_job_sees_it_and_others_do_not(app: Flask, person_with: Any, sign_in: Any) -> None:
    actor = make_actor("MOJ").id
    owner, other = person_with("focal_point", actor=actor), person_with("focal_point", actor=actor)
    job = begin("test.good", person=owner)
    mine = sign_in(owner)
    assert mine.get(f"/jobs/{job.uuid}").status_code == 200
    assert mine.get(f"/jobs/{job.uuid}.json").json == {
        "uuid": str(job.uuid), "kind": "test.good", "label": "A good job", "state": "waiting", "done": 0, "total": 0,
        "share": None, "error": None, "attempts": 0,
    }  # fmt: skip
    assert mine.get("/jobs").status_code == 403
    theirs = sign_in(other)
    form = {"csrf_token": token_of(theirs)}
    assert theirs.get(f"/jobs/{job.uuid}").status_code == 403
    assert theirs.get(f"/jobs/{job.uuid}.json").status_code == 403
    assert theirs.post(f"/jobs/{job.uuid}/cancel", data=form).status_code == 403
    assert app.test_client().get(f"/jobs/{job.uuid}.json").status_code == 403
    assert run_jobs(app) == 1


def test_the_number_of_queries_does_not_grow(app: Flask, person_with: Any, sign_in: Any) -> None:
    client = sign_in(person_with("administrator"))
    begin("test.good", person=person_with("coordinator"))
    counted: list[int] = []
    for _ in range(2):
        client.get("/jobs")
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)  # noqa: B023

        event.listen(db.engine, "before_cursor_execute", note)
        assert client.get("/jobs").status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        counted.append(len(seen))
        for _ in range(20):
            begin("test.good")
    assert counted[0] == counted[1]
