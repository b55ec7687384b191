"""The plugins' pages for administrators: what runs, what is broken and why, and the settings that each declares."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import gettext as _
from uptake.services import site_settings
from uptake.services.plugins import plugin_faults, plugin_pages
from uptake.web.extensions import registry
from uptake.web.links import site
from uptake.web.running import setting_fields
from uptake.web.who import allowed, person

blueprint = Blueprint("plugin_pages", __name__)


@blueprint.get("/plugins")
@allowed("plugin.manage")
def index() -> str:
    """Every installed plugin."""
    return render_template("plugins/list.html", rows=plugin_pages.rows(session(), registry(), person=person()))


@blueprint.get("/plugins/<name>")
@allowed("plugin.manage")
def plugin(name: str) -> str:
    """One plugin."""
    return _page(name)


@blueprint.post("/plugins/<name>/settings")
@allowed("plugin.manage")
def choose(name: str) -> Response | tuple[str, int]:
    """Choose its settings anew."""
    known = plugin_pages.page(session(), registry(), name, person=person()).settings
    values = setting_fields.typed(known)
    try:
        site_settings.change(values, person=person(), seen=setting_fields.seen(known))
    except Invalid as error:
        return _page(name, {field: _(what) for field, what in error.fields.items()}, setting_fields.shown(values)), 422
    except Conflict as error:
        return _page(name, {"": f"{_(error.message)} {_(error.remedy)}"}, setting_fields.shown(values)), 409
    flash(_("The settings are saved."), "success")
    return redirect(site(f"/plugins/{name}"), 303)


@blueprint.post("/plugins/<name>/faults")
@allowed("plugin.manage")
def forget(name: str) -> Response:
    """Clear what went wrong, once it has been mended."""
    plugin_faults.forget(name, person=person())
    flash(_("The list is cleared."), "success")
    return redirect(site(f"/plugins/{name}"), 303)


def _page(name: str, errors: dict[str, str] | None = None, typed: dict[str, Any] | None = None) -> str:
    found = plugin_pages.page(session(), registry(), name, person=person())
    now = setting_fields.shown(site_settings.current(session()))
    return render_template(
        "plugins/page.html", page=found, values=now | (typed or {}), versions=site_settings.versions(session()),
        languages=setting_fields.languages(), errors=errors or {}, form=request.form,
    )  # fmt: skip
