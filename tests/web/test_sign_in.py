"""Signing in with a password: who gets in, what a stranger learns, and how guessing ends."""

from __future__ import annotations

import datetime
import re
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.audit import AuditEntry
from uptake.models.people import SignIn, User
from uptake.services.people import sign_ins
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.mailbox import Mailbox, path_of, text_of
from uptake.testing.people import token_of

GOOD = "three green lamps on the stair"
WRONG = "not the password at all"


@pytest.fixture
def user(mailbox: Mailbox, app: Flask, person_with: PersonWith) -> User:
    """A coordinator with a password."""
    person = person_with("coordinator", name="Amal Coordinator")
    with transaction() as current:
        found = current.get_one(User, person.id)
        found.password = hash_password(GOOD)
    return session().get_one(User, person.id)


def post(client: FlaskClient, path: str, **data: str):
    return client.post(path, data={"csrf_token": token_of(client), **data})


def attempt(client: FlaskClient, email: str, password: str, path: str = "/sign-in"):
    return post(client, path, email=email, password=password)


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def without_token(page: str, email: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page).replace(email, "")


def test_the_right_password_opens_the_first_page_of_work(client: FlaskClient, user: User) -> None:
    answer = attempt(client, user.email.upper(), GOOD)
    assert (answer.status_code, answer.location) == (302, "/signed-in")
    assert client.get(answer.location).location == "/work"
    assert is_in(client)
    assert user.last_login_at is not None
    assert user.password.startswith("$argon2id$")


def test_a_language_in_the_address_stays(client: FlaskClient, user: User) -> None:
    answer = attempt(client, user.email, GOOD, "/fr/sign-in")
    assert client.get(answer.location).location == "/fr/work"


def test_unknown_blocked_locked_and_wrong_look_alike(app: Flask, client: FlaskClient, user: User) -> None:
    wrong = attempt(client, user.email, WRONG)
    unknown = attempt(client, "nobody@example.org", WRONG)
    with transaction() as current:
        current.get_one(User, user.id).active = False
    blocked = attempt(client, user.email, GOOD)
    with transaction() as current:
        one = current.get_one(User, user.id)
        one.active, one.locked_until = True, datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
    locked = attempt(client, user.email, GOOD)
    pages = {without_token(answer.text, email) for answer, email in
             ((wrong, user.email), (unknown, "nobody@example.org"), (blocked, user.email), (locked, user.email))}  # fmt: skip
    assert len(pages) == 1
    assert {answer.status_code for answer in (wrong, unknown, blocked, locked)} == {200}
    assert not is_in(client)


def test_too_many_failures_close_the_account_for_a_while_and_tell_its_owner(
    client: FlaskClient, user: User, mailbox: Mailbox
) -> None:
    for _time in range(sign_ins.FAILURES):
        attempt(client, user.email, WRONG)
    assert attempt(client, user.email, GOOD).status_code == 200
    assert not is_in(client)
    told = mailbox.next()
    assert (told["To"], "Too many attempts" in told["Subject"]) == (user.email, True)
    with transaction() as current:
        current.get_one(User, user.id).locked_until = datetime.datetime.now(datetime.UTC)
    assert attempt(client, user.email, GOOD).status_code == 302
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "user.lock")).one()
    assert user.email not in str(entry.data)


def test_guessing_from_one_address_is_slowed_down(client: FlaskClient, user: User) -> None:
    token = token_of(client)
    answers = [
        client.post("/sign-in", data={"csrf_token": token, "email": f"x{n}@example.org"}).status_code for n in range(31)
    ]
    assert answers == [200] * 30 + [429]
    assert attempt(client, user.email, GOOD).status_code == 429


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "https:evil.example", "///evil.example", "/\t/evil.example", "http://localhost@evil.example/"],
)  # fmt: skip
def test_no_open_redirect(client: FlaskClient, user: User, target: str) -> None:
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"csrf_token": token_of(client), "email": user.email, "password": GOOD, "next": target},
    )
    assert answer.status_code in {302, 303}
    goal = urlsplit(urljoin("http://localhost/sign-in", answer.location.replace("\\", "/")))
    assert (goal.scheme, goal.netloc) == ("http", "localhost")


def test_the_page_that_was_wanted_comes_after_signing_in(client: FlaskClient, user: User) -> None:
    wanted = client.get("/people?q=a").location
    answer = client.post(
        wanted, data={"csrf_token": token_of(client), "email": user.email, "password": GOOD, "next": "/people?q=a"}
    )
    assert answer.location == "/people?q=a"


def test_a_form_without_its_token_is_refused(client: FlaskClient, user: User) -> None:
    answer = client.post("/sign-in", data={"email": user.email, "password": GOOD})
    assert (answer.status_code, "form is too old" in answer.text) == (400, True)
    assert not is_in(client)


def test_a_form_that_is_too_old_gives_back_what_was_typed(client: FlaskClient) -> None:
    form = {"done": "A long report\non prisons", "new_password": "Heron crosses Ostrel", "claim": "planned"}
    page = client.post("/updates/new", data=form, headers={"Sec-Fetch-Site": "same-origin"}).text
    assert "A long report\non prisons</textarea>" in page
    assert "You are signed out." in page
    assert "Heron" not in page
    assert "A long report" not in client.post("/updates/new", data=form).text


