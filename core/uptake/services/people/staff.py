"""Who holds which role today, everywhere at once: three queries, however many institutions are asked about."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from uptake.models.actors import Actor
from uptake.models.people import Membership, User


class Staff:
    """The accounts in the roles of today."""

    def __init__(self, session: Session, today: date) -> None:
        self._held: defaultdict[tuple[int | None, str], set[int]] = defaultdict(set)
        self._parents = {row.id: row.parent_id for row in session.execute(select(Actor.id, Actor.parent_id))}
        in_force = select(Membership.actor_id, Membership.role, Membership.user_id).join(
            User, User.id == Membership.user_id
        )
        in_force = in_force.where(
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
            User.active.is_(True),
            User.erased.is_(None),
        )
        for actor, role, user in session.execute(in_force):
            self._held[actor, role].add(user)

    def of(self, actor: int | None, *roles: str) -> set[int]:
        """Those with one of these roles in the institution itself, or (None) on the site."""
        return set().union(*(self._held.get((actor, role), set()) for role in roles))

    def reaching(self, actor: int, *roles: str) -> set[int]:
        """The same, or else those in the nearest institution above it: roles reach downwards."""
        at: int | None = actor
        seen: set[int] = set()
        while at is not None and at not in seen:
            if found := self.of(at, *roles):
                return found
            seen.add(at)
            at = self._parents.get(at)
        return set()
