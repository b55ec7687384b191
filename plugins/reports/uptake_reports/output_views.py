"""The way back of a report that was edited in Word: upload, review, take."""

from __future__ import annotations

from typing import Any, cast

from flask import flash, redirect, render_template, request
from uptake.toolkit import Invalid, allowed, ngettext, person, session, site, takes_files, told
from uptake.toolkit import gettext as _

from uptake_reports.access import project_for
from uptake_reports.blueprint import View, blueprint
from uptake_reports.drafts import number_of
from uptake_reports.returning import reviewing, showing


@blueprint.get("/<int:project_id>/return")
@allowed("reports.write")
def bring_back(project_id: int) -> View:
    """Where an edited file is brought back."""
    return _upload(project_id, {})


@blueprint.post("/<int:project_id>/return")
@takes_files("evidence_mb")
@allowed("reports.write")
def receive_file(project_id: int) -> View:
    """Read the file, and lead to what it would change."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _upload(project_id, {"file": _("Choose the file that was edited in Word.")}), 422
    try:
        token = reviewing.receive(project_id, cast(Any, file.stream), file.filename, person=person())
    except Invalid as error:
        return _upload(project_id, {"file": told(error)}), 422
    return redirect(site(f"/reports/{project_id}/return/{token}"), 303)


@blueprint.get("/<int:project_id>/return/<token>")
@allowed("reports.write")
def returned(project_id: int, token: str) -> View:
    """What the file would change, paragraph by paragraph."""
    found = reviewing.waiting(session(), project_id, token, person=person())
    project = project_for(session(), project_id, person())
    return render_template("reports/returned.html", project=project, found=found, rows=showing.rows(found))


@blueprint.post("/<int:project_id>/return/<token>")
@allowed("reports.write")
def take_returned(project_id: int, token: str) -> View:
    """Take one change, or all that are ticked."""
    here = f"/reports/{project_id}/return/{token}"
    chosen = [request.form["one"]] if "one" in request.form else request.form.getlist("take")
    try:
        count = reviewing.take(project_id, token, [number_of(one) - 1 for one in chosen], person=person())
    except Invalid as error:
        flash(told(error), "error")
    else:
        flash(ngettext("{count} change was taken.", "{count} changes were taken.", count), "success")
    return redirect(site(here), 303)


def _upload(project_id: int, errors: dict[str, str]) -> str:
    project = project_for(session(), project_id, person())
    return render_template("reports/return.html", project=project, errors=errors)
