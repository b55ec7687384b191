"""Fresh databases for tests: made once with all tables and reference data, then copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from uptake import db, migrate
from uptake.app import build, registry
from uptake.services.reference import load_reference
from uptake.settings import Settings


class SqliteTemplate:
    """A database file that tests copy."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "uptake.db"
        _prepare(Settings(instance=folder))

    @contextmanager
    def copy(self, settings: Settings) -> Iterator[Settings]:
        """Settings that point to a copy in the settings' own instance folder."""
        shutil.copy(self._path, settings.instance / "uptake.db")
        yield settings


class PostgresTemplate:
    """A PostgreSQL database that tests copy; ``server`` is an address whose user may create databases."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server = server
        self.name = f"uptake_test_{uuid4().hex[:12]}"
        self._execute(f'create database "{self.name}"')
        _prepare(Settings(instance=folder, database=self._address(self.name)))

    @contextmanager
    def copy(self, settings: Settings) -> Iterator[Settings]:
        """Settings that point to a copy, which is dropped afterwards."""
        name = f"{self.name}_{uuid4().hex[:8]}"
        self._execute(f'create database "{name}" template "{self.name}"')
        try:
            yield replace(settings, database=self._address(name))
        finally:
            self._execute(f'drop database "{name}" with (force)')

    def drop(self) -> None:
        """Remove the template."""
        self._execute(f'drop database "{self.name}" with (force)')

    def _address(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def _prepare(settings: Settings) -> None:
    app = build(settings)
    with app.app_context():
        migrate.upgrade(db.db.engine)
        load_reference(registry(app))
        close()


def close() -> None:
    """Give back the connections of the app whose context is open."""
    db.db.session.remove()
    for engine in db.db.engines.values():
        engine.dispose()
