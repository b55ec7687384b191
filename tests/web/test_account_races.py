"""Things that work once, pressed by several at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import func, select
from uptake.db import db, session, transaction
from uptake.models.people import User
from uptake.services.people.invitations import Draft, invite
from uptake.services.permissions import SYSTEM
from uptake.testing.fixtures import PersonWith
from uptake.testing.mailbox import Mailbox, path_of
from uptake.testing.people import token_of

GOOD = "three green lamps on the stair"
AT_ONCE = 4


def all_at_once(app: Flask, prepare: Callable[[FlaskClient], dict[str, str]], path: str) -> list[FlaskClient]:
    """Browsers that post the same form to the same address in the same moment."""
    browsers = [app.test_client() for _each in range(AT_ONCE)]
    forms = [{"csrf_token": token_of(browser), **prepare(browser)} for browser in browsers]
    session().rollback()
    start = Barrier(AT_ONCE)

    def run(number: int) -> int:
        with app.app_context():
            start.wait()
            return browsers[number].post(path, data=forms[number]).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(run, range(AT_ONCE)))
    assert max(answers) < 500
    return browsers


def inside(browsers: list[FlaskClient]) -> int:
    return sum(browser.get("/account").status_code == 200 for browser in browsers)


def make_user(person_with: PersonWith) -> User:
    person = person_with("observer")
    with transaction() as current:
        current.get_one(User, person.id).password = hash_password(GOOD)
    return session().get_one(User, person.id)


def test_an_invitation_makes_one_account(mailbox: Mailbox, app: Flask) -> None:
    invite(Draft("new@example.org", "", "observer"), person=SYSTEM, root="http://localhost")
    form = {"name": "New", "password": GOOD, "password_confirm": GOOD}
    browsers = all_at_once(app, lambda _browser: form, path_of(mailbox.next()))
    assert inside(browsers) == 1
    assert session().scalar(select(func.count()).select_from(User)) == 1


def test_a_recovery_code_lets_one_in(app: Flask, person_with: PersonWith) -> None:
    user = make_user(person_with)
    security = app.extensions["security"]
    with transaction() as current:
        one = current.get_one(User, user.id)
        one.tf_primary_method, one.tf_totp_secret = "authenticator", security.totp_factory.generate_totp_secret()
        codes = security.mf_recovery_codes_util.create_recovery_codes(one)

    def prepare(browser: FlaskClient) -> dict[str, str]:
        data = {"csrf_token": token_of(browser), "email": user.email, "password": GOOD}
        assert browser.post("/sign-in", data=data).location.startswith("/sign-in/code")
        return {"code": codes[0]}

    assert inside(all_at_once(app, prepare, "/sign-in/recovery")) == 1


def test_no_failure_is_lost(app: Flask, person_with: PersonWith) -> None:
    user = make_user(person_with)
    all_at_once(app, lambda _browser: {"email": user.email, "password": "wrong wrong"}, "/sign-in")
    db.session.rollback()
    assert session().get_one(User, user.id).failed_logins == AT_ONCE
