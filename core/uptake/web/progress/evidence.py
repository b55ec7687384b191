"""Evidence: the page on which it is added to a draft, and the files themselves, protected as their update is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import gettext as _
from uptake.models.progress import StoredFile
from uptake.services.progress import evidence
from uptake.services.storing import storage
from uptake.services.storing.file_kinds import ACCEPT
from uptake.web.links import site
from uptake.web.uploads import limit_in_mb, takes_files
from uptake.web.who import allowed, person

blueprint = Blueprint("evidence", __name__)
PIECE = 1 << 16
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@blueprint.get("/updates/<uuid:uuid>/evidence")
@allowed("internal.read")
def show(uuid: UUID) -> str:
    """The evidence of an update."""
    return _page(uuid)


@blueprint.post("/updates/<uuid:uuid>/evidence/files")
@takes_files("evidence_mb")
@allowed("update.draft")
def add_files(uuid: UUID) -> Answer | tuple[str, int]:
    """Add one file or several."""
    try:
        files = [file for file in request.files.getlist("file") if file.filename]
        if not files:
            raise Invalid(_("No file was chosen."), fields={"file": _("Choose a file.")})
        title = request.form.get("title", "") if len(files) == 1 else ""
        for file in files:
            evidence.add_file(uuid, file.stream, file.filename or "", title, person=person())
    except Invalid as error:
        return _page(uuid, error), 422
    return _done(uuid, _("The file was added."))


@blueprint.post("/updates/<uuid:uuid>/evidence/links")
@allowed("update.draft")
def add_link(uuid: UUID) -> Answer | tuple[str, int]:
    """Add a link."""
    try:
        evidence.add_link(uuid, request.form.get("address", ""), request.form.get("title", ""), person=person())
    except Invalid as error:
        return _page(uuid, error), 422
    return _done(uuid, _("The link was added."))


@blueprint.post("/updates/<uuid:uuid>/evidence/documents")
@allowed("update.draft")
def add_document(uuid: UUID) -> Answer | tuple[str, int]:
    """Add a document of the register."""
    try:
        evidence.add_document(uuid, request.form.get("symbol", ""), person=person())
    except Invalid as error:
        return _page(uuid, error), 422
    return _done(uuid, _("The document was added."))


@blueprint.post("/updates/<uuid:uuid>/evidence/<int:number>/remove")
@allowed("update.draft")
def remove(uuid: UUID, number: int) -> Answer:
    """Take one piece away."""
    evidence.remove(uuid, number, person=person())
    return _done(uuid, _("The evidence was taken away."))


@blueprint.get("/files/<uuid:uuid>/<name>")
def download(uuid: UUID, name: str) -> Response:
    """A file, to be saved and never to be shown inside the site."""
    return file_answer(*evidence.file_for(session(), uuid, person=person()))


def file_answer(file: StoredFile, public: bool) -> Response:
    """A stored file that somebody may have, in pieces and harmless."""
    stream = storage.open_file(file)
    charset = "; charset=utf-8" if file.media_type.startswith("text/") else ""
    answer = Response(_pieces(stream), content_type=file.media_type + charset)
    answer.call_on_close(stream.close)
    answer.content_length = file.size
    answer.headers["Content-Disposition"] = disposition(file.name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "public, max-age=0, must-revalidate" if public else "private, no-store"
    return answer


def disposition(name: str) -> str:
    """The header that has a file saved under its name (RFC 6266), with a plain one for old browsers."""
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%;' else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(PIECE):
            yield piece


def _page(uuid: UUID, error: Invalid | None = None) -> str:
    values: dict[str, Any] = {
        "panel": evidence.panel(session(), uuid, person=person()),
        "errors": _errors(error),
        "typed": request.form,
        "accept": ACCEPT,
        "limit": limit_in_mb(current_app.extensions["uptake"], "evidence_mb"),
    }
    return render_template("evidence/page.html", **values)


def _errors(error: Invalid | None) -> dict[str, str]:
    if error is None:
        return {}
    said = _(error.message, **error.values)
    return error.fields or {"": f"{said} {_(error.remedy, **error.values)}" if error.remedy else said}


def _done(uuid: UUID, message: str) -> Answer:
    flash(message, "success")
    return redirect(site(f"/updates/{uuid}/evidence"), 303)
