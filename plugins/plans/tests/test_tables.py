"""The plugin's tables come and go by themselves: up, down and up again, without its code, and purged."""

from __future__ import annotations

import pytest
from alembic import autogenerate
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select
from uptake import migrate
from uptake.app import build, registry
from uptake.db import Base, db
from uptake.migrate import CORE_TABLES, Component
from uptake.models.progress import SiteSetting
from uptake.services import site_settings
from uptake.services.plugins import plugin_data
from uptake.testing.databases import close
from uptake.testing.people import make_person
from uptake.toolkit import session, transaction
from uptake_plans.models import Plan

PLANS = Component("plans", "uptake_plans.migrations")
TABLES = {"plans_plan", "plans_action", "plans_action_recommendation"}


def tables() -> set[str]:
    session().rollback()
    return {
        name for name in inspect(db.engine).get_table_names() if name.startswith(("plans_", "alembic_version_plans"))
    }


def test_no_table_of_the_plugin_counts_as_the_cores(app) -> None:
    assert not {name for name in CORE_TABLES if name.startswith("plans_")}
    assert PLANS in migrate.components(registry(app))


def test_models_and_migrations_do_not_differ(app) -> None:
    def mine(item, _name, kind, _reflected, _other) -> bool:
        table = item if kind == "table" else getattr(item, "table", None)
        return table is None or PLANS.owns(table.name)

    with db.engine.connect() as connection:
        options = {"include_object": mine, "compare_type": True, "version_table": PLANS.version_table}
        assert autogenerate.compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_tables_come_up_after_they_went_down(plans) -> None:
    session().rollback()
    migrate.downgrade(db.engine, PLANS)
    assert tables() <= {PLANS.version_table}
    migrate.upgrade(db.engine, [PLANS])
    assert tables() == TABLES | {PLANS.version_table}
    assert session().scalar(select(func.count()).select_from(Plan)) == 0


def test_the_core_upgrades_after_the_code_is_gone_and_the_plans_stay(plans) -> None:
    session().rollback()
    migrate.upgrade(db.engine)
    assert not any(one.pending for one in migrate.status(db.engine))
    assert session().scalar(select(func.count()).select_from(Plan)) == 1


def test_purged_and_installed_again(plans) -> None:
    site_settings.change({"plans.remind_days": 7}, person=make_person("administrator"))
    assert set(plugin_data.left_by(db.engine, "plans")) == TABLES | {PLANS.version_table, "plans.remind_days"}
    session().rollback()
    plugin_data.purge(db.engine, "plans")
    assert tables() == set()
    assert session().scalar(select(func.count()).where(SiteSetting.name.startswith("plans."))) == 0
    session().rollback()
    migrate.upgrade(db.engine, [PLANS])
    with transaction() as current:
        current.add(Plan(code="NEW", titles={"en": "New"}))
    assert session().scalar(select(Plan.code)) == "NEW"


@pytest.mark.parametrize("path", ["/", "/recommendations", "/institutions"])
def test_the_site_goes_on_before_the_tables_are_made(app, client, path: str) -> None:
    migrate.downgrade(db.engine, PLANS)
    assert client.get(path).status_code == 200
    migrate.upgrade(db.engine, [PLANS])


def test_a_site_on_which_it_is_disabled_has_none_of_its_pages(plans, settings) -> None:
    object.__setattr__(settings, "disabled_plugins", ("plans",))
    other = build(settings)
    assert other.test_client().get("/plans").status_code == 404
    assert "plans.remind" not in registry(other).jobs
    with other.app_context():
        close()
