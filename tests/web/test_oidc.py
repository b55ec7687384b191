"""Single sign-on against a real provider: who gets in, who does not, and what a broken answer leads to."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.models.people import Membership, User
from uptake.services.people.invitations import Draft, invite
from uptake.services.permissions import SYSTEM
from uptake.settings import Settings
from uptake.testing.fixtures import PersonWith
from uptake.testing.identity_provider import IdentityProvider, other_key
from uptake.testing.people import make_actor


@pytest.fixture
def provider(settings: Settings) -> Iterator[IdentityProvider]:
    """A provider that the instance trusts."""
    with IdentityProvider() as found:
        object.__setattr__(settings, "oidc", found.settings)
        yield found


@pytest.fixture
def app(provider: IdentityProvider, app: Flask) -> Flask:
    """The application, made after the provider was set."""
    return app


@pytest.fixture
def user(provider: IdentityProvider, app: Flask, person_with: PersonWith) -> User:
    """An observer whom the provider knows by the same address."""
    person = person_with("observer")
    provider.claims["email"] = person.email.upper()
    return session().get_one(User, person.id)


def go(client: FlaskClient, start: str = "/sign-in/sso"):
    """Through the provider and back."""
    back = requests.get(client.get(start).location, allow_redirects=False, timeout=20).headers["Location"]
    address = urlsplit(back)
    return client.get(f"{address.path}?{address.query}")


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def accounts() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(User)) or 0


def check_refused(client: FlaskClient, answer) -> str:
    """The message on the sign-in page after a failure."""
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert not is_in(client)
    page = client.get("/sign-in").text
    assert 'class="notice is-error"' in page
    return page


def test_a_verified_address_finds_its_account(client: FlaskClient, provider: IdentityProvider, user: User) -> None:
    assert "Sign in with Ministry ID" in client.get("/sign-in").text
    assert go(client).location == "/signed-in"
    assert is_in(client)
    asked = provider.asked[0]
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert min(len(asked[name]) for name in ("nonce", "state", "code_challenge")) >= 20


def test_the_identity_is_known_again_when_its_address_changes(
    app: Flask, client: FlaskClient, provider: IdentityProvider, user: User
) -> None:
    go(client)
    provider.claims |= {"email": "married@example.org", "email_verified": False}
    other = app.test_client()
    go(other)
    assert is_in(other)
    assert accounts() == 1


def test_the_page_that_was_wanted_comes_after_and_no_other_site(
    app: Flask, client: FlaskClient, provider: IdentityProvider, user: User
) -> None:
    assert go(client, "/sign-in/sso?next=/account").location == "/account"
    assert go(app.test_client(), "/sign-in/sso?next=https://evil.example/").location == "/signed-in"


def test_strangers_are_not_made_accounts(provider: IdentityProvider, app: Flask, client: FlaskClient) -> None:
    assert "no account for you" in check_refused(client, go(client))
    assert accounts() == 0


def test_an_address_that_is_not_verified_finds_nothing(
    client: FlaskClient, provider: IdentityProvider, user: User
) -> None:
    for claim in (False, None, "false", 1):
        provider.claims["email_verified"] = claim
        check_refused(client, go(client))


def test_an_invitation_is_accepted_by_signing_in(provider: IdentityProvider, app: Flask, client: FlaskClient) -> None:
    ministry = make_actor("MOH").id
    invite(Draft("Person@example.org", "", "validator", ministry, "en"), person=SYSTEM, root="http://localhost")
    assert go(client).location == "/signed-in"
    assert is_in(client)
    role = session().scalars(select(Membership)).one()
    assert (role.role, role.actor_id, accounts()) == ("validator", ministry, 1)


def test_a_blocked_account_stays_out(client: FlaskClient, provider: IdentityProvider, user: User) -> None:
    with transaction() as current:
        current.get_one(User, user.id).active = False
    check_refused(client, go(client))


def test_another_identity_with_the_same_address_does_not_get_the_account(
    app: Flask, client: FlaskClient, provider: IdentityProvider, user: User
) -> None:
    go(client)
    provider.claims["sub"] = "somebody else"
    other = app.test_client()
    check_refused(other, go(other))


def test_consent_that_is_not_given_leads_back_with_a_message(
    client: FlaskClient, provider: IdentityProvider, user: User
) -> None:
    provider.denies = True
    assert "cancelled" in check_refused(client, go(client))


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=wrong", "?error=server_error&state=wrong"])
def test_an_answer_that_was_not_asked_for_is_refused(
    provider: IdentityProvider, client: FlaskClient, user: User, query: str
) -> None:
    client.get("/sign-in/sso")
    check_refused(client, client.get(f"/sign-in/sso/answer{query}"))


def test_the_answer_of_one_browser_is_worth_nothing_in_another(
    app: Flask, client: FlaskClient, provider: IdentityProvider, user: User
) -> None:
    back = urlsplit(
        requests.get(client.get("/sign-in/sso").location, allow_redirects=False, timeout=20).headers["Location"]
    )
    victim = app.test_client()
    check_refused(victim, victim.get(f"{back.path}?{back.query}"))


@pytest.mark.parametrize(
    "spoilt",
    [{"nonce": "another"}, {"aud": "another client"}, {"iss": "http://evil.example"}, {"exp": int(time.time()) - 3600}],
)
def test_a_token_that_is_not_for_us_now_is_refused(
    client: FlaskClient, provider: IdentityProvider, user: User, spoilt: dict[str, object]
) -> None:
    provider.spoils = spoilt
    check_refused(client, go(client))


def test_a_token_signed_by_somebody_else_is_refused(
    client: FlaskClient, provider: IdentityProvider, user: User
) -> None:
    provider.signs_with = other_key()
    check_refused(client, go(client))


def test_a_second_factor_of_ours_is_still_asked(
    client: FlaskClient, provider: IdentityProvider, user: User, app: Flask
) -> None:
    with transaction() as current:
        one = current.get_one(User, user.id)
        one.password, one.tf_primary_method = hash_password("x"), "authenticator"
        one.tf_totp_secret = app.extensions["security"].totp_factory.generate_totp_secret()
    assert go(client).location.startswith("/sign-in/code")
    assert not is_in(client)


def test_a_provider_that_cannot_be_reached_is_a_message(client: FlaskClient, provider: IdentityProvider) -> None:
    provider.close()
    check_refused(client, client.get("/sign-in/sso"))


def test_the_secret_is_neither_logged_nor_shown(
    client: FlaskClient, provider: IdentityProvider, user: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.spoils = {"nonce": "another"}
    page = check_refused(client, go(client))
    assert provider.client_secret not in f"{caplog.text}{page}{settings!r}"
