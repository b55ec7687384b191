"""Comments between those involved in a recommendation or an update. Internal: no public page, file or feed holds one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import Invalid, NotFound, Refused
from uptake.i18n import N_, get_locale, pick
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.people import Membership, User
from uptake.models.progress import Comment, Update, UpdateItem
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.services.addresses import path_of
from uptake.services.audit import record_event
from uptake.services.permissions import Person, may, reach, require, require_somewhere
from uptake.services.telling import notice_words, notices
from uptake.services.translating.items import is_language
from uptake.texts import unprintable

LONGEST = 5_000
TWICE = timedelta(minutes=10)
MOST_PEOPLE = 300
notice_words.register("comment.new", N_("There is a new comment on what you wrote or answer for."))


@dataclass(frozen=True, slots=True)
class Target:
    """What is commented: a recommendation or an update, with the institutions that have to do with it."""

    kind: str
    id: int
    uuid: UUID
    actors: frozenset[int]
    author: int | None = None

    @property
    def path(self) -> str:
        """The page on which its comments stand."""
        page = path_of("recommendation", self.uuid) if self.kind == "recommendation" else f"/updates/{self.uuid}"
        return f"{page}#comments"


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment as those involved read it; the words of a withdrawn one are gone."""

    id: int
    author: str
    at: datetime
    text: str
    language: str
    withdrawn: bool
    may_withdraw: bool
    mentions: list[str]


@dataclass(frozen=True, slots=True)
class Panel:
    """The comments on one thing, and whom the person may mention there: id, name, institution."""

    target: Target
    comments: list[Shown]
    may_write: bool
    people: list[tuple[int, str, str]] = field(default_factory=list)


def of(
    session: Session, person: Person, *, recommendation_id: int | None = None, update_id: int | None = None
) -> Panel | None:
    """The panel for this person; None for everybody who is not involved: then the page says nothing of comments."""
    if not person.signed_in:
        return None
    target = _target(session, recommendation_id=recommendation_id, update_id=update_id)
    return _panel(session, target, person) if target and _may(person, "internal.read", target) else None


def panel(*, recommendation: UUID | None = None, update: UUID | None = None, person: Person) -> Panel:
    """The same for a page of its own, by public id. Raises ``NotFound`` and ``Refused``."""
    require_somewhere(person, "internal.read")
    session = current_session()
    target = _by_uuid(session, recommendation, update)
    _require(person, "internal.read", target)
    return _panel(session, target, person)


def write(
    text: str,
    mentions: Iterable[int] = (),
    *,
    language: str = "",
    recommendation: UUID | None = None,
    update: UUID | None = None,
    person: Person,
) -> Comment:
    """Say something to those involved, in the language of the pages where nobody names another.

    The same words twice within minutes are one comment.
    """
    require_somewhere(person, "comment.write")
    words, said_in = _checked(text, language), language or get_locale()
    with transaction() as session:
        target = _by_uuid(session, recommendation, update, lock=True)
        _require(person, "comment.write", target)
        twin = session.scalar(
            select(Comment)
            .where(_on(target), Comment.user_id == person.id, Comment.text == words, Comment.withdrawn.is_(None))
            .where(Comment.at > datetime.now(UTC) - TWICE)
            .limit(1)
        )
        if twin is not None:
            return twin
        named = _mentioned(words, set(mentions), involved(session, target, person))
        now = datetime.now(UTC)
        one = Comment(user_id=person.id, text=words, language=said_in, mentions=sorted(named), at=now)
        setattr(one, f"{target.kind}_id", target.id)
        earlier = {id_ for id_ in session.scalars(select(Comment.user_id).where(_on(target)).distinct()) if id_}
        session.add(one)
        session.flush()
        about = {target.kind: [None, target.id], "language": [None, said_in], "mentions": [None, one.mentions]}
        record_event(session, person.mark, "comment.write", f"comment/{one.id}", about)
        _tell(session, one, target, named, earlier)
    return one


def withdraw(id_: int, *, person: Person) -> Target:
    """Take a comment back; that there was one stays to be seen."""
    require_somewhere(person, "comment.withdraw")
    with transaction() as session:
        one = session.get(Comment, id_, with_for_update=True)
        target = _target(session, recommendation_id=one.recommendation_id, update_id=one.update_id) if one else None
        if one is None or target is None or not _may(person, "internal.read", target):
            raise NotFound(N_("There is no comment at this address."))
        require(person, "comment.withdraw", owner=one.user_id)
        if one.withdrawn is None:
            one.withdrawn = datetime.now(UTC)
            record_event(session, person.mark, "comment.withdraw", f"comment/{one.id}", {"withdrawn": [False, True]})
    return target


