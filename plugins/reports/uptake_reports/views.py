"""The pages of reports: the list, one with its outline, its frame, gaps, and the whole text in every format."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from uptake.toolkit import (
    Invalid,
    allowed,
    document_options,
    language_name,
    ngettext,
    person,
    pick,
    registry_of,
    session,
    state_options,
    version_from,
)
from uptake.toolkit import gettext as _

from uptake_reports import assembling, downloads, editing, gaps, reading
from uptake_reports.access import project_for
from uptake_reports.blueprint import View, blueprint, faults, refused, saved
from uptake_reports.drafts import ProjectDraft, languages, number_of
from uptake_reports.outlines import known, outlines, places
from uptake_reports.output.formats import lacking
from uptake_reports.reviewing import shown_document

FIELDS = (
    "title", "outline", "mechanism", "state", "document", "period_from", "period_to", "language", "deadline", "words", "asked",
)  # fmt: skip


@blueprint.get("")
@allowed("reports.read")
def index() -> View:
    """The reports in reach, and the drafts that wait for remarks."""
    rows = reading.reports(session(), person=person())
    waiting = reading.circulated_to(session(), person=person())
    return render_template("reports/index.html", rows=rows, waiting=waiting)


@blueprint.get("/<int:project_id>")
@allowed("reports.read")
def project(project_id: int) -> View:
    """A report with its outline."""
    shown = reading.project_page(session(), project_id, person=person())
    people = reading.people(session()) if shown.manages else []
    return render_template(
        "reports/project.html",
        page=shown,
        people=people,
        formats=registry_of(session()).report_formats,
        lacking=lacking(),
    )


@blueprint.get("/new")
@allowed("reports.manage")
def new() -> View:
    """The form of a new report."""
    asked = ProjectDraft(outline=request.args.get("outline", ""))
    return _form(asked, {}) if asked.outline in outlines(session()) else _kinds()


@blueprint.post("/new")
@allowed("reports.manage")
def create() -> View:
    """Begin a report."""
    draft = _typed()
    try:
        id_ = editing.create(draft, person=person())
    except Invalid as error:
        return _form(draft, faults(error)), 422
    return saved(f"/reports/{id_}")


@blueprint.get("/<int:project_id>/edit")
@allowed("reports.manage")
def change(project_id: int) -> View:
    """The form of a report that has begun."""
    row = project_for(session(), project_id, person())
    days = {name: (getattr(row, name) or "") for name in ("period_from", "period_to", "deadline")}
    draft = ProjectDraft(
        row.title, row.outline, language=row.language, words=str(row.words or ""), **{name: str(day) for name, day in days.items()}
    )  # fmt: skip
    return _form(draft, {}, project_id, row.version)


@blueprint.post("/<int:project_id>/edit")
@allowed("reports.manage")
def edit(project_id: int) -> View:
    """Save the frame of a report."""
    draft, version = _typed(), version_from(request.form)
    try:
        editing.change(project_id, draft, version=version, person=person())
    except Invalid as error:
        return _form(draft, faults(error), project_id, version), 422
    return saved(f"/reports/{project_id}")


@blueprint.post("/<int:project_id>/<any(approve,open,freeze):step>")
@allowed("reports.manage")
def move(project_id: int, step: str) -> View:
    """Approve a report, open it again, or freeze it."""
    editing.move(project_id, step, version=version_from(request.form), person=person())
    return saved(f"/reports/{project_id}")


@blueprint.post("/<int:project_id>/delete")
@allowed("reports.manage")
def throw_away(project_id: int) -> View:
    """Delete a draft."""
    if not request.form.get("sure"):
        return refused(f"/reports/{project_id}", Invalid(_("Tick that you are sure, then delete it.")))
    editing.throw_away(project_id, version=version_from(request.form), person=person())
    return saved("/reports", _("The report was deleted."))


@blueprint.post("/<int:project_id>/members")
@allowed("reports.manage")
def members(project_id: int) -> View:
    """Let somebody write on the whole report, or no longer."""
    user = number_of(request.form.get("user", ""))
    try:
        change = editing.remove_member if request.form.get("do") == "remove" else editing.add_member
        change(project_id, user, person=person())
    except Invalid as error:
        return refused(f"/reports/{project_id}", error)
    return saved(f"/reports/{project_id}")


@blueprint.get("/<int:project_id>/gaps")
@allowed("reports.read")
def show_gaps(project_id: int) -> View:
    """Recommendations without information, by institution."""
    row = project_for(session(), project_id, person())
    return render_template("reports/gaps.html", project=row, page=gaps.gaps(session(), row))


@blueprint.post("/<int:project_id>/gaps")
@allowed("reports.manage")
def ask(project_id: int) -> View:
    """Ask the institutions for information."""
    ids = [number_of(one) for one in request.form.getlist("r")]
    try:
        count = gaps.ask(project_id, ids, person=person())
    except Invalid as error:
        return refused(f"/reports/{project_id}/gaps", error)
    said = ngettext("{count} request went out.", "{count} requests went out.", count)
    return saved(f"/reports/{project_id}/gaps", said)


@blueprint.get("/<int:project_id>/text")
@allowed("reports.read")
def text(project_id: int) -> View:
    """The whole report as it reads."""
    report = assembling.assemble(session(), project_id, person=person())
    return render_template("reports/text.html", project_id=project_id, report=report, body=shown_document(report))


@blueprint.get("/<int:project_id>/report.<suffix>")
@allowed("reports.read")
def download(project_id: int, suffix: str) -> View:
    """The whole report as a file."""
    return downloads.whole(project_id, suffix, person=person())


def _typed() -> ProjectDraft:
    return ProjectDraft(**{name: request.form.get(name, "") for name in FIELDS})


def _kinds() -> str:
    listed = [
        (code, pick(dict(one.titles)), pick(dict(one.about)), one.words) for code, one in outlines(session()).items()
    ]
    return render_template("reports/kinds.html", kinds=listed)


def _form(draft: ProjectDraft, errors: dict[str, str], project_id: int = 0, version: int = 0) -> str:
    chosen = known(session(), draft.outline)
    offered: dict[str, Any] = {
        "mechanisms": [(one.id, one.name) for one in places(session(), chosen)],
        "states": [(id_, name) for id_, _code, name in state_options(session())],
        "documents": [(id_, title) for id_, title, _at in document_options(session())],
        "languages": [(code, language_name(code)) for code in languages(session())],
        "each": next((one.each for one in chosen.sections if one.each), ""),
    }  # fmt: skip
    return render_template("reports/form.html", draft=draft, errors=errors, outline=chosen, kind=pick(dict(chosen.titles)),
                           told=pick(dict(chosen.about)), project_id=project_id, version=version, **offered)  # fmt: skip
