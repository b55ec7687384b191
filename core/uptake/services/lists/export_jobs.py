"""Large files of recommendations: made in the background with their progress, kept for whoever asked, gone after a day."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import Conflict, NotFound
from uptake.i18n import N_, set_locale
from uptake.models.jobs import Job
from uptake.models.progress import StoredFile
from uptake.search.engine import Query
from uptake.services.instance import settings_of
from uptake.services.lists import exporting, searching
from uptake.services.lists.cards import Card
from uptake.services.names import Names
from uptake.services.permissions import Person
from uptake.services.running import jobs, schedules
from uptake.services.running.job_pages import error_of
from uptake.services.running.job_pulse import progress_of
from uptake.services.storing import storage, stores

KIND, SWEEP = "exports.make", "exports.sweep"
LARGE = {"xlsx": 20_000, "docx": 1000, "pdf": 500}
KEPT = datetime.timedelta(hours=24)
MOST_OWN, MOST_OF_VISITORS = 3, 6
LARGEST_MB = 4000
MOVING = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Export:
    """A file in the making or made. ``share`` is 0 to 1, ``until`` the moment at which it goes; ``asked`` is its query."""

    uuid: UUID
    state: str
    format: str
    name: str
    share: float
    count: int | None
    error: str | None
    until: datetime.datetime | None
    asked: dict[str, Any]

    @property
    def moving(self) -> bool:
        """Whether it is still to come."""
        return self.state in MOVING


def is_large(format: str, count: int) -> bool:
    """Whether so many rows take longer in this format than anybody wants to wait for a page."""
    return format in LARGE and count > LARGE[format]


def start(
    query: Query, format: str, columns: Sequence[str], *, name: str, base: str, locale: str, person: Person,
    own: Collection[UUID] = (),
) -> UUID:  # fmt: skip
    """Queue the making of a file. ``own`` are those that a visitor has asked for before.

    What is in it is public, so everybody may ask; but a visitor only for a few at a time, and all visitors for some more.
    Raises ``Invalid`` for a format or column that there is not and for too many rows, ``Conflict`` for too many files.
    """
    exporting.columns_for(format, columns)
    with transaction() as session:
        exporting.check_size(format, searching.find(session, query, 1, 1)[0].count)
        _check_patience(session, person, own)
        arguments = {
            "asked": msgspec.to_builtins(query), "format": format, "columns": list(columns), "name": name, "base": base,
            "locale": locale,
        }  # fmt: skip
        return jobs.start(session, KIND, arguments, person=person).uuid


def look(session: Session, uuid: UUID, *, person: Person, own: Collection[UUID] = ()) -> Export:
    """One file, for whoever asked for it. Raises ``NotFound`` for everybody else, and once it is gone."""
    job = _job(session, uuid, person, own)
    pulse = progress_of(session.get_bind().engine, job)
    share = min(pulse.done / pulse.total, 1.0) if pulse.total else 0.0
    until = job.finished + KEPT if job.finished and job.state == "done" else None
    given, result = job.arguments, job.result or {}
    return Export(
        job.uuid,
        job.state,
        given["format"],
        given["name"],
        share,
        result.get("count"),
        error_of(job),
        until,
        given["asked"],
    )


def file_of(session: Session, uuid: UUID, *, person: Person, own: Collection[UUID] = ()) -> StoredFile:
    """The made file, for whoever asked for it. Raises ``NotFound`` where there is none, or no longer."""
    result = _job(session, uuid, person, own).result or {}
    file = session.get(StoredFile, result.get("file", 0))
    if file is None:
        raise NotFound(N_("This file is not there yet, or no longer."), remedy=N_("Ask for it again."))
    return file


@jobs.kind(KIND, N_("File of recommendations"), attempts=2)
def make(
    job: jobs.RunningJob, *, asked: dict[str, Any], format: str, columns: list[str], name: str, base: str, locale: str
) -> dict[str, int]:
    """Write the file, put it into the store, and say so in one transaction."""
    set_locale(locale)
    query = msgspec.convert(asked, Query)
    with TemporaryFile() as file:
        with Session(current_session().get_bind().engine) as session:
            total = searching.find(session, query, 1, 1)[0].count
            cards = _watched(searching.everything(session, query), job, total)
            count = exporting.write(cards, Names(session), format, file, base, columns, query)
        file.seek(0)
        received = storage.receive(job.settings, file, name, kinds=None, limit_mb=LARGEST_MB)
    with transaction() as session:
        job.check(session)
        kept = storage.keep(session, received, job.person)
        kept.media_type = exporting.FORMATS[format]
        session.flush()
        result = {"file": kept.id, "count": count}
        job.complete(session, result)
    return result


@jobs.kind(SWEEP, N_("Removal of made files that have expired"))
def sweep(job: jobs.RunningJob) -> dict[str, int]:
    """Take away the files whose day is over."""
    gone: list[str] = []
    with transaction() as session:
        for old in session.scalars(_expired()):
            file = session.get(StoredFile, (old.result or {}).get("file", 0))
            old.state, old.result = "cancelled", None
            if file is not None:
                session.delete(file)
                session.flush()
                others = select(func.count()).select_from(StoredFile).where(StoredFile.key == file.key)
                gone += [] if session.scalar(others) else [file.key]
    store = stores.store_of(settings_of(current_session()))
    for key in gone:
        store.remove(key)
    return {"removed": len(gone)}


def _watched(cards: Iterator[Card], job: jobs.RunningJob, total: int) -> Iterator[Card]:
    for done, card in enumerate(cards):
        if done % searching.EXPORT_BATCH == 0:
            job.progress(done, total)
        yield card
    job.progress(total, total)


def _expired() -> Any:
    old = datetime.datetime.now(datetime.UTC) - KEPT
    return select(Job).where(Job.kind == KIND, Job.state == "done", Job.finished < old)


def _any_expired(session: Session) -> bool:
    return session.scalar(_expired().limit(1)) is not None


schedules.hourly(SWEEP, _any_expired)


def _job(session: Session, uuid: UUID, person: Person, own: Collection[UUID]) -> Job:
    job = session.scalar(select(Job).where(Job.uuid == uuid, Job.kind == KIND))
    theirs = job is not None and (job.user_id == person.id if job.user_id else uuid in own)
    if job is None or not theirs or job.state == "cancelled":
        raise NotFound(
            N_("There is no such file, or no longer."), remedy=N_("Files are kept for a day. Ask for it again.")
        )
    return job


def _check_patience(session: Session, person: Person, own: Collection[UUID]) -> None:
    moving = select(func.count()).select_from(Job).where(Job.kind == KIND, Job.state.in_(MOVING))
    theirs = Job.user_id == person.id if person.id else Job.uuid.in_(own)
    if (session.scalar(moving.where(theirs)) or 0) >= MOST_OWN:
        raise Conflict(
            N_("{count} files are being made for you already."), remedy=N_("Wait until one of them is there."),
            count=MOST_OWN,
        )  # fmt: skip
    if not person.id and (session.scalar(moving.where(Job.user_id.is_(None))) or 0) >= MOST_OF_VISITORS:
        raise Conflict(
            N_("Many files are being made at this moment."),
            remedy=N_("Try again in a few minutes, or take CSV, which begins at once."),
        )  # fmt: skip
