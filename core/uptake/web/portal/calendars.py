"""Calendars for other programs: the public one, and one's own under an address that is a secret."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect
from flask import request as asked
from werkzeug.wrappers import Response as Answer

from uptake.db import session
from uptake.i18n import gettext as _
from uptake.services.telling import calendars
from uptake.web.addresses import root
from uptake.web.extensions import registry
from uptake.web.links import site
from uptake.web.who import allowed, person

blueprint = Blueprint("calendars", __name__)


@blueprint.get("/calendar.ics")
def public() -> Response:
    """Deadlines that everybody may know."""
    return Response(calendars.public(session(), registry(), root()), mimetype="text/calendar")


@blueprint.get("/calendar/<token>.ics")
def personal(token: str) -> Response:
    """What is due for the person whose address it is, who need not sign in for it."""
    return Response(calendars.personal(session(), registry(), token, root()), mimetype="text/calendar")


@blueprint.post("/account/calendar")
@allowed("work.read")
def renew() -> Answer:
    """A new address for one's own calendar, or none."""
    on = asked.form.get("stop") != "1"
    calendars.renew(person=person(), on=on)
    flash(_("Your calendar has a new address.") if on else _("Your calendar has no address any more."), "success")
    return redirect(site("/account#calendar"), 303)
