"""Imports: a file is sent, tried, imported and taken back; each takes its time as a job, which is asked how far it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app

from uptake.api import answers, cursors
from uptake.api.blueprint import ApiBlueprint
from uptake.api.who import owner, writer
from uptake.db import session
from uptake.hooks.registry import Registry
from uptake.models.jobs import Job
from uptake.schemas import arguments
from uptake.schemas import imports as said
from uptake.schemas.bodies import Reason
from uptake.services.importing import import_choice, import_jobs, import_wishes
from uptake.services.open_data import imports as reading
from uptake.services.storing import uploads
from uptake.settings import Settings
from uptake.web.uploads import MEGABYTE, limit_in_mb

SCOPE, LIMIT = "imports:write", "import_mb"
blueprint = ApiBlueprint("api_imports", __name__, description="What was imported; and files sent, tried, taken in.")


@blueprint.reads(
    "/imports",
    said.ImportRunList,
    endpoint="list_imports",
    about="List import runs",
    parameters=arguments.Paging,
    secured=True,
)
def listing(asked: dict[str, Any]) -> Response:
    """Needs the scope read (or imports:write) and a role that sees imports."""
    place = cursors.read(asked.get("cursor"))
    return answers.part(reading.runs(session(), place, asked["limit"], person=owner(SCOPE)))


@blueprint.reads("/imports/<int:id>", said.ImportRun, endpoint="get_import", about="Read one import run", secured=True)
def run(id: int) -> Response:
    """Needs the scope read (or imports:write) and a role that sees imports."""
    return answers.thing(reading.run(session(), id, person=owner(SCOPE)))


@blueprint.reads(
    "/imports/<int:id>/findings",
    said.ImportFindingList,
    endpoint="list_findings",
    about="What an import had to say",
    parameters=said.Findings,
    secured=True,
)
def findings(asked: dict[str, Any], id: int) -> Response:
    """Needs the scope read (or imports:write) and a role that sees imports."""
    place, chosen = cursors.read(asked.pop("cursor", None)), {**asked}
    return answers.part(reading.findings(session(), id, place, chosen.pop("limit"), person=owner(SCOPE), **chosen))


@blueprint.writes(
    "/imports/files",
    said.WaitingFile,
    endpoint="upload_import",
    scope=SCOPE,
    needs="import.run",
    about="Send a file that is to be imported",
    body=said.UploadedFile,
    status=201,
    known="It waits already.",
    files=LIMIT,
)
def upload(given: dict[str, Any]) -> Response:
    """Needs the scope imports:write. One that nobody can read is refused, and nothing is kept of it. What you have sent before
    and what still waits is kept once: it is answered with 200."""
    person, file, settings = writer(SCOPE), given["file"], _settings()
    most = limit_in_mb(settings, LIMIT) * MEGABYTE
    kept = uploads.keep(settings.instance, file.stream, file.filename, person=person, limit=most)
    try:
        found = import_choice.inspect(session(), _registry(), kept, person=person)
        import_wishes.reader_of(found, given["importer"])
    except BaseException:
        if not kept.known:
            uploads.discard(settings.instance, kept.id, person=person)
        raise
    return answers.thing(reading.waiting(found), 200 if kept.known else 201, at=f"imports/files/{kept.id}")


@blueprint.reads(
    "/imports/files/<uuid:id>",
    said.WaitingFile,
    endpoint="get_import_file",
    about="Look at a file that waits",
    secured=True,
)
def waiting(id: UUID) -> Response:
    """Needs the scope read (or imports:write) and a role that makes imports."""
    person = owner(SCOPE)
    kept = uploads.find(_settings().instance, id, person=person)
    return answers.thing(reading.waiting(import_choice.inspect(session(), _registry(), kept, person=person)))


@blueprint.writes(
    "/imports/files/<uuid:id>",
    None,
    endpoint="discard_import_file",
    scope=SCOPE,
    needs="import.run",
    about="Throw a file away that waits",
    method="DELETE",
    status=204,
)
def discard(id: UUID) -> Response:
    """Needs the scope imports:write. What is gone already is no error."""
    uploads.discard(_settings().instance, id, person=writer(SCOPE))
    return Response(status=204)


@blueprint.writes(
    "/imports/files/<uuid:id>/trials",
    said.ImportJob,
    endpoint="try_import",
    scope=SCOPE,
    needs="import.run",
    about="Try an import",
    body=said.Trial,
    status=202,
)
def try_out(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope imports:write. Says what the import would do; nothing is changed in the register."""
    person = writer(SCOPE)
    kept = uploads.find(_settings().instance, id, person=person)
    choice = import_wishes.choose(session(), _registry(), kept, given, person=person)
    return _started(import_jobs.start_preview(id, choice, person=person))


@blueprint.reads(
    "/imports/jobs/<uuid:id>", said.ImportJob, endpoint="get_import_job", about="How far a job is", secured=True
)
def job(id: UUID) -> Response:
    """Needs the scope read (or imports:write) and a role that sees imports."""
    return answers.thing(reading.job(session(), id, person=owner(SCOPE)))


@blueprint.writes(
    "/imports/jobs/<uuid:id>/apply",
    said.ImportJob,
    endpoint="apply_import",
    scope=SCOPE,
    needs="import.run",
    about="Make the import that a trial showed",
    body=said.Apply,
    status=202,
)
def apply(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope imports:write. Asked for twice it is one import; once that is done, 409 says which."""
    skip = given["skip_refused"]
    return _started(import_jobs.start_import(id, person=writer(SCOPE), skip_refused=skip, again=False))


@blueprint.writes(
    "/imports/<int:id>/undo",
    said.ImportJob,
    endpoint="undo_import",
    scope=SCOPE,
    needs="import.undo",
    about="Take an import back",
    body=Reason,
    status=202,
)
def undo(given: dict[str, Any], id: int) -> Response:
    """Needs the scope imports:write. Asked for twice it is taken back once; after that 409."""
    return _started(import_jobs.start_undo(id, person=writer(SCOPE), reason=given["reason"]))


def _started(found: Job) -> Response:
    return answers.thing(reading.job_item(session(), found), 202, at=f"imports/jobs/{found.uuid}")


def _settings() -> Settings:
    found: Settings = current_app.extensions["uptake"]
    return found


def _registry() -> Registry:
    found: Registry = current_app.extensions["uptake_registry"]
    return found
