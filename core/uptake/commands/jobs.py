"""Commands for jobs: work (run them as they come), list, run-once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click
from flask import Flask

from uptake.app import EXTENSION, registry
from uptake.commands.base import Context, as_json, open_app, say
from uptake.db import is_sqlite, session
from uptake.models.jobs import JOB_STATES
from uptake.services.permissions import SYSTEM
from uptake.services.running import job_pages, job_queue
from uptake.services.running.job_worker import Worker, tick

POLL = 1.0
PAUSE, LONGEST_PAUSE = 0.5, 60.0
GRACE = 5.0


@click.group(name="jobs")
def jobs() -> None:
    """Long work: run it, look at it."""


@jobs.command()
@click.option("--threads", type=click.IntRange(1, 16), help="Jobs at once (default: 1 on SQLite, else 2).")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input is closed.")
@as_json
def work(context: Context, threads: int | None, with_parent: bool) -> None:
    """Run jobs as they come, until stopped. Any number of these may run, on PostgreSQL also on other machines."""
    from huey.consumer import Consumer

    app = open_app(context)
    with app.app_context():
        queue = job_queue.queue_of(session())
        count = threads or (1 if is_sqlite(session()) else 2)
        session().rollback()
    worker = _worker(app)
    consumer = Consumer(queue.huey, workers=count, max_delay=POLL, initial_delay=0.05, graceful_signal="TERM")
    worker.stopping = consumer.stop_flag
    queue.serve(worker.run_waiting, lambda: tick(worker))
    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    say(f"Waiting for jobs ({queue.address}).")
    consumer.run()


@jobs.command(name="list")
@click.option("--state", type=click.Choice(JOB_STATES))
@as_json
def list_(context: Context, state: str | None) -> dict[str, Any]:
    """What waits, runs, was done, failed."""
    with open_app(context).app_context():
        page = job_pages.listing(session(), state or "", person=SYSTEM)
        for line in page.lines:
            far = f" {line.share:.0%}" if line.share is not None and line.state == "running" else ""
            say(f"{line.state}{far} {line.label} ({line.uuid}) {line.error or ''}".rstrip())
        return {"counts": page.counts, "jobs": [job_pages.as_json(line) for line in page.lines]}


@jobs.command(name="run-once")
@as_json
def run_once(context: Context) -> dict[str, Any]:
    """Run what waits now, then stop: for a machine that calls this from cron."""
    ran = tick(_worker(open_app(context)))
    say(f"{ran} jobs were run.")
    return {"ran": ran}


def _worker(app: Flask) -> Worker:
    return Worker(app.app_context, app.extensions[EXTENSION], registry(app))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


class Beside:
    """A worker in a process of its own beside the server, which ends with it and is started again when it dies.

    A process and not a thread: an import computes in Python for minutes, and a thread that does so takes the
    interpreter's lock from the pages for 5 ms at each turn, which is more than most of them need in all.
    """

    def __init__(self, instance: Path) -> None:
        self._command = [
            sys.executable, "-c", "from uptake.cli import main; main()", "--instance", str(instance.resolve()), "jobs", "work",
            "--with-parent",
        ]  # fmt: skip
        self._ended = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker", daemon=True)

    def __enter__(self) -> Beside:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._thread.join(GRACE)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()

    def _keep(self) -> None:
        pause = PAUSE
        while not self._ended.is_set():
            began = time.monotonic()
            self._process = subprocess.Popen(  # noqa: S603
                self._command, stdin=subprocess.PIPE, start_new_session=True
            )
            code = self._process.wait()
            pause = PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
            if not self._ended.wait(pause):
                say(f"The worker ended ({code}) and is started again.")
