"""Reports in the API, for programs of those who may read them: no page shows them to visitors, so neither does this."""

from __future__ import annotations

from typing import Any

from flask import Response
from uptake.toolkit import ApiBlueprint, api_list, api_owner, api_place, api_plain, api_thing, session

from uptake_reports import api_reading as reading
from uptake_reports import api_schemas as said

blueprint = ApiBlueprint("reports_api", __name__, description="Reports to mechanisms: their outlines and texts.")


@blueprint.reads(
    "", said.ReportList, endpoint="list_reports", about="List reports", parameters=said.Reports, secured=True
)
def listing(asked: dict[str, Any]) -> Response:
    """Needs the scope read, and a part in reports: those that the owner may read."""
    place, chosen = api_place(asked.pop("cursor", None)), {**asked}
    return api_list(reading.listing(session(), place, chosen.pop("limit"), person=api_owner(), **chosen))


@blueprint.reads("/<int:id>", said.WholeReport, endpoint="get_report", about="Read one report", secured=True)
def report(id: int) -> Response:
    """Needs the scope read. With its outline, and how far each section has come."""
    return api_thing(reading.report(session(), id, person=api_owner()))


@blueprint.reads(
    "/<int:id>/sections/<int:section>",
    said.WholeReportSection,
    endpoint="get_report_section",
    about="Read one section",
    secured=True,
)
def section(id: int, section: int) -> Response:
    """Needs the scope read. With its text, and what of the register stands behind it."""
    return api_thing(reading.section(session(), id, section, person=api_owner()))


@blueprint.reads("/<int:id>/text", said.ReportText, endpoint="get_report_text", about="Read a whole text", secured=True)
def text(id: int) -> Response:
    """Needs the scope read. As it stands now; of a frozen report as it was sent."""
    return api_plain(reading.text(session(), id, person=api_owner()))
