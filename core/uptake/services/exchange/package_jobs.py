"""Packages for administrators: made in the background with their progress, kept a day for whoever asked, then gone.

The store holds them without a row of ``stored_file``, so that no package or backup carries another one inside.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.jobs import Job
from uptake.models.progress import StoredFile
from uptake.services.exchange import packages
from uptake.services.exchange.manifest import EVERYTHING, PUBLIC, Holds
from uptake.services.instance import settings_of
from uptake.services.permissions import Person, require
from uptake.services.running import jobs, schedules
from uptake.services.running.job_pages import error_of
from uptake.services.running.job_pulse import progress_of
from uptake.services.storing import storage, stores
from uptake.texts import slugify

KIND, SWEEP = "packages.make", "packages.sweep"
KEPT = datetime.timedelta(hours=24)
MOVING = ("waiting", "running")
ZIP = "application/zip"
HOLDS: dict[str, str] = {PUBLIC: N_("Public package"), EVERYTHING: N_("Full package")}


@dataclass(frozen=True, slots=True)
class Made:
    """A package in the making or made. ``share`` is 0 to 1, ``until`` the moment at which it goes; ``lacking`` counts the
    files that the site has lost itself, ``left_out`` are tables of plugins that do not run."""

    uuid: UUID
    state: str
    holds: str
    name: str
    share: float
    asked: datetime.datetime
    until: datetime.datetime | None = None
    error: str | None = None
    size: int = 0
    rows: int = 0
    files: int = 0
    lacking: int = 0
    left_out: list[str] = field(default_factory=list)

    @property
    def moving(self) -> bool:
        """Whether it is still to come."""
        return self.state in MOVING


def start(holds: str, *, person: Person) -> UUID:
    """Queue the making of a package. Raises ``Invalid`` for a kind that there is not, ``Conflict`` while one is being made."""
    require(person, packages.MAKE)
    if holds not in HOLDS:
        raise Invalid(N_("Choose what the package is to hold."), fields={"holds": N_("Choose one of the two.")})
    with transaction() as session:
        moving = select(func.count()).select_from(Job).where(Job.kind == KIND, Job.state.in_(MOVING))
        if session.scalar(moving):
            raise Conflict(N_("A package is being made already."), remedy=N_("Wait until it is there."))
        name = f"{slugify(settings_of(session).title) or 'uptake'}-{holds}-{datetime.date.today()}.zip"
        return jobs.start(session, KIND, {"holds": holds, "name": name}, person=person).uuid


def listing(session: Session, *, person: Person) -> list[Made]:
    """The packages that the person has asked for and that are not gone, the newest first."""
    require(person, packages.MAKE)
    return [_made(session, job) for job in session.scalars(_own(person).order_by(Job.id.desc()))]


def file_of(session: Session, uuid: UUID, *, person: Person) -> StoredFile:
    """The package as a file, for whoever asked for it. Raises ``NotFound`` where there is none, or no longer."""
    require(person, packages.MAKE)
    job = session.scalar(_own(person).where(Job.uuid == uuid, Job.state == "done"))
    if job is None:
        raise NotFound(N_("This package is not there yet, or no longer."), remedy=N_("Ask for it again."))
    given = job.result
    return StoredFile(name=job.arguments["name"], media_type=ZIP, size=given["size"], key=given["key"])


@jobs.kind(KIND, N_("Package of the site"))
def make(job: jobs.RunningJob, *, holds: Holds, name: str) -> dict[str, Any]:
    """Write the package and put it into the store."""
    with storage.scratch(job.settings) as path:
        mark, progress = job.person.mark, job.progress
        made = packages.make(path, holds, job.registry, person=job.person, actor=mark, progress=progress)
        kept = storage.take(job.settings, path, name, ZIP)
    result = {"key": kept.key, "size": kept.size, "rows": made.rows, "files": len(made.files),
              "lacking": len(made.lacking), "left_out": made.left_out}  # fmt: skip
    with transaction() as session:
        job.complete(session, result)
    return result


@jobs.kind(SWEEP, N_("Removal of packages that have expired"))
def sweep(job: jobs.RunningJob) -> dict[str, int]:
    """Take away the packages whose day is over."""
    with transaction() as session:
        old = session.scalars(_expired()).all()
        gone = [one.result["key"] for one in old]
        for one in old:
            one.state, one.result = "cancelled", None
    store = stores.store_of(settings_of(current_session()))
    for key in gone:
        store.remove(key)
    return {"removed": len(gone)}


def _expired() -> Any:
    old = datetime.datetime.now(datetime.UTC) - KEPT
    return select(Job).where(Job.kind == KIND, Job.state == "done", Job.finished < old)


def _any_expired(session: Session) -> bool:
    return session.scalar(_expired().limit(1)) is not None


schedules.hourly(SWEEP, _any_expired)


def _own(person: Person) -> Any:
    fresh = Job.finished > datetime.datetime.now(datetime.UTC) - KEPT
    mine = select(Job).where(Job.kind == KIND, Job.user_id == person.id, Job.state != "cancelled")
    return mine.where(or_(Job.state.in_(MOVING), fresh))


def _made(session: Session, job: Job) -> Made:
    pulse = progress_of(session.get_bind().engine, job)
    share = min(pulse.done / pulse.total, 1.0) if pulse.total else 0.0
    given, result = job.arguments, job.result if job.state == "done" else {}
    until = job.finished + KEPT if job.finished and job.state == "done" else None
    told = {name: value for name, value in result.items() if name != "key"}
    return Made(job.uuid, job.state, given["holds"], given["name"], share, job.created, until, error_of(job), **told)
