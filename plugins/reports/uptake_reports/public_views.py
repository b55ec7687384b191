"""Frozen reports before everybody: the list, each to be read and taken out, and who publishes or withdraws them."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import render_template, request, send_file
from uptake.toolkit import (
    Invalid,
    NotFound,
    ReportFormat,
    allowed,
    page,
    person,
    registry_of,
    session,
    slugify,
    version_from,
)
from uptake.toolkit import gettext as _

from uptake_reports import publishing
from uptake_reports.blueprint import View, blueprint, refused, saved
from uptake_reports.document import Document
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
    made = registry_of(session()).report_formats.get(suffix)
    found = publishing.public_page(session(), uuid)
    if made is None or found.document is None:
        raise NotFound(_("There is no format called {name}."), name=suffix)
    data = _written(made, found.document, found.key)
    name = f"{slugify(found.report.title)[:80] or 'report'}.{suffix}"
    return send_file(BytesIO(data), mimetype=made.media_type, as_attachment=True, download_name=name)


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


def _written(made: ReportFormat, report: Document, key: str) -> bytes:
    """The file, made once for all who ask."""

    def write() -> bytes:
        stream = BytesIO()
        made.write(report, stream)
        return stream.getvalue()

    return publishing.kept.get(f"{made.suffix}:{key}", write)
