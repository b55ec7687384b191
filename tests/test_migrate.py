"""Tables come up, go down and come up again on both databases, each distribution with a version table of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from textwrap import indent
from uuid import uuid4

import pytest
from alembic import autogenerate
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Column, Connection, Engine, ForeignKey, Integer, MetaData, Table, inspect, select, text
from uptake import migrate
from uptake.app import registry
from uptake.db import Base, db, session, transaction
from uptake.errors import PluginFault
from uptake.migrate import CORE, Component
from uptake.models.actors import Actor
from uptake.models.documents import Document
from uptake.models.people import User
from uptake.models.progress import Comment
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.models.vocabularies import Term
from uptake.services.plugins.reference import load_reference
from uptake.testing.reporting import Scene

REVISION = '''"""A table of the moon plugin"""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "{name}", {after!r}, None, None

def upgrade():
{up}

def downgrade():
{down}
'''
DOCUMENTS = {"told": "Rapport", "alone": "Report", "untitled": None}
MARKED = {"recommendation_text": "outdated", "term": "unofficial", "actor": "unofficial"}
CREATE = """
op.create_table("moon_phase", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("state_id", sa.Integer, sa.ForeignKey("state.id", ondelete="CASCADE")))
"""
REBUILD = """
for name in ("state", "mechanism", "vocabulary"):
    with op.batch_alter_table(name, recreate="auto") as batch:
        batch.add_column(sa.Column("phase", sa.Integer, server_default="1"))
        batch.alter_column("id", nullable=False)
