"""Pictures that a section takes in."""

from __future__ import annotations

from flask import request
from uptake.toolkit import Invalid, allowed, ngettext, person, version_from

from uptake_reports import pictures
from uptake_reports.blueprint import View, blueprint, refused, saved


@blueprint.post("/sections/<int:section_id>/pictures")
@allowed("reports.write")
def take_pictures(section_id: int) -> View:
    """Take pictures into the text."""
    here, chosen = f"/reports/sections/{section_id}", request.form.getlist("picture")
    try:
        count = pictures.take_in(section_id, chosen, version=version_from(request.form), person=person())
    except Invalid as error:
        return refused(here, error)
    said = ngettext(
        "{count} picture was taken in, at the end of the text.",
        "{count} pictures were taken in, at the end of the text.",
        count,
    )
    return saved(here, said)
