"""Calendars: read again by the library, with what is due in the person's reach, under an address that can be renewed."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from icalendar import Calendar
from uptake.app import registry
from uptake.db import session, transaction
from uptake.errors import NotFound, Refused
from uptake.models.people import User
from uptake.models.responsibility import FollowUp
from uptake.services.permissions import NOBODY, Person
from uptake.services.telling import calendars
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_assignment, make_recommendation

BASE = "https://follow.example/en"
DAY = datetime.date(2027, 3, 31)


def read(app: Flask, token: str) -> dict[str, datetime.date]:
    """What a program finds at the address: the summary of each event and its day."""
    parsed = Calendar.from_ical(calendars.personal(session(), registry(app), token, BASE))
    events = parsed.walk("VEVENT")
    for event in events:
        assert event["UID"].endswith("@follow.example")
        assert event["DTSTAMP"].dt.tzinfo is not None
        assert event["DTEND"].dt - event["DTSTART"].dt == datetime.timedelta(days=1)
        assert str(event["URL"]).startswith(f"{BASE}/recommendations/")
    assert len({event["UID"] for event in events}) == len(events)
    return {str(event["SUMMARY"]): event["DTSTART"].dt for event in events}


def token_of(person: Person) -> str:
    calendars.renew(person=person)
    found = calendars.token_of(session(), person=person)
    assert found is not None
    return found


def due(text: str, code: str, status: str = "received") -> int:
    actor = make_actor(code)
    one = make_recommendation(text)
    make_assignment(one, actor)
    with transaction() as current:
        current.add(FollowUp(recommendation_id=one.id, due=DAY, status=status))
    return actor.id


def test_a_calendar_holds_what_is_due_in_the_persons_reach(app: Flask) -> None:
    law = due("Abolish; the death penalty,\nالآن.", "MOJ")
    due("Vaccinate everybody", "MOH")
    due("Done long ago", "MOF", "implemented")
    focal, coordinator = make_person("focal_point", actor=law), make_person("coordinator")
    assert read(app, token_of(focal)) == {"Due: Abolish; the death penalty, الآن.": DAY}
    assert len(read(app, token_of(coordinator))) == 2


def test_a_new_address_ends_the_old_one_and_a_closed_account_ends_all(app: Flask) -> None:
    person = make_person("coordinator")
    assert calendars.token_of(session(), person=person) is None
    old, new = token_of(person), token_of(person)
    assert old != new
    assert read(app, new) == {}
    for wrong in (old, new[:-1], "", "x" * 500):
        with pytest.raises(NotFound):
            read(app, wrong)
    with transaction() as current:
        current.get_one(User, person.id).active = False
    with pytest.raises(NotFound):
        read(app, new)
    with transaction() as current:
        current.get_one(User, person.id).active = True
    calendars.renew(person=person, on=False)
    again = token_of(person)
    with pytest.raises(NotFound):
        read(app, new)
    assert read(app, again) == {}


def test_who_has_no_work_has_no_calendar(app: Flask) -> None:
    for person in (NOBODY, make_person("translator")):
        with pytest.raises(Refused):
            calendars.renew(person=person)
