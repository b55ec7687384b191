"""Assessments as they are shown: on a recommendation to everybody, and in lists to those who write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from uptake.i18n import pick
from uptake.models.actors import Actor
from uptake.models.mechanisms import Mechanism
from uptake.models.progress import Assessment
from uptake.models.recommendations import Recommendation
from uptake.services.lists.cards import Card, load_cards
from uptake.services.permissions import Person, may, require_somewhere
from uptake.services.progress.assessments import own_institutions
from uptake.services.progress.scales import grade_name, scale_name, scales

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    """One grade or assessment, signed and dated, as everybody may read it."""

    id: UUID
    by: str
    kind: str
    mechanism: bool
    scale: str
    scale_name: str
    scale_source: str
    grade: str
    grade_name: str
    text: str
    language: str
    date: date
    source: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """An assessment in a list of those who are signed in. ``mine`` says that the person may withdraw it."""

    shown: Shown
    state: str
    mine: bool
    card: Card | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of the list; ``writes`` says whether the person may write any."""

    rows: list[Row]
    count: int
    page: int
    pages: int
    writes: bool


def published(session: Session, recommendation: int) -> list[Shown]:
    """What is published of one recommendation, the newest first: one query, for visitors too."""
    query = _query().where(Assessment.recommendation_id == recommendation, Assessment.state == "published")
    return [_shown(*row) for row in session.execute(query)]


def listing(session: Session, page: int, language: str, *, state: str = "", person: Person) -> ListPage:
    """What is published by all, and the drafts and withdrawn ones that are the person's own, the newest first."""
    require_somewhere(person, "work.read")
    own = own_institutions(session, person)
    grades = may(person, "assessment.grade")
    seen = [Assessment.state == "published", Assessment.actor_id.in_(own)]
    if grades:
        seen.append(Assessment.actor_id.is_(None))
    where = and_(or_(*seen), Assessment.state == state) if state in {"draft", "published", "withdrawn"} else or_(*seen)
    count = session.scalar(select(func.count()).select_from(Assessment).where(where)) or 0
    pages = max(1, -(-count // PAGE_SIZE))
    number = min(max(1, page), pages)
    found = session.execute(_query().where(where).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    cards = {card.id: card for card in load_cards(session, [row[0].recommendation_id for row in found], language)}
    withdraws = may(person, "assessment.withdraw")
    rows = [
        Row(
            _shown(one, actor, mechanism), one.state, withdraws or one.actor_id in own, cards.get(one.recommendation_id)
        )
        for one, actor, mechanism in found
    ]
    return ListPage(rows, count, number, pages, bool(own) or grades)


def _query() -> Select[Assessment, Actor, Mechanism]:
    return (
        select(Assessment, Actor, Mechanism)
        .outerjoin(Actor, Actor.id == Assessment.actor_id)
        .outerjoin(Mechanism, Mechanism.id == Assessment.mechanism_id)
        .order_by(Assessment.date.desc(), Assessment.id.desc())
    )


def _shown(one: Assessment, actor: Actor | None, mechanism: Mechanism | None) -> Shown:
    names: dict[str, Any] = actor.names if actor else mechanism.names if mechanism else {}
    scale = scales().get(one.scale)
    return Shown(
        one.uuid, pick(names), actor.kind if actor else "mechanism", actor is None, one.scale, scale_name(one.scale),
        scale.source if scale else "", one.grade, grade_name(one.scale, one.grade), one.text, one.language, one.date,
        one.source,
    )  # fmt: skip


def recommendation_of(session: Session, id_: int) -> UUID:
    """The public id of a recommendation."""
    return session.scalars(select(Recommendation.uuid).where(Recommendation.id == id_)).one()
