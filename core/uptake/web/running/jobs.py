"""Jobs: what waits, runs, was done or failed, and why; trying again, and cancelling."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from uptake.db import session
from uptake.i18n import N_, NC_
from uptake.i18n import gettext as _
from uptake.services.running import job_pages
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, clean, number_from
from uptake.web.who import allowed, person

blueprint = Blueprint("jobs", __name__)
STATES = {
    "waiting": N_("Waiting"), "running": N_("Running"), "done": NC_("job", "Done"), "failed": N_("Failed"),
    "cancelled": N_("Cancelled"),
}  # fmt: skip


@blueprint.get("/jobs")
@allowed("job.view")
def jobs() -> str:
    """All jobs, or those in one state."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    page = job_pages.listing(session(), clean(request.args.get("state", "")), number, person=person())
    return render_template("oversight/jobs.html", page=page, states=STATES)


@blueprint.get("/jobs/<uuid:uuid>")
def job(uuid: UUID) -> str:
    """One job, for whoever started it."""
    return render_template("oversight/job.html", job=job_pages.look(session(), uuid, person=person()), states=STATES)


@blueprint.get("/jobs/<uuid:uuid>.json")
def job_json(uuid: UUID) -> Response:
    """How far one job is, for scripts that wait for it."""
    return jsonify(job_pages.as_json(job_pages.look(session(), uuid, person=person())))


@blueprint.post("/jobs/<uuid:uuid>/retry")
def retry_job(uuid: UUID) -> WerkzeugResponse:
    """Try a job again."""
    job_pages.retry(uuid, person=person())
    flash(_("The job waits for its next try."), "success")
    return redirect(site(f"/jobs/{uuid}"), 303)


@blueprint.post("/jobs/<uuid:uuid>/cancel")
def cancel_job(uuid: UUID) -> WerkzeugResponse:
    """Take back a job that waits."""
    job_pages.cancel(uuid, person=person())
    flash(_("The job was cancelled."), "success")
    return redirect(site(f"/jobs/{uuid}"), 303)
