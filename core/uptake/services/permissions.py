"""Who may do what: a table of action × role × scope (``data/permissions.json``), asked by services before anything else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from uptake.errors import Refused
from uptake.hooks.contributions import Permission
from uptake.hooks.person import NOBODY, SYSTEM, Person
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.people import Membership, User

__all__ = ["ACTOR", "NOBODY", "OWN", "SITE", "SYSTEM", "Person", "extend", "load_person", "may", "may_somewhere", "reach",
           "require", "require_somewhere", "table"]  # fmt: skip
SITE, ACTOR, OWN = "site", "actor", "own"


@cache
def table() -> dict[str, dict[str, str]]:
    """action → role → scope: the core's own and, since ``extend``, those of the plugins."""
    actions: dict[str, dict[str, str]] = json.loads(
        files("uptake.data").joinpath("permissions.json").read_text("utf-8")
    )["actions"]
    return actions


def extend(permissions: Iterable[Permission]) -> None:
    """Take in what plugins let their roles do."""
    table().update({one.action: dict(one.roles) for one in permissions})


def may(person: Person, action: str, *, actor: int | None = None, owner: int | None = None) -> bool:
    """Whether the person may do this: everywhere, in the institution ``actor``, or with what ``owner`` made."""
    if person.system:
        return True
    for role, scope in table()[action].items():
        if scope == SITE and (role in person.site_roles or person.actor_roles.get(role)):
            return True
        if scope == ACTOR and actor is not None and actor in person.actor_roles.get(role, ()):
            return True
        if scope == OWN and owner is not None and owner == person.id:
            held = person.actor_roles.get(role, frozenset())
            if held and (actor is None or actor in held):
                return True
    return False


def may_somewhere(person: Person, action: str) -> bool:
    """Whether the person may do this with anything at all: what a menu asks."""
    roles = table()[action]
    return person.system or any(role in person.site_roles or person.actor_roles.get(role) for role in roles)


def reach(person: Person, action: str) -> frozenset[int] | None:
    """The institutions in which the person may do this; None where everywhere. For lists: one query, no look at each."""
    if person.system:
        return None
    found: frozenset[int] = frozenset()
    for role, scope in table()[action].items():
        if scope == SITE and (role in person.site_roles or person.actor_roles.get(role)):
            return None
        if scope == ACTOR:
            found |= person.actor_roles.get(role, frozenset())
    return found


def require(person: Person, action: str, *, actor: int | None = None, owner: int | None = None) -> None:
    """Raise ``Refused`` where the person may not do this. The first line of a service."""
    if may(person, action, actor=actor, owner=owner):
        return
    if not person.signed_in:
        raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."), action=action)
    raise Refused(N_("Your role does not allow this."), remedy=N_("Ask the coordinator."), action=action)


def require_somewhere(person: Person, action: str) -> None:
    """Raise ``Refused`` where the person may do this nowhere at all: for pages that then show only what is in reach."""
    if not may_somewhere(person, action):
        require(person, action)
        raise Refused(N_("Your role does not allow this."), remedy=N_("Ask the coordinator."), action=action)


def load_person(session: Session, user_id: int, today: date | None = None) -> Person:
    """The person behind an account, with the roles in force today; ``NOBODY`` for a closed account."""
    user = session.get(User, user_id)
    if user is None or not user.active or user.erased:
        return NOBODY
    day = today or date.today()
    rows = session.execute(
        select(Membership.role, Membership.actor_id).where(
            Membership.user_id == user_id,
            Membership.since <= day,
            or_(Membership.until.is_(None), Membership.until >= day),
        )
    ).all()
    below = _below(session) if any(actor for _, actor in rows) else {}
    reaching: dict[str, set[int]] = {}
    for role, actor in rows:
        if actor is not None:
            reaching.setdefault(role, set()).update(_with_all_below(actor, below))
    return Person(
        id=user.id,
        name=user.name,
        email=user.email,
        language=user.language,
        site_roles=frozenset(role for role, actor in rows if actor is None),
        actor_roles={role: frozenset(actors) for role, actors in reaching.items()},
        institutions=frozenset(actor for _, actor in rows if actor is not None),
    )


def _below(session: Session) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for id_, parent in session.execute(select(Actor.id, Actor.parent_id)):
        if parent is not None:
            found.setdefault(parent, []).append(id_)
    return found


def _with_all_below(actor: int, below: Mapping[int, list[int]]) -> set[int]:
    found, waiting = set(), [actor]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += below.get(at, ())
    return found
