"""One's own account: profile, ways to sign in, where one is signed in; and the page that an invitation leads to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_login import current_user
from flask_security import login_user
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid, Refused
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.services.people import accounts, invitations, sign_ins
from uptake.services.telling import calendars
from uptake.web.accounts.passwords import checked_password
from uptake.web.accounts.security_sessions import token
from uptake.web.links import site
from uptake.web.menu import menu
from uptake.web.who import person

blueprint = Blueprint("account", __name__)
View = str | Response | tuple[str, int]


@blueprint.get("/signed-in")
def signed_in() -> View:
    """Where signing in leads: the first page of whoever works here."""
    return redirect(site(next((path for path, _label in menu(person())), "/account")))


@blueprint.get("/account")
def mine() -> View:
    """The own account."""
    user = _user()
    return _mine({"name": user.name, "language": user.language, "digest": user.digest})


@blueprint.post("/account")
def save_mine() -> View:
    """Change the own profile."""
    _user()
    values = {name: request.form.get(name, "") for name in ("name", "language", "digest")}
    try:
        accounts.change_profile(values, person=person())
    except Invalid as error:
        return _mine(values, {name: _(what) for name, what in error.fields.items()}), 422
    flash(_("Saved."), "success")
    return redirect(site("/account"), 303)


@blueprint.post("/account/sign-ins/<int:id_>/end")
def end_one(id_: int) -> View:
    """Sign one browser out."""
    _user()
    sign_ins.end_one(id_, person=person())
    flash(_("That browser is signed out."), "success")
    return redirect(site("/account#sign-ins"), 303)


@blueprint.post("/account/sign-ins/end")
def end_others() -> View:
    """Sign every other browser out."""
    sign_ins.end_all(_user().id, person=person(), keep=token())
    flash(_("You are signed out everywhere else."), "success")
    return redirect(site("/account#sign-ins"), 303)


@blueprint.get("/invitation/<token_>")
def invitation(token_: str) -> View:
    """What an invitation offers, and the form to accept it."""
    found = invitations.open_invitation(session(), token_)
    return _invitation(found, {"name": found.name})


@blueprint.post("/invitation/<token_>")
def accept(token_: str) -> View:
    """Open the account of an invitation and sign in."""
    found = invitations.open_invitation(session(), token_)
    name = request.form.get("name", "")
    try:
        secret = checked_password(request.form, email=found.email, name=name)
        user = invitations.accept(token_, name, secret)
    except Invalid as error:
        return _invitation(found, {"name": name}, {field: _(what) for field, what in error.fields.items()}), 422
    login_user(user, authn_via=["invitation"])
    flash(_("Welcome. Your account is ready."), "success")
    return redirect(site("/signed-in"), 303)


def _user() -> Any:
    if not current_user.is_authenticated:
        raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
    return current_user


def _mine(values: dict[str, str], errors: dict[str, str] | None = None) -> str:
    user = _user()
    return render_template(
        "account/mine.html",
        user=user,
        values=values,
        errors=errors or {},
        digests=accounts.DIGESTS,
        calendar=calendars.token_of(session(), person=person()),
        places=sign_ins.places(session(), person(), token()),
        passkeys=list(user.webauthn),
        recovery_codes=len(user.mf_recovery_codes or []),
    )


def _invitation(found: Any, values: dict[str, str], errors: dict[str, str] | None = None) -> str:
    return render_template("account/invitation.html", invitation=found, values=values, errors=errors or {})
