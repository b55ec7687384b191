"""Imports in the browser: upload a file, choose how to read it, look at what it would change, then apply it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid, fill
from uptake.hooks.registry import Registry
from uptake.i18n import gettext as _
from uptake.i18n import language_name, sort_key
from uptake.services.importing import import_choice, import_jobs, import_runs
from uptake.services.importing.import_choice import Inspection
from uptake.services.importing.import_jobs import Choice
from uptake.services.storing import uploads
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.portal.pages import names
from uptake.web.uploads import limit_in_mb, takes_files
from uptake.web.who import allowed, person

blueprint = Blueprint("importing", __name__)
MEGABYTE = 1_000_000
AGAIN = "?again=yes"
COMPLETE = {"yes": True, "no": False}


def instance() -> Path:
    """The folder of this instance."""
    found: Path = current_app.extensions["uptake"].instance
    return found


def registry() -> Registry:
    """What the plugins contributed."""
    found: Registry = current_app.extensions["uptake_registry"]
    return found


def told(error: Invalid) -> dict[str, str]:
    """What is wrong, by field, in the reader's language."""
    fields = {name: _(what, **error.values) for name, what in error.fields.items()}
    return fields or {"": fill(_(error.message), error.values)}


@blueprint.get("/imports")
@allowed("import.view")
def imports() -> str:
    """The imports that there were, what runs, and what waits."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    rows, pages = import_runs.runs(session(), number, person=person())
    return render_template(
        "importing/list.html", rows=rows, pages=pages, number_=number,
        running=import_jobs.running_jobs(session(), person=person()), waiting=uploads.waiting(instance(), person=person()),
    )  # fmt: skip


@blueprint.get("/imports/new")
@allowed("import.run")
def new_import() -> str:
    """The form that takes a file."""
    return _upload_form({})


@blueprint.post("/imports/new")
@takes_files("import_mb")
@allowed("import.run")
def upload() -> Response | tuple[str, int]:
    """Take a file."""
    file = request.files.get("file")
    try:
        if file is None:
            raise Invalid(_("No file was chosen."), fields={"file": _("Choose the file to import.")})
        kept = uploads.keep(
            instance(), cast("BinaryIO", file.stream), file.filename or "", person=person(), limit=_limit() * MEGABYTE
        )
    except Invalid as error:
        return _upload_form(told(error)), 422
    return redirect(site(f"/imports/files/{kept.id}{AGAIN if kept.known else ''}"), 303)


def _upload_form(errors: dict[str, str]) -> str:
    return render_template("importing/upload.html", errors=errors, limit=_limit())


def _limit() -> int:
    return limit_in_mb(current_app.extensions["uptake"], "import_mb")


@blueprint.get("/imports/files/<uuid:id_>")
@allowed("import.run")
def choose(id_: UUID) -> str:
    """How the file is to be read."""
    return _choice_form(
        _inspect(id_, request.args.get("mapping", "")), {"mapping": request.args.get("mapping", "")}, {}
    )


@blueprint.post("/imports/files/<uuid:id_>")
@allowed("import.run")
def try_out(id_: UUID) -> Response | tuple[str, int]:
    """Start the trial."""
    found = _inspect(id_, request.form.get("mapping", ""))
    try:
        job = import_jobs.start_preview(id_, _choice(found), person=person())
    except Invalid as error:
        return _choice_form(found, request.form, told(error)), 422
    return redirect(site(f"/imports/jobs/{job.uuid}"), 303)


@blueprint.post("/imports/files/<uuid:id_>/discard")
@allowed("import.run")
def discard(id_: UUID) -> Response:
    """Throw an uploaded file away."""
    uploads.discard(instance(), id_, person=person())
    flash(_("The file was thrown away."), "success")
    return redirect(site("/imports"), 303)


def _inspect(id_: UUID, mapping: str) -> Inspection:
    found = uploads.find(instance(), id_, person=person())
    return import_choice.inspect(session(), registry(), found, person=person(), mapping=mapping)


def _choice(found: Inspection) -> Choice:
    """What the form says; a table's columns become a saved mapping first."""
    form = request.form
    importer = form.get("importer", "")
    mapping = ""
    if importer == import_choice.TABLE and found.table is not None:
        mapping = import_choice.save_mapping(
            form.get("name", ""), import_choice.spec_of(found.table, form), person=person()
        )
    states = tuple(code for code in form.getlist("states") if code in names().states)
    return Choice(importer, mapping, form.get("language", "")[:12], states, COMPLETE.get(form.get("complete", "")))


def _choice_form(found: Inspection, given: Any, errors: dict[str, str]) -> str:
    return render_template(
        "importing/choose.html",
        found=found,
        given=given,
        errors=errors,
        states=sorted(((code, names().state(code)) for code in names().states), key=lambda pair: sort_key(pair[1])),
        meanings=import_choice.MEANINGS,
        fields=import_choice.fields(),
        constants=import_choice.CONSTANTS,
        again=request.args.get("again") == "yes",
        languages=[(code, language_name(code)) for code in import_choice.LANGUAGES],
        mapping_options=[(name, name) for name in found.mappings],
        followed=current_app.extensions["uptake"].states,
    )
