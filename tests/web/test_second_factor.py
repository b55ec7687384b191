"""The second factor: codes of an authenticator app, recovery codes, and what is asked before it is changed."""

from __future__ import annotations

import html
import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from passlib.totp import TOTP
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.audit import AuditEntry
from uptake.models.people import User
from uptake.services.people import sign_ins
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.mailbox import Mailbox
from uptake.testing.people import token_of

GOOD = "three green lamps on the stair"


@pytest.fixture
def user(mailbox: Mailbox, app: Flask, person_with: PersonWith) -> User:
    """A coordinator with a password."""
    person = person_with("coordinator")
    with transaction() as current:
        current.get_one(User, person.id).password = hash_password(GOOD)
    return session().get_one(User, person.id)


@pytest.fixture
def browser_of(sign_in: SignInAs) -> SignInAs:
    """A browser in which somebody else is signed in."""
    return sign_in


@pytest.fixture
def phone(app: Flask, user: User) -> str:
    """The key in the phone of somebody who has switched the second factor on."""
    client = app.test_client()
    sign_in(client, user)
    return switch_on(client)


def post(client: FlaskClient, path: str, **data: str):
    return client.post(path, data={"csrf_token": token_of(client), **data})


def sign_in(client: FlaskClient, user: User):
    return post(client, "/sign-in", email=user.email, password=GOOD)


def switch_on(client: FlaskClient) -> str:
    page = post(client, "/account/second-factor", setup="authenticator").text
    assert 'src="data:image/svg+xml;base64,' in page
    key = re.search(r'class="key">([^<]+)<', page)[1].replace("-", "")
    action = html.unescape(re.search(r'action="(/account/second-factor/[^"]+)"', page)[1])
    assert post(client, action, code=code_of(key)).location == "/account"
    return key


def code_of(key: str, later: int = 0) -> str:
    return TOTP(key=key).generate(time.time() + later).token


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def test_the_code_is_asked_after_the_password_and_lets_in(client: FlaskClient, user: User, phone: str) -> None:
    assert sign_in(client, user).location.startswith("/sign-in/code")
    assert not is_in(client)
    assert post(client, "/sign-in/code", code="000000").status_code == 200
    assert not is_in(client)
    assert post(client, "/sign-in/code", code=code_of(phone, 30)).location == "/signed-in"
    assert is_in(client)


def test_a_code_works_a_single_time(app: Flask, user: User, phone: str) -> None:
    code = code_of(phone, 30)
    for number, expected in enumerate((True, False)):
        client = app.test_client()
        sign_in(client, user)
        post(client, "/sign-in/code", code=code)
        assert is_in(client) is expected, number


def test_guessing_codes_closes_the_account(client: FlaskClient, user: User, phone: str) -> None:
    sign_in(client, user)
    for _time in range(sign_ins.FAILURES):
        post(client, "/sign-in/code", code="000000")
    post(client, "/sign-in/code", code=code_of(phone, 30))
    assert not is_in(client)
    session().refresh(user)
    assert user.is_locked()


def test_the_code_page_needs_the_password_first(client: FlaskClient, user: User, phone: str) -> None:
    assert post(client, "/sign-in/code", code=code_of(phone, 30)).location == "/sign-in"
    assert not is_in(client)


def test_the_wanted_page_is_kept_over_the_second_factor(client: FlaskClient, user: User, phone: str) -> None:
    answer = client.post("/sign-in", data={"csrf_token": token_of(client), "email": user.email, "password": GOOD,
                                           "next": "/account"})  # fmt: skip
    assert (
        client.post(answer.location, data={"csrf_token": token_of(client), "code": code_of(phone, 30)}).location
        == "/account"
    )


def test_a_recovery_code_lets_in_once(app: Flask, client: FlaskClient, user: User, phone: str) -> None:
    sign_in(client, user)
    post(client, "/sign-in/code", code=code_of(phone, 30))
    codes = re.findall(r'<code dir="ltr">([^<]+)</code>', post(client, "/account/recovery-codes").text)
    assert len(codes) == 8
    assert codes[0] not in "".join(user.mf_recovery_codes)
    for expected in (True, False):
        other = app.test_client()
        sign_in(other, user)
        post(other, "/sign-in/recovery", code=codes[0])
        assert is_in(other) is expected


def test_the_second_factor_can_be_switched_off(client: FlaskClient, app: Flask, user: User, phone: str) -> None:
    sign_in(client, user)
    post(client, "/sign-in/code", code=code_of(phone, 30))
    assert "switched on" in client.get("/account/second-factor").text
    assert post(client, "/account/second-factor", setup="disable").status_code == 302
    other = app.test_client()
    sign_in(other, user)
    assert is_in(other)


@pytest.mark.parametrize("path", ["/account/second-factor", "/account/recovery-codes", "/account/passkeys"])
def test_changes_are_asked_of_whoever_signed_in_lately(client: FlaskClient, user: User, path: str) -> None:
    sign_in(client, user)
    with client.session_transaction() as cookie:
        cookie["fs_paa"] = time.time() - 7200
        cookie.pop("fs_gexp", None)
    assert client.get(path).location.startswith("/account/verify")
    post(client, f"/account/verify?next={path}", password="wrong")
    assert client.get(path).location.startswith("/account/verify")
    assert post(client, f"/account/verify?next={path}", password=GOOD).location == path
    assert client.get(path).status_code == 200


def test_secrets_are_stored_sealed_and_told_to_no_trail(user: User, phone: str) -> None:
    session().refresh(user)
    assert phone not in user.tf_totp_secret
    entries = session().scalars(select(AuditEntry).where(AuditEntry.subject == f"user/{user.id}")).all()
    assert "user.second_factor_on" in {entry.action for entry in entries}
    assert not [entry for entry in entries if phone in str(entry.data) or user.email in str(entry.data)]


def test_pages_of_one_account_need_a_sign_in(client: FlaskClient, app: Flask) -> None:
    for path in ("/account", "/account/second-factor", "/account/recovery-codes", "/account/passkeys"):
        assert "/sign-in" in client.get(path).location


def test_an_administrator_takes_it_off_for_somebody_who_lost_the_phone(
    app: Flask, client: FlaskClient, user: User, phone: str, person_with: PersonWith, browser_of: SignInAs
) -> None:
    coordinator, administrator = browser_of(person_with("coordinator")), browser_of(person_with("administrator"))
    path = f"/people/{user.id}/second-factor"
    assert post(coordinator, path).status_code == 403
    assert post(administrator, path).status_code == 303
    sign_in(client, user)
    assert is_in(client)
