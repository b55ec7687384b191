"""Updates as they are read: the list of those in reach, one with its way, and what is published on a recommendation."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound, Refused
from uptake.i18n import N_, pick, sort_key
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.people import User
from uptake.models.progress import UPDATE_STATES, Update, UpdateItem, UpdateStep
from uptake.models.recommendations import Recommendation
from uptake.services.lists.cards import Card, load_cards
from uptake.services.permissions import NOBODY, Person, may, reach, require_somewhere
from uptake.services.progress import evidence, workflow
from uptake.services.progress.workflow_moves import FORWARD, Ask, Move, asked
from uptake.services.progress.workflow_told import reaching
from uptake.services.translating.items import Version
from uptake.services.translating.of_updates import translations_of

PAGE_SIZE = 30
MOST_PUBLISHED = 100


@dataclass(slots=True)
class Row:
    """An update in a list: whose it is, the first recommendation that it answers and how many more, and what is asked."""

    update: Update
    institution: str
    card: Card | None
    more: int
    ask: Ask


@dataclass(slots=True)
class Listing:
    """One page of updates."""

    rows: list[Row]
    count: int
    page: int
    institutions: list[tuple[int, str]]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(-(-self.count // PAGE_SIZE), 1)


@dataclass(slots=True)
class Step:
    """One step on the way; ``name`` is empty for what the register did by itself."""

    step: str
    at: datetime.datetime
    name: str
    comment: str | None


@dataclass(slots=True)
class UpdatePage:
    """One update with all that stands around it. ``inside`` is whether the reader is one of those involved."""

    update: Update
    institution: str
    cards: list[Card]
    evidence: list[evidence.Item]
    inside: bool = False
    author: str = ""
    steps: list[Step] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    ask: Ask | None = None
    editable: bool = False
    texts: dict[str, Version] = field(default_factory=dict)


@dataclass(slots=True)
class Published:
    """A published update on a recommendation's page; ``on`` is the part that it speaks of, where it is not the whole."""

    update: Update
    institution: str
    evidence: list[evidence.Item]
    on: UUID | None = None
    texts: dict[str, Version] = field(default_factory=dict)


