"""Institutions: read, entered, changed, closed and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response

from uptake.api import answers, cursors
from uptake.api.blueprint import ApiBlueprint
from uptake.api.conditions import matched
from uptake.api.who import reader, writer
from uptake.db import session
from uptake.errors import Invalid
from uptake.models.actors import Actor
from uptake.schemas import answers as said
from uptake.schemas import arguments, bodies
from uptake.services.actors import institution_edits, institutions
from uptake.services.actors.institution_rules import Draft, known
from uptake.services.open_data import institutions as reading
from uptake.services.permissions import Person

SCOPE = "institutions:write"
BY_LANGUAGE = {"name": "names", "short_name": "short_names"}
blueprint = ApiBlueprint(
    "api_institutions", __name__, description="Who has a part in the follow-up; nothing of people."
)


@blueprint.reads(
    "/institutions",
    said.InstitutionList,
    endpoint="list_institutions",
    about="List institutions",
    parameters=arguments.Institutions,
)
def listing(asked: dict[str, Any]) -> Response:
    """All that have a part in the follow-up; with a token that may read, also how to reach them."""
    place, chosen = cursors.read(asked.pop("cursor", None)), {**asked}
    return answers.part(reading.listing(session(), place, chosen.pop("limit"), person=reader(), **chosen))


@blueprint.reads("/institutions/<code>", said.Institution, endpoint="get_institution", about="Read one institution")
def one(code: str) -> Response:
    """By its code."""
    return answers.thing(reading.one(session(), code, person=reader()))


@blueprint.writes(
    "/institutions",
    said.Institution,
    endpoint="create_institution",
    scope=SCOPE,
    needs="actor.edit",
    about="Enter an institution",
    body=bodies.InstitutionDraft,
    status=201,
)
def create(given: dict[str, Any]) -> Response:
    """Needs the scope institutions:write. The same sent twice is entered once; another one of that code is refused."""
    person = writer(SCOPE)
    with _fields_as_sent():
        actor = institution_edits.create(_changed(Draft(code=given["code"]), given), person=person, again=True)
    return _answer(actor.code, person, 201)


@blueprint.writes(
    "/institutions/<code>",
    said.Institution,
    endpoint="change_institution",
    scope=SCOPE,
    needs="actor.contact",
    about="Change an institution",
    body=bodies.InstitutionChange,
    method="PATCH",
    conditional=True,
)
def change(given: dict[str, Any], code: str) -> Response:
    """Needs the scope institutions:write. A focal point changes how its own is reached, and nothing else; the code stays."""
    person, actor = writer(SCOPE), _seen(code)
    reason = given.pop("reason", None)
    draft = _changed(known(session())[actor.code.casefold()], given)
    with _fields_as_sent():
        institution_edits.edit(actor.id, draft, version=actor.version, person=person, reason=reason)
    return _answer(actor.code, person)


@blueprint.writes(
    "/institutions/<code>/close",
    said.Institution,
    endpoint="close_institution",
    scope=SCOPE,
    needs="actor.edit",
    about="Close an institution",
    body=bodies.Closing,
    conditional=True,
)
def close(given: dict[str, Any], code: str) -> Response:
    """Needs the scope institutions:write. What it said and answers for is kept."""
    person, actor = writer(SCOPE), _seen(code)
    day, reason = given.get("on"), given.get("reason")
    institution_edits.close(actor.id, day, version=actor.version, person=person, reason=reason)
    return _answer(actor.code, person)


@blueprint.writes(
    "/institutions/<code>/reopen",
    said.Institution,
    endpoint="reopen_institution",
    scope=SCOPE,
    needs="actor.edit",
    about="Open a closed institution again",
    body=bodies.Reopening,
    conditional=True,
)
def reopen(given: dict[str, Any], code: str) -> Response:
    """Needs the scope institutions:write."""
    person, actor = writer(SCOPE), _seen(code)
    institution_edits.reopen(actor.id, version=actor.version, person=person, reason=given.get("reason"))
    return _answer(actor.code, person)


def _seen(code: str) -> Actor:
    """The institution of this code as the caller has seen it. Raises ``NotFound``, ``Unconditional``, ``Stale``."""
    actor = institutions.find(session(), code)
    matched(actor.version)
    return actor


def _changed(draft: Draft, given: dict[str, Any]) -> Draft:
    """A draft with what was sent; names of languages that were not sent stay."""
    for name, value in given.items():
        if name in BY_LANGUAGE.values():
            value = {**getattr(draft, name), **value}
        setattr(draft, name, "" if value is None else value)
    return draft


@contextmanager
def _fields_as_sent() -> Iterator[None]:
    """Name what is wrong as the body does: ``names.fr`` for ``name_fr``."""
    try:
        yield
    except Invalid as error:
        error.fields = {_field(name): what for name, what in error.fields.items()}
        raise


def _field(name: str) -> str:
    for ours, sent in BY_LANGUAGE.items():
        if name == ours:
            return sent
        if name.startswith(f"{ours}_"):
            return f"{sent}.{name.removeprefix(f'{ours}_')}"
    return name


def _answer(code: str, person: Person, status: int = 200) -> Response:
    session().expire_all()
    at = f"institutions/{code}" if status == 201 else ""
    return answers.thing(reading.one(session(), code, person=person), status, at=at)
