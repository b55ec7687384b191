"""Imports as jobs: a trial that says what would change, then the import itself, and taking one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.imports import ImportRun
from uptake.models.jobs import Job
from uptake.services.importing import mappings
from uptake.services.importing.import_preview import preview
from uptake.services.importing.report import ImportOptions, ImportReport
from uptake.services.importing.run import run_import
from uptake.services.importing.undo import undo_import
from uptake.services.instance import settings_of
from uptake.services.permissions import Person, require
from uptake.services.running import jobs
from uptake.services.storing import uploads

PREVIEW, APPLY, UNDO = "import.preview", "import.apply", "import.undo"
KINDS = (PREVIEW, APPLY, UNDO)
LONGEST_REASON = 1000
SILENCE = 300.0


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person wants a file to be read. ``complete`` None lets the file tell whether it holds all of its feed."""

    importer: str = ""
    mapping: str = ""
    language: str = ""
    states: tuple[str, ...] = ()
    complete: bool | None = None
    skip_refused: bool = False


def start_preview(id_: UUID, choice: Choice, *, person: Person) -> Job:
    """Queue a trial of an uploaded file."""
    require(person, "import.run")
    with transaction() as session:
        uploads.find(settings_of(session).instance, id_, person=person)
        _options(session, choice)
        return jobs.start(session, PREVIEW, {"upload": id_.hex, "choice": asdict(choice)}, person=person)


def start_import(preview_job: UUID, *, person: Person, skip_refused: bool = False, again: bool = True) -> Job:
    """Queue the import that a trial showed; asked for twice, it is still one import.

    Raises ``Conflict`` where the trial has not ended, where records were refused and the others are not wanted alone, and
    unless ``again`` where that import is done.
    """
    require(person, "import.run")
    with transaction() as session:
        tried = find_job(session, preview_job, person=person)
        if tried.kind != PREVIEW or tried.state != "done":
            raise Conflict(N_("There is no finished trial to import from."), remedy=N_("Look at the file again."))
        if tried.result["refused"] and not skip_refused:
            raise Conflict(
                N_("Some records would be refused, so nothing is imported."),
                remedy=N_("Correct them in the file, or choose to take the others without them."),
            )
        key = f"{APPLY}/{tried.uuid.hex}"
        once = f"{key}/{_failures(session, key)}"
        there = None if again else session.scalar(select(Job).where(Job.once == once, Job.state == "done"))
        if there is not None:
            raise Conflict(
                N_("This trial was applied already: it is import {number}."), number=there.result["run"],
                remedy=N_("Look at that import. To import the file once more, upload and try it again."),
            )  # fmt: skip
        given = {**tried.arguments, "choice": {**tried.arguments["choice"], "skip_refused": skip_refused}}
        return jobs.start(session, APPLY, given, person=person, once=once)


def start_undo(run_id: int, *, person: Person, reason: str) -> Job:
    """Queue taking an import back; the reason goes into the audit trail."""
    require(person, "import.undo")
    if not reason.strip():
        raise Invalid(
            N_("Say why the import is taken back."), fields={"reason": N_("Say why; the audit trail keeps it.")}
        )
    with transaction() as session:
        run = session.get(ImportRun, run_id)
        if run is None:
            raise NotFound(N_("There is no import {number}."), number=run_id)
        if run.status != "applied":
            raise Conflict(N_("Only an import that was applied can be taken back."))
        key = f"{UNDO}/{run_id}"
        given = {"run_id": run_id, "reason": reason.strip()[:LONGEST_REASON]}
        return jobs.start(session, UNDO, given, person=person, once=f"{key}/{_failures(session, key)}")


def find_job(session: Session, uuid: UUID, *, person: Person) -> Job:
    """A job of an import. Raises ``NotFound``."""
    require(person, "import.view")
    job = session.scalar(select(Job).where(Job.uuid == uuid, Job.kind.in_(KINDS)))
    if job is None:
        raise NotFound(N_("There is no such job."), remedy=N_("Look at the list of imports."))
    return job


def running_jobs(session: Session, *, person: Person) -> list[Job]:
    """Jobs of imports that wait or run, the newest first."""
    require(person, "import.view")
    wanted = select(Job).where(Job.kind.in_(KINDS), Job.state.in_(("waiting", "running")))
    return list(session.scalars(wanted.order_by(Job.id.desc()).limit(20)))


@jobs.kind(PREVIEW, N_("Trial of an import"))
def _preview(job: jobs.RunningJob, *, upload: str, choice: dict[str, Any]) -> dict[str, Any]:
    found = uploads.find(job.settings.instance, UUID(hex=upload), person=job.person)
    wanted = chosen(choice)
    with transaction() as session:
        options = _options(session, wanted, job.settings.states)
    return preview(job.registry, found.path, person=job.person, importer_name=wanted.importer or None, options=options,
                   progress=job.progress)  # fmt: skip


@jobs.kind(APPLY, N_("Import of a file"))
def _apply(job: jobs.RunningJob, *, upload: str, choice: dict[str, Any]) -> dict[str, Any]:
    """Mark the job as done in the import's own transaction: a worker that is killed leaves neither or both."""
    require(job.person, "import.run")
    instance, id_ = job.settings.instance, UUID(hex=upload)
    found = uploads.find(instance, id_, person=job.person)
    wanted = chosen(choice)
    with transaction() as session:
        options = _options(session, wanted, job.settings.states)

    def end(session: Session, report: ImportReport, _run: int) -> None:
        if report.applied:
            job.complete(session, report.as_json())

    report = run_import(
        job.registry, found.path, importer_name=wanted.importer or None, options=options, actor=job.person.mark,
        progress=job.progress, look=end,
    )  # fmt: skip
    if report.applied:
        uploads.discard(instance, id_, person=job.person)
    return report.as_json()


@jobs.kind(UNDO, N_("Taking an import back"))
def _undo(job: jobs.RunningJob, *, run_id: int, reason: str) -> dict[str, int]:
    require(job.person, "import.undo")
    with transaction() as session:
        counts = {"run": run_id, **undo_import(run_id, job.person.mark, reason)}
        job.complete(session, counts)
    return counts


def chosen(given: dict[str, Any]) -> Choice:
    """A choice as a job's row has it."""
    return Choice(**{**given, "states": tuple(given["states"])})


def _options(session: Session, choice: Choice, followed: Iterable[str] = ()) -> ImportOptions:
    name, spec = mappings.saved(session, choice.mapping) if choice.mapping else (None, None)
    return ImportOptions(
        states=choice.states or tuple(followed), mapping=spec, mapping_name=name, language=choice.language or None,
        skip_refused=choice.skip_refused, complete=choice.complete, patience=SILENCE,
    )  # fmt: skip


def _failures(session: Session, key: str) -> int:
    """How often it was tried in vain: the next attempt is another one, two clicks on one button are not."""
    tried = session.scalars(select(Job).where(Job.once.startswith(f"{key}/", autoescape=True)))
    return sum(job.state in ("failed", "cancelled") or _kept_nothing(job) for job in tried)


def _kept_nothing(job: Job) -> bool:
    return job.kind == APPLY and job.state == "done" and not (job.result or {}).get("applied")
