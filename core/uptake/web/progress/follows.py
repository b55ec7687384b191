"""Following, and the searches that people keep: buttons on other pages, and a page of one's own for each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import gettext as _
from uptake.services.lists import saved_views
from uptake.services.permissions import may
from uptake.services.telling import follows
from uptake.web.links import site
from uptake.web.progress.updates import local
from uptake.web.who import allowed, person

blueprint = Blueprint("follows", __name__)


@blueprint.app_context_processor
def _buttons() -> dict[str, Any]:
    """What the buttons on other pages ask."""
    return {"follows_it": _follows_it}


def _follows_it(kind: str, target: object) -> bool:
    """Whether the reader follows this: one query for a page, however many buttons it has."""
    if "follows" not in g:
        g.follows = follows.marks(session(), person=person())
    wanted = follows.key_of(kind, str(target))
    return (kind, wanted) in g.follows


@blueprint.get("/work/follows")
@allowed("follow.use")
def page() -> str:
    """What the reader follows."""
    return render_template("work/follows.html", rows=follows.followed(session(), person=person()))


@blueprint.post("/work/follows")
@allowed("follow.use")
def change() -> Response:
    """Follow something, or stop."""
    kind, target = request.form.get("kind", ""), request.form.get("target", "")
    if request.form.get("stop"):
        follows.unfollow(kind, target, person=person())
        flash(_("You no longer follow this."), "success")
    else:
        follows.follow(kind, target, person=person())
        flash(_("You follow this now. What is new comes to you as a notice."), "success")
    return _back("/work/follows")


@blueprint.get("/work/views")
@allowed("view.save")
def views() -> str:
    """The searches that the reader keeps, and those that others share."""
    return _views({})


@blueprint.post("/work/views")
@allowed("view.save")
def save_view() -> Response | tuple[str, int]:
    """Keep a search under a name."""
    form = request.form
    try:
        saved_views.save(form.get("name", ""), form.get("query", ""), shared=form.get("shared") == "1", person=person())
    except Invalid as error:
        return _views(_said(error), {"name": form.get("name", ""), "query": form.get("query", "")}), 422
    flash(_("The search is kept."), "success")
    return redirect(site("/work/views"), 303)


@blueprint.post("/work/views/<int:id_>")
@allowed("view.save")
def change_view(id_: int) -> Response | tuple[str, int]:
    """Rename, share, unshare or delete a kept search."""
    what = request.form.get("do", "")
    try:
        if what == "delete":
            saved_views.delete(id_, person=person())
        elif what in {"share", "unshare"}:
            saved_views.share(id_, on=what == "share", person=person())
        else:
            saved_views.rename(id_, request.form.get("name", ""), person=person())
    except Invalid as error:
        return _views(_said(error), {"id": id_, "name": request.form.get("name", "")}), 422
    flash(_("That is done."), "success")
    return redirect(site("/work/views"), 303)


def _views(errors: dict[str, str], typed: dict[str, Any] | None = None) -> str:
    listed = saved_views.listed(session(), person=person())
    return render_template(
        "work/views.html", views=listed, errors=errors, typed=typed or {}, may_share=may(person(), "view.share")
    )


def _said(error: Invalid) -> dict[str, str]:
    return {name: _(what) for name, what in error.fields.items()} or {
        "": f"{_(error.message, **error.values)} {_(error.remedy, **error.values)}"
    }


def _back(otherwise: str) -> Response:
    """To the page where the button was."""
    wanted = request.form.get("next", "")
    return redirect(site(wanted if local(wanted) else otherwise), 303)
