"""Puts the application together: the only composition root, the wiring in one readable order."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from uptake import builtin, db, settings
from uptake.hooks import loader
from uptake.hooks.registry import Registry
from uptake.services.instance import remember
from uptake.services.plugins.extensions import extend
from uptake.services.translating.languages import speak
from uptake.web.setup import setup as setup_web

EXTENSION = "uptake"


def create_app(instance: Path | None = None) -> Flask:
    """The application of one instance folder: the given one, that in ``UPTAKE_INSTANCE``, or the current one."""
    return build(settings.load(instance or Path(os.environ.get("UPTAKE_INSTANCE") or ".")))


def build(config: settings.Settings) -> Flask:
    """The application with these settings."""
    app = Flask("uptake.web", static_folder=None)
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"hide_parameters": True}  # names and secrets stay out of logs and jobs
    found = loader.load(config.disabled_plugins, config.plugin_order, [builtin])
    app.extensions[EXTENSION] = config = speak(found, config)
    app.extensions["uptake_registry"] = found
    db.db.init_app(app)
    with app.app_context():
        db.configure(db.db.engine)
        remember(db.db.engine, config)
        extend(db.db.engine, found)
    setup_web(app)
    return app


def registry(app: Flask) -> Registry:
    """What the plugins contributed to this application."""
    found: Registry = app.extensions["uptake_registry"]
    return found
