"""Assessments by others and mechanisms' own grades: read, written, published, withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from uptake.api import answers, cursors
from uptake.api.blueprint import ApiBlueprint
from uptake.api.conditions import matched
from uptake.api.naming import institution_id
from uptake.api.who import reader, writer
from uptake.db import session
from uptake.schemas import answers as said
from uptake.schemas import arguments, bodies
from uptake.services.open_data import assessments as reading
from uptake.services.open_data.keyset import Item
from uptake.services.permissions import Person
from uptake.services.progress import assessments
from uptake.services.progress.assessments import MECHANISM, Draft

SCOPE = "assessments:write"
blueprint = ApiBlueprint("api_assessments", __name__, description="What others say of the follow-up.")


@blueprint.reads(
    "/assessments",
    said.AssessmentList,
    endpoint="list_assessments",
    about="List assessments",
    parameters=arguments.Work,
)
def listing(asked: dict[str, Any]) -> Response:
    """What is published; with a token that may read, also your own drafts."""
    place, chosen = cursors.read(asked.pop("cursor", None)), {**asked}
    return answers.part(reading.listing(session(), place, chosen.pop("limit"), person=reader(), **chosen))


@blueprint.reads("/assessments/<uuid:id>", said.Assessment, endpoint="get_assessment", about="Read one assessment")
def one(id: UUID) -> Response:
    """By its id."""
    return answers.thing(reading.one(session(), id, person=reader()))


@blueprint.writes(
    "/assessments",
    said.Assessment,
    endpoint="create_assessment",
    scope=SCOPE,
    needs="work.read",
    about="Write an assessment",
    body=bodies.AssessmentDraft,
    status=201,
)
def create(given: dict[str, Any]) -> Response:
    """Needs the scope assessments:write, and a role in the institution that assesses. The same twice is there once."""
    person = writer(SCOPE)
    code = given["institution"]
    by = MECHANISM if code is None else str(institution_id(code))
    found = assessments.write(given["recommendation"], _draft(by, given), publish=given["publish"], person=person)
    return answers.thing(_seen(found.uuid, person), 201, at=f"assessments/{found.uuid}")


@blueprint.writes(
    "/assessments/<uuid:id>",
    said.Assessment,
    endpoint="change_assessment",
    scope=SCOPE,
    needs="work.read",
    about="Write a draft anew",
    body=bodies.AssessmentChange,
    method="PUT",
    conditional=True,
)
def change(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope assessments:write. What is published is not changed any more, only withdrawn."""
    person = writer(SCOPE)
    version = matched(_seen(id, person)["version"])
    assessments.edit(id, _draft("", given), version=version, publish=given["publish"], person=person)
    return answers.thing(_seen(id, person))


@blueprint.writes(
    "/assessments/<uuid:id>/withdraw",
    said.Assessment,
    endpoint="withdraw_assessment",
    scope=SCOPE,
    needs="work.read",
    about="Take an assessment back",
    body=bodies.Reason,
    conditional=True,
)
def withdraw(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope assessments:write. It is kept, and the trail says who did it and why."""
    person = writer(SCOPE)
    matched(_seen(id, person)["version"])
    found = assessments.withdraw(id, given["reason"], person=person)
    return answers.thing(reading.item_of(session(), found))


def _draft(by: str, given: dict[str, Any]) -> Draft:
    grade, day = f"{given['scale']}:{given['grade']}", given["date"].isoformat()
    return Draft(by, grade, given["text"], given["language"], day, given.get("source", ""))


def _seen(uuid: UUID, person: Person) -> Item:
    session().expire_all()
    return reading.one(session(), uuid, person=person)
