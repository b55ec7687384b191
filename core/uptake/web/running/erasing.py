"""A person's own data as a file, and its erasure on request."""

from __future__ import annotations

import json

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from uptake.db import session
from uptake.errors import Conflict, Invalid, Refused
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.services.people import accounts, erasure, own_data
from uptake.web.importing.files import told
from uptake.web.links import site
from uptake.web.who import allowed, person

blueprint = Blueprint("erasing", __name__)


@blueprint.get("/account/data.json")
def mine() -> Response:
    """All that the site holds of the reader."""
    number = person().id
    if number is None:
        raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
    return _file(number)


@blueprint.get("/people/<int:id_>/data.json")
@allowed("user.erase")
def theirs(id_: int) -> Response:
    """All that the site holds of somebody."""
    return _file(id_)


@blueprint.get("/people/<int:id_>/erase")
@allowed("user.erase")
def ask(id_: int) -> str:
    """What an erasure does, before it is done."""
    return _page(id_, {})


@blueprint.post("/people/<int:id_>/erase")
@allowed("user.erase")
def erase(id_: int) -> Redirect | tuple[str, int]:
    """Erase a person's data."""
    try:
        if request.form.get("sure") != "1":
            raise Invalid(N_("Say that you are sure."), fields={"sure": N_("Tick the box: this cannot be taken back.")})
        done = erasure.erase(id_, person=person(), reason=request.form.get("reason", ""))
    except Invalid as error:
        return _page(id_, told(error)), 422
    except Conflict as error:
        return _page(id_, {"": f"{_(error.message)} {_(error.remedy)}"}), 409
    flash(_("The person's data was erased."), "success")
    if done.mentions:
        flash(
            _(
                "The audit trail cannot be changed; in {count} of its entries people have written the name.",
                count=done.mentions,
            )
        )
    return redirect(site("/people"), 303)


def _page(id_: int, errors: dict[str, str]) -> str:
    found = accounts.one(session(), id_, person=person())
    mentions = erasure.mentions_of(session(), id_, person=person())
    return render_template("memory/erase.html", found=found, mentions=mentions, errors=errors, given=request.form)


def _file(id_: int) -> Response:
    data = own_data.own_data(session(), id_, person=person())
    answer = Response(json.dumps(data, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"person-{id_}.json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
