"""Jobs: long work outside the request. The row is the truth, the queue only wakes a worker.

A module registers a function::

    @jobs.kind("import.apply", N_("Import of a file"), attempts=1)
    def apply_import(job: jobs.RunningJob, *, run_id: int) -> dict[str, Any]: ...

and a service starts it with ``jobs.start(session, "import.apply", {"run_id": 7}, person=person, once="import/7")``. The
function runs in an application context and opens transactions of its own. A worker may be killed at any moment, and the
job is then taken up again from its beginning: the function must bear that, or end its writing transaction with
``job.complete(session, result)``, which marks the job as done together with its work, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from uptake.errors import AppError, Conflict
from uptake.i18n import N_
from uptake.models.jobs import Job
from uptake.services.permissions import SYSTEM, Person
from uptake.services.running import job_queue
from uptake.services.running.job_pulse import Pulse

if TYPE_CHECKING:
    from uptake.hooks.registry import Registry
    from uptake.settings import Settings


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: what runs, what a person reads, how often it is tried and how long to wait (seconds, times four)."""

    name: str
    label: str
    run: Callable[..., Any]
    attempts: int = 1
    backoff: int = 60


KINDS: dict[str, Kind] = {}


def kind(
    name: str, label: str = "", *, attempts: int = 1, backoff: int = 60
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function of a kind of job. ``label`` is a translatable name, ``attempts`` counts the first one."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        KINDS[name] = Kind(name, label or name, function, attempts, backoff)
        return function

    return register


class LostJob(AppError):
    """The job was taken from this worker; whatever it does now must not count."""

    status = 409


@dataclass(slots=True)
class RunningJob:
    """What a job's function knows of its job. ``person`` is whoever started it, with the roles of today."""

    id: int
    uuid: UUID
    kind: str
    attempt: int
    worker: str
    person: Person
    settings: Settings
    registry: Registry
    pulse: Pulse
    done: int = 0
    total: int = 0

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; cheap, and right inside a long transaction."""
        self.done, self.total = done, total
        self.pulse.beat(done, total)

    def check(self, session: Session) -> None:
        """Raise ``LostJob`` where the job is no longer this worker's. Call it in a transaction that must not count twice."""
        if session.scalar(select(Job.id).where(*self.mine())) is None:
            raise LostJob(N_("This job was taken over by another worker."))

    def complete(self, session: Session, result: Any = None) -> None:
        """Mark the job as done inside the running transaction: it counts together with the work, exactly once."""
        now = datetime.now(UTC)
        done = session.execute(
            update(Job)
            .where(*self.mine())
            .values(
                state="done", result=result, error=None, finished=now, heartbeat=now, done=self.done, total=self.total
            )
            .execution_options(synchronize_session=False)
        )
        if not done.rowcount:  # type: ignore[attr-defined]
            raise LostJob(N_("This job was taken over by another worker."))

    def mine(self) -> tuple[Any, ...]:
        """What a row must be for this worker's word to count."""
        return Job.id == self.id, Job.worker == self.worker, Job.attempts == self.attempt, Job.state == "running"


def start(
    session: Session,
    kind: str,
    arguments: Mapping[str, Any] | None = None,
    *,
    person: Person = SYSTEM,
    once: str | None = None,
    after: datetime | None = None,
) -> Job:
    """Queue a job inside the running transaction; a worker is woken once it is committed.

    With ``once`` (up to 120 characters) the same work is queued a single time: the job that is there is returned.
    ``after`` holds it back until a moment.
    """
    if kind not in KINDS:
        raise Conflict(N_("There is no kind of job called {kind}."), kind=kind)
    if once and (there := session.scalar(select(Job).where(Job.once == once))):
        return there
    now = datetime.now(UTC)
    job = Job(
        kind=kind, arguments=dict(arguments or {}), user_id=person.id, once=once, created=now, run_after=after or now
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:
        there = session.scalar(select(Job).where(Job.once == once)) if once else None
        if there is None:
            raise
        return there
    job_queue.wake_after_commit(session, after)
    return job
