"""Recommendations with all that belongs to them: seven queries more than their cards, for one or for a hundred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from pyroaring import BitMap
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.progress import Update, UpdateItem, stands
from uptake.models.recommendations import Recommendation, RecommendationText, Withdrawal
from uptake.models.responsibility import RECEIVED, FollowUp
from uptake.search.engine import Answer, Engine, Query
from uptake.services.lists.cards import ids_of, load_cards
from uptake.services.open_data import assessments, updates
from uptake.services.open_data.keyset import Item, Part, day
from uptake.services.permissions import Person, may_somewhere
from uptake.services.responsibility.responsibility_pages import of_many

INCLUDES = ("texts", "updates", "assessments")


def listing(
    session: Session, query: Query, after: Sequence[int] | None, limit: int, *, language: str, include: Collection[str],
    person: Person, only: Collection[UUID] | None = None,
) -> tuple[Part, Engine, Answer]:  # fmt: skip
    """What a query finds (of those with the ids ``only``), in its order, from behind what was seen last."""
    engine = Engine(session)
    answer = engine.answer(query)
    if only is not None:
        answer.ids &= BitMap(ids_of(session, only).values())
    start = _start(engine, answer, query.sort, after)
    ids = engine.page(answer, query.sort, start, limit)
    end = start + len(ids)
    following = [end, ids[-1]] if ids and end < answer.count else None
    items = load(session, ids, language=language, include=include, person=person)
    return Part(items, following, answer.count), engine, answer


def _start(engine: Engine, answer: Answer, sort: str, after: Sequence[int] | None) -> int:
    """Behind the one seen last, also where others have come before it or gone since."""
    if not after:
        return 0
    offset, last = after
    if engine.page(answer, sort, offset - 1, 1) == [last]:
        return offset
    everything = engine.page(answer, sort, 0, answer.count) if last in answer.ids else []
    return everything.index(last) + 1 if last in everything else offset - 1


def one(session: Session, uuid: UUID, *, language: str, person: Person) -> Item:
    """One recommendation or component with everything. Raises ``NotFound``; a withdrawn one is for those inside."""
    row = session.execute(
        select(Recommendation.id, Recommendation.parent_id).where(Recommendation.uuid == uuid)
    ).one_or_none()
    if row is None:
        raise NotFound(
            N_("There is no recommendation at this address."), remedy=N_("Check the address, or search for it.")
        )
    withdrawn = session.get(Withdrawal, row.parent_id or row.id) is not None
    if withdrawn and not may_somewhere(person, "internal.read"):
        raise NotFound(N_("This recommendation was withdrawn from the register."))
    below = list(
        session.scalars(
            select(Recommendation.id)
            .where(Recommendation.parent_id == row.id)
            .order_by(Recommendation.order_key, Recommendation.id)
        )
    )
    found, *parts = load(session, [row.id, *below], language=language, include=INCLUDES, person=person)
    return found | {"withdrawn": withdrawn, "components": [part["id"] for part in parts]}


def load(
    session: Session, ids: Sequence[int], *, language: str, include: Collection[str] = (), person: Person
) -> list[Item]:
    """These recommendations in this order."""
    cards = load_cards(session, ids, language)
    heads = _heads(session, ids)
    parts = defaultdict(list)
    for part in of_many(session, ids, person) if ids else ():
        parts[part.recommendation_id].append({"institution": part.code, "role": part.role, "state": part.state})
    more = _included(session, ids, include)
    counts = {id_: len(said) for id_, said in more["updates"].items()} if "updates" in more else _counts(session, ids)
    return [
        card.as_json() | heads[card.id] | {"updates_count": counts.get(card.id, 0), "responsible": parts[card.id]}
        | {name: found.get(card.id, []) for name, found in more.items()}
        for card in cards
    ]  # fmt: skip


def _heads(session: Session, ids: Sequence[int]) -> dict[int, Item]:
    """Version and claim."""
    above = select(Recommendation.id, Recommendation.uuid).subquery()
    rows = session.execute(
        select(Recommendation.id, Recommendation.version, above.c.uuid, FollowUp.status, FollowUp.verified,
               FollowUp.confirmed_on)
        .outerjoin(FollowUp, FollowUp.recommendation_id == Recommendation.id)
        .outerjoin(above, above.c.id == Recommendation.parent_id)
        .where(Recommendation.id.in_(ids))
    )  # fmt: skip
    return {
        id_: {
            "version": version, "parent": str(parent) if parent else None, "status": status or RECEIVED,
            "verified": bool(verified), "confirmed_on": day(confirmed),
        }
        for id_, version, parent, status, verified, confirmed in rows
    }  # fmt: skip


def _counts(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """How many updates are published on each."""
    rows = session.execute(
        select(UpdateItem.recommendation_id, func.count())
        .join(Update, Update.id == UpdateItem.update_id)
        .where(UpdateItem.recommendation_id.in_(ids), stands("published"))
        .group_by(UpdateItem.recommendation_id)
    )
    return dict(rows.all())


def _included(session: Session, ids: Sequence[int], include: Collection[str]) -> dict[str, dict[int, list[Item]]]:
    readers = {"texts": _texts, "updates": updates.published_by_recommendation,
               "assessments": assessments.published_by_recommendation}  # fmt: skip
    return {name: readers[name](session, ids) for name in INCLUDES if name in include}


def _texts(session: Session, ids: Sequence[int]) -> dict[int, list[Item]]:
    table = RecommendationText
    found: defaultdict[int, list[Item]] = defaultdict(list)
    rows = session.execute(
        select(table.recommendation_id, table.language, table.heading, table.cleaned, table.origin, table.outdated)
        .where(table.recommendation_id.in_(ids), or_(table.untranslated.is_(False), table.language == "en"))
        .order_by(table.language)
    )
    for id_, language, heading, text, origin, outdated in rows:
        found[id_].append(
            {"language": language, "heading": heading, "text": text, "origin": origin, "outdated": outdated}
        )
    return found
