"""Packages for administrators: the site as one file, made in the background and kept for a day."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import gettext as _
from uptake.services.exchange import package_jobs
from uptake.web.links import site
from uptake.web.progress.evidence import file_answer
from uptake.web.who import allowed, person

blueprint = Blueprint("packages", __name__)


@blueprint.get("/packages")
@allowed("package.make")
def index() -> str:
    """Those that are made or in the making, and the form for one more."""
    return _index()


@blueprint.post("/packages")
@allowed("package.make")
def make() -> WerkzeugResponse | tuple[str, int]:
    """Have one made."""
    try:
        package_jobs.start(request.form.get("holds", ""), person=person())
    except Invalid as error:
        return _index({name: _(what) for name, what in error.fields.items()}), 422
    flash(_("The package is being made."), "success")
    return redirect(site("/packages"), 303)


@blueprint.get("/packages/<uuid:uuid>/file")
@allowed("package.make")
def download(uuid: UUID) -> Response:
    """One of them as a file."""
    return file_answer(package_jobs.file_of(session(), uuid, person=person()), public=False)


def _index(errors: dict[str, str] | None = None) -> str:
    rows = package_jobs.listing(session(), person=person())
    return render_template("packages/list.html", rows=rows, holds=package_jobs.HOLDS, errors=errors or {})
