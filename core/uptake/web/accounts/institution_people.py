"""Roles of people: given and ended on the page of an institution or of the site, and handed over."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import get_locale
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.people import SITE_ROLES, Membership
from uptake.services.actors import institution_pages, institutions
from uptake.services.people import handover, memberships, roles
from uptake.services.permissions import require
from uptake.web.addresses import root
from uptake.web.links import site
from uptake.web.responsibility.institution_forms import day_of, told
from uptake.web.responsibility.institutions import blueprint, page_values
from uptake.web.who import allowed, person


@blueprint.get("/roles")
@allowed("membership.edit")
def site_roles() -> str:
    """Who has a role on the whole site."""
    return render_template("institutions/site_roles.html", **_site_values())


@blueprint.post("/roles")
@allowed("membership.edit")
def give_on_site() -> Any:
    """Give a role on the whole site."""
    try:
        memberships.give(_role(None), person=person())
    except Invalid as error:
        return render_template("institutions/site_roles.html", **_site_values(request.form, told(error))), 422
    flash(_("The role was given."), "success")
    return redirect(site("/roles"), 303)


@blueprint.post("/institutions/<code>/roles")
@allowed("membership.edit")
def give(code: str) -> Any:
    """Give a role in an institution."""
    actor = institutions.find(session(), code)
    try:
        memberships.give(_role(actor.id), person=person())
    except Invalid as error:
        values = {**page_values(code), "typed": request.form, "errors": told(error)}
        return render_template("institutions/page.html", **values), 422
    flash(_("The role was given."), "success")
    return redirect(site(f"/institutions/{actor.code}"), 303)


@blueprint.post("/roles/<int:id_>/end")
@allowed("membership.edit")
def end(id_: int) -> Any:
    """Let a role end."""
    try:
        row = memberships.end(id_, day_of("until"), version=_version(), person=person(), reason=_reason())
    except Invalid as error:
        return _wrong(id_, error)
    flash(_("The role ends on {day}.", day=row.until), "success")
    return _back(row)


@blueprint.post("/roles/<int:id_>/reopen")
@allowed("membership.edit")
def reopen_role(id_: int) -> Any:
    """Take back that a role ends."""
    try:
        row = memberships.reopen(id_, version=_version(), person=person(), reason=_reason())
    except Invalid as error:
        return _wrong(id_, error)
    flash(_("The role is in force again."), "success")
    return _back(row)


@blueprint.route("/roles/<int:id_>/handover", methods=["GET", "POST"])
@allowed("membership.hand_over")
def hand_over(id_: int) -> Any:
    """Give everything open to a successor."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            found = handover.hand_over(
                id_, _successor(), version=_version(), person=person(), root=root(with_language=False)
            )
        except Invalid as error:
            errors = told(error)
        else:
            said = (
                _("Everything was handed over.")
                if found
                else _("An invitation was sent. Open work moves when it is accepted.")
            )
            flash(said, "success")
            row = session().get_one(Membership, id_)
            return _back(row)
    page = handover.page(session(), id_, person=person(), language=get_locale())
    return render_template(
        "institutions/handover.html", page=page, typed=request.form, errors=errors
    ), 422 if errors else 200


def _successor() -> handover.Successor:
    form = request.form
    chosen = form.get("user", "")
    return handover.Successor(
        user=int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None,
        email=form.get("email", ""), name=form.get("name", ""), last_day=day_of("last_day"),
    )  # fmt: skip


def _role(actor_id: int | None) -> memberships.Role:
    chosen = request.form.get("user", "")
    return memberships.Role(
        user=int(chosen) if chosen.isdecimal() and len(chosen) < 10 else None,
        role=request.form.get("role", ""), actor=actor_id, since=day_of("since"), until=day_of("until"),
    )  # fmt: skip


def _site_values(typed: Any = None, errors: dict[str, str] | None = None) -> dict[str, Any]:
    require(person(), "membership.edit")
    given = [role for role in roles.grantable(person()) if role in SITE_ROLES]
    accounts = institution_pages.people(session(), person=person())
    seats = institution_pages.seats(session(), None)
    return {"seats": seats, "accounts": accounts, "grantable": given, "typed": typed or {}, "errors": errors or {}}


def _wrong(id_: int, error: Invalid) -> tuple[str, int]:
    """The page on which the role stands, with what is wrong."""
    row = session().get_one(Membership, id_)
    if row.actor_id is None:
        return render_template("institutions/site_roles.html", **_site_values(errors=told(error))), 422
    actor = session().get_one(Actor, row.actor_id)
    return render_template("institutions/page.html", **{**page_values(actor.code), "errors": told(error)}), 422


def _back(row: Membership) -> Response:
    if row.actor_id is None:
        return redirect(site("/roles"), 303)
    return redirect(site(f"/institutions/{session().get_one(Actor, row.actor_id).code}"), 303)


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _reason() -> str | None:
    return request.form.get("reason", "").strip()[:500] or None
