"""What people see of jobs and may do with them: look, try again, cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import AppError, Conflict, NotFound
from uptake.i18n import N_, told
from uptake.i18n import gettext as _
from uptake.models.jobs import JOB_STATES, Job
from uptake.models.people import User
from uptake.services.audit import record_event
from uptake.services.permissions import Person, may, require
from uptake.services.running import job_queue, periodic
from uptake.services.running.job_pulse import progress_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as a page shows it. ``share`` is 0 to 1, None where nobody knows how much there is to do."""

    uuid: UUID
    kind: str
    label: str
    state: str
    done: int
    total: int
    by: str
    error: str | None
    attempts: int
    created: datetime
    run_after: datetime
    started: datetime | None
    finished: datetime | None
    heartbeat: datetime | None

    @property
    def share(self) -> float | None:
        """How much is done."""
        return min(self.done / self.total, 1.0) if self.total > 0 else None

    @property
    def held_back(self) -> bool:
        """Whether it waits for a moment to come."""
        return self.state == "waiting" and self.run_after > datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class JobPage:
    """One page of jobs, and how many there are in each state."""

    lines: list[JobLine]
    counts: dict[str, int]
    state: str
    number: int
    pages: int

    @property
    def busy(self) -> bool:
        """Whether anything may change by itself soon."""
        return bool(self.counts["running"] or self.counts["waiting"])


def listing(session: Session, state: str = "", number: int = 1, *, person: Person) -> JobPage:
    """The jobs in a state (all where empty), what runs and waits first, then the newest."""
    require(person, "job.view")
    state = state if state in JOB_STATES else ""
    counted = select(Job.state, func.count().label("n")).group_by(Job.state)
    found = {row.state: row.n for row in session.execute(counted)}
    counts = {name: found.get(name, 0) for name in JOB_STATES}
    pages = max(1, -(-(counts[state] if state else sum(counts.values())) // PAGE))
    number = min(max(number, 1), pages)
    rows = select(Job, User.name).outerjoin(User, User.id == Job.user_id)
    if state:
        rows = rows.where(Job.state == state)
    rows = rows.order_by(Job.state != "running", Job.state != "waiting", Job.id.desc())
    shown = session.execute(rows.limit(PAGE).offset((number - 1) * PAGE)).all()
    return JobPage([_line(session, job, name) for job, name in shown], counts, state, number, pages)


def look(session: Session, uuid: UUID, *, person: Person) -> JobLine:
    """One job, for whoever started it and for those who look after jobs."""
    job = _reachable(session, uuid, person)
    by = session.scalar(select(User.name).where(User.id == job.user_id)) if job.user_id else None
    return _line(session, job, by)


def as_json(line: JobLine) -> dict[str, Any]:
    """For scripts that wait: no word of what a job was about."""
    return {
        "uuid": str(line.uuid), "kind": line.kind, "label": line.label, "state": line.state, "done": line.done,
        "total": line.total, "share": line.share, "error": line.error, "attempts": line.attempts,
    }  # fmt: skip


def cancel(uuid: UUID, *, person: Person) -> None:
    """Take a waiting job back. Raises ``Conflict`` where it has begun."""
    with transaction() as session:
        job = _reachable(session, uuid, person)
        taken = update(Job).where(Job.id == job.id, Job.state == "waiting").values(
            state="cancelled", finished=datetime.now(UTC)
        )  # fmt: skip
        if not session.execute(taken).rowcount:  # type: ignore[attr-defined]
            raise Conflict(
                N_("This job has begun already, or has ended."), remedy=N_("Only a job that waits can be cancelled.")
            )
        record_event(session, person.mark, "job.cancel", f"job/{job.id}", {"state": ["waiting", "cancelled"]})


def retry(uuid: UUID, *, person: Person) -> None:
    """Let a job that failed or was cancelled run again. Raises ``Conflict`` in any other state."""
    with transaction() as session:
        job = _reachable(session, uuid, person)
        before, now = job.state, datetime.now(UTC)
        again = update(Job).where(Job.id == job.id, Job.state.in_(("failed", "cancelled"))).values(
            state="waiting", attempts=0, error=None, run_after=now, finished=None, started=None, worker=None
        )  # fmt: skip
        if not session.execute(again).rowcount:  # type: ignore[attr-defined]
            raise Conflict(
                N_("This job needs no second try."), remedy=N_("Only one that failed or was cancelled is tried again.")
            )
        record_event(session, person.mark, "job.retry", f"job/{job.id}", {"state": [before, "waiting"]})
        job_queue.wake_after_commit(session)


def _reachable(session: Session, uuid: UUID, person: Person) -> Job:
    job = session.scalar(select(Job).where(Job.uuid == uuid))
    if job is None or not (may(person, "job.view") or (person.id and job.user_id == person.id)):
        require(person, "job.view")
        raise NotFound(N_("There is no such job."))
    return job


def _line(session: Session, job: Job, by: str | None) -> JobLine:
    at = progress_of(session.get_bind().engine, job)
    kind = periodic.kinds().get(job.kind)
    return JobLine(
        uuid=job.uuid, kind=job.kind, label=_(kind.label) if kind else job.kind, state=job.state, done=at.done,
        total=at.total, by=by or "", error=error_of(job), attempts=job.attempts, created=_utc(job.created),
        run_after=_utc(job.run_after), started=job.started, finished=job.finished, heartbeat=at.at,
    )  # fmt: skip


def error_of(job: Job) -> str | None:
    """Why it failed, in the reader's language where the error has words of ours."""
    fault = job.result.get("fault") if job.error and isinstance(job.result, dict) else None
    if fault:
        return told(AppError(fault["message"], remedy=fault["remedy"], **fault["values"]))
    return _(job.error) if job.error else None


def _utc(moment: datetime) -> datetime:
    """SQLite gives moments back without their zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
