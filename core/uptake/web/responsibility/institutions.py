"""Institutions: the tree, the page of each, and the form that makes and edits one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import get_locale
from uptake.i18n import gettext as _
from uptake.services.actors import institution_edits, institution_mandate, institution_pages, institutions
from uptake.services.people import roles
from uptake.services.permissions import require
from uptake.services.storing.storage import Source
from uptake.web.links import list_of, site
from uptake.web.progress.evidence import file_answer
from uptake.web.render import page
from uptake.web.responsibility.institution_forms import Form, day_of, told
from uptake.web.uploads import takes_files
from uptake.web.who import allowed, person

blueprint = Blueprint("institutions", __name__)


@blueprint.context_processor
def _known() -> dict[str, Any]:
    """What every template of institutions knows."""
    return {
        "kind_name": institutions.kind_name,
        "level_name": institutions.level_name,
        "role_name": roles.role_name,
        "role_hint": roles.role_hint,
        "walk": institutions.walk,
        "open_list": open_list,
    }


def open_list(code: str, closing: list[str]) -> str:
    """The list of what an institution answers for and no status closes: as long as its number says."""
    return list_of(("institution", code), *(("not.status", status) for status in closing))


@page(blueprint, "/institutions", "institutions/tree.html")
def index() -> dict[str, Any]:
    """All institutions."""
    return {"page": institutions.tree(session(), person=person()), "closing": institutions.closing(session())}


@page(blueprint, "/institutions/<code>", "institutions/page.html")
def institution(code: str) -> dict[str, Any]:
    """One institution."""
    return page_values(code)


def page_values(code: str) -> dict[str, Any]:
    """What the page of an institution needs."""
    found = institution_pages.page(session(), code, person=person(), language=get_locale())
    accounts = institution_pages.people(session(), person=person()) if found.inside else []
    return {"page": found, "accounts": accounts, "grantable": roles.grantable(person()), "typed": {}, "errors": {}}


@blueprint.route("/institutions/new", methods=["GET", "POST"])
@allowed("actor.edit")
def new() -> Any:
    """Enter an institution."""
    form = Form(session(), None)
    if request.method == "GET":
        return render_template("institutions/form.html", form=form)
    try:
        actor = institution_edits.create(form.draft, person=person())
    except Invalid as error:
        return _again(form, error)
    flash(_("{name} was entered.", name=institutions.name_of(actor)), "success")
    return _to(actor.code)


@blueprint.route("/institutions/<code>/edit", methods=["GET", "POST"])
@allowed("actor.contact")
def edit(code: str) -> Any:
    """Change an institution, or only its contact for its focal point."""
    actor = institutions.find(session(), code)
    require(person(), "actor.contact", actor=actor.id)
    form = Form(session(), actor)
    if request.method == "GET":
        return render_template("institutions/form.html", form=form)
    try:
        institution_edits.edit(actor.id, form.draft, version=form.version, person=person(), reason=form.reason)
    except Invalid as error:
        return _again(form, error)
    except Conflict:
        form.compare(session())
        return render_template("institutions/form.html", form=form), 409
    flash(_("The institution was saved."), "success")
    return _to(actor.code)


@blueprint.post("/institutions/<code>/close")
@allowed("actor.edit")
def close(code: str) -> Any:
    """Close an institution, which deletes nothing."""
    actor = institutions.find(session(), code)
    try:
        institution_edits.close(actor.id, day_of("closed_on"), version=_version(), person=person(), reason=_reason())
    except Invalid as error:
        return render_template("institutions/page.html", **{**page_values(code), "errors": told(error)}), 422
    flash(_("The institution is closed. What it said and answers for is kept."), "success")
    return _to(actor.code)


@blueprint.post("/institutions/<code>/reopen")
@allowed("actor.edit")
def reopen(code: str) -> Response:
    """Take back that an institution was closed."""
    actor = institutions.find(session(), code)
    institution_edits.reopen(actor.id, version=_version(), person=person(), reason=_reason())
    flash(_("The institution is open again."), "success")
    return _to(actor.code)


@blueprint.get("/institutions/<code>/mandate")
@allowed("actor.view")
def mandate(code: str) -> Response:
    """The file with the mandate, for people who are signed in."""
    actor = institutions.find(session(), code)
    return file_answer(institution_mandate.file_of(session(), actor, person=person()), public=False)


@blueprint.post("/institutions/<code>/mandate")
@takes_files("evidence_mb")
@allowed("actor.edit")
def set_mandate(code: str) -> Any:
    """Put a file with the mandate there, or take it away."""
    actor = institutions.find(session(), code)
    try:
        if request.form.get("remove") == "1":
            institution_mandate.remove(actor.id, version=_version(), person=person())
        else:
            institution_mandate.attach(actor.id, _file(), version=_version(), person=person())
    except Invalid as error:
        return _again(Form(session(), actor, typed=False), error)
    flash(_("The institution was saved."), "success")
    return _to(actor.code)


def _file() -> tuple[Source, str] | None:
    file = request.files.get("file")
    return (file.stream, file.filename) if file and file.filename else None


def _again(form: Form, error: Invalid) -> tuple[str, int]:
    form.errors = form.told(error)
    return render_template("institutions/form.html", form=form), 422


def _to(code: str) -> Response:
    return redirect(site(f"/institutions/{code}"), 303)


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _reason() -> str | None:
    return request.form.get("reason", "").strip()[:500] or None
