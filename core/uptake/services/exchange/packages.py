"""Making packages and backups, and bringing them into a site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from uptake.db import chunks, db, is_sqlite, transaction
from uptake.db import session as current_session
from uptake.errors import Busy, Invalid
from uptake.hooks.registry import Registry
from uptake.models.progress import StoredFile
from uptake.services.audit import record_event
from uptake.services.exchange import fitting, loading, scopes
from uptake.services.exchange.archive import Package, Progress, open_package
from uptake.services.exchange.fitting import Plan
from uptake.services.exchange.manifest import BACKUP, Holds, Manifest
from uptake.services.exchange.writing import write_package
from uptake.services.importing.run import LOCK
from uptake.services.instance import settings_of
from uptake.services.permissions import Person, require

MAKE, BRING = "package.make", "package.load"


@dataclass(slots=True)
class Report:
    """What a package brought, or in a trial would bring."""

    manifest: Manifest
    rows: int = 0
    files: int = 0
    skipped: list[str] = field(default_factory=list)
    applied: bool = False


def make(
    path: Path, holds: Holds, registry: Registry, *, person: Person, actor: str, progress: Progress | None = None
) -> Manifest:
    """Write a package of this site. It reads one moment while the site goes on; who took what out is kept in the trail."""
    require(person, MAKE)
    settings = settings_of(current_session())
    current_session().rollback()
    found = write_package(path, db.engine, settings, registry, holds, progress)
    try:
        with transaction() as session:
            record_event(session, actor, MAKE, f"package/{holds}", {"rows": found.rows, "files": len(found.files)})
    except Busy:  # somebody imports meanwhile, for minutes: the file is worth more than the entry
        pass
    return found


def bring(
    path: Path, registry: Registry, *, backup: bool, person: Person, actor: str, replace: bool = False,
    dry_run: bool = False, progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Bring a package (or a backup) into a site that is empty, or with ``replace`` in the place of all that is there.

    Raises ``Invalid`` for a package that is damaged, of other versions or not what it says, ``Conflict`` for a site that
    is not empty. Either way nothing has changed then, neither rows nor files.
    """
    require(person, BRING)
    with open_package(path) as package:
        _check_kind(package, backup)
        _look(package, registry, replace)
        package.check(progress)
        settings = settings_of(current_session())
        with nullcontext() if dry_run else loading.files_of(package, settings, _known):
            report = _write(package, registry, actor, replace, dry_run, progress)
        if report.applied:
            loading.write_words(package, settings)
        return report


def _write(
    package: Package, registry: Registry, actor: str, replace: bool, dry_run: bool, progress: Progress | None
) -> Report:
    held = package.manifest
    report = Report(held, held.rows, len(held.files))
    about = {"made": held.made.isoformat(), "rows": report.rows, "files": report.files}
    try:
        with _writing(registry) as session:
            plan = fitting.fit(package, session, registry)
            report.skipped = plan.skipped
            _make_room(session, registry, plan, replace)
            loading.write_rows(session, package, plan, registry, progress)
            loading.check_files(session, package)
            record_event(session, actor, BRING, f"package/{held.holds}", about)
            _prove(session, package)
            if dry_run:
                raise _Trial
        report.applied = True
    except _Trial:
        pass
    return report


class _Trial(Exception):
    """Leaves the transaction without keeping anything."""


def _check_kind(package: Package, backup: bool) -> None:
    is_backup = package.manifest.holds == BACKUP
    if is_backup != backup:
        raise Invalid(
            "{file} is a backup." if is_backup else "{file} is a package, not a backup.",
            remedy="Bring it back with: uptake restore {file}"
            if is_backup
            else "Bring it in with: uptake import {file}",
            file=package.name,
        )


def _look(package: Package, registry: Registry, replace: bool) -> None:
    """Refuse early what would be refused in the end."""
    session = current_session()
    plan = fitting.fit(package, session, registry)
    if replace:
        fitting.check_leftovers(session, registry)
    else:
        fitting.check_empty(session, plan)
    session.rollback()


@contextmanager
def _writing(registry: Registry) -> Iterator[Session]:
    try:
        with transaction() as session:
            if not is_sqlite(session) and not session.scalar(
                text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}
            ):
                raise Busy("An import is writing to this database.", remedy="Wait until it has ended and try again.")
            loading.lock(session, registry)
            yield session
    except IntegrityError as error:
        raise Invalid("The rows of the package do not fit together: {error}.", remedy="Nothing was changed.",
                      error=str(error.orig).splitlines()[0]) from error  # fmt: skip


def _make_room(session: Session, registry: Registry, plan: Plan, replace: bool) -> None:
    """Take away what the package brings anew: with ``replace`` everything, else what a fresh instance has of itself."""
    tables = [table for table in scopes.tables(registry) if table.name not in scopes.NEVER]
    if replace:
        fitting.check_leftovers(session, registry)
        loading.empty_all(session, tables)
    else:
        fitting.check_empty(session, plan)
        filled = {shape.table.name for shape, _part in plan.filled}
        loading.empty(session, [table for table in tables if table.name in filled])


def _prove(session: Session, package: Package) -> None:
    """What PostgreSQL has proved by now: that every row refers to one that is there."""
    session.flush()
    if is_sqlite(session):
        broken = session.connection().exec_driver_sql("pragma foreign_key_check").fetchone()
        if broken:
            raise Invalid(
                "data/{table}.jsonl in {file} refers to a row of {other} that is not there.", remedy="Nothing was changed.",
                file=package.name, table=broken[0], other=broken[2],
            )  # fmt: skip


def _known(checksums: list[str]) -> set[str]:
    session = current_session()
    session.rollback()
    return {
        one
        for chunk in chunks(checksums)
        for one in session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(chunk)))
    }
