"""The list of documents as a file, at the address of the page with another ending."""

from __future__ import annotations

from flask import Response, request

from uptake.db import session
from uptake.services.lists import document_export
from uptake.web.params import clean
from uptake.web.portal.list_answers import list_answer
from uptake.web.portal.pages import blueprint


@blueprint.get("/documents.<any(csv,xlsx,jsonl,docx,pdf):ext>")
def documents_file(ext: str) -> Response:
    """All documents that fit."""
    asked = (clean(request.args.get(name, ""))[:200] for name in ("q", "mechanism", "state"))
    return list_answer(document_export.table(session(), *asked), ext, "documents")
