"""A plugin's tables: they come, go and come again, and are in nobody's way when the plugin is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, create_engine, inspect

from uptake import migrate
from uptake.db import Base
from uptake.hooks.contributions import Tables
from uptake.migrate import CORE, Component
from uptake.services.exchange.columns import may_lack
from uptake.testing.checks.subject import Subject

ENDINGS = ("CASCADE", "SET NULL")


def tables(subject: Subject) -> Iterator[str]:
    """They bear the plugin's name, refer to the core's only, go up, down and up, and let the core be upgraded without it."""
    own = [one for one in migrate.components(subject.alone) if one != CORE]
    if not own:
        return
    with TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            yield from _walk(engine, own[0])
        except Exception as error:
            yield f"its migrations fail: {type(error).__name__}: {error}"
        finally:
            engine.dispose()
    for one in subject.alone.tables.values():
        yield from public_columns(one)


def public_columns(given: Tables) -> Iterator[str]:
    """What public packages leave out of a table must be there once the package comes in."""
    for name, without in given.public.items():
        table = Base.metadata.tables.get(name)
        if table is None:
            yield f"Tables.public names {name}, and there is no model of it"
            continue
        known = table.columns
        yield from (f"Tables.public names {name}.{one}, and there is none" for one in without if one not in known)
        for column in (known[one] for one in without if one in known):
            if not may_lack(column):
                yield f"{column} is left out of public packages: it must be allowed to be empty, or have a default"


def _walk(engine: Engine, own: Component) -> Iterator[str]:
    migrate.upgrade(engine)
    before = _names(engine)
    migrate.upgrade(engine, [own])
    made = _names(engine) - before - {own.version_table}
    yield from (f"the table {name} must begin with {own.name}_" for name in sorted(made) if not own.owns(name))
    yield from (fault for name in sorted(made) for fault in _references(engine, name, made))
    migrate.downgrade(engine, own)
    yield from (f"downgrade leaves the table {name}" for name in sorted(_names(engine) & made))
    yield from (f"downgrade drops {name}, which is not the plugin's" for name in sorted(before - _names(engine)))
    migrate.upgrade(engine, [own])
    migrate.downgrade(engine, CORE, "-1")
    migrate.upgrade(engine)  # as after the plugin was uninstalled, its tables still there
    yield from (f"the table {name} is gone after an upgrade of the core" for name in sorted(made - _names(engine)))
    yield from _models(engine, made)


def _references(engine: Engine, table: str, made: set[str]) -> Iterator[str]:
    for key in inspect(engine).get_foreign_keys(table):
        target, ending = key["referred_table"], str(key.get("options", {}).get("ondelete", ""))
        column = f"{table}.{', '.join(key['constrained_columns'])}"
        if target in migrate.CORE_TABLES and ending.upper() not in ENDINGS:
            yield f"{column} refers to {target} and must say ondelete CASCADE or SET NULL"
        elif target not in migrate.CORE_TABLES and target not in made:
            yield f"{column} refers to {target}, which is neither the core's nor the plugin's"


def _models(engine: Engine, made: set[str]) -> Iterator[str]:
    """Whatever the plugin's models say must be in its migrations too."""
    for name in sorted(made & set(Base.metadata.tables)):
        there = {column["name"] for column in inspect(engine).get_columns(name)}
        wanted = set(Base.metadata.tables[name].columns.keys())
        if there != wanted:
            yield f"model and migration of {name} differ in: {', '.join(sorted(there ^ wanted))}"


def _names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())
