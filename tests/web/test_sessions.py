"""Where a person is signed in: seen, ended one by one or all at once, and checked on every request."""

from __future__ import annotations

import datetime
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from uptake.db import db, session, transaction
from uptake.models.people import SignIn, User
from uptake.services.people import sign_ins
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.people import token_of
from uptake.web.accounts.browsers import browser_name


def post(client: FlaskClient, path: str, **data: str):
    return client.post(path, data={"csrf_token": token_of(client), **data})


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def rows(user_id: int | None) -> list[SignIn]:
    session().rollback()
    return list(session().scalars(select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.id)))


def test_the_account_page_lists_the_browsers_and_marks_this_one(person_with: PersonWith, sign_in: SignInAs) -> None:
    person = person_with("observer")
    here, _elsewhere = sign_in(person), sign_in(person)
    page = here.get("/account").text
    assert page.count("Test browser") == 2
    assert page.count("(this one)") == 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0",
         "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("<script>" * 20, ("<script>" * 20)[:60]),
        ("", ""),
    ],
)  # fmt: skip
def test_browsers_have_short_names(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_one_browser_is_signed_out_from_another(person_with: PersonWith, sign_in: SignInAs) -> None:
    person = person_with("observer")
    here, elsewhere = sign_in(person), sign_in(person)
    assert post(here, f"/account/sign-ins/{rows(person.id)[1].id}/end").status_code == 303
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_signing_out_everywhere_else_keeps_this_browser(person_with: PersonWith, sign_in: SignInAs) -> None:
    person, other = person_with("observer"), person_with("observer")
    here, elsewhere, stranger = sign_in(person), sign_in(person), sign_in(other)
    post(here, "/account/sign-ins/end")
    assert (is_in(here), is_in(elsewhere), is_in(stranger)) == (True, False, True)


def test_nobody_ends_the_sign_in_of_somebody_else(person_with: PersonWith, sign_in: SignInAs) -> None:
    victim = person_with("observer")
    browser, attacker = sign_in(victim), sign_in(person_with("administrator"))
    assert post(attacker, f"/account/sign-ins/{rows(victim.id)[0].id}/end").status_code == 404
    assert is_in(browser)


def test_the_cookie_of_a_signed_out_browser_opens_nothing(
    app: Flask, person_with: PersonWith, sign_in: SignInAs
) -> None:
    browser = sign_in(person_with("observer"))
    stolen = browser.get_cookie("uptake")
    post(browser, "/sign-out")
    thief = app.test_client()
    thief.set_cookie("uptake", stolen.value)
    assert not is_in(thief)


def test_a_session_without_a_row_is_none(app: Flask, person_with: PersonWith) -> None:
    person = person_with("administrator")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = session().get_one(User, person.id).fs_uniquifier
        cookie["sign_in"] = "made up"
    assert not is_in(client)


def test_a_sign_in_ends_by_itself(person_with: PersonWith, sign_in: SignInAs) -> None:
    person = person_with("observer")
    browser = sign_in(person)
    with transaction() as current:
        current.get_one(SignIn, rows(person.id)[0].id).created -= sign_ins.LASTS
    assert not is_in(browser)


def test_last_seen_is_written_every_few_minutes_and_no_more(person_with: PersonWith, sign_in: SignInAs) -> None:
    person = person_with("observer")
    browser = sign_in(person)
    first = rows(person.id)[0].seen
    browser.get("/account")
    assert rows(person.id)[0].seen == first
    with transaction() as current:
        current.get_one(SignIn, rows(person.id)[0].id).seen -= datetime.timedelta(minutes=10)
    browser.get("/account")
    assert rows(person.id)[0].seen >= first


def test_who_asks_costs_one_query(app: Flask, person_with: PersonWith, sign_in: SignInAs) -> None:
    browser = sign_in(person_with("observer"))
    browser.get("/sign-in")
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    browser.get("/sign-in")
    assert sum("sign_in" in statement for statement in asked) == 1


def test_pages_without_a_language_are_in_the_persons_own(person_with: PersonWith, sign_in: SignInAs) -> None:
    browser = sign_in(person_with("observer", language="ar"))
    assert 'lang="ar" dir="rtl"' in browser.get("/account").text
    assert 'lang="fr"' in browser.get("/fr/account").text


def test_the_profile_is_changed_and_wrong_values_are_shown_at_their_field(
    person_with: PersonWith, sign_in: SignInAs
) -> None:
    person = person_with("observer")
    browser = sign_in(person)
    answer = post(browser, "/account", name="<b>New</b>", language="xx", digest="hourly")
    assert answer.status_code == 422
    assert 'id="e-language"' in answer.text
    assert 'id="e-digest"' in answer.text
    assert "<b>New</b>" not in answer.text
    assert post(browser, "/account", name="<b>New</b>", language="fr", digest="never").status_code == 303
    assert "&lt;b&gt;New&lt;/b&gt;" in browser.get("/account").text
    session().rollback()
    user = session().get_one(User, person.id)
    assert (user.name, user.language, user.digest) == ("<b>New</b>", "fr", "never")


def test_what_caches_may_keep_carries_no_cookie(person_with: PersonWith, sign_in: SignInAs) -> None:
    browser = sign_in(person_with("observer"))
    sheet = re.search(r'href="([^"]+work[^"]*css[^"]*)"', browser.get("/account").text)[1]
    with browser.get(sheet) as answer:
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert "no-store" in browser.get("/account").headers["Cache-Control"]
