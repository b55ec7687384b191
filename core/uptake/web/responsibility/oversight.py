"""How things stand, for those who watch over them."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from uptake.db import session
from uptake.i18n import N_
from uptake.services.progress.workflow_moves import STATES
from uptake.services.work import oversight
from uptake.services.work.worklists import STATES as LISTS
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.who import allowed, person

blueprint = Blueprint("oversight", __name__)
TOOK = {
    "submitted": N_("to write and submit"), "confirmed": N_("to be confirmed"), "approved": N_("to be approved"),
    "published": N_("to be published"),
}  # fmt: skip


@blueprint.get("/oversight")
@allowed("oversight.read")
def overview() -> str:
    """Where updates stop, who is late, how long things take."""
    page = oversight.oversight(session(), number_from(request.args, "page", 1, LAST_PAGE), person=person())
    return render_template(
        "oversight/page.html", page=page, states=STATES, lists=LISTS, tallied=oversight.TALLIED, took=TOOK
    )
