"""One's own tokens for the API: made, shown once, seen with their last use, revoked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid, Refused
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.services.people import api_tokens
from uptake.services.permissions import Person
from uptake.web.links import site
from uptake.web.params import number_from
from uptake.web.who import person

blueprint = Blueprint("tokens", __name__)
View = str | Response | tuple[str, int]
STATES = {"valid": N_("Valid"), "expired": N_("Past its day"), "revoked": N_("Revoked")}


@blueprint.get("/account/tokens")
def mine() -> View:
    """The own tokens, and the form for one more."""
    return _page(_own(), {"scopes": [api_tokens.READ], "days": 90})


@blueprint.post("/account/tokens")
def make() -> View:
    """Make one; the page that answers shows it, and no other ever does."""
    own, form = _own(), request.form
    name, scopes, days = form.get("name", ""), form.getlist("scopes"), number_from(form, "days", 0, 1000)
    try:
        secret = api_tokens.make(name, scopes, days, person=own)
    except Invalid as error:
        errors = {name: _(what) for name, what in error.fields.items()} or {"": _(error.message, **error.values)}
        return _page(own, {"name": name, "scopes": scopes, "days": days}, errors), 422
    return _page(own, {"scopes": [api_tokens.READ], "days": 90}, secret=secret)


@blueprint.post("/account/tokens/<int:id_>/revoke")
def revoke(id_: int) -> View:
    """End one."""
    api_tokens.revoke(id_, person=_own())
    flash(_("The token is revoked: nothing gets in with it any more."), "success")
    return redirect(site("/account/tokens"), 303)


def _own() -> Person:
    if not person().signed_in:
        raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
    return person()


def _page(own: Person, values: dict[str, Any], errors: dict[str, str] | None = None, secret: str = "") -> str:
    return render_template(
        "account/tokens.html", tokens=api_tokens.mine(session(), person=own), values=values, errors=errors or {},
        secret=secret, scopes=api_tokens.SCOPES, days=api_tokens.DAYS, states=STATES,
    )  # fmt: skip
