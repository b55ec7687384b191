"""Looks for what is wrong with an installation, and says how to mend it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from uptake import db, i18n, migrate
from uptake.db import session, transaction
from uptake.hooks.calls import ailments
from uptake.hooks.contributions import Ailment
from uptake.hooks.registry import Registry
from uptake.models.imports import ImportRun
from uptake.models.jobs import Job
from uptake.models.recommendations import Recommendation
from uptake.models.search import SearchState
from uptake.search import index
from uptake.search.engine import Engine, Query
from uptake.search.words import NORMALISER
from uptake.services.audit import verify
from uptake.services.instance import settings_of
from uptake.services.plugins import plugin_faults
from uptake.services.telling import digests
from uptake.services.telling.mail import OUTBOX, waiting
from uptake.settings import FILE, Settings, load

LITTLE_SPACE = 500 << 20
TOO_LONG = timedelta(minutes=5)
OLDEST_SQLITE = (3, 40, 0)


def examine(registry: Registry, instance: Path) -> list[Ailment]:
    """Everything that is wrong, the grave first."""
    found = [*_machine(instance), *_plugins(registry), *_languages(registry, instance)]
    try:
        found += _database(registry)
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


def _languages(registry: Registry, instance: Path) -> Iterator[Ailment]:
    if not (instance / FILE).is_file():
        return
    for code in load(instance).languages:
        if not i18n.can_speak(code):
            yield Ailment("language", f"No language pack speaks {code}: the site does not offer it.",
                          f"Install it with: pip install uptake-lang-{code}; or take it out of languages.", grave=False)  # fmt: skip
        elif any(spec.needs_review for spec in registry.languages if spec.code == code):
            yield Ailment("language", f"The language pack of {code} has not been read by native speakers yet.",
                          "Let one read it, and tell its makers.", grave=False)  # fmt: skip


def _database(registry: Registry) -> Iterator[Ailment]:
    pending = [one for one in migrate.status(db.db.engine, migrate.components(registry)) if one.pending]
    if pending:
        yield Ailment("tables", "The database is not up to date.", "Run: uptake db upgrade")
        return
    current = session()
    yield from _mails(settings_of(current))
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
    yield from _jobs()
    yield from _index()
    yield from _faults(registry)


def _faults(registry: Registry) -> Iterator[Ailment]:
    """What plugins did wrong while the site ran, and what they find wrong themselves."""
    yield from ailments(registry)
    plugin_faults.write_down(session(), registry)
    for plugin, count in plugin_faults.counts(session()).items():
        newest = plugin_faults.recent(session(), plugin)[0]
        yield Ailment("plugin-fault", f"The plugin {plugin} failed {count} times, at last in {newest.place}: {newest.message}",
                      "Upgrade it, or put it on disabled_plugins; the page /plugins says more.", grave=False)  # fmt: skip


def _jobs() -> Iterator[Ailment]:
    current = session()
    due = (
        select(func.count())
        .select_from(Job)
        .where(Job.state == "waiting", Job.run_after < datetime.now(UTC) - TOO_LONG)
    )
    waiting = current.scalar(due) or 0
    running = current.scalar(select(func.count()).select_from(Job).where(Job.state == "running")) or 0
    if waiting and not running:
        yield Ailment("worker", f"Jobs wait and nobody runs them: {waiting}.", "Start a worker with: uptake jobs work",
                      grave=False)  # fmt: skip
    if not digests.possible(current) and (people := digests.untold(current)):
        yield Ailment("mails", f"No mails go out; people who would get one: {people}.",
                      "Set smtp_host and base_url in uptake.toml.", grave=False)  # fmt: skip
    failed = current.scalar(select(func.count()).select_from(Job).where(Job.state == "failed")) or 0
    if failed:
        yield Ailment("jobs", f"Jobs failed: {failed}.", "Look with: uptake jobs list --state failed", grave=False)


def _mails(settings: Settings) -> Iterator[Ailment]:
    if settings.smtp_host and not settings.base_url:
        yield Ailment(
            "base_url", "Links in mails name whatever host a request claims to ask.",
            "Set base_url to the public address.", grave=False,
        )  # fmt: skip
    count = waiting(settings)
    if count and not settings.smtp_host:
        yield Ailment(
            "mail", f"{count} mails lie in {settings.instance / OUTBOX}: no mail server is set.",
            "Set smtp_host and its kin; they are sent with the next mail.", grave=False,
        )  # fmt: skip
    elif count:
        yield Ailment(
            "mail", f"{count} mails wait for {settings.smtp_host}, which did not take them.",
            "Check smtp_host, smtp_port, smtp_user, smtp_password and smtp_tls.",
        )  # fmt: skip


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
