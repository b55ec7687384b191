"""A worker is killed in the middle of its work: another takes the job up, nothing is lost and nothing is done twice."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.app import build
from uptake.db import session, transaction
from uptake.models.jobs import Job
from uptake.models.progress import SiteSetting
from uptake.services.running import jobs
from uptake.services.running.job_pulse import progress_of
from uptake.settings import Settings, load
from uptake.testing.databases import close

WORKER = """
import sys, time, uuid
from pathlib import Path
from uptake.cli import main
from uptake.db import transaction
from uptake.models.progress import SiteSetting
from uptake.services.running import jobs

@jobs.kind("test.long")
def long(job, *, gate, number):
    with transaction() as session:
        session.add(SiteSetting(name=f"long/{number}/{uuid.uuid4().hex}", value=1))
        session.flush()
        job.progress(3, 9)
        while not Path(gate).exists():
            time.sleep(0.01)
        job.complete(session, job.attempt)

@jobs.kind("test.short")
def short(job, *, number):
    with transaction() as session:
        session.add(SiteSetting(name=f"short/{number}/{uuid.uuid4().hex}", value=1))
        job.complete(session)

main()
"""
SHORT = 25


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """The kinds that the workers know, by name."""
    for name in ("test.long", "test.short"):
        jobs.kind(name)(print)
    yield
    for name in ("test.long", "test.short"):
        del jobs.KINDS[name]


@pytest.fixture
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a queue: the database's own, or a real Redis."""
    if not getattr(request, "param", ""):
        yield ""
        return
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("there is no redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "Ready to accept connections" in line:
                break
        yield f"redis://127.0.0.1:{port}/0"
        running.terminate()
        running.communicate()


@pytest.fixture
def instance(settings: Settings, queue: str) -> Path:
    lines = {"title": "Test", "database": settings.database, "queue": queue}
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items() if value)
    (settings.instance / "uptake.toml").write_text(text, encoding="utf-8")
    return settings.instance


@pytest.fixture
def app(instance: Path) -> Iterator[Flask]:
    found = build(load(instance))
    with found.app_context():
        yield found
        close()


@contextmanager
def worker(instance: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own; it ends when the test does."""
    command = [sys.executable, "-c", WORKER, "--instance", str(instance), "jobs", "work", "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end, "it took longer than a minute"
        time.sleep(0.02)


def row(id_: int) -> Job:
    session().rollback()
    session().expire_all()
    return session().get_one(Job, id_)


def waiting() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Job).where(Job.state.in_(("waiting", "running")))) or 0


def effects() -> list[str]:
    session().rollback()
    return sorted(name.rpartition("/")[0] for name in session().scalars(select(SiteSetting.name)))


def begin(kind: str, **arguments: Any) -> int:
    with transaction() as current:
        return jobs.start(current, kind, arguments).id


@pytest.mark.parametrize("queue", ["", "redis"], indirect=True)
def test_another_worker_takes_up_what_a_killed_one_left(app: Flask, instance: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    long = begin("test.long", gate=str(gate), number=1)
    for number in range(SHORT):
        begin("test.short", number=number)
    engine = session().get_bind().engine
    with worker(instance) as first:
        wait_until(lambda: progress_of(engine, row(long)).done == 3)
        assert row(long).state == "running", "progress shows although the job holds its transaction open"
        assert progress_of(engine, row(long)).total == 9
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert [name for name in effects() if name.startswith("long")] == [], "nothing of the killed try was kept"
    gate.touch()
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(worker(instance))
        wait_until(lambda: waiting() == 0)
    job = row(long)
    assert (job.state, job.attempts, job.result) == ("done", 2, 2)
    assert effects() == sorted(["long/1", *(f"short/{number}" for number in range(SHORT))])


def test_a_job_that_kills_every_worker_is_given_up(app: Flask, instance: Path, tmp_path: Path) -> None:
    id_ = begin("test.long", gate=str(tmp_path / "never"), number=1)
    for attempt in (1, 2, 3):
        with worker(instance) as one:
            wait_until(lambda attempt=attempt: (row(id_).state, row(id_).attempts) == ("running", attempt))  # type: ignore[misc]
            one.kill()
            one.wait()
    with worker(instance):
        wait_until(lambda: row(id_).state == "failed")
    assert row(id_).error == "The worker was stopped again and again while it did this."


def test_a_paused_worker_keeps_its_job(app: Flask, instance: Path, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    id_ = begin("test.long", gate=str(gate), number=1)
    with worker(instance) as slow, worker(instance):
        wait_until(lambda: row(id_).state == "running")
        holder = row(id_).worker or ""
        if f"/{slow.pid}/" in holder:
            slow.send_signal(signal.SIGSTOP)
        gate.touch()
        done = subprocess.run(
            [sys.executable, "-c", WORKER, "--instance", str(instance), "jobs", "run-once"], capture_output=True, text=True
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        slow.send_signal(signal.SIGCONT)
        wait_until(lambda: row(id_).state == "done")
    assert (row(id_).attempts, effects()) == (1, ["long/1"])
