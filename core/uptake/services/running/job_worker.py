"""Runs jobs: claims one, runs it, says how it ended, and takes up again what a killed worker left behind."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from uptake.db import is_sqlite, session, transaction
from uptake.errors import AppError, Busy
from uptake.hooks.registry import Registry
from uptake.i18n import N_, set_locale
from uptake.models.jobs import Job
from uptake.services.permissions import SYSTEM, load_person
from uptake.services.running import job_queue, periodic
from uptake.services.running.job_pulse import Pulse, end_lost_holders, pulse_of
from uptake.services.running.jobs import KINDS, Kind, LostJob, RunningJob
from uptake.services.telling import notices
from uptake.settings import Settings

LIVES = 3
LONGEST_ERROR = 2000
AT_ONCE = 20
PATIENCE = 5.0
AGAIN = timedelta(seconds=5)
LONG = timedelta(seconds=30)
_log = logging.getLogger(__name__)


@dataclass
class Worker:
    """Runs the jobs of one instance. ``enter`` opens an application context; ``stopping`` ends it after the running job."""

    enter: Callable[[], AbstractContextManager[Any]]
    settings: Settings
    registry: Registry
    name: str = field(default_factory=lambda: f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:6]}"[:120])
    stopping: threading.Event = field(default_factory=threading.Event)

    def run_waiting(self) -> int:
        """Run what waits, the oldest first, until nothing does; how many ran."""
        ran = 0
        while not self.stopping.is_set():
            if not any(self.run(id_) for id_ in self._due() if not self.stopping.is_set()):
                return ran
            ran += 1
        return ran

    def run(self, job_id: int) -> bool:
        """Run one job, if it is nobody else's; whether it was run."""
        return copy_context().run(self._run, job_id)

    def rescue(self) -> int:
        """Put back what dead workers left behind; how many jobs."""
        with self.enter():
            engine = session().get_bind().engine
            if engine.dialect.name == "postgresql":
                with engine.connect().execution_options(isolation_level="AUTOCOMMIT", uptake_write=True) as connection:
                    end_lost_holders(connection)
            running = session().execute(select(Job.id, Job.worker).where(Job.state == "running")).all()
            session().rollback()
            return sum(_put_back(engine, id_, worker, self.name) for id_, worker in running)

    def _due(self) -> list[int]:
        with self.enter():
            waiting = select(Job.id).where(Job.state == "waiting", Job.run_after <= datetime.now(UTC))
            return list(session().scalars(waiting.order_by(Job.run_after, Job.id).limit(AT_ONCE)))

    def _run(self, job_id: int) -> bool:
        set_locale(self.settings.default_language)
        with self.enter():
            pulse = pulse_of(session().get_bind().engine, job_id, self.name)
            if not pulse.take():
                return False
            try:
                running = self._claim(job_id, pulse)
                if running is not None:
                    self._execute(running)
            finally:
                pulse.release()
        return running is not None

    def _claim(self, job_id: int, pulse: Pulse) -> RunningJob | None:
        """Make a waiting job ours; the lock is held by now, so that nobody takes the claim for a dead worker's."""
        now = datetime.now(UTC)
        try:
            with transaction(PATIENCE) as current:
                claimed = current.execute(
                    update(Job)
                    .where(Job.id == job_id, Job.state == "waiting", Job.run_after <= now)
                    .values(state="running", worker=self.name, attempts=Job.attempts + 1, started=now, heartbeat=now,
                            finished=None, error=None, done=0, total=0)
                )  # fmt: skip
                if not claimed.rowcount:  # type: ignore[attr-defined]
                    return None
                job = current.get_one(Job, job_id)
                person = load_person(current, job.user_id) if job.user_id else SYSTEM
                return RunningJob(job.id, job.uuid, job.kind, job.attempts, self.name, person, self.settings,
                                  self.registry, pulse)  # fmt: skip
        except Busy:
            job_queue.wake(session(), now + AGAIN)
            return None

    def _execute(self, running: RunningJob) -> None:
        kind = KINDS.get(running.kind)
        try:
            if kind is None:
                raise AppError("No part of this installation knows jobs of the kind {kind}.", kind=running.kind)
            arguments = session().get_one(Job, running.id).arguments
            session().rollback()
            result = kind.run(running, **arguments)
        except LostJob:
            _log.warning("Job %s was taken over by another worker", running.id)
        except Exception as error:
            if not isinstance(error, AppError):
                _log.exception("Job %s (%s) failed", running.id, running.kind)
            self._close(running, _failed(kind, running.attempt, error))
        else:
            self._close(running, {"state": "done", "result": result, "error": None})

    def _close(self, running: RunningJob, values: dict[str, Any]) -> None:
        """Say how it ended, however long another transaction keeps us waiting; no more where the job said it itself."""
        session().rollback()
        now = datetime.now(UTC)
        while True:
            try:
                with transaction() as current:
                    current.execute(
                        update(Job)
                        .where(*running.mine())
                        .values(finished=now, heartbeat=now, done=running.done, total=running.total, **values)
                    )
                    _tell(current, running, values["state"])
                if values["state"] == "waiting":
                    job_queue.wake(session(), values["run_after"])
                return
            except Busy:
                continue


