"""A site where people have worked, as the three kinds of package; and fresh instances to bring them into."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from uptake.app import build, registry
from uptake.db import db, session, transaction
from uptake.models.jobs import Job
from uptake.models.progress import StoredFile
from uptake.services.exchange import packages
from uptake.services.exchange.manifest import Holds
from uptake.services.permissions import SYSTEM
from uptake.services.running import jobs
from uptake.settings import Settings
from uptake.testing import dumps
from uptake.testing.databases import SqliteTemplate, close
from uptake.testing.demo import fill_demo, import_demo

KINDS: tuple[Holds, ...] = ("public", "everything", "backup")
PLANS = (
    "insert into plans_plan (id, code, titles, version) values (700, 'NAP', '{\"en\": \"Plan\"}', 1)",
    "insert into plans_action (id, plan_id, code, titles, state, budget, version) "
    "values (300, 700, '1', '{\"en\": \"Act\"}', 'not_started', 'secret money', 1)",
    "insert into plans_action_recommendation (action_id, recommendation_id) select 300, min(id) from recommendation",
)
Fresh = Callable[..., AbstractContextManager[Flask]]


@dataclass(frozen=True, slots=True)
class Packed:
    """The site's packages by kind, its instance, and what its database held."""

    files: dict[str, Path]
    instance: Path
    held: dict[str, Any]


@contextmanager
def opened(settings: Settings, **changes: Any) -> Iterator[Flask]:
    app = build(settings)
    app.testing = True
    with app.app_context():
        try:
            yield app
        finally:
            close()


def held() -> dict[str, Any]:
    """What the open site holds, as both databases say it: without zones and without their own full-text index."""
    session().rollback()
    found = dumps.dump(session(), {"audit_entry", "search_state", "search_posting"})
    del found["full text"]
    return {name: sorted(([*map(_plain, row)] for row in listed), key=repr) for name, listed in found.items()}


def _plain(value: Any) -> Any:
    aware = isinstance(value, datetime.datetime) and value.tzinfo is not None
    return value.astimezone(datetime.UTC).replace(tzinfo=None) if aware else value


def store_bytes(instance: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (instance / "files").glob("??/??/*")}


@pytest.fixture(scope="session")
def packed(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Packed:
    """The demo country with its work, a plan, a word of its own and a job that waits."""
    folder = tmp_path_factory.mktemp("packed")
    instance = folder / "instance"
    words = instance / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    words.parent.mkdir(parents=True)
    words.write_text(
        'msgid ""\nmsgstr "Language: fr\\n"\n\nmsgid "Recommendations"\nmsgstr "Recos"\n', encoding="utf-8"
    )
    with (
        sqlite_template.copy(Settings(instance=instance, title="Mirava", states=("XMV",))) as settings,
        opened(settings) as app,
    ):
        import_demo(app)
        fill_demo(app)
        with transaction() as current:
            for statement in PLANS:
                current.connection().exec_driver_sql(statement)
            jobs.start(current, "import.preview", {}, person=SYSTEM, once="x")
        files = {kind: folder / f"{kind}.zip" for kind in KINDS}
        for kind, path in files.items():
            made = packages.make(path, kind, registry(app), person=SYSTEM, actor="test")
            assert (made.lacking, made.left_out) == ([], [])
        assert session().query(StoredFile).count() >= 1
        assert session().query(Job).count() >= 1
        return Packed(files, instance, held())


@pytest.fixture
def fresh(settings: Settings) -> Fresh:
    """Opens the fresh instance of the test, on each database."""
    return lambda **changes: opened(settings, **changes)


@pytest.fixture
def bare_site(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Flask]:
    """A fresh instance on SQLite alone."""
    instance = tmp_path / "bare"
    instance.mkdir()
    with sqlite_template.copy(Settings(instance=instance)) as settings, opened(settings) as app:
        yield app


@pytest.fixture
def bring() -> Callable[..., packages.Report]:
    """Brings a package into the open site."""

    def run(app: Flask, path: Path, **options: Any) -> packages.Report:
        options = {"backup": path.name.startswith("backup"), **options}
        session().rollback()
        return packages.bring(path, registry(app), person=SYSTEM, actor="test", **options)

    return run


@pytest.fixture
def engine_of() -> Callable[[], Any]:
    """The engine of the open site."""
    return lambda: db.engine
