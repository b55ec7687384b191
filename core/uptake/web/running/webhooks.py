"""Webhooks for administrators: which addresses are told of what, and what became of each message."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import gettext as _
from uptake.services.telling import webhooks
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.who import allowed, person

blueprint = Blueprint("webhooks", __name__)
View = str | Response | tuple[str, int]


@blueprint.get("/webhooks")
@allowed("webhook.manage")
def index() -> View:
    """All of them, and the form for one more."""
    return _index({"events": list(webhooks.EVENTS)})


@blueprint.post("/webhooks")
@allowed("webhook.manage")
def add() -> View:
    """Enter one; the page that answers shows its secret, and no other ever does."""
    address, events = request.form.get("address", ""), request.form.getlist("events")
    try:
        uuid, secret = webhooks.add(address, events, person=person())
    except Invalid as error:
        return _index(
            {"address": address, "events": events}, {name: _(what) for name, what in error.fields.items()}
        ), 422
    return _one(uuid, secret)


@blueprint.get("/webhooks/<uuid:uuid>")
@allowed("webhook.manage")
def one(uuid: UUID) -> View:
    """What was sent to one."""
    return _one(uuid)


@blueprint.post("/webhooks/<uuid:uuid>/secret")
@allowed("webhook.manage")
def renew(uuid: UUID) -> View:
    """Give it a new secret."""
    return _one(uuid, webhooks.renew(uuid, person=person()))


@blueprint.post("/webhooks/<uuid:uuid>/switch")
@allowed("webhook.manage")
def switch(uuid: UUID) -> View:
    """Switch it off or on."""
    active = request.form.get("active") == "1"
    webhooks.switch(uuid, active, person=person())
    flash(_("It is told again.") if active else _("It is told nothing more."), "success")
    return redirect(site(f"/webhooks/{uuid}"), 303)


@blueprint.post("/webhooks/<uuid:uuid>/remove")
@allowed("webhook.manage")
def remove(uuid: UUID) -> View:
    """Forget it."""
    webhooks.remove(uuid, person=person())
    flash(_("The webhook is removed."), "success")
    return redirect(site("/webhooks"), 303)


@blueprint.post("/webhooks/messages/<uuid:uuid>/again")
@allowed("webhook.manage")
def again(uuid: UUID) -> View:
    """Send one message once more."""
    hook = webhooks.send_again(uuid, person=person())
    flash(_("The message is sent again."), "success")
    return redirect(site(f"/webhooks/{hook}"), 303)


def _index(values: dict[str, Any], errors: dict[str, str] | None = None) -> str:
    rows = webhooks.rows(session(), person=person())
    return render_template("webhooks/list.html", rows=rows, events=webhooks.EVENTS, values=values, errors=errors or {})


def _one(uuid: UUID, secret: str = "") -> str:
    number = number_from(request.args, "page", 1, LAST_PAGE)
    log = webhooks.log(session(), uuid, number, person=person())
    return render_template(
        "webhooks/page.html", log=log, secret=secret, events=webhooks.EVENTS, states=webhooks.STATE_NAMES
    )
