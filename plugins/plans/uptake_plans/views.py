"""The pages under /plans: for everybody to read, for coordinators to write, for who leads an action to report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from uptake.toolkit import Conflict, Invalid, allowed, page, person, session, site, version_from
from uptake.toolkit import gettext as _
from werkzeug.wrappers import Response

from uptake_plans import editing, forms, reading, reporting, withdrawing
from uptake_plans.drafts import ActionDraft, PlanDraft
from uptake_plans.forms import Form
from uptake_plans.models import Action, Plan

View: TypeAlias = str | Response | tuple[str, int]

blueprint = Blueprint("plans", __name__, template_folder="templates")


@page(blueprint, "", "plans/index.html", "/index.json")
def index() -> dict[str, Any]:
    """All plans."""
    return {"page": reading.plans(session())}


@page(blueprint, "/<int:plan_id>", "plans/plan.html")
def plan(plan_id: int) -> dict[str, Any]:
    """A plan with its actions."""
    return {"page": reading.plan_page(session(), plan_id)}


@page(blueprint, "/actions/<int:action_id>", "plans/action.html")
def action(action_id: int) -> dict[str, Any]:
    """An action with what it answers."""
    return _action(action_id)


@blueprint.get("/new")
@allowed("plans.edit")
def new_plan() -> View:
    """The form of a new plan."""
    return _form(Form(PlanDraft()), "/plans")


@blueprint.post("/new")
@allowed("plans.edit")
def create_plan() -> View:
    """A new plan."""
    form = Form(forms.typed_plan())
    return _save(form, "/plans", "/plans/{}", lambda: editing.create_plan(forms.typed_plan(), person=person()))


@blueprint.get("/<int:plan_id>/edit")
@allowed("plans.edit")
def change_plan(plan_id: int) -> View:
    """The form of a plan."""
    return _form(forms.form_of(editing.found(session(), Plan, plan_id)), f"/plans/{plan_id}")


@blueprint.post("/<int:plan_id>/edit")
@allowed("plans.edit")
def edit_plan(plan_id: int) -> View:
    """Save a plan."""
    draft, version, path = forms.typed_plan(), version_from(request.form), f"/plans/{plan_id}"
    return _save(
        Form(draft, version), path, path, lambda: editing.edit_plan(plan_id, draft, version=version, person=person())
    )


@blueprint.get("/<int:plan_id>/actions/new")
@allowed("plans.edit")
def new_action(plan_id: int) -> View:
    """The form of a new action of a plan."""
    editing.found(session(), Plan, plan_id)
    return _form(Form(ActionDraft()), f"/plans/{plan_id}")


@blueprint.post("/<int:plan_id>/actions/new")
@allowed("plans.edit")
def create_action(plan_id: int) -> View:
    """A new action of a plan."""
    draft, path = forms.typed_action(), f"/plans/{plan_id}"
    return _save(Form(draft), path, "/plans/actions/{}", lambda: editing.create_action(plan_id, draft, person=person()))


@blueprint.get("/actions/<int:action_id>/edit")
@allowed("plans.edit")
def change_action(action_id: int) -> View:
    """The form of an action."""
    return _form(forms.form_of(editing.found(session(), Action, action_id)), f"/plans/actions/{action_id}")


@blueprint.post("/actions/<int:action_id>/edit")
@allowed("plans.edit")
def edit_action(action_id: int) -> View:
    """Save an action."""
    draft, version, path = forms.typed_action(), version_from(request.form), f"/plans/actions/{action_id}"
    return _save(
        Form(draft, version),
        path,
        path,
        lambda: editing.edit_action(action_id, draft, version=version, person=person()),
    )


@blueprint.post("/actions/<int:action_id>/state")
@allowed("plans.report")
def report(action_id: int) -> View:
    """Say how far an action has come."""
    state, version = request.form.get("state", ""), version_from(request.form)
    reporting.set_state(action_id, state, version=version, person=person())
    return _saved(f"/plans/actions/{action_id}")


@blueprint.post("/actions/<int:action_id>/link")
@allowed("plans.edit")
def link(action_id: int) -> View:
    """Link recommendations with an action."""
    try:
        editing.link(action_id, forms.typed_recommendations(), person=person())
    except Invalid as error:
        form = Form(ActionDraft())
        form.fail(error)
        return render_template("plans/action.html", **_action(action_id, form.errors)), 422
    return _saved(f"/plans/actions/{action_id}")


@blueprint.post("/actions/<int:action_id>/unlink/<uuid:recommendation>")
@allowed("plans.edit")
def unlink(action_id: int, recommendation: UUID) -> View:
    """Take a link away."""
    editing.unlink(action_id, recommendation, person=person())
    return _saved(f"/plans/actions/{action_id}")


@blueprint.post("/link")
@allowed("plans.edit")
def link_here() -> View:
    """Link a recommendation with an action that was chosen on its page."""
    wanted, chosen = forms.typed_recommendations()[:1], request.form.get("action", "")
    action_id = int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0
    editing.link(action_id, wanted, person=person())
    return _saved(f"/recommendations/{wanted[0]}")


@blueprint.get("/actions/<int:action_id>/withdraw")
@allowed("plans.edit")
def ask_withdraw(action_id: int) -> View:
    """Ask why an action is to be withdrawn."""
    editing.standing(session(), action_id)
    return _withdrawal(action_id, {})


@blueprint.post("/actions/<int:action_id>/withdraw")
@allowed("plans.edit")
def withdraw(action_id: int) -> View:
    """Withdraw an action."""
    plan_id = editing.standing(session(), action_id).plan_id
    try:
        reason, version = request.form.get("reason", ""), version_from(request.form)
        withdrawing.withdraw(action_id, reason, version=version, person=person())
    except Invalid as error:
        return _withdrawal(action_id, {name: _(what) for name, what in error.fields.items()}), 422
    flash(_("The action was withdrawn."), "success")
    return redirect(site(f"/plans/{plan_id}"), 303)


@blueprint.post("/actions/<int:action_id>/restore")
@allowed("plans.edit")
def restore(action_id: int) -> View:
    """Bring a withdrawn action back."""
    withdrawing.restore(action_id, version=version_from(request.form), person=person())
    return _saved(f"/plans/actions/{action_id}")


def _withdrawal(action_id: int, errors: dict[str, str]) -> str:
    shown = reading.action_page(session(), action_id, person=person())
    return render_template("plans/withdraw.html", page=shown, errors=errors, typed=request.form.get("reason", ""))


def _action(action_id: int, errors: dict[str, str] | None = None) -> dict[str, Any]:
    shown = reading.action_page(session(), action_id, person=person())
    return {"page": shown, "errors": errors or {}, "typed": request.form.get("recommendations", "")}


def _form(form: Form, back: str) -> str:
    return render_template("plans/form.html", form=form, back=back, is_action=isinstance(form.draft, ActionDraft))


def _save(form: Form, back: str, to: str, save: Callable[[], int | None]) -> View:
    """Save what was typed. What cannot be taken is shown again with its faults, what is stale with both versions."""
    try:
        id_ = save()
    except Invalid as error:
        form.fail(error)
        return _form(form, back), 422
    except Conflict as error:
        if "now" not in error.values:
            raise
        now: Any = error.values["now"]
        form.compare(now)
        return _form(form, back), 409
    return _saved(to.format(id_))


def _saved(path: str) -> Response:
    flash(_("Saved."), "success")
    return redirect(site(path), 303)
