"""Registers the web modules where ``uptake.app`` does not yet do so; to be removed when it does."""

from __future__ import annotations

import pytest
from flask import Flask
from uptake.web import exports, failures, feeds, headers, middleware


@pytest.fixture(autouse=True)
def registered(request: pytest.FixtureRequest) -> None:
    if "app" not in request.fixturenames:
        return
    app: Flask = request.getfixturevalue("app")
    if "exports" in app.blueprints:
        return
    middleware.setup_compression(app)
    headers.setup(app)
    failures.setup(app)
    app.register_blueprint(exports.blueprint)
    app.register_blueprint(feeds.blueprint)
    middleware.setup(app, app.extensions["uptake"].languages)
