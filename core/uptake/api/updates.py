"""Progress updates: read, drafted, changed, and moved on step by step."""

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
from uptake.services.open_data import updates as reading
from uptake.services.open_data.keyset import Item
from uptake.services.permissions import Person
from uptake.services.progress import updates, workflow
from uptake.services.progress.updates import Beginning

SCOPE = "updates:write"
blueprint = ApiBlueprint("api_updates", __name__, description="What institutions report.")


@blueprint.reads(
    "/updates", said.UpdateList, endpoint="list_updates", about="List progress updates", parameters=arguments.Updates
)
def listing(asked: dict[str, Any]) -> Response:
    """What is published; with a token that may read, also what is on its way in your reach."""
    place, chosen = cursors.read(asked.pop("cursor", None)), {**asked}
    return answers.part(reading.listing(session(), place, chosen.pop("limit"), person=reader(), **chosen))


@blueprint.reads("/updates/<uuid:id>", said.Update, endpoint="get_update", about="Read one update")
def one(id: UUID) -> Response:
    """By its id."""
    return answers.thing(reading.one(session(), id, person=reader()))


@blueprint.writes(
    "/updates",
    said.Update,
    endpoint="create_update",
    scope=SCOPE,
    needs="update.draft",
    about="Begin an update",
    body=bodies.UpdateDraft,
    status=201,
)
def create(given: dict[str, Any]) -> Response:
    """Needs the scope updates:write. A draft; `submit` sends it on its way as well."""
    person = writer(SCOPE)
    submit, once = given.pop("submit"), given.pop("once", "")
    actor = institution_id(given.pop("institution"))
    beginning = Beginning(actor, tuple(given.pop("recommendations")), once)
    update = updates.create(beginning, given, person=person, submit=submit)
    return answers.thing(_seen(update.uuid, person), 201, at=f"updates/{update.uuid}")


@blueprint.writes(
    "/updates/<uuid:id>",
    said.Update,
    endpoint="change_update",
    scope=SCOPE,
    needs="update.draft",
    about="Change a draft",
    body=bodies.UpdateChange,
    method="PATCH",
    conditional=True,
)
def change(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope updates:write."""
    person = writer(SCOPE)
    version = matched(_seen(id, person)["version"])
    submit, chosen = given.pop("submit"), given.pop("recommendations", None)
    updates.save(id, given, person=person, version=version, recommendations=chosen, submit=submit)
    return answers.thing(_seen(id, person))


@blueprint.writes(
    "/updates/<uuid:id>/steps",
    said.Update,
    endpoint="move_update",
    scope=SCOPE,
    needs="work.read",
    about="Take a step with an update",
    body=bodies.UpdateStep,
    conditional=True,
)
def step(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope updates:write, and the role that the step asks for."""
    person, name = writer(SCOPE), given["step"]
    version = matched(_seen(id, person)["version"])
    if name == "submit":
        updates.save(id, {}, person=person, version=version, submit=True)
    else:
        held = "publish_on" in given or "set" in given
        hold = workflow.Hold(given.get("publish_on"), given.get("set")) if held else None
        comment = given.get("comment", "")
        workflow.take(id, name, person=person, version=version, comment=comment, hold=hold)
    return answers.thing(_seen(id, person))


def _seen(uuid: UUID, person: Person) -> Item:
    session().expire_all()
    return reading.one(session(), uuid, person=person)
