"""People for tests: institutions, accounts with roles, and browsers that are signed in."""

from __future__ import annotations

import datetime
import re
import time
from typing import Any
from uuid import uuid4

from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from uptake.db import session, transaction
from uptake.models.actors import Actor
from uptake.models.people import Membership, User
from uptake.services.people import sign_ins
from uptake.services.permissions import Person, load_person


class Browser(FlaskClient):
    """A browser of a test. The test's own application context outlasts a request: what one left there must not leak."""

    def open(self, *args: Any, **values: Any) -> TestResponse:
        for name in list(g) if g else []:
            g.pop(name)
        return super().open(*args, **values)


def make_actor(code: str, kind: str = "ministry", *, parent: int | None = None, level: str = "national") -> Actor:
    """An institution; its name is its code."""
    with transaction() as current:
        actor = Actor(code=code, kind=kind, level=level, parent_id=parent, names={"en": code}, short_names={})
        current.add(actor)
        current.flush()
    return actor


def make_person(*roles: str, actor: int | None = None, name: str = "", language: str = "en") -> Person:
    """A person with these roles: on the site, or in the institution ``actor``."""
    number = uuid4().hex[:8]
    with transaction() as current:
        user = User(
            email=f"{number}@example.org",
            name=name or f"Person {number}",
            language=language,
            fs_uniquifier=uuid4().hex,
            created_at=datetime.datetime.now(datetime.UTC),
        )
        current.add(user)
        current.flush()
        for role in roles:
            current.add(Membership(user_id=user.id, actor_id=actor, role=role, since=datetime.date(2020, 1, 1)))
    return load_person(session(), user.id)


def signed_in(app: Flask, person: Person) -> FlaskClient:
    """A browser in which the person is signed in."""
    client = app.test_client()
    assert person.id is not None
    token = sign_ins.begin(person.id, "Test browser")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = session().get_one(User, person.id).fs_uniquifier
        cookie["_fresh"] = True
        cookie["fs_paa"] = time.time()
        cookie["sign_in"] = token
    return client


def token_of(client: FlaskClient) -> str:
    """The token that this browser's forms carry."""
    for path in ("/help/search", "/reset-password"):
        found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
        if found is not None:
            return found[1]
    raise AssertionError("no page holds a form")
