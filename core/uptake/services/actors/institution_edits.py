"""Changes of institutions: made, edited, closed instead of deleted, and opened again."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from uptake.db import is_sqlite, transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.search import index
from uptake.services.actors.institution_rules import CONTACT, Draft, draft_of, known, tidy, wrong_fields
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require

FIELDS = ("kind", "level", "parent", "names", "short_names", "email", "phone", "website", "mandate", "closed_on")
FOUND_BY = frozenset({"names", "short_names"})
PERSONAL = frozenset({"email", "phone"})
LOOK_AGAIN = N_("Please look at this again.")


def create(draft: Draft, *, person: Person, again: bool = False) -> Actor:
    """Enter an institution; ``again`` gives the one that is there where it is the same in everything.

    Raises ``Invalid`` with what is wrong at each field.
    """
    require(person, "actor.edit")
    draft = tidy(draft)
    with transaction() as session:
        lock(session)
        others = known(session)
        if again and others.get(draft.code.casefold()) == draft:
            return session.scalars(select(Actor).where(Actor.code == draft.code)).one()
        _refuse(wrong_fields(draft, others, new=True))
        return put(session, None, draft, person)


def edit(id_: int, draft: Draft, *, version: int, person: Person, reason: str | None = None) -> Actor:
    """Change an institution; its code stays. A focal point may change its contact, and nothing else."""
    require(person, "actor.contact", actor=id_)
    draft = tidy(draft)
    with transaction() as session:
        lock(session)
        actor = found(session, id_, version)
        others = known(session)
        before = others[actor.code.casefold()]
        draft.code, draft.closed_on = actor.code, before.closed_on
        if any(getattr(draft, name) != getattr(before, name) for name in FIELDS if name not in CONTACT):
            require(person, "actor.edit", actor=id_)
        _refuse(wrong_fields(draft, {**others, actor.code.casefold(): draft}, new=False))
        return put(session, actor, draft, person, reason)


def close(
    id_: int, day: datetime.date | None = None, *, version: int, person: Person, reason: str | None = None
) -> Actor:
    """Close an institution on a day, today where none is given; what it said and answers for stays."""
    require(person, "actor.edit", actor=id_)
    return _set_closed(id_, day or datetime.date.today(), version, person, "actor.close", reason)


def reopen(id_: int, *, version: int, person: Person, reason: str | None = None) -> Actor:
    """Take back that an institution was closed."""
    require(person, "actor.edit", actor=id_)
    return _set_closed(id_, None, version, person, "actor.reopen", reason)


def lock(session: Session) -> None:
    """One who changes institutions at a time: two edits could put each below the other, or take the same code."""
    if not is_sqlite(session):
        session.execute(text("lock table actor in share row exclusive mode"))


def put(session: Session, actor: Actor | None, draft: Draft, person: Person, reason: str | None = None) -> Actor:
    """Write a draft that was found right, with its audit entry; nothing where it changes nothing."""
    codes = dict(session.execute(select(Actor.id, Actor.code)).all())
    before = draft_of(actor, codes) if actor else None
    said = differences(before, draft)
    if actor is not None and not said:
        return actor
    ids = {code.casefold(): id_ for id_, code in codes.items()}
    action = "actor.edit" if actor else "actor.create"
    if actor is None:
        actor = Actor(code=draft.code)
        said = {"code": [None, draft.code], **said}
        session.add(actor)
    actor.kind, actor.level, actor.parent_id = draft.kind, draft.level, ids.get(draft.parent.casefold())
    actor.unofficial = {
        code: origin
        for code, origin in (actor.unofficial or {}).items()
        if draft.names.get(code) == actor.names.get(code)
    }
    actor.names, actor.short_names, actor.closed_on = draft.names, draft.short_names, draft.closed_on
    actor.email, actor.phone = draft.email or None, draft.phone or None
    actor.website, actor.mandate = draft.website or None, draft.mandate or None
    session.flush()
    if FOUND_BY & said.keys():
        index.touch(session)
    record_event(session, person.mark, action, f"actor/{actor.id}", said, reason)
    return actor


def differing(before: Draft | None, after: Draft) -> list[str]:
    """The fields that differ."""
    old = before or Draft(level="")
    return [name for name in FIELDS if (getattr(old, name) or None) != (getattr(after, name) or None)]


def differences(before: Draft | None, after: Draft) -> dict[str, list[Any]]:
    """Field → old and new for the audit trail; of an address only whether there was one, for it may be a person's."""
    said: dict[str, list[Any]] = {}
    for name in differing(before, after):
        old, new = (getattr(before, name) if before else None), getattr(after, name)
        said[name] = [_plain(name, old), "*** (changed)" if name in PERSONAL and old and new else _plain(name, new)]
    return said


def _plain(name: str, value: Any) -> Any:
    if name in PERSONAL:
        return "***" if value else None
    return value.isoformat() if isinstance(value, datetime.date) else value or None


def _set_closed(
    id_: int, day: datetime.date | None, version: int, person: Person, action: str, reason: str | None
) -> Actor:
    with transaction() as session:
        actor = found(session, id_, version)
        if actor.closed_on == day:
            return actor
        said = {
            "closed_on": [actor.closed_on.isoformat() if actor.closed_on else None, day.isoformat() if day else None]
        }
        actor.closed_on = day
        session.flush()
        record_event(session, person.mark, action, f"actor/{id_}", said, reason)
    return actor


def found(session: Session, id_: int, version: int) -> Actor:
    """An institution that nobody has changed since ``version``."""
    actor = session.get(Actor, id_, populate_existing=True)
    if actor is None:
        raise NotFound(N_("There is no such institution."))
    if actor.version != version:
        raise Conflict(
            N_("Somebody has changed this institution meanwhile."),
            remedy=N_("Look at it again, then repeat the change."),
        )
    return actor


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise Invalid(LOOK_AGAIN, fields=wrong)
