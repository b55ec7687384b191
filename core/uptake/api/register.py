"""What recommendations refer to: documents, mechanisms, vocabularies; and what has changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from uptake.api import answers, cursors
from uptake.api.blueprint import ApiBlueprint
from uptake.db import session
from uptake.schemas import answers as said
from uptake.schemas import arguments
from uptake.services.open_data import changes, register

blueprint = ApiBlueprint("api_register", __name__, description="What recommendations refer to, and what has changed.")


@blueprint.reads(
    "/documents", said.DocumentList, endpoint="list_documents", about="Find documents", parameters=arguments.Documents
)
def documents(asked: dict[str, Any]) -> Response:
    """In the order in which they came into the register."""
    words, mechanism, state = (asked.get(name, "") for name in ("q", "mechanism", "state"))
    return answers.part(register.documents(session(), *_place(asked), words, mechanism, state))


@blueprint.reads("/documents/<uuid:id>", said.Document, endpoint="get_document", about="Read one document")
def document(id: UUID) -> Response:
    """What stands in it is found with the filter `symbol` of the recommendations."""
    return answers.thing(register.document(session(), id))


@blueprint.reads(
    "/mechanisms",
    said.MechanismList,
    endpoint="list_mechanisms",
    about="List mechanisms",
    parameters=arguments.Mechanisms,
)
def mechanisms(asked: dict[str, Any]) -> Response:
    """All that plugins and imports have brought."""
    return answers.part(register.mechanisms(session(), *_place(asked), asked.get("family", "")))


@blueprint.reads("/mechanisms/<code>", said.Mechanism, endpoint="get_mechanism", about="Read one mechanism")
def mechanism(code: str) -> Response:
    """By its code."""
    return answers.thing(register.mechanism(session(), code))


@blueprint.reads(
    "/vocabularies",
    said.VocabularyList,
    endpoint="list_vocabularies",
    about="List vocabularies",
    parameters=arguments.Paging,
)
def vocabularies(asked: dict[str, Any]) -> Response:
    """Lists of themes, groups, goals and action categories."""
    return answers.part(register.vocabularies(session(), *_place(asked)))


@blueprint.reads("/vocabularies/<code>", said.Vocabulary, endpoint="get_vocabulary", about="Read one vocabulary")
def vocabulary(code: str) -> Response:
    """By its code."""
    return answers.thing(register.vocabulary(session(), code))


@blueprint.reads(
    "/vocabularies/<code>/terms",
    said.TermList,
    endpoint="list_terms",
    about="List the terms of a vocabulary",
    parameters=arguments.Paging,
)
def terms(asked: dict[str, Any], code: str) -> Response:
    """In their own order, each with the one above."""
    return answers.part(register.terms(session(), code, *_place(asked)))


@blueprint.reads(
    "/changes",
    said.ChangeList,
    endpoint="list_changes",
    about="What has changed since a moment",
    parameters=arguments.Changes,
)
def changed(asked: dict[str, Any]) -> Response:
    """In order, of what is published. Keep `next`: asked later, it says what has changed since."""
    found = changes.since(session(), asked["since"], cursors.read(asked.get("cursor")), asked["limit"])
    return answers.plain({"items": found.items, "next": answers.address_of(found.next), "more": found.more})


def _place(asked: dict[str, Any]) -> tuple[list[int] | None, int]:
    return cursors.read(asked.get("cursor")), asked["limit"]
