"""The commands for jobs: what waits is listed, run, and missed by the doctor; the server brings a worker of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from uptake.app import create_app
from uptake.db import session, transaction
from uptake.models.jobs import Job
from uptake.services.running import jobs
from uptake.testing.databases import close

Run = Callable[..., Any]


@pytest.fixture
def waiting(instance: Path) -> None:
    """A job that has waited for an hour."""
    with create_app(instance).app_context():
        with transaction() as current:
            jobs.start(current, "jobs.tidy")
        with transaction() as current:
            current.execute(update(Job).values(run_after=datetime.now(UTC) - timedelta(hours=1)))
        close()


def states(uptake: Run) -> dict[str, int]:
    counts: dict[str, int] = uptake("jobs", "list", "--json").json["counts"]
    return {state: count for state, count in counts.items() if count}


def test_what_waits_is_listed_and_run(uptake: Run, waiting: None) -> None:
    assert states(uptake) == {"waiting": 1}
    assert uptake("jobs", "run-once", "--json").json["ran"] >= 1
    assert states(uptake).keys() == {"done"}


def test_the_doctor_misses_a_worker(uptake: Run, waiting: None) -> None:
    assert "Jobs wait and nobody runs them: 1. Start a worker with: uptake jobs work" in uptake("doctor").err
    uptake("jobs", "run-once")
    assert "nobody runs them" not in uptake("doctor").err


def test_the_server_runs_jobs_beside_it(instance: Path, waiting: None) -> None:
    command = [str(Path(sys.executable).with_name("uptake")), "--instance", str(instance), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        with closing(server.stderr) as said:
            assert "Serving at" in said.readline()
            assert "Waiting for jobs" in said.readline()
            with create_app(instance).app_context():
                while _left():
                    assert server.poll() is None
                close()
            server.terminate()


def _left() -> int:
    session().rollback()
    return session().query(Job).filter(Job.state.in_(("waiting", "running"))).count()


def test_a_wrong_queue_is_named(uptake: Run, instance: Path) -> None:
    with (instance / "uptake.toml").open("a") as file:
        file.write('queue = "amqp://localhost"\n')
    ran = uptake("jobs", "list", "--json")
    assert (ran.code, "queue must begin with one of redis://" in json.loads(ran.out)["error"]) == (2, True)
