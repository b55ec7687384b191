"""The spreadsheet that goes out and comes back: download, upload, preview, apply."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from flask import Blueprint, Response, current_app, render_template, send_file
from werkzeug.wrappers import Response as WerkzeugResponse

from uptake.db import session
from uptake.i18n import gettext as _
from uptake.i18n import listing, ngettext
from uptake.services.lists.exporting import FORMATS
from uptake.services.progress.status_scale import scale
from uptake.services.work import roundtrip, roundtrip_sheet, work_list
from uptake.services.work.roundtrip_fields import FILL
from uptake.web.progress import files_back
from uptake.web.progress.work import asked
from uptake.web.uploads import takes_files
from uptake.web.who import allowed, person

blueprint = Blueprint("roundtrip", __name__)


@blueprint.get("/work/spreadsheet")
@allowed("roundtrip.use")
def spreadsheet() -> str:
    """Where it is downloaded and uploaded."""
    return _page({})


@blueprint.get("/work/spreadsheet.xlsx")
@allowed("roundtrip.use")
def spreadsheet_file() -> Response:
    """The workbook to fill in."""
    wanted = work_list.wanted_from(session(), person(), **{"states": ["open"], **asked(skip_empty=True)})
    stream = BytesIO()
    roundtrip_sheet.write(session(), stream, wanted, person=person())
    stream.seek(0)
    name = f"uptake-{date.today().isoformat()}.xlsx"
    return send_file(stream, FORMATS["xlsx"], as_attachment=True, download_name=name)


@blueprint.post("/work/spreadsheet")
@takes_files("evidence_mb")
@allowed("roundtrip.use")
def upload() -> WerkzeugResponse | tuple[str, int]:
    """Read the filled workbook, and lead to what it would do."""
    languages = current_app.extensions["uptake"].languages
    return files_back.received(
        lambda stream, name: roundtrip.receive(stream, name, languages, person=person()),
        _page, _("Choose the file that you have filled in."), "/work/spreadsheet",
    )  # fmt: skip


@blueprint.get("/work/spreadsheet/<token>")
@allowed("roundtrip.use")
def preview(token: str) -> str:
    """What the uploaded workbook would do, row by row."""
    found = roundtrip.waiting(session(), token, person=person())
    return files_back.shown("work/preview.html", found, labels=FILL, scale=scale(session()))


@blueprint.post("/work/spreadsheet/<token>")
@allowed("roundtrip.use")
def apply(token: str) -> WerkzeugResponse:
    """Save it as drafts."""
    done = roundtrip.apply(token, person=person())
    said = [
        ngettext("{count} new draft", "{count} new drafts", done["new"]),
        ngettext("{count} draft changed", "{count} drafts changed", done["change"]),
        ngettext("{count} row refused", "{count} rows refused", done["refused"]),
    ]
    to = "/work/drafts" if done["new"] + done["change"] else f"/work/spreadsheet/{token}"
    return files_back.taken(_("The spreadsheet was taken: {what}.", what=listing(said)), to)


def _page(errors: dict[str, str]) -> str:
    options = work_list.options(session(), person=person())
    return render_template("work/spreadsheet.html", errors=errors, options=options)
