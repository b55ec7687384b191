"""Looks for what is wrong with an installation, and says how to mend it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from uptake import db, migrate
from uptake.db import session, transaction
from uptake.hooks.registry import Registry
from uptake.models.imports import ImportRun
from uptake.models.recommendations import Recommendation
from uptake.models.search import SearchState
from uptake.search import index
from uptake.search.engine import Engine, Query
from uptake.search.words import NORMALISER
from uptake.services.audit import verify

LITTLE_SPACE = 500 << 20
OLDEST_SQLITE = (3, 40, 0)


@dataclass(frozen=True, slots=True)
class Ailment:
    """Something that is wrong, and the remedy; a grave one keeps the site from working as it should."""

    code: str
    message: str
    remedy: str
    grave: bool = True

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def examine(registry: Registry, instance: Path) -> list[Ailment]:
    """Everything that is wrong, the grave first."""
    found = [*_machine(instance), *_plugins(registry)]
    try:
        found += _database()
    except SQLAlchemyError as error:
        words = getattr(error, "orig", error)
        found.append(
            Ailment(
                "database", f"The database cannot be read: {words}.", "Check the setting “database” and its server."
            )
        )
    return sorted(found, key=lambda one: not one.grave)


def _machine(instance: Path) -> Iterator[Ailment]:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Ailment(
            "sqlite", f"SQLite {sqlite3.sqlite_version} is too old.", "Use a Python that brings SQLite 3.40 or newer."
        )
    free = shutil.disk_usage(instance).free
    if free < LITTLE_SPACE:
        yield Ailment(
            "disk", f"Only {free >> 20} MB are left on the disk.", "Make room.", grave=free < LITTLE_SPACE // 10
        )


def _plugins(registry: Registry) -> Iterator[Ailment]:
    for name, error in registry.broken().items():
        yield Ailment(
            "plugin", f"The plugin {name} does not run: {error}.", "Upgrade it, or put it on disabled_plugins."
        )


def _database() -> Iterator[Ailment]:
    pending = [one for one in migrate.status(db.db.engine) if one.pending]
    if pending:
        yield Ailment("tables", "The database is not up to date.", "Run: uptake db upgrade")
        return
    current = session()
    for run in current.scalars(select(ImportRun).where(ImportRun.status == "running")):
        yield Ailment("import", f"Run {run.id} of {run.file_name} is running or was interrupted; nothing of it was kept.",
                      "If no import is running, import the file again.", grave=False)  # fmt: skip
    broken = verify(current)
    if broken is not None:
        yield Ailment(
            "audit",
            f"The audit trail does not fit together from entry {broken} on.",
            "Somebody altered it; restore a backup.",
        )
    yield from _index()


def _index() -> Iterator[Ailment]:
    current = session()
    state = current.get(SearchState, 1)
    count = (
        current.scalar(select(func.count()).select_from(Recommendation).where(Recommendation.parent_id.is_(None))) or 0
    )
    if count and (state is None or state.normaliser != NORMALISER or Engine(current).answer(Query()).count != count):
        yield Ailment("index", "The search index is not that of the register.", "Run: uptake db upgrade")


def refresh_index() -> bool:
    """Build the search index anew where it is not that of the register; whether it was."""
    if not list(_index()):
        return False
    with transaction() as current:
        index.rebuild(current)
    return True
