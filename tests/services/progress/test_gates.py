"""The gate: what is approved waits for a day, or for a set to be released."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from uptake.db import session, transaction
from uptake.errors import Refused
from uptake.models.progress import Update
from uptake.services import site_settings
from uptake.services.progress import update_pages, workflow
from uptake.services.progress.workflow import Hold
from uptake.testing.reporting import Scene

TODAY = datetime.date.today()
LATER = TODAY + datetime.timedelta(days=30)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def due(day: datetime.date) -> int:
    with transaction() as current:
        return workflow.publish_due(current, day)


def held(scene: Scene, hold: Hold | None = None) -> Update:
    update = scene.take(scene.draft(), "submit", scene.focal)
    return scene.take(scene.take(update, "confirm", scene.validator), "approve", scene.coordinator, hold=hold)


def test_an_approved_one_that_waits_can_still_be_sent_back(scene: Scene) -> None:
    update = held(scene, Hold(until=LATER))
    update = scene.take(update, "return", scene.coordinator, comment="The minister objects.")
    assert (update.state, update.publish_on) == ("draft", None)
    assert due(LATER) == 0


def test_the_gate_holds_until_its_day(scene: Scene) -> None:
    update = held(scene, Hold(until=LATER))
    assert update.state == "approved"
    assert due(LATER - datetime.timedelta(days=1)) == 0
    assert due(LATER) == 1
    assert scene.fresh(update).state == "published"
    assert due(LATER) == 0


def test_a_day_that_has_come_holds_nothing(scene: Scene) -> None:
    assert held(scene, Hold(until=TODAY - datetime.timedelta(days=1))).state == "published"


def test_the_gate_holds_until_the_set_is_released(scene: Scene) -> None:
    mine, other = held(scene, Hold(gate="Report")), held(scene, Hold(gate="Other"))
    assert due(LATER) == 0
    assert [(name, count) for name, count, _ in update_pages.sets(session(), person=scene.coordinator)] == [
        ("Other", 1),
        ("Report", 1),
    ]
    with pytest.raises(Refused):
        workflow.release_set("Report", person=scene.validator)
    assert workflow.release_set("Report", person=scene.coordinator) == 1
    assert workflow.release_set("Report", person=scene.coordinator) == 0
    assert (scene.fresh(mine).state, scene.fresh(other).state) == ("published", "approved")


def test_one_of_a_set_can_be_published_alone(scene: Scene) -> None:
    assert scene.take(held(scene, Hold(gate="Report")), "publish", scene.coordinator).state == "published"


def test_the_settings_say_when_where_nobody_does(scene: Scene) -> None:
    site_settings.change({"publish_updates": "by_set", "publish_set": "Report of 2027"}, person=scene.coordinator)
    assert held(scene).gate == "Report of 2027"
    site_settings.change({"publish_updates": "on_date", "publish_on": LATER}, person=scene.coordinator)
    assert held(scene).publish_on == LATER
    assert held(scene, Hold()).state == "published"
