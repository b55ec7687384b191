"""Who answers for one recommendation, as a page shows it: to everybody what is settled, to those involved the rest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import NotFound, Refused
from uptake.i18n import N_, pick, sort_key
from uptake.models.actors import Actor
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, RoutingRule
from uptake.models.vocabularies import Term
from uptake.services.lists.cards import Card, load_cards
from uptake.services.permissions import Person, may, may_somewhere
from uptake.services.recommendations import duplicates
from uptake.services.responsibility import clusters
from uptake.services.responsibility.assignment_rows import ACTIVE
from uptake.services.responsibility.follow_ups import Schedule, schedule

STATE_NAMES = {
    "proposed": N_("Proposed"), "assigned": N_("Has not answered yet"), "accepted": N_("Accepted"),
    "declined": N_("Declined"), "ended": N_("No longer responsible"),
}  # fmt: skip
ROLE_NAMES = {"lead": N_("Lead"), "support": N_("Support")}
_ORDER = {"lead": 0, "support": 1}


@dataclass(slots=True)
class Responsible:
    """An institution's part in a recommendation, and whether the reader may answer for it."""

    id: int
    recommendation_id: int
    actor_id: int
    code: str
    name: str
    role: str
    state: str
    reason: str | None
    version: int
    term: str | None = None
    internal: bool = False
    answer: bool = False


@dataclass(slots=True)
class Panel:
    """All that the reader may see of who answers for a recommendation."""

    id: int
    uuid: UUID
    responsible: list[Responsible] = field(default_factory=list)
    others: list[Responsible] = field(default_factory=list)
    components: list[tuple[UUID, list[Responsible]]] = field(default_factory=list)
    schedule: Schedule | None = None
    clusters: list[tuple[int, str]] = field(default_factory=list)
    may_assign: bool = False

    @property
    def internal(self) -> bool:
        """Whether there is more for the reader than what everybody sees."""
        return self.schedule is not None


def panel(session: Session, recommendation_id: int, uuid: UUID, person: Person) -> Panel:
    """The panel of a recommendation or component. For a visitor: three queries."""
    table = Recommendation
    columns = select(table.id, table.uuid).where(table.parent_id == recommendation_id)
    parts = {row.id: row.uuid for row in session.execute(columns.order_by(table.order_key, table.id))}
    rows = of_many(session, [recommendation_id, *parts], person)
    found = Panel(recommendation_id, uuid, may_assign=may(person, "assignment.assign"))
    for row in rows:
        if row.recommendation_id == recommendation_id:
            (found.responsible if row.state in ACTIVE else found.others).append(row)
    by_part = {id_: [row for row in rows if row.recommendation_id == id_ and row.state in ACTIVE] for id_ in parts}
    found.components = [(parts[id_], listed) for id_, listed in by_part.items() if listed]
    if may(person, "internal.read") or any(row.internal and row.state in ACTIVE for row in rows):
        found.schedule = schedule(session, recommendation_id)
        found.clusters = clusters.clusters_of(session, [recommendation_id]).get(recommendation_id, [])
    return found


def of_many(session: Session, ids: Collection[int], person: Person) -> list[Responsible]:
    """The parts of all institutions in some recommendations, as far as the person may see them, leads first."""
    table = Assignment
    rows = session.execute(
        select(table.id, table.recommendation_id, table.actor_id, table.role, table.state, table.reason, table.version, Term.slug)
        .outerjoin(RoutingRule, RoutingRule.id == table.rule_id)
        .outerjoin(Term, Term.id == RoutingRule.term_id)
        .where(table.recommendation_id.in_(ids))
    ).all()  # fmt: skip
    named = _named(session, {row.actor_id for row in rows})
    inside = {id_ for id_ in named if may(person, "internal.read", actor=id_)}
    answering = {id_ for id_ in named if may(person, "assignment.answer", actor=id_)}
    assigns = may(person, "assignment.assign")
    found = []
    for id_, recommendation, actor, role, state, reason, version, term in rows:
        internal = actor in inside
        if state in ACTIVE or (internal and (state != "proposed" or assigns)):
            found.append(
                Responsible(
                    id_, recommendation, actor, *named[actor], role, state, reason if internal else None, version,
                    term if internal else None, internal, state in ACTIVE and actor in answering,
                )
            )  # fmt: skip
    keys = {id_: sort_key(name) for id_, (_code, name) in named.items()}
    return sorted(found, key=lambda one: (_ORDER.get(one.role, 9), keys[one.actor_id]))


def _named(session: Session, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Code and name of some institutions."""
    rows = session.execute(select(Actor.id, Actor.code, Actor.names).where(Actor.id.in_(ids)))
    return {id_: (code, pick(names) or code) for id_, code, names in rows}


@dataclass(slots=True)
class Desk:
    """The page on which responsibility for one recommendation is settled."""

    card: Card
    panel: Panel
    alike: list[tuple[duplicates.Suggestion, Card]] = field(default_factory=list)
    parts: list[Card] = field(default_factory=list)


def desk(session: Session, uuid: UUID, *, person: Person) -> Desk:
    """The page of one recommendation. Raises ``NotFound``, and ``Refused`` for whoever has no part in it."""
    row = session.execute(
        select(Recommendation.id, Recommendation.uuid).where(Recommendation.uuid == uuid)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no recommendation at this address."))
    found = panel(session, row.id, row.uuid, person)
    if not (found.internal or any(one.internal for one in found.others)):
        raise Refused(N_("Your role does not allow this."), remedy=N_("Ask the coordinator."))
    alike = duplicates.suggest(session, [row.id]).get(row.id, []) if may_somewhere(person, "cluster.edit") else []
    parts = list(session.scalars(select(Recommendation.id).where(Recommendation.parent_id == row.id)))
    cards = {card.id: card for card in load_cards(session, [row.id, *parts, *(one.id for one in alike)])}
    near = [(one, cards[one.id]) for one in alike if one.id in cards]
    return Desk(cards[row.id], found, near, [cards[id_] for id_ in parts if id_ in cards])


def id_of(session: Session, uuid: UUID) -> int:
    """The number behind an address. Raises ``NotFound``."""
    found = session.scalar(select(Recommendation.id).where(Recommendation.uuid == uuid))
    if found is None:
        raise NotFound(N_("There is no recommendation at this address."))
    return found


def home_of(session: Session, assignment_id: int) -> UUID:
    """The recommendation that an assignment is about. Raises ``NotFound``."""
    found = session.scalar(
        select(Recommendation.uuid)
        .join(Assignment, Assignment.recommendation_id == Recommendation.id)
        .where(Assignment.id == assignment_id)
    )
    if found is None:
        raise NotFound(N_("There is no such assignment."))
    return found
