"""Evidence of updates: listed, given out as it is protected, added to drafts and taken from them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from uptake.api import answers
from uptake.api.blueprint import ApiBlueprint
from uptake.api.updates import SCOPE
from uptake.api.who import reader, writer
from uptake.db import session
from uptake.models.progress import Evidence
from uptake.schemas import answers as said
from uptake.schemas import bodies
from uptake.services.open_data import updates as reading
from uptake.services.open_data.keyset import Part
from uptake.services.permissions import Person
from uptake.services.progress import evidence
from uptake.web.progress.evidence import file_answer

NEEDS = "update.draft"
blueprint = ApiBlueprint("api_evidence", __name__, description="What stands behind updates.")


@blueprint.reads(
    "/updates/<uuid:id>/evidence", said.EvidenceList, endpoint="list_evidence", about="List the evidence of an update"
)
def listing(id: UUID) -> Response:
    """Files, links and documents of the register; all of it, for an update holds at most fifty."""
    return _all(id, reader())


@blueprint.reads(
    "/updates/<uuid:id>/evidence/<int:number>/file", None, endpoint="get_evidence_file", about="Download a file"
)
def file(id: UUID, number: int) -> Response:
    """The file itself: of a published update for everybody, of any other for those who may read that."""
    found, public = reading.evidence_file(session(), id, number, person=reader())
    known = request.if_none_match.contains(found.sha256)
    answer = Response(status=304) if known else file_answer(found, public)
    answer.set_etag(found.sha256)
    return answer


@blueprint.writes(
    "/updates/<uuid:id>/evidence/files",
    said.Evidence,
    endpoint="add_evidence_file",
    scope=SCOPE,
    needs=NEEDS,
    about="Put a file behind a draft",
    body=bodies.EvidenceFile,
    status=201,
    files="evidence_mb",
)
def add_file(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope updates:write. The same file sent twice is there once."""
    person, file = _writer(id), given["file"]
    return _added(id, evidence.add_file(id, file.stream, file.filename, given["title"], person=person), person)


@blueprint.writes(
    "/updates/<uuid:id>/evidence/links",
    said.Evidence,
    endpoint="add_evidence_link",
    scope=SCOPE,
    needs=NEEDS,
    about="Put a link behind a draft",
    body=bodies.EvidenceLink,
    status=201,
)
def add_link(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope updates:write. The same link sent twice is there once."""
    person = _writer(id)
    return _added(id, evidence.add_link(id, given["address"], given["title"], person=person), person)


@blueprint.writes(
    "/updates/<uuid:id>/evidence/documents",
    said.Evidence,
    endpoint="add_evidence_document",
    scope=SCOPE,
    needs=NEEDS,
    about="Put a document of the register behind a draft",
    body=bodies.EvidenceDocument,
    status=201,
)
def add_document(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope updates:write. The same document sent twice is there once."""
    person = _writer(id)
    return _added(id, evidence.add_document(id, given["symbol"], given["title"], person=person), person)


@blueprint.writes(
    "/updates/<uuid:id>/evidence/<int:number>",
    said.EvidenceList,
    endpoint="remove_evidence",
    scope=SCOPE,
    needs=NEEDS,
    about="Take evidence from a draft",
    method="DELETE",
)
def remove(id: UUID, number: int) -> Response:
    """Needs the scope updates:write. Answers with what is left; what is gone already is no error."""
    person = _writer(id)
    evidence.remove(id, number, person=person)
    return _all(id, person)


def _writer(update: UUID) -> Person:
    """Who writes, if they may see the update at all."""
    person = writer(SCOPE)
    reading.seen(session(), update, person=person)
    return person


def _all(update: UUID, person: Person) -> Response:
    session().expire_all()
    return answers.part(Part(reading.evidence_of(session(), update, person=person), None))


def _added(update: UUID, one: Evidence, person: Person) -> Response:
    number = one.id
    session().expire_all()
    items = reading.evidence_of(session(), update, person=person)
    return answers.thing(next(item for item in items if item["id"] == number), 201)
