"""Settings of the site: defaults hold until somebody chooses, wrong values are refused, and each change is kept."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from uptake.db import session
from uptake.errors import Conflict, Invalid, Refused
from uptake.services.audit import verify
from uptake.services.site_settings import SETTINGS, change, current, get, latest_changes, versions
from uptake.testing.fixtures import PersonWith


def test_defaults_hold_until_somebody_chooses(app: Flask) -> None:
    assert get(session(), "stale_after_days") == 90
    assert get(session(), "escalate_after_days") == [7, 21]
    assert current(session()) == {name: known.default for name, known in SETTINGS.items()}


def test_what_was_chosen_holds_and_is_kept_with_its_reason(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    changed = change(
        {"confirm_updates": False, "approve_updates": True}, person=coordinator, reason="We are three people"
    )
    assert changed == ["confirm_updates"]
    assert get(session(), "confirm_updates") is False
    [entry] = latest_changes(session())
    assert (entry.actor, entry.subject) == (coordinator.mark, "setting/confirm_updates")
    assert (entry.data, entry.reason) == ({"confirm_updates": [True, False]}, "We are three people")
    assert verify(session()) is None


def test_values_are_read_as_their_kind(app: Flask, person_with: PersonWith) -> None:
    typed = {"escalate_after_days": "21, 7,7", "publish_on": "2027-03-31", "stale_after_days": "120"}
    change(typed, person=person_with("coordinator"))
    found = current(session())
    assert found["escalate_after_days"] == [7, 21]
    assert found["publish_on"] == datetime.date(2027, 3, 31)
    assert found["stale_after_days"] == 120


def test_no_delay_tells_nobody(app: Flask, person_with: PersonWith) -> None:
    change({"escalate_after_days": ""}, person=person_with("coordinator"))
    assert get(session(), "escalate_after_days") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stale_after_days", "0"),
        ("stale_after_days", "7, 21"),
        ("stale_after_days", "soon"),
        ("escalate_after_days", "7; x"),
        ("escalate_after_days", "9999"),
        ("publish_on", "31.3.2027"),
        ("publish_updates", "never"),
        ("publish_set", "x" * 101),
        ("publish_set", "a\x00b"),
    ],
)
def test_wrong_values_are_refused_at_their_field(app: Flask, person_with: PersonWith, name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        change({name: value, "confirm_updates": False}, person=person_with("coordinator"))
    assert list(caught.value.fields) == [name]
    assert get(session(), "confirm_updates") is True


def test_the_text_of_the_front_page_is_for_administrators(app: Flask, person_with: PersonWith) -> None:
    with pytest.raises(Refused):
        change({"home_text": {"en": "Welcome"}}, person=person_with("coordinator"))
    change({"home_text": {"en": " Welcome ", "fr": " "}}, person=person_with("administrator"))
    assert get(session(), "home_text") == {"en": "Welcome"}


def test_a_form_made_before_another_choice_changes_nothing(app: Flask, person_with: PersonWith) -> None:
    coordinator = person_with("coordinator")
    seen = versions(session())
    change({"stale_after_days": 30}, person=coordinator, seen=seen)
    with pytest.raises(Conflict):
        change({"stale_after_days": 60}, person=coordinator, seen=seen)
    assert get(session(), "stale_after_days") == 30
    change({"stale_after_days": 60}, person=coordinator, seen=versions(session()))
    assert get(session(), "stale_after_days") == 60


def test_others_may_not_choose(app: Flask, person_with: PersonWith) -> None:
    with pytest.raises(Refused):
        change({"confirm_updates": False}, person=person_with("observer"))
