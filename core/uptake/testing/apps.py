"""Applications for tests: put together once for each kind of database, then lent to one test after another.

To put one together takes most of a short test's time, and its statements would be compiled anew with each. A test gets it
as it was made: with an engine of its own (services keep what they remember by engine), the layers of its languages set,
and no request counted. One that a test has changed is not lent again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import Engine

from uptake.api import limits
from uptake.app import EXTENSION, build, registry
from uptake.db import db
from uptake.i18n import set_locale
from uptake.services.instance import KEY_FILE, remember
from uptake.services.plugins.extensions import extend
from uptake.services.translating.languages import speak
from uptake.settings import Settings
from uptake.testing.databases import close
from uptake.testing.people import Browser

QUICK_PASSWORDS = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
REGISTERED = ("view_functions", "blueprints")


@dataclass(frozen=True, slots=True)
class _Made:
    """An application, its engine, what it is like when nothing has been changed, and the key that it signs with."""

    app: Flask
    engine: Engine
    shape: object
    key: str


class Apps:
    """The applications of one process of tests."""

    def __init__(self, templates: BytecodeCache) -> None:
        self._templates = templates
        self._free: dict[tuple[Path, str], _Made] = {}

    @contextmanager
    def lent(self, settings: Settings, *, anew: bool = False) -> Iterator[Flask]:
        """The application with these settings, inside its context; ``anew`` for one that has answered no request yet."""
        place = settings.instance, settings.database
        plain = Settings(instance=settings.instance, database=settings.database)
        made = self._free.pop(place, None) if settings == plain and not anew else None
        made = self._make(settings) if made is None else _as_made(made, settings)
        set_locale("en")
        with made.app.app_context():
            yield made.app
            close()
        made.engine.dispose()
        if settings == plain and _shape(made.app) == made.shape:
            self._free[place] = made

    def _make(self, settings: Settings) -> _Made:
        app = build(settings)
        app.jinja_env.bytecode_cache = self._templates
        app.testing = True
        app.test_client_class = Browser
        app.extensions["security"].pwd_context.update(**QUICK_PASSWORDS)
        with app.app_context():
            engine = db.engine
        key = settings.instance / KEY_FILE
        return _Made(app, engine, _shape(app), key.read_text("ascii") if key.exists() else "")


def _as_made(made: _Made, settings: Settings) -> _Made:
    found = registry(made.app)
    made.app.extensions[EXTENSION] = config = speak(found, settings)
    if made.key:
        (settings.instance / KEY_FILE).write_text(made.key, "ascii")
    made.app.extensions[limits.EXTENSION].reset()
    engine = made.engine.execution_options()
    with made.app.app_context():
        engines: Any = db.engines
        engines[None] = engine
    remember(engine, config)
    extend(engine, found)
    return made


def _shape(app: Flask) -> object:
    found = registry(app)
    registered = [sorted(map(str, getattr(app, name))) for name in REGISTERED]
    plugins = [(one.name, one.status, one.error) for one in found.plugins]
    rest = (app.testing, app.test_client_class, list(app.jinja_env.globals), list(app.extensions))
    return dict(app.config), app.extensions[EXTENSION], registered, plugins, rest
