"""The coordinator's desk: what still needs somebody, an answer or a date, and what settles many of them in one step."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import gettext as _
from uptake.i18n import ngettext
from uptake.services.actors.institutions import options
from uptake.services.recommendations import bulk, bulk_wishes
from uptake.services.responsibility import assignment_desk, routing
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.responsibility.assignments import View, blueprint, errors_of, number_of, numbers_of
from uptake.web.who import allowed, person


@blueprint.get("/assignments")
@allowed("assignment.assign")
def assignments() -> View:
    """One tab of the desk."""
    return _page(request.args.get("show", ""))


@blueprint.post("/assignments/assign")
@allowed("bulk.edit")
def assign_many() -> View:
    """Give the chosen recommendations to an institution, with a due date where one is given."""
    form, ids = request.form, numbers_of(request.form, "pick")
    pairs = [("add_actor", form.get("actor", "")), ("add_role", form.get("role", "")), *_due(form.get("due", ""))]
    return _many("unassigned", ids, pairs, {"pick": bool(ids), "actor": number_of(form, "actor") > 0})


@blueprint.post("/assignments/due")
@allowed("bulk.edit")
def date_many() -> View:
    """Give the chosen recommendations a due date."""
    form, ids = request.form, numbers_of(request.form, "pick")
    return _many("undated", ids, _due(form.get("due", "")), {"pick": bool(ids), "due": bool(form.get("due", ""))})


@blueprint.post("/assignments/proposals")
@allowed("assignment.assign")
def decide() -> View:
    """Assign what rules proposed, or refuse it: the chosen ones, one, or all."""
    form = request.form
    one = numbers_of(form, "accept") or numbers_of(form, "refuse")
    chosen = None if form.get("do") == "accept-all" else one or numbers_of(form, "pick")
    if chosen == []:
        return _page("proposed", {"pick": _("Choose at least one proposal.")}), 422
    yes = "accept" in form or form.get("do") in {"accept", "accept-all"}
    return _done("proposed", routing.decide(chosen, yes, person=person()))


def _due(written: str) -> list[tuple[str, str]]:
    return [("due_do", "set"), ("due", written)] if written.strip() else []


def _many(show: str, ids: list[int], pairs: list[tuple[str, str]], there: dict[str, bool]) -> View:
    missing = {
        "pick": _("Choose at least one recommendation."), "actor": _("Choose an institution from the list."),
        "due": _("Write the day as 2027-01-31."),
    }  # fmt: skip
    wrong = {name: missing[name] for name, given in there.items() if not given}
    if wrong:
        return _page(show, wrong), 422
    try:
        wishes = bulk_wishes.read(pairs)
        bulk_wishes.check(session(), wishes)
        return _done(show, bulk.apply(ids, wishes, person=person(), origin=f"/assignments?show={show}"))
    except Invalid as error:
        wrong = {name.removeprefix("add_"): what for name, what in errors_of(error).items()}
        return _page(show, wrong), 422


def _done(show: str, change: int | None) -> Response:
    if change is None:
        flash(_("Nothing was left to change."), "info")
        return redirect(site(f"/assignments?show={show}"), 303)
    flash(_("Done. The institutions have been told; here you see what changed and can undo it."), "success")
    return redirect(site(f"/bulk/{change}"), 303)


def _page(show: str, errors: dict[str, str] | None = None) -> str:
    number = number_from(request.args, "page", 1, LAST_PAGE)
    page = assignment_desk.desk(session(), show, number, person=person())
    values = request.form if errors else {}
    return render_template(
        "responsibility/assignments.html", page=page, tabs=assignment_desk.TABS, institutions=options(session()),
        errors=errors or {}, form=values, picked=numbers_of(request.form, "pick") if errors else [],
        count_of=lambda count: ngettext("{count} recommendation", "{count} recommendations", count),
    )  # fmt: skip
