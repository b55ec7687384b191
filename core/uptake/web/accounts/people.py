"""The people of the site: who has which role, invitations, and accounts that are blocked or get another address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import get_locale
from uptake.i18n import gettext as _
from uptake.services.actors.institutions import options as actor_options
from uptake.services.people import accounts, invitations, roles
from uptake.web.addresses import root
from uptake.web.links import site
from uptake.web.who import allowed, person

blueprint = Blueprint("people", __name__)
View = str | Response | tuple[str, int]


@blueprint.get("/people")
@allowed("user.view")
def people() -> View:
    """The accounts and the open invitations."""
    page, words = max(1, min(request.args.get("page", 1, int), 10_000)), request.args.get("q", "").strip()[:100]
    found, count = accounts.people(session(), person=person(), words=words, page=page)
    waiting = accounts.invited(session(), person=person())
    pages = -(-count // accounts.PAGE)
    return render_template("account/people.html", people=found, count=count, waiting=waiting, words=words, number_=page,
                           pages=pages, role_name=roles.role_name)  # fmt: skip


@blueprint.get("/people/invite")
@allowed("user.invite")
def invite() -> View:
    """The form of an invitation."""
    wanted = {"role": request.args.get("role", ""), "actor": request.args.get("actor", "")}
    return _invite({"language": get_locale(), **wanted})


@blueprint.post("/people/invite")
@allowed("user.invite")
def send_invitation() -> View:
    """Invite somebody."""
    values = {name: request.form.get(name, "") for name in ("email", "name", "role", "actor", "language")}
    actor = int(values["actor"]) if values["actor"].isdecimal() and len(values["actor"]) < 10 else None
    draft = invitations.Draft(values["email"], values["name"], values["role"], actor, values["language"])
    try:
        sent = invitations.invite(draft, person=person(), root=root(with_language=False))
    except Invalid as error:
        return _invite(values, error), 422
    flash(_("The invitation to {email} is on its way.", email=sent.email), "success")
    return redirect(site("/people"), 303)


@blueprint.post("/people/invitations/<int:id_>/resend")
@allowed("user.invite")
def resend(id_: int) -> View:
    """Send an invitation anew."""
    sent = invitations.resend(id_, person=person(), root=root(with_language=False))
    flash(_("The invitation to {email} is on its way.", email=sent.email), "success")
    return redirect(site("/people"), 303)


@blueprint.post("/people/invitations/<int:id_>/withdraw")
@allowed("user.invite")
def take_back(id_: int) -> View:
    """Take an invitation back."""
    invitations.take_back(id_, person=person())
    flash(_("The invitation is taken back; its link works no more."), "success")
    return redirect(site("/people"), 303)


@blueprint.get("/people/<int:id_>")
@allowed("user.view")
def one(id_: int) -> View:
    """One account."""
    return _one(id_)


@blueprint.post("/people/<int:id_>/block")
@allowed("user.manage")
def block(id_: int) -> View:
    """Block an account, or let it in again."""
    active = request.form.get("active") == "1"
    accounts.set_active(id_, active, person=person())
    flash(_("The account is open again.") if active else _("The account is blocked and signed out."), "success")
    return redirect(site(f"/people/{id_}"), 303)


@blueprint.post("/people/<int:id_>/second-factor")
@allowed("user.manage")
def take_off_second_factor(id_: int) -> View:
    """Take the second factor off an account whose owner lost it."""
    accounts.take_off_second_factor(id_, person=person())
    flash(_("The second factor is off, and the account signed out. The person signs in with the password."), "success")
    return redirect(site(f"/people/{id_}"), 303)


@blueprint.post("/people/<int:id_>/email")
@allowed("user.manage")
def change_email(id_: int) -> View:
    """Give an account another address."""
    typed = request.form.get("email", "")
    try:
        accounts.change_email(id_, typed, person=person())
    except (Invalid, Conflict) as error:
        message = error.fields.get("email", "") if isinstance(error, Invalid) else error.message
        return _one(id_, typed, {"email": _(message)}), 422
    flash(_("The address is changed; both addresses are told."), "success")
    return redirect(site(f"/people/{id_}"), 303)


def _one(id_: int, typed: str | None = None, errors: dict[str, str] | None = None) -> str:
    found = accounts.one(session(), id_, person=person())
    return render_template("account/person.html", one=found, email=found.email if typed is None else typed,
                           errors=errors or {}, role_name=roles.role_name)  # fmt: skip


def _invite(values: dict[str, Any], error: Invalid | None = None) -> str:
    offered = [(code, roles.role_name(code), roles.role_hint(code)) for code in roles.grantable(person())]
    return render_template(
        "account/invite.html", values=values, roles=offered, actors=actor_options(session(), get_locale()),
        errors={name: _(what) for name, what in error.fields.items()} if error else {},
    )  # fmt: skip
