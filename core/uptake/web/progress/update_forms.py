"""Writing an update: one page, which saves itself while somebody types and loses nothing when two people write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import gettext as _
from uptake.i18n import language_name
from uptake.models.progress import Update
from uptake.services.progress import update_forms, updates
from uptake.services.progress.update_fields import FIELDS, LABELS, content_of
from uptake.services.progress.updates import Beginning
from uptake.web.links import site
from uptake.web.params import version_from
from uptake.web.progress.updates import uuid_from
from uptake.web.who import allowed, person

blueprint = Blueprint("progress_forms", __name__)
Answer = Response | str | tuple[str, int]


@blueprint.get("/updates/new")
@allowed("update.draft")
def new() -> str:
    """An empty form, filled as far as can be known."""
    form = update_forms.beginning(session(), _chosen(request.args), _actor(request.args), person=person())
    return _form(form, once=uuid4().hex)


@blueprint.post("/updates/new")
@allowed("update.draft")
def create() -> Answer:
    """Begin an update, or go on with the one that this very form has begun."""
    return _written(None)


@blueprint.get("/updates/<uuid:uuid>/edit")
@allowed("update.draft")
def edit(uuid: UUID) -> str:
    """A draft."""
    return _form(update_forms.editing(session(), uuid, person=person()))


@blueprint.post("/updates/<uuid:uuid>/edit")
@allowed("update.draft")
def save(uuid: UUID) -> Answer:
    """Write a draft anew."""
    return _written(uuid)


def _written(uuid: UUID | None) -> Answer:
    begun = updates.begun(session(), request.form.get("once", ""), person()) if uuid is None else None
    try:
        update = _store(uuid, begun)
    except Invalid as error:
        return _refused(uuid or (begun.uuid if begun else None), error)
    except Conflict as error:
        at = uuid or (begun.uuid if begun else None)
        if at is None:
            raise
        return _both(at, error)
    return _saved(update)


def _store(uuid: UUID | None, begun: Update | None) -> Update:
    form = request.form
    how, version = form.get("do", "save"), form.get("version", "")
    if uuid is None and begun is not None and version:
        uuid = begun.uuid
    if uuid is None:
        actor = _actor(form)
        if actor is None:
            raise Invalid(_("The institution is missing."), fields={"actor": _("Choose the institution.")})
        start = Beginning(actor, tuple(_chosen(form)), form.get("once", ""))
        return updates.create(start, _typed(), person=person(), submit=how == "submit")
    return updates.save(
        uuid, _typed(), person=person(), version=version_from(form),
        recommendations=_chosen(form), submit=how == "submit", quietly=how == "autosave",
    )  # fmt: skip


def _saved(update: Update) -> Answer:
    how = request.form.get("do", "save")
    if how == "autosave":
        return _fragment(update.version)
    if how == "evidence":
        return redirect(site(f"/updates/{update.uuid}/evidence"), 303)
    flash(_("The update was submitted.") if how == "submit" else _("The draft is saved."), "success")
    return redirect(site(f"/updates/{update.uuid}" if how == "submit" else f"/updates/{update.uuid}/edit"), 303)


def _refused(uuid: UUID | None, error: Invalid) -> Answer:
    errors = {name: _(what) for name, what in error.fields.items()} or {"": _(error.message, **error.values)}
    if request.form.get("do") == "autosave":
        return _fragment(request.form.get("version", ""), error=next(iter(errors.values())))
    if uuid is None:
        form = update_forms.beginning(session(), _known(), _actor(request.form), person=person())
        form.values = _typed()
        return _form(form, errors, once=request.form.get("once", "")), 422
    form = update_forms.editing(session(), uuid, person=person())
    form.values = _typed()
    return _form(form, errors, version=request.form.get("version", "")), 422


def _both(uuid: UUID, error: Conflict) -> Answer:
    """Both versions above a form that still holds all that was typed and knows the version saved by now."""
    form = update_forms.editing(session(), uuid, person=person())
    assert form.update is not None
    theirs, mine = content_of(form.update), _typed()
    both = [(_(LABELS[name]), theirs[name], mine[name]) for name in FIELDS]
    if request.form.get("do") == "autosave":
        return _fragment(request.form.get("version", ""), both=both, error=_(error.message))
    form.values = mine
    return _form(form, both=both, message="" if form.update.state == "draft" else str(_(error.message))), 409


def _form(
    form: update_forms.Form, errors: dict[str, str] | None = None, *, once: str = "", version: str | None = None,
    both: list[tuple[str, Any, Any]] | None = None, message: str = "",
) -> str:  # fmt: skip
    settings = current_app.extensions["uptake"]
    languages = dict.fromkeys([*settings.languages, *([form.values["language"]] if form.values["language"] else [])])
    known = form.update.version if form.update and version is None else version
    return render_template(
        "progress/form.html", form=form, errors=errors or {}, once=once, stamp=known if known is not None else "",
        both=both, message=message, languages=[(code, language_name(code)) for code in languages],
    )  # fmt: skip


def _fragment(version: int | str, *, error: str = "", both: list[tuple[str, Any, Any]] | None = None) -> str:
    return render_template(
        "progress/saved.html", stamp=version, error=error, both=both, saved=datetime.now(UTC), swapped=True
    )


def _typed() -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in FIELDS}


def _chosen(values: Any) -> list[UUID]:
    return [uuid_from(written) for written in values.getlist("r")]


def _known() -> list[UUID]:
    """What a refused form was about."""
    found = []
    for written in request.form.getlist("r"):
        try:
            found.append(UUID(written))
        except ValueError:
            continue
    return found


def _actor(values: Any) -> int | None:
    written = values.get("actor", "")
    return int(written) if written.isdecimal() and len(written) < 10 else None
