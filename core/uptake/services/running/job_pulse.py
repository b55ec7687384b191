"""The sign of life of a running job: a lock that dies with its worker, and progress that no long transaction holds up.

Whoever runs a job holds its lock, so a killed worker is noticed without guessing at clocks, and a slow one is never
robbed. SQLite has one writer: an import that writes for a minute would block every heartbeat in a row, so progress goes
to a small file, and the lock is one byte of a file beside the database. On PostgreSQL the lock is an advisory one of a
connection of its own, over which progress is written to the row, seen at once and held up by nothing.
"""

from __future__ import annotations

import json
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from uptake.files.locks import ByteLocks
from uptake.models.jobs import Job

EVERY = 0.5
BEAT = 15.0
LOST = timedelta(minutes=5)
KEY = 0x75706A


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come, and when it said so."""

    done: int
    total: int
    at: datetime | None


class Pulse(Protocol):
    """Holds the lock of one job and tells how far it is."""

    def take(self) -> bool:
        """Take the job's lock; False where somebody alive holds it."""

    def beat(self, done: int, total: int) -> None:
        """Tell how far the job is."""

    def release(self) -> None:
        """Give the lock back."""


def pulse_of(engine: Engine, job_id: int, worker: str) -> Pulse:
    """The pulse that fits the database."""
    if engine.dialect.name == "sqlite":
        return FilePulse(folder_of(engine), job_id)
    return RowPulse(engine, job_id, worker)


def folder_of(engine: Engine) -> Path:
    """Where the jobs of an SQLite database leave their signs: beside the file, for whoever opens it finds it there."""
    return Path(engine.url.database or "").resolve().parent / "jobs"


def progress_of(engine: Engine, job: Job) -> Progress:
    """How far a job is: what its row says, or its file while it runs."""
    if job.state == "running" and engine.dialect.name == "sqlite":
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads((folder_of(engine) / f"{job.id}.json").read_text("ascii"))
            return Progress(int(said["done"]), int(said["total"]), datetime.fromtimestamp(said["at"], UTC))
    return Progress(job.done, job.total, job.heartbeat)


class FilePulse:
    """On SQLite: one byte of ``jobs/alive``, and ``jobs/<id>.json``."""

    def __init__(self, folder: Path, job_id: int) -> None:
        self._folder, self._id = folder, job_id
        self._path = folder / f"{job_id}.json"
        self._last = 0.0

    def take(self) -> bool:
        """Take the job's byte."""
        self._folder.mkdir(exist_ok=True)
        return ByteLocks.of(self._folder / "alive").take(self._id)

    def beat(self, done: int, total: int) -> None:
        """Replace the file, at most twice a second."""
        now = time.time()
        if now - self._last < EVERY and done != total:
            return
        self._last = now
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"done": done, "total": total, "at": now}), "ascii")
        os.replace(fresh, self._path)

    def release(self) -> None:
        """Remove the file, then free the byte: the row has the last word by now."""
        self._path.unlink(missing_ok=True)
        ByteLocks.of(self._folder / "alive").free(self._id)


class RowPulse:
    """On PostgreSQL: an advisory lock and the row, over a connection of its own."""

    def __init__(self, engine: Engine, job_id: int, worker: str) -> None:
        self._engine, self._id, self._worker = engine, job_id, worker
        self._connection: Connection | None = None
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._last = 0.0

    def take(self) -> bool:
        """Take the advisory lock, and let a thread tell every few seconds that the worker lives."""
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT", uptake_write=True)
        try:
            taken = bool(connection.scalar(text("select pg_try_advisory_lock(:key, :id)"), self._named()))
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        if not taken:
            connection.close()
            return False
        self._connection = connection
        threading.Thread(target=self._live, name=f"job {self._id}", daemon=True).start()
        return True

    def beat(self, done: int, total: int) -> None:
        """Write progress to the row, at most twice a second."""
        now = time.monotonic()
        if now - self._last < EVERY and done != total:
            return
        self._last = now
        self._write(done=done, total=total)

    def release(self) -> None:
        """Free the lock; a connection that has gone has freed it already."""
        self._ended.set()
        with self._guard:
            connection, self._connection = self._connection, None
            if connection is None:
                return
            try:
                connection.execute(text("select pg_advisory_unlock(:key, :id)"), self._named())
            except SQLAlchemyError:
                connection.invalidate()
            connection.close()

    def _live(self) -> None:
        while not self._ended.wait(BEAT):
            with suppress(SQLAlchemyError):
                self._write()

    def _write(self, **values: Any) -> None:
        with self._guard:
            if self._connection is not None:
                mine = (Job.id == self._id, Job.worker == self._worker, Job.state == "running")
                self._connection.execute(update(Job).where(*mine).values(heartbeat=datetime.now(UTC), **values))

    def _named(self) -> dict[str, int]:
        return {"key": KEY, "id": self._id}


def end_lost_holders(connection: Connection) -> None:
    """On PostgreSQL, end the connections of workers whose machine has vanished: the server may not notice for hours.

    They hold the lock of a job that has told nothing for minutes. Their role is ours, so that we may.
    """
    silent = select(Job.id).where(Job.state == "running", Job.heartbeat < datetime.now(UTC) - LOST)
    for id_ in connection.scalars(silent).all():
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
                " and classid = :key and objid = :id and granted"
                " and database = (select oid from pg_database where datname = current_database())"
            ),
            {"key": KEY, "id": id_},
        )
