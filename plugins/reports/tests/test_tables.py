"""The plugin's tables are what its migrations make, and go again."""

from __future__ import annotations

from alembic import autogenerate
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from uptake import migrate
from uptake.db import Base, db
from uptake.migrate import Component
from uptake.toolkit import session

REPORTS = Component("reports", "uptake_reports.migrations")


def test_models_and_migrations_do_not_differ_and_come_up_again(app) -> None:
    def mine(item, _name, kind, _reflected, _other) -> bool:
        table = item if kind == "table" else getattr(item, "table", None)
        return table is None or REPORTS.owns(table.name)

    options = {"include_object": mine, "compare_type": True, "version_table": REPORTS.version_table}
    with db.engine.connect() as connection:
        assert autogenerate.compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
    session().rollback()
    migrate.downgrade(db.engine, REPORTS)
    assert not [name for name in inspect(db.engine).get_table_names() if name.startswith("reports_")]
    migrate.upgrade(db.engine, [REPORTS])
    assert len([name for name in inspect(db.engine).get_table_names() if name.startswith("reports_")]) == 12
