"""Who answers for what: the page of one recommendation, and what the coordinator and the institutions do there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import gettext as _
from uptake.models.responsibility import PRIORITIES, PRIORITY_REASONS
from uptake.services.actors.institutions import options
from uptake.services.responsibility import assignments, follow_ups
from uptake.services.responsibility import responsibility_pages as pages
from uptake.services.responsibility.follow_ups import PRIORITY_NAMES, REASON_NAMES
from uptake.web.links import path_to, site
from uptake.web.portal.pages import names
from uptake.web.progress.updates import local
from uptake.web.who import allowed, person

blueprint = Blueprint("responsibility", __name__)
View = str | Response | tuple[str, int]


@blueprint.app_context_processor
def _known() -> dict[str, Any]:
    """What templates about responsibility know."""
    return {
        "state_names": pages.STATE_NAMES, "role_names": pages.ROLE_NAMES, "priority_names": PRIORITY_NAMES,
        "reason_names": REASON_NAMES,
    }  # fmt: skip


@blueprint.app_template_filter("term_name")
def term_name(slug: str) -> str:
    """The label of a term."""
    return names().term(slug)


@blueprint.get("/recommendations/<uuid:uuid>/responsibility")
@allowed("work.read")
def desk(uuid: UUID) -> View:
    """Who answers for one recommendation, and the forms to change it."""
    return _desk(uuid)


@blueprint.post("/recommendations/<uuid:uuid>/assignments")
@allowed("assignment.assign")
def assign(uuid: UUID) -> View:
    """Give an institution a role."""
    form = request.form
    wanted = {name: form.get(name, "") for name in ("role", "reason", "old_lead")}
    try:
        assignments.assign(pages.id_of(session(), uuid), number_of(form, "actor"), person=person(), **wanted)
    except Invalid as error:
        return _desk(uuid, errors_of(error), form), 422
    flash(_("Assigned. The institution has been told."), "success")
    return _back(uuid)


@blueprint.post("/recommendations/<uuid:uuid>/follow-up")
@allowed("followup.edit")
def follow_up(uuid: UUID) -> View:
    """Set due date, priority and continuity."""
    try:
        typed = follow_ups.read(request.form)
        follow_ups.plan(pages.id_of(session(), uuid), typed, person=person())
    except Invalid as error:
        return _desk(uuid, errors_of(error), request.form), 422
    except Conflict as error:
        if "now" not in error.values:
            raise
        return _desk(uuid, form=request.form, both=(error.values["now"], typed)), 409
    flash(_("Saved."), "success")
    return _back(uuid)


@blueprint.post("/assignments/<int:id_>/accept")
@allowed("assignment.answer")
def accept(id_: int) -> View:
    """The institution takes it on."""
    assignments.accept(id_, person=person(), version=number_of(request.form, "version"))
    flash(_("Accepted. It is on your list of work now."), "success")
    wanted = request.form.get("next", "")
    return redirect(site(wanted), 303) if local(wanted) else _back(pages.home_of(session(), id_))


@blueprint.post("/assignments/<int:id_>/decline")
@allowed("assignment.answer")
def decline(id_: int) -> View:
    """The institution refuses, with its reason."""
    form = request.form
    try:
        assignments.decline(id_, form.get("reason", ""), person=person(), version=number_of(form, "version"))
    except Invalid as error:
        wrong = {f"reason-{id_}": what for what in errors_of(error).values()}
        return _desk(pages.home_of(session(), id_), wrong, form), 422
    flash(_("Declined. The coordinator has been told why."), "success")
    return redirect(path_to("recommendation", pages.home_of(session(), id_)), 303)


@blueprint.post("/assignments/<int:id_>/end")
@allowed("assignment.assign")
def end(id_: int) -> View:
    """The institution no longer answers for it."""
    form = request.form
    assignments.end(id_, person=person(), version=number_of(form, "version"), reason=form.get("reason", ""))
    flash(_("Ended. It stays in the history."), "success")
    return _back(pages.home_of(session(), id_))


def errors_of(error: Invalid) -> dict[str, str]:
    """What is wrong, by field, in the reader's language."""
    return {name: _(what) for name, what in error.fields.items()} or {"": _(error.message, **error.values)}


def number_of(form: MultiDict[str, str], name: str) -> int:
    """A number in a form; 0, which nothing has, where there is none."""
    written = form.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0


def numbers_of(form: MultiDict[str, str], name: str) -> list[int]:
    """The numbers of checkboxes."""
    return [int(each) for each in form.getlist(name) if each.isascii() and each.isdecimal() and len(each) < 10]


def _back(uuid: UUID) -> Response:
    return redirect(f"{path_to('recommendation', uuid)}/responsibility", 303)


def _desk(
    uuid: UUID, errors: dict[str, str] | None = None, form: MultiDict[str, str] | None = None, both: Any = None
) -> str:
    found = pages.desk(session(), uuid, person=person())
    return render_template(
        "responsibility/desk.html",
        page=found,
        institutions=options(session()) if found.panel.may_assign else [],
        errors=errors or {},
        form=form or {},
        both=both,
        priorities=[(code, _(PRIORITY_NAMES[code])) for code in PRIORITIES],
        reasons=[(code, _(REASON_NAMES[code])) for code in PRIORITY_REASONS],
    )