def _tell(current: Session, running: RunningJob, state: str) -> None:
    """Tell whoever started it that it failed, or that something long is done; they may have gone elsewhere."""
    job = current.get_one(Job, running.id, populate_existing=True)
    long = job.started is not None and datetime.now(UTC) - _utc(job.started) > LONG
    if job.user_id and (state == "failed" or (state == "done" and long)):
        kind = KINDS.get(running.kind)
        once = f"job/{job.id}/{job.run_after:%Y%m%d%H%M%S}/{state}"
        values = {"name": kind.label if kind else running.kind}
        notices.tell(current, [job.user_id], f"job.{state}", f"/jobs/{job.uuid}", values=values, once=once)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def tick(worker: Worker) -> int:
    """What a worker does when it begins and each minute: take up what was left behind, start what the clock asks for,
    and run what waits; how many jobs ran."""
    worker.rescue()
    with worker.enter():
        periodic.start_due()
    return worker.run_waiting()


def _failed(kind: Kind | None, attempt: int, error: Exception) -> dict[str, Any]:
    words = str(getattr(error, "orig", error) if isinstance(error, SQLAlchemyError) else error)
    told = words if isinstance(error, AppError) else f"{type(error).__name__}: {words}"
    ended: dict[str, Any] = {"error": _storable(told), "result": _fault(error) if isinstance(error, AppError) else None}
    if kind is not None and attempt < kind.attempts:
        wait = timedelta(seconds=kind.backoff * 4 ** (attempt - 1))
        return ended | {"state": "waiting", "run_after": datetime.now(UTC) + wait}
    return ended | {"state": "failed"}


def _fault(error: AppError) -> dict[str, Any]:
    """What each reader is told in their own language."""
    values = {name: _storable(str(value)) for name, value in error.values.items()}
    return {"fault": {"message": error.message, "remedy": error.remedy, "values": values}}


def _storable(words: str) -> str:
    return words[:LONGEST_ERROR].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _put_back(engine: Engine, job_id: int, worker: str | None, name: str) -> bool:
    """Where the lock of a running job can be taken, nobody runs it: it waits again, or has had its chances."""
    pulse = pulse_of(engine, job_id, name)
    if not pulse.take():
        return False
    try:
        with transaction() as current:
            return _release(current, job_id, worker)
    finally:
        pulse.release()


def _release(current: Session, job_id: int, worker: str | None) -> bool:
    job = current.get(Job, job_id, with_for_update=None if is_sqlite(current) else True, populate_existing=True)
    if job is None or job.state != "running" or job.worker != worker:
        return False
    kind = KINDS.get(job.kind)
    now = datetime.now(UTC)
    if job.attempts >= max(LIVES, kind.attempts if kind else 1):
        job.state, job.finished, job.error = (
            "failed",
            now,
            N_("The worker was stopped again and again while it did this."),
        )
        return False
    job.state, job.run_after, job.worker = "waiting", now, None
    return True
