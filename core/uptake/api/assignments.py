"""Who answers for what: read, assigned, answered, ended."""

from __future__ import annotations

from typing import Any

from flask import Response

from uptake.api import answers, cursors
from uptake.api.blueprint import ApiBlueprint
from uptake.api.conditions import matched
from uptake.api.naming import institution_id, recommendation_id
from uptake.api.who import reader, writer
from uptake.db import session
from uptake.schemas import answers as said
from uptake.schemas import arguments, bodies
from uptake.services.open_data import assignments as reading
from uptake.services.open_data.keyset import Item
from uptake.services.permissions import Person, require
from uptake.services.responsibility import assignments

SCOPE = "assignments:write"
blueprint = ApiBlueprint("api_assignments", __name__, description="Who answers for what.")


@blueprint.reads(
    "/assignments",
    said.AssignmentList,
    endpoint="list_assignments",
    about="List assignments",
    parameters=arguments.Assignments,
)
def listing(asked: dict[str, Any]) -> Response:
    """Who answers for what; with a token that may read, also what was declined or has ended in your reach."""
    place, chosen = cursors.read(asked.pop("cursor", None)), {**asked}
    return answers.part(reading.listing(session(), place, chosen.pop("limit"), person=reader(), **chosen))


@blueprint.reads("/assignments/<int:id>", said.Assignment, endpoint="get_assignment", about="Read one assignment")
def one(id: int) -> Response:
    """By its number."""
    return answers.thing(reading.one(session(), id, person=reader()))


@blueprint.writes(
    "/assignments",
    said.Assignment,
    endpoint="assign",
    scope=SCOPE,
    needs="assignment.assign",
    about="Assign a recommendation",
    body=bodies.AssignmentDraft,
)
def assign(given: dict[str, Any]) -> Response:
    """Needs the scope assignments:write. The same twice changes nothing; a new lead replaces the old one."""
    person = writer(SCOPE)
    require(person, "assignment.assign")
    id_, actor = recommendation_id(given["recommendation"]), institution_id(given["institution"])
    assignments.assign(id_, actor, given["role"], person=person, reason=given["reason"], old_lead=given["old_lead"])
    session().expire_all()
    return answers.thing(reading.of(session(), id_, actor, person=person))


@blueprint.writes(
    "/assignments/<int:id>/answer",
    said.Assignment,
    endpoint="answer_assignment",
    scope=SCOPE,
    needs="assignment.answer",
    about="Accept or decline",
    body=bodies.Answer,
    conditional=True,
)
def answer(given: dict[str, Any], id: int) -> Response:
    """Needs the scope assignments:write, and a role in the institution. Who declines says why."""
    person = writer(SCOPE)
    version = matched(_seen(id, person)["version"])
    if given["answer"] == "accept":
        assignments.accept(id, person=person, version=version)
    else:
        assignments.decline(id, given["reason"], person=person, version=version)
    return answers.thing(_seen(id, person))


@blueprint.writes(
    "/assignments/<int:id>/end",
    said.Assignment,
    endpoint="end_assignment",
    scope=SCOPE,
    needs="assignment.assign",
    about="End an assignment",
    body=bodies.End,
    conditional=True,
)
def end(given: dict[str, Any], id: int) -> Response:
    """Needs the scope assignments:write. Its row stays as a memory."""
    person = writer(SCOPE)
    version = matched(_seen(id, person)["version"])
    assignments.end(id, person=person, version=version, reason=given["reason"])
    return answers.thing(_seen(id, person))


def _seen(id_: int, person: Person) -> Item:
    session().expire_all()
    return reading.one(session(), id_, person=person)
