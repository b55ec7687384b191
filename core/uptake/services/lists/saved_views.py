"""Searches that people keep under a name, for themselves or for everybody who signs in."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Invalid, NotFound, Refused
from uptake.i18n import N_
from uptake.models.notices import SavedView
from uptake.models.people import User
from uptake.services.audit import record_event
from uptake.services.lists.searching import FILTERS
from uptake.services.permissions import Person, may, require
from uptake.texts import unprintable

LONGEST_NAME = 120
LONGEST_QUERY = 2000
MOST = 200
PARAMETERS = frozenset({"q", "from", "to", "sort", "size", *FILTERS, *(f"not.{name}" for name in FILTERS)})


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as somebody sees it."""

    id: int
    name: str
    query: str
    shared: bool
    mine: bool
    owner: str
    may_unshare: bool


def canonical(query: str) -> str:
    """A search in one writing: parameters that a list knows, each once, the page left out.

    Raises ``Invalid`` where it is too long to be kept.
    """
    pairs = dict.fromkeys(
        (name, " ".join(value.split()))
        for name, value in parse_qsl(query.removeprefix("?"), max_num_fields=500)
        if name in PARAMETERS and value.strip() and not unprintable(value)
    )
    found = urlencode(list(pairs))
    if len(found) > LONGEST_QUERY:
        raise Invalid(N_("This search is too long to be kept."), remedy=N_("Choose fewer filters."))
    return found


def listed(session: Session, *, person: Person) -> list[View]:
    """The person's own views and those that others share, by name."""
    require(person, "view.save")
    statement = (
        select(SavedView, User.name)
        .join(User, User.id == SavedView.user_id)
        .where(or_(SavedView.user_id == person.id, SavedView.shared.is_(True)))
        .order_by(func.lower(SavedView.name), SavedView.id)
    )
    moderates = may(person, "view.unshare")
    return [
        View(one.id, one.name, one.query, one.shared, one.user_id == person.id, owner, moderates and one.shared)
        for one, owner in session.execute(statement)
    ]


def save(name: str, query: str, *, shared: bool = False, person: Person) -> SavedView:
    """Keep a search under a name. The same search under the same name is there already; another one is refused."""
    require(person, "view.save")
    if shared:
        require(person, "view.share")
    kept, title = canonical(query), _name(name)
    with transaction() as session:
        one = _named(session, person, title)
        if one is not None:
            if one.query != kept:
                raise _taken()
            return one
        _check_number(session, person)
        one = SavedView(
            user_id=person.id, name=title, query=kept, shared=shared, created=datetime.datetime.now(datetime.UTC)
        )
        session.add(one)
        session.flush()
        record_event(
            session, person.mark, "view.save", f"view/{one.id}", {"query": [None, kept], "shared": [None, shared]}
        )
    return one


def rename(id_: int, name: str, *, person: Person) -> SavedView:
    """Give one's own view another name."""
    require(person, "view.save")
    title = _name(name)
    with transaction() as session:
        one = _own(session, id_, person)
        if one.name != title:
            if _named(session, person, title) is not None:
                raise _taken()
            one.name = title
            record_event(session, person.mark, "view.rename", f"view/{id_}", {})
    return one


def share(id_: int, *, on: bool, person: Person) -> SavedView:
    """Show one's own view to everybody or to nobody else; an administrator may take back anybody's."""
    require(person, "view.share" if on else "view.save")
    with transaction() as session:
        one = session.get(SavedView, id_)
        foreign = one is not None and one.user_id != person.id and one.shared and not on
        if foreign and may(person, "view.unshare"):
            assert one is not None
        else:
            one = _own(session, id_, person)
        if one.shared != on:
            record_event(session, person.mark, "view.share", f"view/{id_}", {"shared": [one.shared, on]})
            one.shared = on
    return one


def delete(id_: int, *, person: Person) -> None:
    """Forget one's own view."""
    require(person, "view.save")
    with transaction() as session:
        one = _own(session, id_, person)
        record_event(session, person.mark, "view.delete", f"view/{id_}", {"query": [one.query, None]})
        session.delete(one)


def _own(session: Session, id_: int, person: Person) -> SavedView:
    one = session.get(SavedView, id_)
    if one is None or (one.user_id != person.id and not one.shared):
        raise NotFound(N_("This saved view does not exist."), remedy=N_("Go back to your saved views."))
    if one.user_id != person.id:
        raise Refused(N_("This view belongs to somebody else."), remedy=N_("Save it under a name of your own."))
    return one


def _named(session: Session, person: Person, name: str) -> SavedView | None:
    return session.scalar(select(SavedView).where(SavedView.user_id == person.id, SavedView.name == name))


def _name(name: str) -> str:
    title = " ".join(name.split())
    wrong = ""
    if not title:
        wrong = N_("Give it a name.")
    elif len(title) > LONGEST_NAME:
        wrong = N_("A name has at most 120 characters.")
    elif unprintable(title):
        wrong = N_("The name holds a character that cannot be kept.")
    if wrong:
        raise Invalid(N_("The view was not saved."), remedy=wrong, fields={"name": wrong})
    return title


def _taken() -> Invalid:
    wrong = N_("You have another view of this name.")
    return Invalid(N_("The view was not saved."), remedy=wrong, fields={"name": wrong})


def _check_number(session: Session, person: Person) -> None:
    count = session.scalar(select(func.count()).where(SavedView.user_id == person.id)) or 0
    if count >= MOST:
        raise Invalid(N_("You keep {count} views already."), remedy=N_("Delete some of them first."), count=count)
