"""Fresh databases for tests: made once with all tables and reference data, then copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url

from uptake import db, migrate
from uptake.app import build, registry
from uptake.services.plugins.reference import load_reference
from uptake.settings import Settings

Fill = Callable[[Flask], None]
LARGE = 2000
TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename not like 'alembic%%' order by 1"
SHAPE = (
    "select table_name::text, column_name::text, data_type::text from information_schema.columns "
    "where table_schema = 'public' union all "
    "select tgrelid::regclass::text, tgname::text, tgenabled::text from pg_trigger where not tgisinternal order by 1, 2, 3"
)
SEQUENCES = "select quote_ident(sequencename), last_value from pg_sequences where schemaname = 'public' order by 1"
LEAVE = (
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
)


class SqliteTemplate:
    """A database file that tests copy."""

    def __init__(self, folder: Path, fill: Fill | None = None) -> None:
        self._path = folder / "uptake.db"
        _prepare(Settings(instance=folder), fill)

    @contextmanager
    def copy(self, settings: Settings) -> Iterator[Settings]:
        """Settings that point to a copy in the settings' own instance folder."""
        shutil.copy(self._path, settings.instance / "uptake.db")
        yield settings


class PostgresTemplate:
    """A PostgreSQL database that tests use one after another; each finds it as it was made.

    ``server`` is an address whose user is a superuser. To make and drop a database for each test takes a second, to put
    back what a test has changed a few milliseconds.
    """

    def __init__(self, server: str, folder: Path, fill: Fill | None = None) -> None:
        self._server = server
        self._first = f"uptake_test_{uuid4().hex[:12]}"
        self.name = f"{self._first}_used"
        self._execute(f'create database "{self._first}"')
        _prepare(Settings(instance=folder, database=self._address(self._first)), fill)
        self._make()

    @contextmanager
    def copy(self, settings: Settings) -> Iterator[Settings]:
        """Settings that point to the database, which is put back afterwards."""
        try:
            yield replace(settings, database=self._address(self.name))
        finally:
            self._restore()

    def drop(self) -> None:
        """Remove the database."""
        self._remove()
        self._execute(f'drop database "{self._first}" with (force)')

    def _make(self) -> None:
        self._execute(f'create database "{self.name}" template "{self._first}"')
        self._own = create_engine(self._address(self.name), isolation_level="AUTOCOMMIT")
        with self._own.connect() as connection:
            self._shape = connection.exec_driver_sql(SHAPE).fetchall()
            self._tables = [name for (name,) in connection.exec_driver_sql(TABLES)]
            sequences = connection.exec_driver_sql(SEQUENCES)
            self._begin = ", ".join(f"setval('{name}', {last or 1}, {last is not None})" for name, last in sequences)
            self._made = _marks(connection, self._tables)
            connection.exec_driver_sql("create schema made")
            for name, (count, _newest) in self._made.items():
                if count:
                    connection.exec_driver_sql(f'create table made."{name}" as table public."{name}"')

    def _restore(self) -> None:
        """Put back what was changed; make the database anew where its tables themselves were."""
        with self._own.connect() as connection:
            connection.exec_driver_sql(LEAVE)
            connection.exec_driver_sql(f'alter database "{self.name}" reset all')
            for name in {name for (name,) in connection.exec_driver_sql(TABLES)}.difference(self._tables):
                connection.exec_driver_sql(f'drop table "{name}" cascade')  # of a queue, which makes its own
            if connection.exec_driver_sql(SHAPE).fetchall() == self._shape:
                self._put_back(connection)
                return
        self._remove()
        self._make()

    def _remove(self) -> None:
        self._own.dispose()
        self._execute(f'drop database "{self.name}" with (force)')

    def _put_back(self, connection: Connection) -> None:
        now = _marks(connection, self._tables)
        changed = [name for name in self._tables if now[name] != self._made[name]]
        connection.exec_driver_sql("set session_replication_role = replica")
        for name in changed:
            large = connection.exec_driver_sql(f'delete from "{name}"').rowcount > LARGE  # noqa: S608
            if self._made[name][0]:
                connection.exec_driver_sql(f'insert into "{name}" select * from made."{name}"')  # noqa: S608
            if large:
                connection.exec_driver_sql(f'vacuum "{name}"')
        connection.exec_driver_sql(f"select {self._begin}")
        self._made |= _marks(connection, changed)

    def _address(self, name: str) -> str:
        address = make_url(self._server).set(database=name)
        quick = address.update_query_dict({"options": "-c synchronous_commit=off"})
        return quick.render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def _marks(connection: Connection, tables: list[str]) -> dict[str, tuple[int, int]]:
    """Of each table how many rows it holds and which transaction wrote the newest: one of them differs after a change."""
    if not tables:
        return {}
    each = (f"select '{name}', count(*), max(xmin::text::bigint) from \"{name}\"" for name in tables)  # noqa: S608
    return {name: (count, newest) for name, count, newest in connection.exec_driver_sql(" union all ".join(each))}


def _prepare(settings: Settings, fill: Fill | None) -> None:
    app = build(settings)
    with app.app_context():
        migrate.upgrade(db.db.engine, migrate.components(registry(app)))
        load_reference(registry(app))
        if fill:
            fill(app)
        close()


def close() -> None:
    """Give back the connections of the app whose context is open."""
    db.db.session.remove()
    for engine in db.db.engines.values():
        engine.dispose()