"""


def body(statements: str) -> str:
    return indent(statements, "    ")


@pytest.fixture
def engine(app: Flask) -> Engine:
    return db.engine


@pytest.fixture
def make_component(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Write a package with one revision: ``make_component("moon", up, down)``."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = []

    def make(
        name: str, up: str = CREATE, down: str = 'op.drop_table("moon_phase")', after: str | None = None
    ) -> Component:
        package = f"uptake_test_migrations_{name}"
        versions = tmp_path / package / "versions"
        versions.mkdir(parents=True, exist_ok=True)
        (tmp_path / package / "__init__.py").touch()
        (versions / f"{name}_1.py").write_text(
            REVISION.format(name=f"{name}_1", after=after, up=body(up), down=body(down))
        )
        made.append(package)
        return Component(name, package)

    yield make
    for package in made:
        sys.modules.pop(package, None)


def tables(engine: Engine) -> set[str]:
    db.session.rollback()
    return set(inspect(engine).get_table_names())


def differences(connection: Connection, component: Component, metadata: MetaData) -> list[object]:
    def belongs(item: object, _name: str, kind: str, _reflected: bool, _other: object) -> bool:
        table = item if kind == "table" else getattr(item, "table", None)
        return table is None or component.owns(table.name)

    options = {"include_object": belongs, "compare_type": True, "version_table": f"alembic_version_{component.name}"}
    return list(autogenerate.compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def test_models_and_migrations_do_not_differ(engine: Engine) -> None:
    with engine.connect() as connection:
        assert differences(connection, CORE, Base.metadata) == []


def test_tables_come_up_after_they_went_down(app: Flask, engine: Engine) -> None:
    before, every = tables(engine), migrate.components(registry(app))
    db.session.remove()
    for component in reversed(every):  # the tables of plugins refer to those of the core
        migrate.downgrade(engine, component)
    assert {name for name in tables(engine) if CORE.owns(name) or "search" in name} == set()
    assert migrate.status(engine)[0].pending
    migrate.upgrade(engine, every)
    assert tables(engine) == before
    assert not migrate.status(engine)[0].pending
    load_reference(registry(app))
    with engine.connect() as connection:
        assert differences(connection, CORE, Base.metadata) == []


def test_translations_come_and_go_without_the_texts_that_were_there(app: Flask, engine: Engine) -> None:
    scene = Scene()
    scene.published()
    counted = text(
        "select (select count(*) from recommendation_text), (select count(*) from term), (select count(*) from actor), "
        "(select count(*) from progress_update), (select count(*) from audit_entry)"
    )
    before = tuple(session().execute(counted).one())
    assert min(before) > 0
    db.session.remove()
    migrate.downgrade(engine, CORE, "0003")
    with engine.connect() as connection:
        columns = {name: {one["name"] for one in inspect(connection).get_columns(name)} for name in MARKED}
        assert [name for name, mark in MARKED.items() if mark in columns[name]] == []
        assert "progress_update_text" not in inspect(connection).get_table_names()
        assert tuple(connection.execute(counted).one()) == before
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert tuple(connection.execute(counted).one()) == before
        assert differences(connection, CORE, Base.metadata) == []
    assert not session().scalars(select(RecommendationText.outdated)).first()
    assert session().scalars(select(Term.unofficial)).first() == {}
    assert session().scalars(select(Actor.unofficial)).first() == {}


def test_languages_are_told_of_comments_and_titles_that_were_there(app: Flask, engine: Engine) -> None:
    scene = Scene()
    with transaction() as current:
        user = current.get_one(User, scene.focal.id)
        user.language = "ar"
        one = current.scalars(select(Recommendation).where(Recommendation.uuid == scene.one)).one()
        documents = [Document(uuid=uuid4(), key=key, title=title) for key, title in DOCUMENTS.items()]
        current.add_all(documents)
        current.flush()
        one.document_id = documents[0].id
        languages = current.scalars(select(RecommendationText).where(RecommendationText.recommendation_id == one.id))
        for row in languages:
            row.language = "fr"
        for author in (user.id, None):
            current.add(Comment(recommendation_id=one.id, user_id=author, text="x", mentions=[], at=datetime.now(UTC)))
    db.session.remove()
    migrate.downgrade(engine, CORE, "0005")
    with engine.connect() as connection:
        assert "document_title" not in inspect(connection).get_table_names()
        assert connection.execute(text("select count(*) from comment")).scalar() == 2
    migrate.upgrade(engine)
    said = select(Document.key, Document.title_language).where(Document.key.in_(DOCUMENTS))
    assert dict(session().execute(said).all()) == {"told": "fr", "alone": "en", "untitled": None}
    assert session().scalars(select(Comment.language).order_by(Comment.id)).all() == ["ar", None]
    with engine.connect() as connection:
        assert differences(connection, CORE, Base.metadata) == []


def test_an_upgrade_of_what_is_up_to_date_changes_nothing(engine: Engine) -> None:
    before = tables(engine)
    migrate.upgrade(engine)
    assert tables(engine) == before


def test_a_plugin_has_a_version_table_of_its_own(engine: Engine, make_component: object) -> None:
    moon = make_component("moon")  # type: ignore[operator]
    assert [one.pending for one in migrate.status(engine, (CORE, moon))] == [False, True]
    migrate.upgrade(engine, (CORE, moon))
    assert {"moon_phase", "alembic_version_moon", "alembic_version_core"} <= tables(engine)
    assert [(one.current, one.head) for one in migrate.status(engine, (moon,))] == [("moon_1", "moon_1")]
    migrate.downgrade(engine, moon)
    assert "moon_phase" not in tables(engine)
    assert not migrate.status(engine)[0].pending


def test_a_plugin_that_is_gone_does_not_stop_the_core(
    engine: Engine, make_component: object, tmp_path: Path, app: Flask
) -> None:
    migrate.upgrade(engine, (CORE, make_component("moon")))  # type: ignore[operator]
    for path in sorted((tmp_path / "uptake_test_migrations_moon").rglob("*.py")):
        path.unlink()
    sys.modules.pop("uptake_test_migrations_moon", None)
    migrate.upgrade(engine)
    assert "moon_phase" in tables(engine)
    with engine.connect() as connection:
        assert differences(connection, CORE, Base.metadata) == [], "the tables of an absent plugin are left alone"


def test_autogenerate_speaks_of_a_plugins_own_tables_only(engine: Engine, make_component: object) -> None:
    moon = make_component("moon")  # type: ignore[operator]
    migrate.upgrade(engine, (moon,))
    metadata = MetaData()
    Table("state", metadata, Column("id", Integer, primary_key=True))
    Table("moon_phase", metadata, Column("id", Integer, primary_key=True),
          Column("state_id", ForeignKey("state.id", ondelete="CASCADE")), Column("light", Integer))  # fmt: skip
    with engine.connect() as connection:
        [(what, _schema, table, column)] = differences(connection, moon, metadata)  # type: ignore[misc]
    assert (what, table, column.name) == ("add_column", "moon_phase", "light")


def test_a_batch_migration_of_a_core_table_keeps_its_cascading_children(engine: Engine, make_component: object) -> None:
    count = text(
        "select (select count(*) from state_alias), (select count(*) from mechanism_alias), (select count(*) from term)"
    )
    before = tuple(session().execute(count).one())
    assert min(before[:2]) > 0
    db.session.remove()
    migrate.upgrade(engine, (make_component("moon", REBUILD, "pass"),))  # type: ignore[operator]
    assert tuple(session().execute(count).one()) == before
    assert session().execute(text("select min(phase), count(*) from state")).one()[0] == 1


def test_foreign_keys_are_on_again_after_a_migration(engine: Engine, make_component: object) -> None:
    migrate.upgrade(engine, (make_component("moon"),))  # type: ignore[operator]
    with engine.connect() as connection, pytest.raises(Exception, match=r"(?i)foreign key"):
        connection.execute(text("insert into moon_phase (id, state_id) values (1, 999999)"))


def test_a_migration_that_fails_leaves_everything_as_it_was(engine: Engine, make_component: object) -> None:
    before = tables(engine)
    broken = make_component("moon", CREATE + 'op.execute("insert into nothing_there values (1)")')  # type: ignore[operator]
    with pytest.raises(Exception, match="nothing_there"):
        migrate.upgrade(engine, (broken,))
    assert tables(engine) - {"alembic_version_moon"} == before
    assert migrate.status(engine, (broken,))[0].current is None


def test_a_plugin_whose_migration_fails_is_named_and_keeps_no_other_back(
    engine: Engine, make_component: object
) -> None:
    broken = make_component("moon", 'op.execute("insert into nothing_there values (1)")')  # type: ignore[operator]
    good = make_component("sun", 'op.execute("create table sun_ray (id integer)")')  # type: ignore[operator]
    with pytest.raises(PluginFault, match="moon: its tables could not be brought up to date") as told:
        migrate.upgrade(engine, (CORE, broken, good))
    assert "disabled_plugins" in (told.value.remedy or "")
    assert [one.pending for one in migrate.status(engine, (CORE, broken, good))] == [False, True, False]
    assert "sun_ray" in tables(engine)


def test_a_migration_that_would_break_references_is_refused(engine: Engine, make_component: object) -> None:
    orphan = make_component("moon", CREATE + 'op.execute("insert into moon_phase values (1, 999999)")')  # type: ignore[operator]
    with pytest.raises(Exception, match=r"(?i)references|foreign key"):
        migrate.upgrade(engine, (orphan,))
    assert "moon_phase" not in tables(engine)


def test_a_component_owns_its_own_tables_only() -> None:
    moon = Component("moon", "x")
    assert [moon.owns(name) for name in ("moon_phase", "moons", "state", "moon")] == [True, False, False, False]
    assert [CORE.owns(name) for name in ("state", "moon_phase", "alembic_version_moon")] == [True, False, False]
