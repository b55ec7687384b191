"""Every role against every action: the table says all, and the functions say what the table says."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from uptake.db import session, transaction
from uptake.errors import Refused
from uptake.models.people import ACTOR_ROLES, SITE_ROLES, Membership
from uptake.services.permissions import (
    NOBODY,
    SYSTEM,
    Person,
    load_person,
    may,
    may_somewhere,
    reach,
    require,
    require_somewhere,
    table,
)
from uptake.testing.people import make_actor, make_person

ROLES = (*SITE_ROLES, *ACTOR_ROLES)


def _holder(role: str) -> Person:
    if role in SITE_ROLES:
        return Person(id=1, site_roles=frozenset({role}))
    return Person(id=1, actor_roles={role: frozenset({5, 6})}, institutions=frozenset({5}))


@pytest.mark.parametrize("action", sorted(table()))
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_table_says(role: str, action: str) -> None:
    person, scope = _holder(role), table()[action].get(role)
    assert may(person, action) is (scope == "site")
    assert may(person, action, actor=6) is (scope in {"site", "actor"})
    assert may(person, action, actor=7) is (scope == "site")
    assert may(person, action, owner=1) is (scope in {"site", "own"})
    assert may(person, action, owner=2, actor=7) is (scope == "site")
    assert may_somewhere(person, action) is (scope is not None)
    assert reach(person, action) == {"site": None, "actor": {5, 6}}.get(scope or "", frozenset())
    if scope == "site":
        require(person, action)
        require_somewhere(person, action)
    else:
        with pytest.raises(Refused, match="role"):
            require(person, action, actor=7)


@pytest.mark.parametrize("action", sorted(table()))
def test_a_visitor_may_nothing_and_the_system_everything(action: str) -> None:
    assert not may(NOBODY, action, actor=1)
    assert not may_somewhere(NOBODY, action)
    assert reach(NOBODY, action) == frozenset()
    with pytest.raises(Refused, match="Sign in"):
        require(NOBODY, action)
    with pytest.raises(Refused, match="Sign in"):
        require_somewhere(NOBODY, action)
    require(SYSTEM, action)


def test_the_table_names_only_roles_and_scopes_that_there_are() -> None:
    for action, roles in table().items():
        assert roles, action
        assert set(roles) <= set(ROLES)
        assert set(roles.values()) <= {"site", "actor", "own"}


def test_a_role_reaches_all_institutions_below(app: Flask) -> None:
    top = make_actor("MOI")
    middle = make_actor("POLICE", "agency", parent=top.id)
    low = make_actor("POLICE-NORTH", "agency", parent=middle.id)
    other = make_actor("MOH")
    person = make_person("validator", actor=top.id)
    assert person.actor_roles == {"validator": {top.id, middle.id, low.id}}
    assert person.institutions == {top.id}
    assert not may(person, "update.confirm", actor=other.id)
    assert not may(make_person("validator", actor=low.id), "update.confirm", actor=middle.id)


def test_roles_begin_and_end_on_their_days(app: Flask) -> None:
    person = make_person()
    day = datetime.date(2026, 3, 1)
    with transaction() as current:
        current.add(
            Membership(user_id=person.id, role="coordinator", since=day, until=day + datetime.timedelta(days=1))
        )
    found = [
        load_person(session(), person.id or 0, day + datetime.timedelta(days=step)).site_roles for step in range(-1, 3)
    ]
    assert found == [set(), {"coordinator"}, {"coordinator"}, set()]
