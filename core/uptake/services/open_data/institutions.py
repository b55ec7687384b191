"""Institutions: what everybody sees of them, and to those who sign in also how to reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.services.actors.institutions import open_counts
from uptake.services.open_data.keyset import Item, Part, day, in_order
from uptake.services.permissions import Person, may_somewhere

INSIDE = ("email", "phone", "mandate")


def listing(
    session: Session, after: Sequence[int] | None, limit: int, *, person: Person, kind: str = "", level: str = ""
) -> Part:
    """Institutions with the one that each belongs to; nothing of people."""
    wanted = _all()
    if kind:
        wanted = wanted.where(Actor.kind == kind)
    if level:
        wanted = wanted.where(Actor.level == level)
    rows, following = in_order(session, wanted, Actor.id, after, limit)
    counts, inside = open_counts(session), may_somewhere(person, "actor.view")
    return Part([_item(one, parent, counts, inside) for one, parent in rows], following)


def one(session: Session, code: str, *, person: Person) -> Item:
    """One institution. Raises ``NotFound``."""
    row = session.execute(_all().where(Actor.code == code)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no institution {code}."), remedy=N_("Look for it in the list."), code=code)
    return _item(row[0], row[1], open_counts(session), may_somewhere(person, "actor.view"))


def _all() -> Select[Actor, str]:
    above = aliased(Actor)
    return select(Actor, above.code).outerjoin(above, above.id == Actor.parent_id)


def _item(one: Actor, parent: str | None, counts: Mapping[str, int], inside: bool) -> Item:
    return {
        "code": one.code, "kind": one.kind, "level": one.level, "parent": parent, "names": dict(one.names),
        "short_names": dict(one.short_names or {}), "unofficial": dict(one.unofficial or {}), "website": one.website,
        **{name: getattr(one, name) if inside else None for name in INSIDE},
        "closed_on": day(one.closed_on), "open": counts.get(one.code, 0), "version": one.version,
    }  # fmt: skip
