"""Pytest fixtures of Uptake, for the core and for plugins: ``app``, ``client``, ``demo`` and their kin."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from uptake.app import build, registry
from uptake.services.importing.report import ImportOptions, ImportReport
from uptake.services.importing.run import run_import
from uptake.settings import Settings
from uptake.testing.databases import PostgresTemplate, SqliteTemplate, close
from uptake.testing.demo import import_demo

POSTGRES = "UPTAKE_TEST_POSTGRES"
Import = Callable[..., ImportReport]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """An SQLite database with tables and reference data."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite_template"))


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresTemplate]:
    """The same on PostgreSQL; skips where no server is named."""
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"{POSTGRES} names no PostgreSQL server")
    template = PostgresTemplate(server, tmp_path_factory.mktemp("postgres_template"))
    yield template
    template.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh instance with an empty register, on each database."""
    template = request.getfixturevalue("sqlite_template" if request.param == "sqlite" else "postgres_template")
    instance = tmp_path / "instance"
    instance.mkdir()
    with template.copy(Settings(instance=instance)) as found:
        yield found


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application of a fresh instance, inside its context."""
    found = build(settings)
    found.testing = True
    with found.app_context():
        yield found
        close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def import_file(app: Flask) -> Import:
    """Imports a file into the fresh instance: ``import_file(path, importer_name=None, **options)``."""

    def run(path: Path, importer_name: str | None = None, **options: object) -> ImportReport:
        return run_import(registry(app), path, importer_name=importer_name, options=ImportOptions(**options))  # type: ignore[arg-type]

    return run


@pytest.fixture
def demo(app: Flask) -> Flask:
    """The application with the demo country in it."""
    import_demo(app)
    return app


@pytest.fixture(scope="session")
def shared_data(pytestconfig: pytest.Config) -> Path:
    """The folder of real files beside the checkout; skips where it is absent."""
    for folder in (pytestconfig.rootpath, *pytestconfig.rootpath.parents):
        found = folder / "shared" / "data"
        if found.is_dir():
            return found
        if (folder.parent / "shared" / "data").is_dir():
            return folder.parent / "shared" / "data"
    pytest.skip("the real files (../shared/data) are not beside the checkout")