def test_signing_in_starts_a_new_session(client: FlaskClient, user: User) -> None:
    before = token_of(client)
    attempt(client, user.email, GOOD)
    with client.session_transaction() as cookie:
        first = cookie["sign_in"]
    assert client.post("/account/sign-ins/end", data={"csrf_token": before}).status_code == 400
    post(client, "/sign-out")
    attempt(client, user.email, GOOD)
    with client.session_transaction() as cookie:
        assert cookie["sign_in"] != first
    assert first not in {row.token for row in session().scalars(select(SignIn))}


def test_signing_in_keeps_no_second_way_in_by_a_cookie_that_remembers(client: FlaskClient, user: User) -> None:
    post(client, "/sign-in", email=user.email, password=GOOD, remember="y")
    assert client.get_cookie("remember_token") is None


def test_a_reset_link_works_once(app: Flask, client: FlaskClient, user: User, mailbox: Mailbox) -> None:
    elsewhere = app.test_client()
    attempt(elsewhere, user.email, GOOD)
    post(client, "/reset-password", email=user.email)
    link = path_of(mailbox.next())
    assert link.startswith("/en/reset-password/")
    assert client.get(link).status_code == 200
    new = "seven quiet boats at dawn"
    assert post(client, link, password=new, password_confirm=new).status_code == 302
    assert "was changed" in mailbox.next()["Subject"]
    again = post(client, link, password=WRONG, password_confirm=WRONG)
    assert again.location.endswith("/reset-password")
    assert not is_in(elsewhere)
    assert attempt(app.test_client(), user.email, GOOD).status_code == 200
    assert attempt(client, user.email, new).status_code == 302


def test_a_reset_link_ends(app: Flask, client: FlaskClient, user: User, mailbox: Mailbox) -> None:
    post(client, "/reset-password", email=user.email)
    link = path_of(mailbox.next())
    app.config["SECURITY_RESET_PASSWORD_WITHIN"] = datetime.timedelta(seconds=-1)
    assert client.get(link).location.endswith("/reset-password")
    assert post(client, link, password="a" * 20, password_confirm="a" * 20).location.endswith("/reset-password")


def test_asking_for_a_reset_tells_nothing_about_accounts(client: FlaskClient, user: User, mailbox: Mailbox) -> None:
    unknown = post(client, "/reset-password", email="nobody@example.org")
    known = post(client, "/reset-password", email=user.email)
    assert without_token(unknown.text, "nobody@example.org") == without_token(known.text, user.email)
    assert (unknown.status_code, known.status_code) == (200, 200)
    assert mailbox.next()["To"] == user.email
    assert mailbox.empty


def test_mails_and_messages_are_in_the_language_of_their_reader(
    client: FlaskClient, user: User, mailbox: Mailbox
) -> None:
    with transaction() as current:
        current.get_one(User, user.id).language = "ar"
    post(client, "/fr/reset-password", email=user.email)
    mail = mailbox.next()
    assert path_of(mail).startswith("/ar/reset-password/")
    assert mail["Content-Language"] == "ar"
    assert 'dir="rtl"' in mail.get_body(("html",)).get_content()
    attempt(client, user.email, GOOD)
    page = post(client, "/fr/account/password", password=WRONG, new_password="x", new_password_confirm="x").text
    assert "Le mot de passe est faux." in page


def test_the_password_is_changed_with_the_old_one_and_ends_other_sign_ins(
    app: Flask, client: FlaskClient, user: User, mailbox: Mailbox
) -> None:
    elsewhere = app.test_client()
    attempt(elsewhere, user.email, GOOD)
    attempt(client, user.email, GOOD)
    new = "seven quiet boats at dawn"
    bad = post(client, "/account/password", password=WRONG, new_password=new, new_password_confirm=new)
    assert (bad.status_code, "Your password" in bad.text) == (200, True)
    assert (
        post(client, "/account/password", password=GOOD, new_password=new, new_password_confirm=new).status_code == 302
    )
    assert (is_in(client), is_in(elsewhere)) == (True, False)
    assert "signed out everywhere else" in text_of(mailbox.next())


@pytest.mark.parametrize("weak", ["short", "password123!", "1234567890123", "aaaaaaaaaaaaaa", "Welcome2026!"])
def test_a_password_that_everybody_tries_is_refused(client: FlaskClient, user: User, weak: str) -> None:
    attempt(client, user.email, GOOD)
    post(client, "/account/password", password=GOOD, new_password=weak, new_password_confirm=weak)
    post(client, "/sign-out")
    assert attempt(client, user.email, weak).status_code == 200


def test_a_blocked_account_is_out_at_once(
    client: FlaskClient, user: User, sign_in: SignInAs, person_with: PersonWith
) -> None:
    attempt(client, user.email, GOOD)
    administrator = sign_in(person_with("administrator"))
    assert post(administrator, f"/people/{user.id}/block", active="0").status_code == 303
    assert not is_in(client)
    assert attempt(client, user.email, GOOD).status_code == 200
    post(administrator, f"/people/{user.id}/block", active="1")
    assert attempt(client, user.email, GOOD).status_code == 302


def test_signing_out_needs_a_form_of_ours(client: FlaskClient, user: User) -> None:
    attempt(client, user.email, GOOD)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").status_code == 400
    assert is_in(client)
    post(client, "/sign-out")
    assert not is_in(client)


def test_without_a_provider_there_is_no_single_sign_on(client: FlaskClient) -> None:
    assert client.get("/sign-in/sso").status_code == 404
    assert client.get("/sign-in/sso/answer").status_code == 404
    assert "/sign-in/sso" not in client.get("/sign-in").text