def find(
    session: Session, states: Sequence[str], actor: int | None, mine: bool, page: int, *, person: Person,
    since: datetime.date | None = None, until: datetime.date | None = None,
) -> Listing:  # fmt: skip
    """Updates in the person's reach, what was changed last first: those in some states, of one institution, only those of
    which something is asked of the person, or published from one day to another, both included."""
    require_somewhere(person, "work.read")
    visible = reach(person, "internal.read")
    wanted: list[ColumnElement[bool]] = [] if visible is None else [Update.actor_id.in_(visible)]
    known = [state for state in states if state in UPDATE_STATES]
    if known:
        wanted.append(Update.state.in_(known))
    if actor is not None:
        wanted.append(Update.actor_id == actor)
    if mine:
        wanted.append(_asked_of(person))
    if since:
        wanted.append(Update.published >= datetime.datetime.combine(since, datetime.time(), datetime.UTC))
    if until and until < datetime.date.max:
        after = until + datetime.timedelta(days=1)
        wanted.append(Update.published < datetime.datetime.combine(after, datetime.time(), datetime.UTC))
    count = session.scalar(select(func.count(Update.id)).where(*wanted)) or 0
    page = min(max(page, 1), max(-(-count // PAGE_SIZE), 1))
    order = (Update.changed.desc(), Update.id.desc())
    statement = select(Update).where(*wanted).order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    names = names_of(session)
    rows = _rows(session, list(session.scalars(statement)), names, person)
    options = [(id_, name) for id_, name in names.items() if visible is None or id_ in visible]
    return Listing(rows, count, page, sorted(options, key=lambda one: sort_key(one[1])))


def open_one(session: Session, uuid: UUID, *, person: Person) -> UpdatePage:
    """One update. What is not published is there for those involved alone, and for nobody else is there anything."""
    update = workflow.load(session, uuid)
    inside = readable(update, person)
    if not inside and update.state != "published":
        if not person.signed_in:
            raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
        raise NotFound(N_("There is no update at this address."))
    institution = pick(session.scalar(select(Actor.names).where(Actor.id == update.actor_id)) or {})
    cards = load_cards(session, workflow.items_of(session, update))
    page = UpdatePage(update, institution, cards, evidence.of(session, [update.id])[update.id], inside)
    page.texts = translations_of(session, [update.id])[update.id]
    if inside:
        page.steps = _steps(session, update)
        page.author = session.scalar(select(User.name).where(User.id == update.author_id)) or ""
        page.moves = workflow.moves_for(person, update)
        page.ask = _asked(session, page)
        page.editable = update.state == "draft" and may(
            person, "update.draft", actor=update.actor_id, owner=update.author_id
        )
    return page


def _asked(session: Session, page: UpdatePage) -> Ask:
    """What is asked now; where it waits for a validator whom the institution does not have, that is said."""
    found = asked(page.update, page.moves, page.institution)
    if page.update.state != "submitted" or found.move or reaching(session, page.update.actor_id, "validator"):
        return found
    return Ask(f"{found.sentence} {_('There is none now: the coordinator names one, or switches this step off.')}")


def readable(update: Update, person: Person) -> bool:
    """Whether the person is one of those who may read it before it is published; whoever has left no longer is."""
    return may(person, "internal.read", actor=update.actor_id)


def published_on(session: Session, recommendation_id: int) -> list[Published]:
    """What is published on a recommendation, its components and what it is a component of; the newest first."""
    table = Recommendation
    above = select(table.parent_id).where(table.id == recommendation_id).scalar_subquery()
    near = or_(table.id == recommendation_id, table.parent_id == recommendation_id, table.id == above)
    rows = session.execute(
        select(Update, Actor.names, table.id, table.uuid)
        .join(UpdateItem, UpdateItem.update_id == Update.id)
        .join(table, table.id == UpdateItem.recommendation_id)
        .join(Actor, Actor.id == Update.actor_id)
        .where(near, Update.state == "published")
        .order_by(Update.published.desc(), Update.id.desc())
        .limit(MOST_PUBLISHED)
    ).all()
    found: dict[int, Published] = {}
    ids = {update.id for update, *_rest in rows}
    behind, texts = evidence.of(session, ids), translations_of(session, ids)
    for update, names, id_, uuid in rows:
        one = found.setdefault(
            update.id, Published(update, pick(names), behind[update.id], uuid, texts=texts[update.id])
        )
        if id_ == recommendation_id:
            one.on = None
    return list(found.values())


def sets(session: Session, *, person: Person) -> list[tuple[str, int, list[Update]]]:
    """What waits behind the gate: each set with the number and the first of its updates; those with a day come last,
    under no name."""
    require_somewhere(person, "update.publish")
    held = select(Update).where(Update.state == "approved").order_by(Update.gate, Update.publish_on, Update.id)
    found: defaultdict[str, list[Update]] = defaultdict(list)
    for update in session.scalars(held):
        found[update.gate or ""].append(update)
    return [
        (name, len(updates), updates[:PAGE_SIZE]) for name, updates in sorted(found.items(), key=lambda one: not one[0])
    ]


def names_of(session: Session) -> dict[int, str]:
    """The names of all institutions in the reader's language."""
    return {id_: pick(names) for id_, names in session.execute(select(Actor.id, Actor.names))}


def rows_of(session: Session, updates: Sequence[Update]) -> list[Row]:
    """These updates as rows of a list in which nothing is asked of anybody."""
    return _rows(session, updates, names_of(session), NOBODY)


def _rows(session: Session, updates: Sequence[Update], names: dict[int, str], person: Person) -> list[Row]:
    items = _items(session, [update.id for update in updates])
    cards = {card.id: card for card in load_cards(session, [ids[0] for ids in items.values()])}
    rows = []
    for update in updates:
        ids, name = items.get(update.id, []), names.get(update.actor_id, "")
        ask = asked(update, workflow.moves_for(person, update), name)
        rows.append(Row(update, name, cards.get(ids[0]) if ids else None, max(len(ids) - 1, 0), ask))
    return rows


def _items(session: Session, updates: Iterable[int]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    statement = select(UpdateItem.update_id, UpdateItem.recommendation_id).where(
        UpdateItem.update_id.in_(list(updates))
    )
    for update, recommendation in session.execute(statement.order_by(UpdateItem.recommendation_id)):
        found[update].append(recommendation)
    return found


def _asked_of(person: Person) -> ColumnElement[bool]:
    """Updates whose next step this person may take."""
    waiting: list[ColumnElement[bool]] = []
    for state, move in FORWARD.items():
        for action in move.actions:
            where = reach(person, action)
            here = Update.state == state
            waiting.append(here if where is None else and_(here, Update.actor_id.in_(where)))
    return or_(false(), *waiting)


def _steps(session: Session, update: Update) -> list[Step]:
    rows = session.execute(
        select(UpdateStep.step, UpdateStep.at, User.name, UpdateStep.comment)
        .outerjoin(User, User.id == UpdateStep.user_id)
        .where(UpdateStep.update_id == update.id)
        .order_by(UpdateStep.id)
    )
    return [Step(step, at, name or "", comment) for step, at, name, comment in rows]
