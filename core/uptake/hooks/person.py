"""Whoever acts, with the roles in force: what services ask about and plugins are handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts. ``site_roles`` count everywhere; ``actor_roles`` maps a role to the institutions that it reaches:
    those of the memberships in force and all below them. ``institutions`` are those of the memberships alone.
    """

    id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "en"
    site_roles: frozenset[str] = frozenset()
    actor_roles: Mapping[str, frozenset[int]] = field(default_factory=dict)
    institutions: frozenset[int] = frozenset()
    system: bool = False

    @property
    def mark(self) -> str:
        """How the audit trail names the person: by number, so that a name can be erased."""
        return f"user/{self.id}" if self.id else "system"

    @property
    def signed_in(self) -> bool:
        """Whether somebody is there at all."""
        return self.id is not None or self.system


NOBODY = Person()
SYSTEM = Person(name="system", system=True)
