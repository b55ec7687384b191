"""The pages of a draft that goes round: sending it, remarking on it, and answering each remark."""

from __future__ import annotations

from flask import render_template, request
from uptake.toolkit import Invalid, allowed, institution_options, institutions_named, person, session, version_from

from uptake_reports import circulating, reviewing
from uptake_reports.access import managed
from uptake_reports.blueprint import View, blueprint, faults, refused, saved
from uptake_reports.drafts import number_of


@blueprint.get("/<int:project_id>/circulate")
@allowed("reports.manage")
def circulation_form(project_id: int) -> View:
    """To whom the draft goes."""
    return _form(project_id, {})


@blueprint.post("/<int:project_id>/circulate")
@allowed("reports.manage")
def circulate(project_id: int) -> View:
    """Send the draft round."""
    form = request.form
    try:
        id_ = circulating.circulate(
            project_id, [number_of(one) for one in form.getlist("actor")], society=bool(form.get("society")),
            until=form.get("until", ""), note=form.get("note", ""), version=version_from(form), person=person(),
        )  # fmt: skip
    except Invalid as error:
        return _form(project_id, faults(error)), 422
    return saved(f"/reports/circulations/{id_}")


@blueprint.get("/circulations/<int:circulation_id>")
@allowed("reports.remark")
def circulation(circulation_id: int) -> View:
    """A draft that went round, with the remarks that the reader may see."""
    return _page(circulation_id, {})


@blueprint.post("/circulations/<int:circulation_id>")
@allowed("reports.remark")
def remark(circulation_id: int) -> View:
    """Say something to the draft."""
    form = request.form
    try:
        circulating.remark(
            circulation_id, number_of(form.get("section", "")) or None, form.get("anchor", ""), form.get("text", ""),
            actor=number_of(form.get("actor", "")) or None, person=person(),
        )  # fmt: skip
    except Invalid as error:
        return _page(circulation_id, faults(error)), 422
    return saved(f"/reports/circulations/{circulation_id}")


@blueprint.post("/remarks/<int:remark_id>")
@allowed("reports.manage")
def dispose(remark_id: int) -> View:
    """Say what was done with a remark."""
    form = request.form
    try:
        id_ = circulating.dispose(
            remark_id, form.get("disposition", ""), form.get("why", ""), version=version_from(form), person=person()
        )  # fmt: skip
    except Invalid as error:
        return refused(f"/reports/circulations/{number_of(form.get('back', ''))}", error)
    return saved(f"/reports/circulations/{id_}#r-{remark_id}")


def _form(project_id: int, errors: dict[str, str]) -> str:
    project = managed(session(), project_id, person())
    return render_template(
        "reports/circulate.html", project=project, errors=errors, institutions=institution_options(session()), typed=request.form,
        chosen={number_of(one) for one in request.form.getlist("actor")},
    )  # fmt: skip


def _page(circulation_id: int, errors: dict[str, str]) -> str:
    shown = reviewing.circulation_page(session(), circulation_id, person=person())
    voices = institutions_named(session(), shown.voices)
    return render_template(
        "reports/circulation.html", page=shown, errors=errors, typed=request.form, voices=list(voices.values())
    )
