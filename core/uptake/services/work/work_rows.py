"""Rows of work as they are shown: recommendations, updates and assignments, each read with a constant number of queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.i18n import pick
from uptake.models.actors import Actor
from uptake.models.progress import Update, UpdateItem, UpdateStep
from uptake.models.responsibility import Assignment, FollowUp
from uptake.services.lists.cards import Card, load_cards
from uptake.services.permissions import Person, reach
from uptake.services.work.worklists import ACTIVE


@dataclass(slots=True)
class Row:
    """One thing to do. ``more`` counts the recommendations beside the one that is named, ``actors`` are (id, name)."""

    id: int
    card: Card | None = None
    uuid: UUID | None = None
    actors: list[tuple[int, str]] = field(default_factory=list)
    due: datetime.date | None = None
    priority: str = "normal"
    status: str = "received"
    state: str = ""
    since: datetime.date | None = None
    reason: str | None = None
    gate: str | None = None
    more: int = 0
    version: int = 0
    reported: bool = False
    may_report: bool = False

    @property
    def actor_ids(self) -> frozenset[int]:
        """The institutions that answer for it."""
        return frozenset(id_ for id_, _name in self.actors)


@dataclass(slots=True)
class Found:
    """What the sections of a page have found, gathered so that each kind is read once."""

    recommendations: dict[int, Row] = field(default_factory=dict)
    updates: dict[int, Row] = field(default_factory=dict)
    assignments: dict[int, Row] = field(default_factory=dict)


def load_rows(
    session: Session,
    recommendations: Iterable[int] = (),
    updates: Iterable[int] = (),
    assignments: Iterable[int] = (),
    within: frozenset[int] | None = None,
) -> Found:
    """The rows with these ids; of a recommendation only the institutions in ``within`` are named."""
    names = actor_names(session)
    found = Found()
    wanted = list(dict.fromkeys(recommendations))
    heads = _updates(session, list(updates), names, found)
    answered = _assignments(session, list(assignments), names, found)
    needed = dict.fromkeys([*wanted, *heads.values(), *answered.values()])
    cards = {card.id: card for card in load_cards(session, list(needed))}
    _recommendations(session, wanted, names, found, within)
    for row in found.recommendations.values():
        row.card = cards.get(row.id)
    for rows, about in ((found.updates, heads), (found.assignments, answered)):
        for id_, row in rows.items():
            row.card = cards.get(about.get(id_, 0))
    return found


def mark_reportable(rows: Iterable[Row], person: Person) -> None:
    """Say of each row whether the person may report on it for one of its institutions."""
    where = reach(person, "update.draft")
    for row in rows:
        row.may_report = where is None or bool(where & row.actor_ids)


def actor_names(session: Session) -> dict[int, str]:
    """The names of all institutions in the reader's language; the short one where there is one."""
    rows = session.execute(select(Actor.id, Actor.names, Actor.short_names))
    return {id_: pick(short) or pick(names) for id_, names, short in rows}


def _recommendations(
    session: Session, ids: Sequence[int], names: dict[int, str], found: Found, within: frozenset[int] | None
) -> None:
    if not ids:
        return
    found.recommendations = {id_: Row(id_) for id_ in ids}
    for follow_up in session.scalars(select(FollowUp).where(FollowUp.recommendation_id.in_(ids))):
        row = found.recommendations[follow_up.recommendation_id]
        row.due, row.priority, row.status = follow_up.due, follow_up.priority, follow_up.status
        row.since = follow_up.confirmed_on
    columns = (Assignment.recommendation_id, Assignment.actor_id)
    statement = select(*columns).where(Assignment.recommendation_id.in_(ids), Assignment.state.in_(ACTIVE))
    for id_, actor in session.execute(statement.order_by(Assignment.role, Assignment.id)):
        if within is None or actor in within:
            found.recommendations[id_].actors.append((actor, names.get(actor, "")))
    _mark_reported(session, found.recommendations)


def _mark_reported(session: Session, rows: dict[int, Row]) -> None:
    """Whether an institution of the row has published before: only then can nothing have changed since.

    The update is asked for inside, so that SQLite begins with the few updates of these recommendations and not with all
    that are published.
    """
    actor = select(Update.actor_id).where(Update.id == UpdateItem.update_id, Update.state == "published")
    statement = select(UpdateItem.recommendation_id, actor.scalar_subquery()).where(
        UpdateItem.recommendation_id.in_(rows)
    )
    for id_, published_by in session.execute(statement):
        rows[id_].reported = rows[id_].reported or published_by in rows[id_].actor_ids


def _updates(session: Session, ids: Sequence[int], names: dict[int, str], found: Found) -> dict[int, int]:
    if not ids:
        return {}
    for update in session.scalars(select(Update).where(Update.id.in_(ids))):
        found.updates[update.id] = Row(
            update.id, uuid=update.uuid, actors=[(update.actor_id, names.get(update.actor_id, ""))], state=update.state,
            since=_day(update.submitted if update.state != "draft" else update.changed), due=update.publish_on,
            gate=update.gate, version=update.version,
        )  # fmt: skip
    back = select(UpdateStep.update_id, UpdateStep.comment).where(
        UpdateStep.step == "returned", UpdateStep.update_id.in_(ids)
    )
    for update_id, comment in session.execute(back.order_by(UpdateStep.id)):
        if found.updates[update_id].state == "draft":
            found.updates[update_id].reason = comment
    items = (
        select(UpdateItem.update_id, func.min(UpdateItem.recommendation_id), func.count())
        .where(UpdateItem.update_id.in_(ids))
        .group_by(UpdateItem.update_id)
    )
    heads: dict[int, int] = {}
    for update_id, recommendation, count in session.execute(items):
        heads[update_id] = recommendation
        found.updates[update_id].more = count - 1
    return heads


def _assignments(session: Session, ids: Sequence[int], names: dict[int, str], found: Found) -> dict[int, int]:
    if not ids:
        return {}
    about: defaultdict[int, int] = defaultdict(int)
    statement = (
        select(Assignment, FollowUp.due, FollowUp.priority)
        .outerjoin(FollowUp, FollowUp.recommendation_id == Assignment.recommendation_id)
        .where(Assignment.id.in_(ids))
    )
    for assignment, due, priority in session.execute(statement):
        about[assignment.id] = assignment.recommendation_id
        found.assignments[assignment.id] = Row(
            assignment.id, actors=[(assignment.actor_id, names.get(assignment.actor_id, ""))], due=due,
            priority=priority or "normal", state=assignment.role, since=_day(assignment.answered or assignment.created),
            reason=assignment.reason, version=assignment.version,
        )  # fmt: skip
    return about


def _day(moment: Any) -> datetime.date | None:
    return moment.date() if moment else None
