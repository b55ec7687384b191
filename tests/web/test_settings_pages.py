"""Settings, the words of the status scale and a status set by hand: chosen on their pages, by those who may."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from uptake.db import session
from uptake.services import site_settings
from uptake.testing.fixtures import SignInAs
from uptake.testing.people import make_person
from uptake.testing.reporting import Scene, hidden, post

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def test_the_rule_of_each_value_is_one_click_away(scene: Scene, client: FlaskClient) -> None:
    scene.published(claim="in_progress")
    assert 'href="/about/status-scale#in_progress"' in client.get(f"/recommendations/{scene.one}").text
    assert 'id="in_progress"' in client.get("/about/status-scale").text


def test_a_part_is_set_aside_by_the_coordinator(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    scene.recommendation(parent=scene.number(scene.one))
    path = f"/recommendations/{scene.one}/standing"
    coordinator = sign_in(scene.coordinator)
    version = hidden(coordinator.get(path).text, "version")
    assert post(coordinator, path, status="planned", reason="", version=version).status_code == 422
    assert post(coordinator, path, status="planned", reason=f"Why {MARKUP}", version=version).status_code == 303
    assert "Why &lt;script&gt;" in client.get(f"/recommendations/{scene.one}").text
    assert sign_in(scene.focal).get(path).status_code == 403


def test_settings_are_chosen_on_their_page(scene: Scene, sign_in: SignInAs) -> None:
    coordinator = sign_in(scene.coordinator)
    page = coordinator.get("/settings").text
    seen = {f"version.{name}": "0" for name in site_settings.SETTINGS}
    values = {
        **seen,
        "approve_updates": "1",
        "publish_updates": "at_once",
        "stale_after_days": "30",
        "escalate_after_days": "5",
    }
    assert 'name="home_text.en"' not in page
    assert post(coordinator, "/settings", **{**values, "stale_after_days": "soon"}).status_code == 422
    assert post(coordinator, "/settings", reason="Few people", **values).status_code == 303
    assert site_settings.get(session(), "confirm_updates") is False
    assert "Few people" in coordinator.get("/settings").text
    assert post(coordinator, "/settings", **{**values, "stale_after_days": "60"}).status_code == 409
    assert sign_in(scene.focal).get("/settings").status_code == 403


def test_the_scale_is_worded_anew_on_its_page(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    coordinator = sign_in(scene.coordinator)
    path, before = "/settings/status-scale/planned", {"was_name": "", "was_rule": "", "was_active": "1"}
    values = {"name": f"Foreseen {MARKUP}", "rule": "A date is set.", "active": "1", "language": "en"}
    assert post(coordinator, path, **before, **values).status_code == 303
    assert "Foreseen &lt;script&gt;" in client.get("/about/status-scale").text
    assert post(coordinator, path, **before, **{**values, "name": "Other"}).status_code == 409
    assert post(coordinator, "/settings/status-scale/nothing", **before, **values).status_code == 404
    assert post(sign_in(scene.validator), path, **before, **values).status_code == 403


def test_the_text_of_the_front_page_is_shown_in_the_readers_language(
    scene: Scene, client: FlaskClient, sign_in: SignInAs
) -> None:
    administrator = sign_in(make_person("administrator"))
    assert 'name="home_text.en"' in administrator.get("/settings").text
    values = {"publish_updates": "at_once", "stale_after_days": "90", "escalate_after_days": "7, 21"}
    texts = {"home_text.en": f"Welcome {MARKUP}", "home_text.fr": "Bienvenue ici"}
    assert post(administrator, "/settings", **values, **texts).status_code == 303
    assert "Welcome &lt;script&gt;" in client.get("/en/").text
    assert "Bienvenue ici" in client.get("/fr/").text
