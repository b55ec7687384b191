"""Pytest fixtures of Uptake, for the core and for plugins: ``app``, ``client``, ``demo`` and their kin."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from uptake.app import registry
from uptake.services.importing.report import ImportOptions, ImportReport
from uptake.services.importing.run import run_import
from uptake.services.permissions import Person
from uptake.services.telling.mail import join_workers
from uptake.settings import Settings
from uptake.testing.apps import Apps
from uptake.testing.databases import PostgresTemplate, SqliteTemplate
from uptake.testing.demo import import_demo
from uptake.testing.mailbox import Mailbox
from uptake.testing.people import make_person, signed_in

POSTGRES = "UPTAKE_TEST_POSTGRES"
Import = Callable[..., ImportReport]
PersonWith = Callable[..., Person]
SignInAs = Callable[[Person], FlaskClient]


def pytest_collection_finish() -> None:
    """What was imported for the tests stays: the collector need not walk through it again with each of them."""
    gc.freeze()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """An SQLite database with tables and reference data."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite_template"))


@pytest.fixture(scope="session")
def sqlite_demo_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """The same with the demo country in it."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite_demo_template"), import_demo)


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresTemplate]:
    """The same on PostgreSQL; skips where no server is named."""
    template = PostgresTemplate(_server(), tmp_path_factory.mktemp("postgresql_template"))
    yield template
    template.drop()


@pytest.fixture(scope="session")
def postgresql_demo_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresTemplate]:
    """The same with the demo country in it."""
    template = PostgresTemplate(_server(), tmp_path_factory.mktemp("postgresql_demo_template"), import_demo)
    yield template
    template.drop()


def _server() -> str:
    return os.environ.get(POSTGRES) or pytest.skip(f"{POSTGRES} names no PostgreSQL server")


@pytest.fixture(scope="session")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the instances of this process stand: one of each kind at a time, so that an application can be lent again."""
    return tmp_path_factory.mktemp("instances")


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, instances: Path) -> Iterator[Settings]:
    """Settings of a fresh instance on each database: with an empty register, or with the demo country for ``demo``."""
    kind = "demo_template" if "demo" in request.fixturenames else "template"
    template = request.getfixturevalue(f"{request.param}_{kind}")
    instance = instances / f"{request.param}_{kind}" / "instance"
    shutil.rmtree(instance, ignore_errors=True)
    instance.mkdir(parents=True)
    with template.copy(Settings(instance=instance)) as found:
        yield found


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Apps:
    """The applications that tests borrow; templates are compiled once, not for each of them."""
    return Apps(FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates"))))


@pytest.fixture
def app(settings: Settings, apps: Apps) -> Iterator[Flask]:
    """The application of a fresh instance, inside its context."""
    with apps.lent(settings) as found:
        yield found


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def person_with(app: Flask) -> PersonWith:
    """Makes a person with roles: ``person_with("coordinator")``, ``person_with("focal_point", actor=actor.id)``."""
    return make_person


@pytest.fixture
def sign_in(app: Flask) -> SignInAs:
    """A signed-in browser: ``sign_in(person)`` gives a client of its own."""
    return lambda person: signed_in(app, person)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A real mail server on loopback that the instance uses; ask for it before ``app``: ``mailbox.next()``."""
    with Mailbox() as box:
        object.__setattr__(settings, "smtp_host", box.host)
        object.__setattr__(settings, "smtp_port", box.port)
        object.__setattr__(settings, "smtp_tls", "none")
        yield box
        join_workers(settings)


@pytest.fixture
def import_file(app: Flask) -> Import:
    """Imports a file into the fresh instance: ``import_file(path, importer_name=None, **options)``."""

    def run(path: Path, importer_name: str | None = None, **options: object) -> ImportReport:
        return run_import(registry(app), path, importer_name=importer_name, options=ImportOptions(**options))  # type: ignore[arg-type]

    return run


@pytest.fixture
def demo(app: Flask) -> Flask:
    """The application with the demo country in it."""
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
