"""Notices: what a person is told, reading it, and how often it comes by mail."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.i18n import ngettext
from uptake.services.telling import digest_mail, digests, notice_pages
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.who import person

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
def notices() -> str:
    """One's own notices."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    return render_template("notices/list.html", page=notice_pages.listing(session(), number, person=person()))


@blueprint.get("/notices/<int:notice_id>")
def open_notice(notice_id: int) -> Response:
    """To the page that a notice is about; it is read then."""
    return redirect(site(notice_pages.open_notice(notice_id, person=person())), 303)


@blueprint.post("/notices/read")
def read_notices() -> Response:
    """Mark all that the page showed as read."""
    until = request.form.get("until", "")
    count = notice_pages.read_all(int(until) if until.isdecimal() and len(until) < 10 else 0, person=person())
    flash(ngettext("{count} notice is marked as read.", "{count} notices are marked as read.", count), "success")
    return redirect(site("/notices"), 303)


@blueprint.get("/unsubscribe/<token>")
def rhythm(token: str) -> str:
    """How often mails come: asked, and not changed, by a link that mail programs may open by themselves."""
    user = digest_mail.user_behind(session(), token)
    return render_template("notices/rhythm.html", chosen=user.digest, token=token, done=False)


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> str:
    """Choose it without a sign-in: the link is the permission. A mail program's own button asks for none at all."""
    user = digest_mail.user_behind(session(), token)
    chosen = digests.set_rhythm(user.id, request.form.get("digest", "never"))
    return render_template("notices/rhythm.html", chosen=chosen, token=token, done=True)


@blueprint.record_once
def _exempt(state: BlueprintSetupState) -> None:
    """Mail programs hold no token of a form, and the link is worth one."""
    state.app.extensions["csrf"].exempt(unsubscribe)


@blueprint.app_context_processor
def _bell() -> dict[str, object]:
    return {"unread_notices": lambda: notice_pages.unread_count(session(), person())}
