"""Settings of the site: the steps of an update, delays, the front page's text, and the words of the status scale."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import get_locale
from uptake.i18n import gettext as _
from uptake.models.progress import StatusValue
from uptake.services import site_settings
from uptake.services.permissions import may
from uptake.services.progress import status_scale, workflow
from uptake.services.site_settings import SETTINGS, Known
from uptake.services.translating import languages as interface
from uptake.web.extensions import registry
from uptake.web.links import site
from uptake.web.running import setting_fields
from uptake.web.who import allowed, person

blueprint = Blueprint("settings_pages", __name__)


@blueprint.get("/settings")
@allowed("workflow.edit")
def show() -> str:
    """All settings that the person may choose."""
    return _page()


@blueprint.post("/settings")
@allowed("workflow.edit")
def choose() -> Response | tuple[str, int]:
    """Choose them anew."""
    typed = setting_fields.typed(_mine())
    try:
        changed = site_settings.change(
            typed,
            person=person(),
            seen=setting_fields.seen(_mine()),
            reason=request.form.get("reason", "").strip()[:500] or None,
        )
    except Invalid as error:
        return _page({name: _(what) for name, what in error.fields.items()}, typed=setting_fields.shown(typed)), 422
    except Conflict:
        return _page(typed=setting_fields.shown(typed), conflict=True), 409
    moved = workflow.pass_waiting(person=person()) if changed else 0
    flash(_("The settings are saved."), "success")
    if moved:
        flash(_("{count} updates that waited have gone on.", count=moved), "info")
    return redirect(site("/settings"), 303)


@blueprint.get("/settings/status-scale")
@allowed("workflow.edit")
def scale() -> str:
    """The words of the status scale."""
    return _scale()


@blueprint.post("/settings/status-scale/<code>")
@allowed("workflow.edit")
def change_value(code: str) -> Response | tuple[str, int]:
    """Rename a value, word its rule anew, switch it off or on."""
    form = request.form
    before = {"name": form.get("was_name", ""), "rule": form.get("was_rule", "").replace("\r\n", "\n"),
              "active": form.get("was_active") == "1"}  # fmt: skip
    try:
        status_scale.change_value(
            code, _language(), form.get("name", ""), form.get("rule", "").replace("\r\n", "\n"),
            form.get("active") == "1", before, person=person(),
        )  # fmt: skip
    except Invalid as error:
        return _scale(code, {name: _(what) for name, what in error.fields.items()}), 422
    except Conflict as error:
        return _scale(code, {"": f"{_(error.message)} {_(error.remedy)}"}), 409
    flash(_("The status scale is saved."), "success")
    return redirect(f"{site('/settings/status-scale')}?language={_language()}", 303)


def _page(errors: dict[str, str] | None = None, *, typed: dict[str, Any] | None = None, conflict: bool = False) -> str:
    now = site_settings.current(session())
    both = [
        (_(one.label), setting_fields.words(one, now[one.name]), setting_fields.words(one, typed[one.name]))
        for one in _mine()
        if conflict and typed
    ]
    return render_template(
        "progress/settings.html", known=_mine(), values=setting_fields.shown(now) | (typed or {}), errors=errors or {},
        versions=site_settings.versions(session()), languages=setting_fields.languages(), both=both,
        changes=site_settings.latest_changes(session()),
        standings=list(interface.standings(registry(), current_app.extensions["uptake"].languages)),
    )  # fmt: skip


def _scale(code: str = "", errors: dict[str, str] | None = None) -> str:
    rows = {row.code: row for row in session().query(StatusValue).order_by(StatusValue.position)}
    return render_template(
        "progress/scale_settings.html", rows=rows, scale=status_scale.scale(session()), language=_language(),
        languages=setting_fields.languages(), errors=errors or {}, at=code, typed=request.form,
    )  # fmt: skip


def _mine() -> list[Known]:
    """The core's settings that the person may choose; those of plugins stand on the plugins' pages."""
    return [one for one in SETTINGS.values() if "." not in one.name and may(person(), one.action)]


def _language() -> str:
    """The language whose words are being written."""
    wanted = request.values.get("language", "")
    return wanted if wanted in current_app.extensions["uptake"].languages else get_locale()
