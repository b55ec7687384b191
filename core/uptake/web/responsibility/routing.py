"""Routing rules: what carries a theme, group or goal is proposed to an institution."""

from __future__ import annotations

from flask import flash, redirect, render_template, request

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import gettext as _
from uptake.services.actors.institutions import options
from uptake.services.responsibility import routing, routing_pages
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.responsibility.assignments import View, blueprint, errors_of, number_of, numbers_of
from uptake.web.who import allowed, person


@blueprint.get("/routing")
@allowed("routing.edit")
def routing_rules() -> View:
    """All rules, and a form for a new one."""
    return _page()


@blueprint.post("/routing")
@allowed("routing.edit")
def add_rule() -> View:
    """A new rule."""
    form = request.form
    try:
        routing.add_rule(form.get("slug", ""), number_of(form, "actor"), form.get("role", ""), person=person())
    except Invalid as error:
        return _page(errors_of(error)), 422
    flash(_("The rule is there. Look at what it would propose, then run it."), "success")
    return redirect(site("/routing"), 303)


@blueprint.post("/routing/<int:id_>/remove")
@allowed("routing.edit")
def remove_rule(id_: int) -> View:
    """Take a rule away."""
    routing.remove_rule(id_, person=person())
    flash(_("The rule is gone; what it proposed and nobody decided went with it."), "success")
    return redirect(site("/routing"), 303)


@blueprint.get("/routing/preview")
@allowed("routing.edit")
def preview_rules() -> View:
    """What one rule, or all of them, would propose."""
    rule = number_of(request.args, "rule")
    number = number_from(request.args, "page", 1, LAST_PAGE)
    page = routing_pages.preview(session(), [rule] if rule else None, number, person=person())
    return render_template("responsibility/routing_preview.html", page=page, rule=rule)


@blueprint.post("/routing/run")
@allowed("routing.edit")
def run_rules() -> View:
    """Propose it."""
    change = routing.run(numbers_of(request.form, "rule") or None, person=person())
    flash(_("Proposed. Accept them all, or decide on each.") if change else _("There was nothing new to propose."),
          "success" if change else "info")  # fmt: skip
    return redirect(site("/assignments?show=proposed"), 303)


def _page(errors: dict[str, str] | None = None) -> str:
    page = routing_pages.rules(session(), person=person())
    return render_template(
        "responsibility/routing.html",
        page=page,
        institutions=options(session()),
        errors=errors or {},
        form=request.form,
    )
