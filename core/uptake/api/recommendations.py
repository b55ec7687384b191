"""Recommendations: found, read, entered and changed; and the search with its facets."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from flask import Response, request

from uptake.api import answers, cursors
from uptake.api.blueprint import ApiBlueprint
from uptake.api.conditions import matched
from uptake.api.who import reader, writer
from uptake.db import session
from uptake.i18n import get_locale
from uptake.schemas import answers as said
from uptake.schemas import arguments, bodies
from uptake.search.engine import FACETS, Answer, Engine, Query
from uptake.services.lists import searching
from uptake.services.open_data import recommendations
from uptake.services.open_data.keyset import Item, Part
from uptake.services.permissions import Person
from uptake.services.recommendations import manual_entry, recommendation_edits
from uptake.services.recommendations.manual_entry import Entry
from uptake.services.recommendations.recommendation_edits import Wanted
from uptake.web.params import query_from

SCOPE = "recommendations:write"
FACTS = ("kind", "paragraph", "date", "cycle", "session", "position")
blueprint = ApiBlueprint(
    "api_recommendations", __name__, description="What was recommended, by whom, and where it stands."
)


@blueprint.reads(
    "/recommendations",
    said.RecommendationList,
    endpoint="list_recommendations",
    about="Find recommendations",
    parameters=arguments.RecommendationList,
)
def listing(asked: dict[str, Any]) -> Response:
    """The filters of the site's own list, or ids; a cursor goes on where it ended, whatever has come or gone meanwhile."""
    found, _engine, _answer, _query = _found(asked)
    return answers.part(found)


@blueprint.reads("/search", said.Found, endpoint="search", about="Search with facets", parameters=arguments.Search)
def search(asked: dict[str, Any]) -> Response:
    """The same as the list, with how the answers spread over the facets, and how the words were read."""
    found, engine, answer, query = _found(asked)
    names = tuple(asked.get("facets") or FACETS)
    counted = searching.facets(engine, query, answer, names)
    more = searching.by_symbol(session(), counted)
    return answers.part(found, facets=more, problems=searching.problems(answer), reading=str(answer.reading))


@blueprint.reads(
    "/recommendations/<uuid:id>",
    said.WholeRecommendation,
    endpoint="get_recommendation",
    about="Read one recommendation",
    parameters=arguments.Language,
)
def one(asked: dict[str, Any], id: UUID) -> Response:
    """With all its texts, published updates and assessments; also a component."""
    return answers.thing(recommendations.one(session(), id, language=_language(asked), person=reader()))


@blueprint.writes(
    "/recommendations",
    said.WholeRecommendation,
    endpoint="create_recommendation",
    scope=SCOPE,
    needs="recommendation.create",
    about="Enter a recommendation",
    body=bodies.RecommendationDraft,
    status=201,
)
def create(given: dict[str, Any]) -> Response:
    """Needs the scope recommendations:write. With an `id` of yours, the same sent twice is entered once."""
    person = writer(SCOPE)
    reason, key = given.pop("reason", None), given.pop("id", None) or uuid4()
    uuid = manual_entry.create(Entry(**given, key=key), person=person, reason=reason)
    return answers.thing(_whole(uuid, person), 201, at=f"recommendations/{uuid}")


@blueprint.writes(
    "/recommendations/<uuid:id>",
    said.WholeRecommendation,
    endpoint="change_recommendation",
    scope=SCOPE,
    needs="recommendation.edit",
    about="Change a recommendation",
    body=bodies.RecommendationChange,
    method="PATCH",
    conditional=True,
)
def change(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope recommendations:write. What people change outlasts every import; official texts stay."""
    person = writer(SCOPE)
    version = matched(recommendation_edits.form_of(session(), id, person=person).version)
    facts = {name: given[name] for name in FACTS if name in given}
    wanted = Wanted(facts, given.get("terms"), given.get("texts", {}))
    recommendation_edits.change(id, wanted, version=version, person=person, reason=given.get("reason"))
    return answers.thing(_whole(id, person))


@blueprint.writes(
    "/recommendations/<uuid:id>/withdraw",
    said.WholeRecommendation,
    endpoint="withdraw_recommendation",
    scope=SCOPE,
    needs="recommendation.edit",
    about="Take a recommendation out of the register",
    body=bodies.Reason,
    conditional=True,
)
def withdraw(given: dict[str, Any], id: UUID) -> Response:
    """Needs the scope recommendations:write. Nothing of it is deleted; it can be restored on the site."""
    person = writer(SCOPE)
    matched(recommendation_edits.form_of(session(), id, person=person).version)
    recommendation_edits.withdraw(id, person=person, reason=given["reason"])
    return answers.thing(_whole(id, person))


def _found(asked: dict[str, Any]) -> tuple[Part, Engine, Answer, Query]:
    query, error = query_from(request.args)
    if error:
        raise error
    part, engine, answer = recommendations.listing(
        session(), query, cursors.read(asked.get("cursor")), asked["limit"], language=_language(asked),
        include=asked.get("include", ()), person=reader(), only=asked.get("id"),
    )  # fmt: skip
    return part, engine, answer, query


def _language(asked: dict[str, Any]) -> str:
    return asked.get("text") or get_locale()


def _whole(uuid: UUID, person: Person) -> Item:
    session().expire_all()
    return recommendations.one(session(), uuid, language=get_locale(), person=person)
