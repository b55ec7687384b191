"""Splits a recommendation that asks for several things into its parts, by hand."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import reserve_ids
from uptake.db import session as db_session
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_
from uptake.models.recommendations import Recommendation
from uptake.services.importing import aggregates
from uptake.services.importing.aggregates import HEAD, POSITIONS, RECOMMENDERS, TEXTS, Aggregate
from uptake.services.importing.identity import derived_uuid
from uptake.services.importing.sources import source_id
from uptake.services.permissions import Person, require
from uptake.services.recommendations.editing import editing
from uptake.services.recommendations.manual_entry import MANUAL
from uptake.services.recommendations.recommendation_edits import form_of

MOST = 30
LONGEST = 20_000
_AT = {column: at for at, column in enumerate(HEAD.columns)}


def split(uuid: UUID, parts: list[str], *, version: int, person: Person, reason: str | None = None) -> int:
    """Give a recommendation its parts, in their order; how many. Its official text stays whole above them.

    Raises ``Conflict`` where it has parts already: institutions may work on those.
    """
    require(person, "recommendation.edit")
    words = [part.strip() for part in parts if part.strip()]
    if not 2 <= len(words) <= MOST or any(len(part) > LONGEST for part in words):
        raise Invalid(
            N_("Write at least two parts, each in a paragraph of its own."),
            fields={"parts": N_("Write at least two parts, separated by an empty line.")},
        )
    whole = form_of(db_session(), uuid, person=person)
    with editing(whole.id, person.mark, "recommendation.split", reason, version) as (session, one, said):
        if session.scalar(select(Recommendation.id).where(Recommendation.parent_id == one.id).limit(1)):
            raise Conflict(N_("This recommendation is split already."), remedy=N_("Work with the parts that it has."))
        _write(session, one, words)
        said["parts"] = [[], words]
    return len(words)


def _write(session: Session, one: Recommendation, words: list[str]) -> None:
    session.flush()
    parent = aggregates.load(session, [one.id])[one.id]
    ids = list(reserve_ids(session, HEAD.table, len(words)))
    numbers = list(reserve_ids(session, POSITIONS.table, len(words) * len(parent.rows(POSITIONS)))) or [0]
    source, taken = source_id(session, MANUAL), iter(numbers)
    language = next((row[1] for row in parent.rows(TEXTS) if row[1] == "en"), parent.rows(TEXTS)[0][1])
    made = []
    for number, (id_, part) in enumerate(zip(ids, words, strict=True), 1):
        child = Aggregate(list(parent.head))
        child.head[_AT["id"]], child.head[_AT["parent_id"]] = id_, one.id
        child.head[_AT["uuid"]] = derived_uuid(f"{one.uuid.hex}/{number}")
        child.head[_AT["source_id"]], child.head[_AT["version"]] = source, 1
        child.head[_AT["locked"]] = child.head[_AT["unresolved"]] = child.head[_AT["run_id"]] = None
        child.head[_AT["order_key"]] = f"{one.order_key}/{number:02d}"[:80]
        child.children = {
            TEXTS.name: [(id_, language, source, part, None, one.paragraph, part, "official", False, False)],
            RECOMMENDERS.name: [(id_, *row[1:]) for row in parent.rows(RECOMMENDERS)],
            POSITIONS.name: [(next(taken), id_, *row[2:]) for row in parent.rows(POSITIONS)],
        }
        made.append(child)
    aggregates.insert(session, made)
