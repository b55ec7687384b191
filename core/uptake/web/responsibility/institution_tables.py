"""Institutions as a table: download, upload, preview, apply."""

from __future__ import annotations

from datetime import date
from typing import Any, BinaryIO, cast

from flask import Response, current_app, flash, redirect, render_template, request

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_, ngettext
from uptake.i18n import gettext as _
from uptake.services.actors import institution_table
from uptake.texts import slugify
from uptake.web.links import site
from uptake.web.responsibility.institution_forms import LABELS, shown
from uptake.web.responsibility.institutions import blueprint
from uptake.web.who import allowed, person

WORDS = {"new": N_("New"), "changed": N_("Changed"), "same": N_("The same"), "refused": N_("Refused")}


@blueprint.get("/institutions.<any(csv,xlsx):ext>")
@allowed("actor.view")
def download(ext: str) -> Response:
    """All institutions as a file."""
    languages = current_app.extensions["uptake"].languages
    response = Response(
        institution_table.export(session(), ext, languages, person=person()), mimetype=institution_table.FORMATS[ext]
    )
    name = f"{slugify(current_app.extensions['uptake'].title)}-institutions-{date.today().isoformat()}.{ext}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@blueprint.get("/institutions/table")
@allowed("actor.edit")
def table() -> str:
    """Where a table is uploaded."""
    return _page()


@blueprint.post("/institutions/table")
@allowed("actor.edit")
def preview() -> Any:
    """What a table would change."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid(N_("No file was chosen."), fields={"file": N_("Choose the table.")})
        found = institution_table.read(session(), cast(BinaryIO, file.stream), file.filename[:200], person=person())
    except Invalid as error:
        said = {"file": f"{_(error.message, **error.values)} {_(error.remedy, **error.values)}".strip()}
        return _page(errors=said), 422
    return _page(preview=found)


@blueprint.post("/institutions/table/apply")
@allowed("actor.edit")
def apply() -> Any:
    """Take the previewed table over."""
    packed, mark = request.form.get("packed", ""), request.form.get("mark", "")
    try:
        done = institution_table.apply(packed, mark, person=person())
    except (Invalid, Conflict) as error:
        said = {"file": f"{_(error.message, **error.values)} {_(error.remedy, **error.values)}".strip()}
        return _page(errors=said), error.status
    count = done.count("new") + done.count("changed")
    flash(
        ngettext("{count} institution was entered or changed.", "{count} institutions were entered or changed.", count),
        "success",
    )
    return redirect(site("/institutions"), 303)


def _page(preview: institution_table.Preview | None = None, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "institutions/table.html", preview=preview, errors=errors or {}, words=WORDS, labels=LABELS, value_of=_value_of,
        kinds=institution_table.KINDS, levels=institution_table.LEVELS,
    )  # fmt: skip


def _value_of(draft: Any, name: str) -> str:
    return shown(draft, name) if draft else ""
