"""Comments: written and withdrawn on the page of a recommendation or an update, or on a page of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import CONTENT_LANGUAGES, language_name
from uptake.i18n import gettext as _
from uptake.services.progress import comments
from uptake.web.links import site
from uptake.web.who import allowed, person

blueprint = Blueprint("comments", __name__)


@blueprint.app_context_processor
def _on_update() -> dict[str, Any]:
    return {
        "comments_on_update": lambda update_id: comments.of(session(), person(), update_id=update_id),
        "comment_languages": _languages,
    }


@blueprint.get("/recommendations/<uuid:uuid>/comments", defaults={"kind": "recommendation"})
@blueprint.get("/updates/<uuid:uuid>/comments", defaults={"kind": "update"})
@allowed("internal.read")
def show(kind: str, uuid: UUID) -> str:
    """The comments on one thing."""
    return render_template("comments/page.html", **_panel(kind, uuid))


@blueprint.post("/recommendations/<uuid:uuid>/comments", defaults={"kind": "recommendation"})
@blueprint.post("/updates/<uuid:uuid>/comments", defaults={"kind": "update"})
@allowed("comment.write")
def write(kind: str, uuid: UUID) -> Answer | tuple[str, int]:
    """Add one."""
    text, language, picked = request.form.get("text", ""), request.form.get("language", ""), _picked()
    try:
        comments.write(text, picked, language=language, person=person(), **{kind: uuid})
    except Invalid as error:
        values = {**_panel(kind, uuid), "typed": text, "typed_in": language, "picked": picked, "errors": error.fields}
        return render_template("comments/page.html", **values), 422
    flash(_("Your comment stands here, for those involved only."), "success")
    return redirect(site(f"/{kind}s/{uuid}#comments"), 303)


@blueprint.post("/comments/<int:number>/withdraw")
@allowed("comment.withdraw")
def withdraw(number: int) -> Answer:
    """Take one back."""
    target = comments.withdraw(number, person=person())
    flash(_("The comment was withdrawn."), "success")
    return redirect(site(target.path), 303)


def _panel(kind: str, uuid: UUID) -> dict[str, comments.Panel]:
    return {"comments": comments.panel(person=person(), **{kind: uuid})}


def _languages() -> list[tuple[str, str]]:
    codes = dict.fromkeys((*current_app.extensions["uptake"].languages, *CONTENT_LANGUAGES))
    return [(code, language_name(code)) for code in codes]


def _picked() -> list[int]:
    return [int(one) for one in request.form.getlist("mentions")[:300] if one.isdecimal() and len(one) < 10]
