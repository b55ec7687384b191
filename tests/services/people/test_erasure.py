"""A person's data goes on request: no table keeps it, what was said keeps its author's number, the trail stays whole."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import Base, session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.jobs import Job
from uptake.models.notices import Follow, Notice, SavedView
from uptake.models.people import Invitation, Membership, Passkey, PersonSetting, SignIn, User
from uptake.models.progress import Comment, Update
from uptake.services.audit import record_event, verify
from uptake.services.authors import Authors
from uptake.services.people.erasure import erase
from uptake.services.people.own_data import own_data
from uptake.services.permissions import NOBODY, Person, load_person
from uptake.testing.people import make_actor

NAME, EMAIL = "Zoë Ünal-Quist", "zoe.unal@ministry.example"
NOW = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)


@pytest.fixture
def admin(app: Flask, person_with: Any) -> Person:
    person_with("administrator")
    return person_with("administrator")  # type: ignore[no-any-return]


@pytest.fixture
def zoe(app: Flask, person_with: Any, admin: Person) -> Person:
    """Somebody who has left traces everywhere."""
    actor = make_actor("MOJ").id
    one = person_with("focal_point", actor=actor, name=NAME)
    with transaction() as current:
        user = current.get_one(User, one.id)
        user.email, user.password, user.tf_totp_secret, user.oidc_subject = EMAIL, "hash-77", "totp-77", f"sub-{EMAIL}"
        user.tf_phone_number, user.fs_webauthn_user_handle = "+386 1", "handle-77"
        owned = {"user_id": one.id, "created": NOW}
        current.add_all([
            SignIn(token="t" * 64, browser=f"Browser of {NAME}", seen=NOW, **owned),
            Passkey(user_id=one.id, credential_id=b"1", public_key=b"2", backup_state=False, device_type="x", name=f"{NAME}'s key",
                    create_datetime=NOW, lastuse_datetime=NOW, usage="first"),
            PersonSetting(user_id=one.id, name="draft", value={"text": NAME}),
            Notice(kind="k", values={"who": NAME}, path="/", **owned),
            Notice(user_id=admin.id, kind="k", values={"who": [NAME, 7]}, path="/", created=NOW),
            Follow(kind="search", target=NAME, **owned), SavedView(name=NAME, query="q", shared=False, **owned),
            Invitation(email=EMAIL.upper(), name=NAME, role="member", token="i" * 64, created=NOW, expires=NOW),
            Job(kind="mail", arguments={"to": EMAIL, "n": 1}, error=f"cannot reach {EMAIL}", created=NOW, run_after=NOW),
            Update(actor_id=actor, author_id=one.id, language="en", done="We did it", created=NOW, changed=NOW),
            Comment(user_id=one.id, text="Agreed", at=NOW),
        ])  # fmt: skip
        record_event(current, one.mark, "update.create", "update/1", {"done": [None, "We did it"]})
    return load_person(session(), one.id or 0)


def everything() -> str:
    """Every row of every table as text."""
    session().rollback()
    rows = [
        session().execute(select(table)).all() for table in Base.metadata.sorted_tables if table.name != "search_text"
    ]
    return json.dumps(rows, default=str, ensure_ascii=False) + json.dumps(rows, default=str)


def test_nothing_of_the_person_is_left(zoe: Person, admin: Person) -> None:
    assert NAME in everything()
    done = erase(zoe.id or 0, person=admin, reason="asked for it on 2 May")
    left = everything()
    for word in (NAME, json.dumps(NAME)[1:-1], EMAIL, EMAIL.upper(), "totp-77", "handle-77", "+386 1"):
        assert word not in left
    assert done.mentions == 0
    assert verify(session()) is None


def test_what_was_said_keeps_its_authors_number(zoe: Person, admin: Person) -> None:
    erase(zoe.id or 0, person=admin, reason="asked")
    assert session().scalars(select(Update)).one().author_id == zoe.id
    assert session().scalars(select(Comment)).one().user_id == zoe.id
    assert Authors(session(), [zoe.mark]).name(zoe.mark) == "erased person"


def test_the_account_never_opens_again(zoe: Person, admin: Person, sign_in: Any) -> None:
    browser = sign_in(zoe)
    assert browser.get("/account").status_code == 200
    erase(zoe.id or 0, person=admin, reason="asked")
    assert load_person(session(), zoe.id or 0) == NOBODY
    assert browser.get("/account").status_code == 302
    rows = session().scalars(select(Membership).where(Membership.user_id == zoe.id)).all()
    assert all(row.until and row.until < datetime.date.today() for row in rows)
    with pytest.raises(NotFound):
        erase(zoe.id or 0, person=admin, reason="again")


def test_a_name_in_the_trail_is_told_and_stays(zoe: Person, admin: Person) -> None:
    with transaction() as current:
        record_event(current, admin.mark, "thing.edit", "thing/1", {}, f"{NAME} wanted it")
    assert erase(zoe.id or 0, person=admin, reason="asked").mentions == 1
    assert verify(session()) is None


def test_who_may_not_and_what_is_missing(zoe: Person, admin: Person, person_with: Any) -> None:
    for other in (person_with("coordinator"), zoe, NOBODY):
        with pytest.raises(Refused):
            erase(zoe.id or 0, person=other, reason="x")
        if other is not zoe:
            with pytest.raises(Refused):
                own_data(session(), zoe.id or 0, person=other)
    with pytest.raises(Invalid):
        erase(zoe.id or 0, person=admin, reason=" ")
    with pytest.raises(Conflict):
        erase(admin.id or 0, person=admin, reason="me")
    with pytest.raises(NotFound):
        erase(99999, person=admin, reason="x")


def test_everybody_gets_their_own_data_without_secrets(zoe: Person, admin: Person) -> None:
    data = own_data(session(), zoe.id or 0, person=zoe)
    text = json.dumps(data, ensure_ascii=False)
    assert data["account"]["email"] == EMAIL
    assert data["updates"][0]["done"] == "We did it"
    assert data["deeds"][0]["action"] == "update.create"
    assert all(
        data[part]
        for part in ("roles", "sign_ins", "passkeys", "settings", "notices", "follows", "saved_views", "comments")
    )
    assert "hash-77" not in text
    assert "totp-77" not in text
    assert own_data(session(), zoe.id or 0, person=admin)["account"] == data["account"]
