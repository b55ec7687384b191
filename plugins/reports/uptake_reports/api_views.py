"""Reports in the API: what is published for everybody, all others for programs of those who may read them on the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from uptake.toolkit import ApiBlueprint, ApiPaging, api_list, api_owner, api_place, api_plain, api_thing, session

from uptake_reports import api_reading as reading
from uptake_reports import api_schemas as said
from uptake_reports import downloads
from uptake_reports.formats import as_data

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


@blueprint.reads("/<int:id>/files/<suffix>", None, endpoint="get_report_file", about="Download a report", secured=True)
def file(id: int, suffix: str) -> Response:
    """Needs the scope read. As docx, pdf, html or what else `formats` names: as it stands now, of a frozen report as it was
    sent."""
    return downloads.whole(id, suffix, person=api_owner())


@blueprint.reads(
    "/published",
    said.PublishedList,
    endpoint="list_published_reports",
    about="List published reports",
    parameters=ApiPaging,
)
def published(asked: dict[str, Any]) -> Response:
    """What everybody may read, in the order in which it was published."""
    return api_list(reading.published(session(), api_place(asked.get("cursor")), asked["limit"]))


@blueprint.reads(
    "/published/<uuid:uuid>", said.ReportText, endpoint="get_published_report", about="Read a published report"
)
def public(uuid: UUID) -> Response:
    """As it was sent, without what is not public now. One that was withdrawn answers with 410, when and why."""
    return api_plain(as_data(reading.public(session(), uuid)))


@blueprint.reads(
    "/published/<uuid:uuid>/files/<suffix>",
    None,
    endpoint="get_published_report_file",
    about="Download a published report",
)
def public_file(uuid: UUID, suffix: str) -> Response:
    """The same as a file: docx, pdf, html, txt or json."""
    reading.public(session(), uuid)
    return downloads.public(uuid, suffix)


@blueprint.reads(
    "/outlines", said.ReportKindList, endpoint="list_report_kinds", about="List the kinds of reports", secured=True
)
def kinds() -> Response:
    """Needs the scope read. All of them: what a new report may be, and to which mechanisms it can go."""
    return api_list(reading.kinds(session(), person=api_owner()))


@blueprint.reads(
    "/<int:id>/sections/<int:section>/offers", said.ReportPieceList, endpoint="list_report_offers",
    about="List what belongs into a section", parameters=said.Offers, secured=True,
)  # fmt: skip
def offers(asked: dict[str, Any], id: int, section: int) -> Response:
    """Needs the scope read, and a part in the section. Ten recommendations at once, with the pieces on each; `count` counts
    recommendations."""
    place = api_place(asked.get("cursor"))
    return api_list(reading.offers(session(), id, section, place, asked["q"], person=api_owner()))
