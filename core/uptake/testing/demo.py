"""The demo country for tests: imported by the real importer, its work done by the real services."""

from __future__ import annotations

from importlib.resources import as_file, files

from flask import Flask

from uptake.app import registry
from uptake.demo import work
from uptake.services.importing.run import run_import
from uptake.web.accounts.passwords import hashed

LANGUAGES = ("en", "fr", "ar")


def import_demo(app: Flask) -> None:
    """Bring the demo country into the app's instance."""
    with app.app_context():
        for language in LANGUAGES:
            with as_file(files("uptake.demo").joinpath(f"export-full-{language}.json")) as path:
                run_import(registry(app), path)


def fill_demo(app: Flask) -> None:
    """Give the demo country its institutions, people and reports."""
    with app.app_context():
        work.fill(lambda password: hashed(password, email="", name=""))
