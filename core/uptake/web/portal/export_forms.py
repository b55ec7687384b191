"""The form that chooses columns and format of a file, and the files that are made in the background."""

from __future__ import annotations

from uuid import UUID

from flask import Response, redirect, render_template, request
from flask import session as browser
from werkzeug.wrappers import Response as WerkzeugResponse

from uptake.db import session
from uptake.files import pdf_writer
from uptake.i18n import N_, get_locale
from uptake.search.engine import Query
from uptake.services.lists import export_columns, export_jobs, exporting, papers, searching
from uptake.web.addresses import root
from uptake.web.extensions import registry
from uptake.web.links import Link, here, site
from uptake.web.params import clean, query_from
from uptake.web.portal.exports import asked_columns, blueprint, file_name
from uptake.web.portal.facets import chips
from uptake.web.portal.pages import names
from uptake.web.progress.evidence import file_answer
from uptake.web.who import person

LABELS = {
    "csv": "CSV", "xlsx": "Excel", "docx": "Word", "pdf": "PDF", "json": "JSON", "jsonl": N_("JSON lines"),
}  # fmt: skip
READING = ("mechanism_name", "symbol", "paragraph", "date", "text", "recommenders", "position", "themes")
KEPT_IDS = 20


@blueprint.get("/recommendations/export")
def form() -> str:
    """Which columns, which format; where a format was chosen whose file is large, the button that has it made."""
    query, error = query_from(request.args)
    if error:
        raise error
    link, count = here(), searching.find(session(), query, 1, 1)[0].count
    format = clean(request.args.get("format", ""))
    large = export_jobs.is_large(format, count)
    columns = exporting.columns_for("csv", asked_columns() or READING)
    exporters = [(str(Link(site(f"/recommendations/as/{suffix}"), link.pairs)), one.title)
                 for suffix, one in registry().exporters.items()]  # fmt: skip
    return render_template(
        "exports/form.html", count=count, link=link, chips=chips(query, link, names()), query=query, format=format,
        large=large, chosen=columns, asked=asked_columns(), columns=export_columns.COLUMNS, labels=LABELS,
        exporters=exporters, limits=papers.LONGEST, can_pdf=pdf_writer.can_write(),
    )  # fmt: skip


@blueprint.post("/recommendations/export")
def start() -> WerkzeugResponse:
    """Have a large file made."""
    query, error = query_from(request.args)
    if error:
        raise error
    format = clean(request.args.get("format", ""))
    uuid = _start(query, format)
    browser["exports"] = [*browser.get("exports", []), uuid.hex][-KEPT_IDS:]
    return redirect(site(f"/exports/{uuid}"), 303)


@blueprint.get("/exports/<uuid:uuid>")
def made(uuid: UUID) -> str:
    """How far a file is, and where it is when it is made."""
    found = export_jobs.look(session(), uuid, person=person(), own=_own())
    return render_template("exports/made.html", found=found)


@blueprint.get("/exports/<uuid:uuid>/file")
def made_file(uuid: UUID) -> Response:
    """The file itself, for whoever asked for it."""
    return file_answer(export_jobs.file_of(session(), uuid, person=person(), own=_own()), public=False)


def _start(query: Query, format: str) -> UUID:
    return export_jobs.start(
        query, format, asked_columns(), name=file_name(query, format), base=root(), locale=get_locale(), person=person(),
        own=_own(),
    )  # fmt: skip


def _own() -> set[UUID]:
    return {UUID(hex=one) for one in browser.get("exports", [])}