def involved(session: Session, target: Target, person: Person) -> list[tuple[int, str, str]]:
    """Whom the person may mention: the people of the institutions involved, and coordinators."""
    today = date.today()
    rows = session.execute(
        select(User.id, User.name, Actor.short_names, Actor.names, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(Actor, Actor.id == Membership.actor_id)
        .where(
            or_(
                Membership.actor_id.in_(target.actors),
                Membership.actor_id.is_(None) & (Membership.role == "coordinator"),
            ),
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
            User.active.is_(True),
            User.erased.is_(None),
            User.id != (person.id or 0),
        )
        .order_by(User.name, User.id)
        .limit(MOST_PEOPLE)
    )
    found: dict[int, tuple[int, str, str]] = {}
    for id_, name, short, names, _role in rows:
        found.setdefault(id_, (id_, name, pick(short) or pick(names) or _("Coordinator")))
    return list(found.values())


def _panel(session: Session, target: Target, person: Person) -> Panel:
    rows = session.execute(
        select(Comment, User.name).outerjoin(User, User.id == Comment.user_id).where(_on(target)).order_by(Comment.id)
    ).all()
    named = {id_ for one, _name in rows for id_ in one.mentions}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(named))).all())
    shown = [
        Shown(
            one.id, name or _("somebody who has left"), one.at, "" if one.withdrawn else one.text,
            one.language or "", bool(one.withdrawn),
            not one.withdrawn and may(person, "comment.withdraw", owner=one.user_id),
            [] if one.withdrawn else [names[id_] for id_ in one.mentions if id_ in names],
        )
        for one, name in rows
    ]  # fmt: skip
    writes = _may(person, "comment.write", target)
    return Panel(target, shown, writes, involved(session, target, person) if writes else [])


def _by_uuid(session: Session, recommendation: UUID | None, update: UUID | None, *, lock: bool = False) -> Target:
    table = Recommendation if recommendation else Update
    query = select(table.id).where(table.uuid == (recommendation or update))
    id_ = session.scalar(query.with_for_update() if lock else query)
    target = None
    if id_ is not None:
        target = _target(session, **{"recommendation_id" if recommendation else "update_id": id_})
    if target is None:
        raise NotFound(N_("There is nothing to comment at this address."), remedy=N_("Check the address."))
    return target


def _target(session: Session, *, recommendation_id: int | None = None, update_id: int | None = None) -> Target | None:
    if update_id is not None:
        update = session.get(Update, update_id)
        if update is None:
            return None
        return Target("update", update.id, update.uuid, frozenset({update.actor_id}), update.author_id)
    table = Recommendation
    head = session.execute(
        select(table.id, table.uuid, table.parent_id).where(table.id == recommendation_id)
    ).one_or_none()
    if head is None:
        return None
    family = select(table.id).where(or_(table.id.in_([head.id, head.parent_id or 0]), table.parent_id == head.id))
    assigned = select(Assignment.actor_id).where(
        Assignment.recommendation_id.in_(family), Assignment.state.in_(("assigned", "accepted"))
    )
    reported = (
        select(Update.actor_id)
        .join(UpdateItem, UpdateItem.update_id == Update.id)
        .where(UpdateItem.recommendation_id == head.id, Update.state != "withdrawn")
    )
    return Target("recommendation", head.id, head.uuid, frozenset(session.scalars(assigned.union(reported))))


def _may(person: Person, action: str, target: Target) -> bool:
    within = reach(person, action)
    return within is None or bool(within & target.actors)


def _require(person: Person, action: str, target: Target) -> None:
    if not _may(person, action, target):
        raise Refused(
            N_("Only those involved read and write comments here."), remedy=N_("Ask the coordinator."), action=action
        )


def _on(target: Target) -> ColumnElement[bool]:
    return (Comment.recommendation_id if target.kind == "recommendation" else Comment.update_id) == target.id


def _checked(text: str, language: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if language and not is_language(language):
        raise Invalid(N_("The comment was not saved."), fields={"language": _(N_("Choose a language."))})
    wrong = ""
    if not words:
        wrong = N_("Write something first.")
    elif len(words) > LONGEST:
        wrong = N_("The comment is too long.")
    elif unprintable(words):
        wrong = N_("The text holds signs that cannot be shown.")
    if wrong:
        raise Invalid(N_("The comment was not saved."), fields={"text": _(wrong)})
    return words


def _mentioned(words: str, picked: set[int], people: list[tuple[int, str, str]]) -> set[int]:
    """Those who were picked, and those whose full name stands behind an @; nobody who is not involved."""
    lowered = words.casefold()
    return {id_ for id_, name, _place in people if id_ in picked or f"@{name}".casefold() in lowered}


def _tell(session: Session, one: Comment, target: Target, named: set[int], earlier: set[int]) -> None:
    author, once = one.user_id or 0, f"comment/{one.id}"
    notices.tell(session, named - {author}, "comment.mention", target.path, once=once)
    notices.tell(session, earlier - named - {author}, "comment.reply", target.path, once=once)
    if target.author and target.author not in named | earlier | {author}:
        notices.tell(session, {target.author}, "comment.new", target.path, once=once)
