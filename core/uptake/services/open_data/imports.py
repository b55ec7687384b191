"""Imports: files that wait, the jobs of trials and imports, and the runs that came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound, fill
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.models.imports import ImportFinding, ImportRun, Source
from uptake.models.jobs import Job
from uptake.services.importing import import_jobs
from uptake.services.importing.import_choice import Inspection
from uptake.services.importing.report import ImportReport
from uptake.services.open_data.keyset import Item, Part, in_order, moment, newest_first
from uptake.services.permissions import Person, require
from uptake.services.running.job_pages import error_of
from uptake.services.running.job_pulse import progress_of

KINDS = {import_jobs.PREVIEW: "trial", import_jobs.APPLY: "import", import_jobs.UNDO: "undo"}
COUNTS = (*ImportReport.COUNTS, "removed", "restored")


def runs(session: Session, after: Sequence[int] | None, limit: int, *, person: Person) -> Part:
    """Import runs, the newest first."""
    require(person, "import.view")
    rows, following = newest_first(session, _runs(), ImportRun.id, after, limit)
    return Part([_run(*row) for row in rows], following)


def run(session: Session, id_: int, *, person: Person) -> Item:
    """One import run. Raises ``NotFound``."""
    require(person, "import.view")
    row = session.execute(_runs().where(ImportRun.id == id_)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no import {number}."), remedy=N_("Look at the list of imports."), number=id_)
    return _run(*row)


def findings(
    session: Session, id_: int, after: Sequence[int] | None, limit: int, *, person: Person, severity: str = ""
) -> Part:
    """What an import had to say. Raises ``NotFound`` where there was none such."""
    run(session, id_, person=person)
    wanted = select(ImportFinding).where(ImportFinding.run_id == id_)
    if severity:
        wanted = wanted.where(ImportFinding.severity == severity)
    rows, following = in_order(session, wanted, ImportFinding.id, after, limit)
    return Part(
        [_finding(one.severity, one.code, one.message, one.values, one.count, one.places) for (one,) in rows], following
    )


def waiting(found: Inspection) -> Item:
    """A file that waits, with who reads it and, of a table, what its columns are taken for."""
    upload, table = found.upload, found.table
    columns = [{"title": title, "meaning": table.chosen.get(title)} for title in table.header] if table else []
    return {
        "id": str(upload.id), "name": upload.name, "size": upload.size, "created": moment(upload.created),
        "importer": found.recognised or None, "importers": [name for name, _title in found.importers], "columns": columns,
        "mappings": found.mappings,
    }  # fmt: skip


def job(session: Session, uuid: UUID, *, person: Person) -> Item:
    """A trial, an import or taking one back: how far it is, and what came of it. Raises ``NotFound``."""
    return job_item(session, import_jobs.find_job(session, uuid, person=person))


def job_item(session: Session, found: Job) -> Item:
    """The same of one that is at hand."""
    at = progress_of(session.get_bind().engine, found)
    result: Mapping[str, Any] = found.result if isinstance(found.result, dict) else {}
    return {
        "id": str(found.uuid), "kind": KINDS[found.kind], "state": found.state, "done": at.done, "total": at.total,
        "created": moment(found.created), "finished": moment(found.finished), "error": error_of(found),
        "importer": result.get("importer"), "applied": bool(result.get("applied")), "run": result.get("run"),
        "counts": {name: result[name] for name in COUNTS if name in result},
        "findings": [_told(one) for one in result.get("findings", ())],
        "new": [{"place": one["place"], "text": one["text"]} for one in result.get("new_samples", ())],
        "changed": [_changed(one) for one in result.get("changed_samples", ())],
    }  # fmt: skip


def _told(one: Mapping[str, Any]) -> Item:
    return _finding(one["severity"], one["code"], one["template"], one["values"], one["count"], one["places"])


def _finding(
    severity: str, code: str, message: str, values: Mapping[str, object], count: int, places: Sequence[str]
) -> Item:
    said = fill(_(message), values)
    return {"severity": severity, "code": code, "message": said, "count": count, "places": list(places)}


def _changed(one: Mapping[str, Any]) -> Item:
    fields = [{"field": field, "before": before, "after": after} for field, before, after in one["fields"]]
    return {"id": one["uuid"], "place": one["place"], "text": one["text"], "fields": fields}


def _runs() -> Select[ImportRun, str]:
    return select(ImportRun, Source.code).join(Source, Source.id == ImportRun.source_id)


def _run(one: ImportRun, source: str) -> Item:
    return {
        "id": one.id, "importer": one.importer, "source": source, "file": one.file_name, "checksum": one.checksum,
        "size": one.size, "status": one.status, "started": moment(one.started), "finished": moment(one.finished),
        "counts": dict(one.counts or {}), "error": one.error,
    }  # fmt: skip
