"""A plugin's part of the API stands under its own address, is described with the rest, and asks for tokens like the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from uptake.app import build, registry
from uptake.settings import Settings
from uptake.testing.api import Program
from uptake.testing.databases import close
from uptake.testing.people import make_person

PART = """
from marshmallow import Schema, fields
from uptake.toolkit import ApiBlueprint

class Phase(Schema):
    name = fields.String(required=True)

blueprint = ApiBlueprint("moon_api", __name__, description="The moon.")

@blueprint.reads("/phases", Phase, endpoint="get_phase", about="Which phase it is")
def phase():
    return {"name": "full"}

@blueprint.writes("/phases", Phase, endpoint="set_phase", about="Change it", body=Phase, scope="updates:write", needs="update.draft")
def change(given):
    return given

@hookimpl
def register_pages(): return [blueprint]
"""


@pytest.fixture
def app(settings: Settings, make_plugin: Callable[..., None]) -> Iterator[Flask]:
    """The site with the plugin."""
    make_plugin("moon", PART)
    found = build(settings)
    found.testing = True
    with found.app_context():
        yield found
        close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_plugin_adds_its_part_of_the_api(app: Flask) -> None:
    assert registry(app).broken() == {}
    visitor, coordinator = Program(app), Program(app, make_person("coordinator"))
    assert visitor.get("moon/phases").json == {"name": "full"}
    assert visitor.send("POST", "moon/phases", {"name": "new"}).status_code == 401
    assert coordinator.send("POST", "moon/phases", {"name": "new"}).json == {"name": "new"}
    assert coordinator.send("POST", "moon/phases", {"colour": "blue"}).status_code == 422
    assert "/api/v1/moon/phases" in visitor.get("openapi.json").json["paths"]
    assert visitor.get("moon/nothing").mimetype == "application/problem+json"
