"""The audit trail as pages: filtered, exported, proved."""

from __future__ import annotations

import datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from uptake.db import db, session
from uptake.services import audit_pages
from uptake.services.audit_pages import Filter
from uptake.web.importing.memory import action_name, fact
from uptake.web.links import site
from uptake.web.params import clean
from uptake.web.portal.facts import fact_value, worded
from uptake.web.who import allowed, person

blueprint = Blueprint("audit", __name__)
NAMES = ("who", "action", "subject", "from", "to")


@blueprint.get("/audit")
@allowed("audit.read")
def audit() -> str:
    """Who did what, when, and why."""
    asked = _asked()
    before = request.args.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 12 else None
    page = audit_pages.entries(session(), _filter(asked), person=person(), before=number)
    given = {name: value for name, value in asked.items() if value}
    return render_template(
        "memory/audit.html", page=page, asked=asked, query=urlencode(given), action_name=action_name, fact_name=fact,
        fact_value=fact_value, worded=worded,
    )  # fmt: skip


@blueprint.get("/audit.<any(csv,jsonl):form>")
@allowed("audit.read")
def export(form: str) -> Response:
    """All that the filter finds, as a file."""
    pieces = audit_pages.export(session(), db.engine, _filter(_asked()), form, person=person())
    answer = Response(pieces, mimetype=audit_pages.FORMATS[form])
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"audit-{datetime.date.today().isoformat()}.{form}"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/audit/verify")
@allowed("audit.read")
def verify() -> Redirect:
    """Prove that nobody has altered the trail."""
    proof = audit_pages.prove(session(), person=person())
    flash(audit_pages.described(proof), "success" if proof.broken is None else "error")
    return redirect(site("/audit"), 303)


def _asked() -> dict[str, str]:
    return {name: clean(request.args.get(name, ""))[:200] for name in NAMES}


def _filter(asked: dict[str, str]) -> Filter:
    """Days that cannot be read are left out: the page shows what it looked for."""
    for name in ("from", "to"):
        try:
            datetime.date.fromisoformat(asked[name])
        except ValueError:
            asked[name] = ""
    days = [datetime.date.fromisoformat(asked[name]) if asked[name] else None for name in ("from", "to")]
    return Filter(asked["who"], asked["action"], asked["subject"], *days)
