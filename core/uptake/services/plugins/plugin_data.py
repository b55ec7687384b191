"""What plugins leave in the database: their tables, their version table and their settings; found by name, so that it can be
taken away also when the plugin is gone."""

from __future__ import annotations

from sqlalchemy import Engine, MetaData, delete, inspect, select

from uptake.db import transaction
from uptake.migrate import CORE_TABLES
from uptake.models.plugins import PluginFault
from uptake.models.progress import SiteSetting
from uptake.services.audit import record_event


def left_by(engine: Engine, plugin: str) -> list[str]:
    """The names of the tables and settings that a plugin has made."""
    with transaction() as session:
        named = select(SiteSetting.name).where(SiteSetting.name.startswith(f"{plugin}.", autoescape=True))
        settings = sorted(session.scalars(named))
    return [*_tables(engine, plugin), *settings]


def purge(engine: Engine, plugin: str) -> None:
    """Take all of it away, in one transaction; the audit trail keeps that it was done."""
    tables = MetaData()
    tables.reflect(engine, only=_tables(engine, plugin))
    mine = set(_tables(engine, plugin))
    with transaction() as session:
        for table in reversed(tables.sorted_tables):
            if table.name in mine:
                table.drop(session.connection())
        session.execute(delete(SiteSetting).where(SiteSetting.name.startswith(f"{plugin}.", autoescape=True)))
        session.execute(delete(PluginFault).where(PluginFault.plugin == plugin))
        record_event(session, "system", "plugin.purge", f"plugin/{plugin}", {"tables": sorted(mine)})


def _tables(engine: Engine, plugin: str) -> list[str]:
    prefix = plugin.replace("-", "_")
    return sorted(
        name
        for name in inspect(engine).get_table_names()
        if (name.startswith(f"{prefix}_") or name == f"alembic_version_{prefix}")
        and name not in CORE_TABLES
        and prefix != "core"
    )
