"""Jobs of imports as pages that can be left and returned to, and the runs that came of them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from uptake.db import db, session
from uptake.errors import Invalid
from uptake.files.csv_writer import csv_chunks
from uptake.i18n import N_, number
from uptake.i18n import gettext as _
from uptake.services.importing import import_jobs, import_runs
from uptake.services.running.job_pulse import progress_of
from uptake.web.importing.files import told
from uptake.web.links import site
from uptake.web.portal.facts import fact_name, fact_value, worded
from uptake.web.who import allowed, person

blueprint = Blueprint("import_results", __name__)
SEVERITIES = {"refused": N_("Refused"), "warning": N_("Warning"), "info": N_("For information")}


@blueprint.get("/imports/jobs/<uuid:id_>")
@allowed("import.view")
def job(id_: UUID) -> str:
    """What became of a trial, an import or taking one back; while it runs, how far it is."""
    found = import_jobs.find_job(session(), id_, person=person())
    choice = import_jobs.chosen(found.arguments["choice"]) if "choice" in found.arguments else None
    return render_template(
        "importing/job.html", job=found, choice=choice, progress=progress_of(db.engine, found), fact_name=fact_name,
        fact_value=fact_value, worded=worded, followed=current_app.extensions["uptake"].states,
    )  # fmt: skip


@blueprint.post("/imports/jobs/<uuid:id_>/apply")
@allowed("import.run")
def apply(id_: UUID) -> Redirect:
    """Start the import that a trial showed."""
    skip = request.form.get("skip_refused") == "1"
    started = import_jobs.start_import(id_, person=person(), skip_refused=skip)
    return redirect(site(f"/imports/jobs/{started.uuid}"), 303)


@blueprint.get("/imports/<int:id_>")
@allowed("import.view")
def run(id_: int) -> str:
    """One import, and what it had to say."""
    return _run_page(id_, {})


@blueprint.get("/imports/<int:id_>/findings.csv")
@allowed("import.view")
def findings(id_: int) -> Response:
    """All that an import had to say, as a table."""
    rows = import_runs.findings(session(), id_, person=person(), **_asked())
    answer = Response(b"".join(csv_chunks(import_runs.COLUMNS, rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"import-{id_}-findings.csv")
    return answer


@blueprint.post("/imports/<int:id_>/undo")
@allowed("import.undo")
def undo(id_: int) -> Redirect | tuple[str, int]:
    """Take an import back."""
    try:
        started = import_jobs.start_undo(id_, person=person(), reason=request.form.get("reason", ""))
    except Invalid as error:
        return _run_page(id_, told(error)), 422
    flash(_("The import is being taken back."))
    return redirect(site(f"/imports/jobs/{started.uuid}"), 303)


def _run_page(id_: int, errors: dict[str, str]) -> str:
    asked = _asked()
    page = import_runs.run(session(), id_, person=person(), **asked)
    severities = [
        (each, f"{_(SEVERITIES[each])} ({number(page.severities[each])})")
        for each in SEVERITIES
        if each in page.severities
    ]
    codes = [(each, f"{each} ({number(count)})") for each, count in sorted(page.codes.items())]
    return render_template(
        "importing/run.html", page=page, asked=asked, errors=errors, severities=severities, codes=codes
    )


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "")[:60] for name in ("severity", "code")}
