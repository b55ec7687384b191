"""Brings the tables of the core and of the plugins up to date: one version table per distribution, never at start.

Every command asks where the tables stand; only one that changes them loads Alembic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, column, inspect, select, table

from uptake import models
from uptake.db import Base
from uptake.errors import PluginFault
from uptake.hooks.registry import Registry

assert models.__all__  # every table is registered by now


@dataclass(frozen=True, slots=True)
class Component:
    """A distribution with tables of its own: the core (``core``), or a plugin whose tables begin with its name."""

    name: str
    package: str

    def owns(self, table: str) -> bool:
        """Whether a model of this component describes a table; the full-text index, which no model can, is nobody's."""
        if self.name == "core":
            return table in CORE_TABLES
        return table.startswith(f"{self.name}_")

    @property
    def version_table(self) -> str:
        """The table that says which revision the component has."""
        return f"alembic_version_{self.name}"


CORE_TABLES = frozenset(Base.metadata.tables)
CORE = Component("core", "uptake.migrations")


def components(registry: Registry) -> list[Component]:
    """The core and every plugin that runs and has tables."""
    tables = {registry.origins["register_tables", package]: package for package in registry.tables}
    return [CORE, *(Component(plugin.replace("-", "_"), package) for plugin, package in tables.items())]


@dataclass(frozen=True, slots=True)
class Status:
    """Where a component's tables stand: the revision in the database, and the newest one there is."""

    component: str
    current: str | None
    head: str | None

    @property
    def pending(self) -> bool:
        """Whether an upgrade is due."""
        return self.current != self.head


def upgrade(engine: Engine, components: Iterable[Component] = (CORE,)) -> None:
    """Bring every component to its newest revision, each in a transaction of its own.

    Raises ``PluginFault`` when all others are done, where the migrations of a plugin fail; nothing of these is kept.
    """
    faults: list[PluginFault] = []
    for component in components:
        try:
            _migrate(engine, component, "upgrade", "head")
        except Exception as error:
            if component == CORE:
                raise
            fault = PluginFault(
                "{plugin}: its tables could not be brought up to date: {error}.",
                remedy="Name the plugin in disabled_plugins (uptake.toml), then repeat: uptake db upgrade",
                plugin=component.name, error=f"{type(error).__name__}: {error}",
            )  # fmt: skip
            fault.__cause__ = error
            faults.append(fault)
    if faults:
        raise faults[0]


def downgrade(engine: Engine, component: Component = CORE, revision: str = "base") -> None:
    """Take one component back to a revision; ``base`` leaves no table of it."""
    _migrate(engine, component, "downgrade", revision)


def status(engine: Engine, components: Iterable[Component] = (CORE,)) -> list[Status]:
    """Where each component stands."""
    with engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        return [Status(one.name, _current(connection, one, there), head_of(one)) for one in components]


def head_of(component: Component) -> str | None:
    """The newest revision that its files describe; None where there is none."""
    known, behind = set[str](), set[str]()
    for file in files(component.package).joinpath("versions").iterdir():
        if file.name.endswith(".py"):
            source = file.read_text("utf-8")
            known |= _named(source, "revision")
            behind |= _named(source, "down_revision")
    newest = sorted(known - behind)
    if len(newest) > 1:
        raise RuntimeError(f"{component.package} has several newest revisions: {', '.join(newest)}")
    return newest[0] if newest else None


def _named(source: str, name: str) -> set[str]:
    """The revisions that a file names by ``revision`` or ``down_revision``."""
    found = re.search(rf"^{name}\b[^=\n]*=\s*(\([^)]*\)|[^\n]*)", source, re.MULTILINE)
    return set(re.findall(r"""["']([^"']+)["']""", found[1])) if found else set()


def _current(connection: Connection, component: Component, there: set[str]) -> str | None:
    if component.version_table not in there:
        return None
    return connection.scalar(select(column("version_num")).select_from(table(component.version_table)))


def _migrate(engine: Engine, component: Component, way: Literal["upgrade", "downgrade"], revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    with as_file(files("uptake.migrations")) as shared, as_file(files(component.package)) as own:
        config = Config()
        config.set_main_option("script_location", str(shared))
        config.set_main_option("version_locations", str(Path(own) / "versions"))
        config.set_main_option("path_separator", "newline")
        config.attributes.update(component=component.name, owns=component.owns, metadata=Base.metadata)
        with _connection(engine) as connection:
            config.attributes["connection"] = connection
            getattr(command, way)(config, revision)


@contextmanager
def _connection(engine: Engine) -> Iterator[Connection]:
    """One write transaction. On SQLite foreign keys are off before it begins: a batch migration rebuilds a table, and
    with foreign keys on that silently empties every table that cascades from it."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        connection = connection.execution_options(uptake_write=True)
        raw = connection.connection.driver_connection
        if sqlite and raw is not None:
            raw.execute("pragma foreign_keys=off")
        try:
            with connection.begin():
                yield connection
                if sqlite:
                    broken = connection.exec_driver_sql("pragma foreign_key_check").fetchall()
                    if broken:
                        raise RuntimeError(f"the migration would break references: {broken[:5]}")
        finally:
            if sqlite and raw is not None:
                raw.execute("pragma foreign_keys=on")
