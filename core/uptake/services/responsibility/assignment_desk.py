"""The coordinator's desk: what is unassigned, proposed, declined, unanswered or without a date, and who has how much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from uptake.i18n import N_, sort_key
from uptake.models.actors import Actor
from uptake.models.progress import StatusValue
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, FollowUp
from uptake.search import ordering
from uptake.search.engine import Engine
from uptake.services.actors.institutions import name_of
from uptake.services.lists.cards import Card, load_cards
from uptake.services.permissions import Person, require
from uptake.services.responsibility.assignment_rows import ACTIVE
from uptake.services.responsibility.responsibility_pages import Responsible, of_many
from uptake.services.responsibility.routing import unassigned

SIZE = 50
TABS = {
    "unassigned": N_("Unassigned"), "proposed": N_("Proposed"), "declined": N_("Declined"),
    "waiting": N_("Not answered"), "undated": N_("Without a due date"), "institutions": N_("By institution"),
}  # fmt: skip
_STATES = {"proposed": "proposed", "declined": "declined", "waiting": "assigned"}


@dataclass(slots=True)
class Row:
    """A recommendation on the desk, with the assignment that it is about where there is one."""

    card: Card
    part: Responsible | None = None
    since: datetime | None = None


@dataclass(slots=True)
class InstitutionRow:
    """How much an institution has, by role and state."""

    id: int
    code: str
    name: str
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class DeskPage:
    """One page of one tab, with the numbers of all tabs."""

    show: str
    counts: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    institutions: list[InstitutionRow] = field(default_factory=list)
    number: int = 1

    @property
    def count(self) -> int:
        """How many there are in this tab."""
        return self.counts[self.show]

    @property
    def pages(self) -> int:
        """How many pages, at least one."""
        return max(1, -(-self.count // SIZE))


def desk(session: Session, show: str, number: int, *, person: Person) -> DeskPage:
    """One page of the desk: a constant number of queries."""
    require(person, "assignment.assign")
    show = show if show in TABS else "unassigned"
    sets = {"unassigned": unassigned(session), "undated": undated(session)}
    by_state = select(Assignment.state, func.count().label("number")).group_by(Assignment.state)
    states = {row.state: row.number for row in session.execute(by_state)}
    counts = {tab: len(sets[tab]) if tab in sets else states.get(_STATES.get(tab, ""), 0) for tab in TABS}
    page = DeskPage(show, counts, number=number)
    if show == "institutions":
        page.institutions = by_institution(session)
        counts["institutions"] = len(page.institutions)
    elif show in sets:
        page.rows = _of_set(session, sets[show], number, person)
    else:
        page.rows = _of_state(session, _STATES[show], number, person)
    return page


def undated(session: Session) -> BitMap:
    """What somebody answers for without a due date: neither continuous, nor closed, nor dated as a whole."""
    table = Assignment
    held = BitMap(session.scalars(select(table.recommendation_id).where(table.state.in_(ACTIVE)).distinct()))
    closing = select(StatusValue.code).where(StatusValue.closes.is_(True))
    settled = or_(FollowUp.due.is_not(None), FollowUp.continuous.is_(True), FollowUp.status.in_(closing))
    done = BitMap(session.scalars(select(FollowUp.recommendation_id).where(settled)))
    open_ = BitMap(Engine(session).everything)
    rows = select(Recommendation.id, Recommendation.parent_id).where(Recommendation.parent_id.is_not(None))
    undone = open_ - done
    parts = BitMap(id_ for id_, parent in session.execute(rows) if parent is not None and parent in undone)
    return (held & (open_ | parts)) - done


def by_institution(session: Session) -> list[InstitutionRow]:
    """What each institution has, by name: two queries."""
    names = {
        actor.id: InstitutionRow(actor.id, actor.code, name_of(actor))
        for actor in session.scalars(select(Actor).where(Actor.closed_on.is_(None)))
    }
    table = Assignment
    grouped = select(table.actor_id, table.role, table.state, func.count()).group_by(
        table.actor_id, table.role, table.state
    )
    for actor, role, state, count in session.execute(grouped):
        if actor in names:
            names[actor].counts[state] += count
            if state in ACTIVE:
                names[actor].counts[role] += count
    return sorted(names.values(), key=lambda row: sort_key(row.name))


def _of_set(session: Session, ids: BitMap, number: int, person: Person) -> list[Row]:
    """A page of recommendations, the newest first; those that are components follow."""
    engine = Engine(session)
    first = (number - 1) * SIZE
    whole = FrozenBitMap(ids & engine.everything)
    listed = ordering.by_facts(engine.view, whole, "newest", first, SIZE)
    rest = sorted(ids - whole)
    start = max(0, first - len(whole))
    listed += rest[start : start + SIZE - len(listed)]
    mine = {one.recommendation_id: one for one in reversed(of_many(session, listed, person)) if one.state in ACTIVE}
    return [Row(card, mine.get(card.id)) for card in load_cards(session, listed)]


def _of_state(session: Session, state: str, number: int, person: Person) -> list[Row]:
    table = Assignment
    chosen = select(table.id, table.recommendation_id, table.created, table.answered).where(table.state == state)
    rows = session.execute(
        chosen.order_by(table.created.desc(), table.id.desc()).offset((number - 1) * SIZE).limit(SIZE)
    ).all()
    ids = list(dict.fromkeys(row.recommendation_id for row in rows))
    parts = {one.id: one for one in of_many(session, ids, person)}
    cards = {card.id: card for card in load_cards(session, ids)}
    return [Row(cards[row.recommendation_id], parts.get(row.id), row.answered or row.created) for row in rows]
