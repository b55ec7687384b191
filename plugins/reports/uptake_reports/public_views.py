"""Frozen reports before everybody: the list, each to be read and taken out, and who publishes or withdraws them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request
from uptake.toolkit import (
    Invalid,
    allowed,
    page,
    person,
    registry_of,
    session,
    version_from,
)
from uptake.toolkit import gettext as _

from uptake_reports import downloads, publishing
from uptake_reports.blueprint import View, blueprint, refused, saved
from uptake_reports.output.formats import lacking
from uptake_reports.reviewing import shown_document


@page(blueprint, "/published", "reports/published.html")
def published() -> dict[str, Any]:
    """The reports that everybody may read."""
    return {"page": publishing.published(session())}


@blueprint.get("/published/<uuid:uuid>")
def public(uuid: UUID) -> View:
    """A report as the public reads it; where it was withdrawn, when and why."""
    found = publishing.public_page(session(), uuid)
    if found.document is None:
        return render_template("reports/withdrawn.html", page=found), 410
    formats = registry_of(session()).report_formats
    offered = {suffix: made for suffix, made in formats.items() if suffix not in lacking()}
    return render_template(
        "reports/public.html", page=found, report=found.document, body=shown_document(found.document), formats=offered
    )


@blueprint.get("/published/<uuid:uuid>/report.<suffix>")
def public_file(uuid: UUID, suffix: str) -> View:
    """A public report as a file."""
    return downloads.public(uuid, suffix)


@blueprint.post("/<int:project_id>/publish")
@allowed("reports.publish")
def publish(project_id: int) -> View:
    """Let everybody read a frozen report."""
    publishing.publish(project_id, version=version_from(request.form), person=person())
    return saved(f"/reports/{project_id}", _("Everybody can read the report now."))


@blueprint.post("/<int:project_id>/withdraw")
@allowed("reports.publish")
def withdraw(project_id: int) -> View:
    """Take a report from the public again."""
    try:
        publishing.withdraw(project_id, request.form.get("why", ""), person=person())
    except Invalid as error:
        return refused(f"/reports/{project_id}", error)
    return saved(f"/reports/{project_id}", _("The report is no longer public."))
