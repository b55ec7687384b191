"""Invitations: who may send which, links that work once and end, and the account that comes of one."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.models.audit import AuditEntry
from uptake.models.people import Invitation, Membership, User
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.mailbox import Mailbox, path_of, text_of
from uptake.testing.people import make_actor, token_of

GOOD = "three green lamps on the stair"
NEW = "New.Person@example.org"


def post(client: FlaskClient, path: str, **data: str):
    return client.post(path, data={"csrf_token": token_of(client), **data})


def invite(client: FlaskClient, **changes: str):
    return post(client, "/people/invite", **{"email": NEW, "name": "", "role": "observer", "actor": "", "language": "fr",
                                             **changes})  # fmt: skip


def accept(client: FlaskClient, link: str, **changes: str):
    return post(client, link, **{"name": "New Person", "password": GOOD, "password_confirm": GOOD, **changes})


def count(model: type) -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def coordinator(mailbox: Mailbox, app: Flask, person_with: PersonWith, sign_in: SignInAs) -> FlaskClient:
    """The browser of a coordinator."""
    return sign_in(person_with("coordinator", name="Amal <i>"))


def test_an_invitation_becomes_an_account_with_its_role(
    app: Flask, client: FlaskClient, coordinator: FlaskClient, mailbox: Mailbox
) -> None:
    ministry = make_actor("MOH").id
    assert invite(coordinator, role="focal_point", actor=str(ministry)).status_code == 303
    mail = mailbox.next()
    assert (mail["To"], "Amal" in text_of(mail)) == ("New.Person@example.org", True)
    assert "<i>" not in mail.get_body(("html",)).get_content()
    link = path_of(mail)
    assert link.startswith("/fr/invitation/")
    assert "New.Person@example.org" in client.get(link).text
    answer = accept(client, link)
    assert (answer.status_code, answer.location) == (303, "/fr/signed-in")
    user = session().scalars(select(User).where(User.email == NEW)).one()
    membership = session().scalars(select(Membership).where(Membership.user_id == user.id)).one()
    assert (user.name, user.language, membership.role, membership.actor_id) == (
        "New Person",
        "fr",
        "focal_point",
        ministry,
    )
    assert client.get("/account").status_code == 200
    other = app.test_client()
    assert post(other, "/sign-in", email=NEW.lower(), password=GOOD).status_code == 302


def test_a_link_works_once(app: Flask, client: FlaskClient, coordinator: FlaskClient, mailbox: Mailbox) -> None:
    invite(coordinator)
    link = path_of(mailbox.next())
    accept(client, link)
    other = app.test_client()
    assert other.get(link).status_code == 404
    assert accept(other, link).status_code == 404
    assert other.get("/account").status_code == 302


def test_a_link_ends(client: FlaskClient, coordinator: FlaskClient, mailbox: Mailbox) -> None:
    invite(coordinator)
    link = path_of(mailbox.next())
    with transaction() as current:
        current.scalars(select(Invitation)).one().expires = datetime.datetime.now(datetime.UTC)
    assert client.get(link).status_code == 404
    assert accept(client, link).status_code == 404
    assert count(User) == 1


def test_sending_again_and_taking_back_end_the_link_before(
    client: FlaskClient, coordinator: FlaskClient, mailbox: Mailbox
) -> None:
    invite(coordinator)
    first = path_of(mailbox.next())
    id_ = session().scalars(select(Invitation.id)).one()
    post(coordinator, f"/people/invitations/{id_}/resend")
    second = path_of(mailbox.next())
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    post(coordinator, f"/people/invitations/{id_}/withdraw")
    assert client.get(second).status_code == 404
    assert post(coordinator, f"/people/invitations/{id_}/resend").status_code == 404


def test_the_same_form_twice_sends_one_mail(coordinator: FlaskClient, mailbox: Mailbox) -> None:
    assert [invite(coordinator).status_code for _time in range(2)] == [303, 303]
    mailbox.next()
    assert count(Invitation) == 1
    assert mailbox.empty


def test_only_administrators_make_administrators(
    coordinator: FlaskClient, person_with: PersonWith, sign_in: SignInAs, mailbox: Mailbox
) -> None:
    assert 'value="administrator"' not in coordinator.get("/people/invite").text
    assert invite(coordinator, role="administrator").status_code == 403
    assert count(Invitation) == 0
    administrator = sign_in(person_with("administrator"))
    assert invite(administrator, role="administrator").status_code == 303
    id_ = session().scalars(select(Invitation.id)).one()
    assert post(coordinator, f"/people/invitations/{id_}/resend").status_code == 403
    assert post(coordinator, f"/people/invitations/{id_}/withdraw").status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "nothing"}, "email"),
        ({"email": "a@b.org\nBcc: x@y.org"}, "email"),
        ({"role": "king"}, "role"),
        ({"role": "focal_point"}, "actor"),
        ({"role": "focal_point", "actor": "999999"}, "actor"),
        ({"role": "focal_point", "actor": "9" * 40}, "actor"),
        ({"language": "xx"}, "language"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(coordinator: FlaskClient, changes: dict[str, str], field: str) -> None:
    answer = invite(coordinator, **changes)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text
    assert count(Invitation) == 0


def test_an_address_with_an_account_is_not_invited(coordinator: FlaskClient, person_with: PersonWith) -> None:
    known = person_with("observer")
    answer = invite(coordinator, email=known.email.upper())
    assert (answer.status_code, 'id="e-email"' in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": " "}, "name"), ({"password": "short"}, "password"), ({"password_confirm": "other"}, "password_confirm"),
     ({"password": "new.person1", "password_confirm": "new.person1"}, "password")],
)  # fmt: skip
def test_a_refused_acceptance_uses_nothing_up(
    client: FlaskClient, coordinator: FlaskClient, mailbox: Mailbox, changes: dict[str, str], field: str
) -> None:
    invite(coordinator, language="en")
    link = path_of(mailbox.next())
    values = {"password_confirm": changes["password"]} if list(changes) == ["password"] else {}
    answer = accept(client, link, **{**values, **changes})
    assert (answer.status_code, f'id="e-{field}"' in answer.text) == (422, True)
    assert accept(client, link).status_code == 303


@pytest.mark.parametrize("role", ["observer", "focal_point", "validator", "member", "alternate"])
def test_the_people_are_seen_by_those_who_run_the_site_alone(
    mailbox: Mailbox, app: Flask, person_with: PersonWith, sign_in: SignInAs, role: str
) -> None:
    other = person_with("observer")
    browser = sign_in(person_with(role, actor=None if role == "observer" else make_actor("MOJ").id))
    assert {browser.get(path).status_code for path in ("/people", "/people/invite", f"/people/{other.id}")} == {403}
    assert invite(browser).status_code == 403
    assert post(browser, f"/people/{other.id}/block", active="0").status_code == 403
    assert post(browser, f"/people/{other.id}/email", email="x@example.org").status_code == 403
    assert count(Invitation) == 0


def test_a_coordinator_neither_blocks_nor_changes_addresses(coordinator: FlaskClient, person_with: PersonWith) -> None:
    other = person_with("administrator")
    assert post(coordinator, f"/people/{other.id}/block", active="0").status_code == 403
    assert post(coordinator, f"/people/{other.id}/email", email="x@example.org").status_code == 403
    assert "Block" not in coordinator.get(f"/people/{other.id}").text


def test_an_administrator_gives_another_address_and_both_are_told(
    mailbox: Mailbox, app: Flask, person_with: PersonWith, sign_in: SignInAs
) -> None:
    person, other = person_with("observer"), person_with("observer")
    theirs, administrator = sign_in(person), sign_in(person_with("administrator"))
    taken = post(administrator, f"/people/{person.id}/email", email=other.email)
    assert (taken.status_code, 'id="e-email"' in taken.text) == (422, True)
    assert post(administrator, f"/people/{person.id}/email", email="changed@example.org").status_code == 303
    assert {mailbox.next()["To"] for _each in range(2)} == {person.email, "changed@example.org"}
    assert theirs.get("/account").status_code == 302
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "user.email")).one()
    assert (entry.subject, entry.data) == (f"user/{person.id}", {})


def test_nobody_blocks_the_own_account(
    mailbox: Mailbox, app: Flask, person_with: PersonWith, sign_in: SignInAs
) -> None:
    person = person_with("administrator")
    browser = sign_in(person)
    assert post(browser, f"/people/{person.id}/block", active="0").status_code == 403
    assert browser.get("/account").status_code == 200


def test_the_list_is_searched_and_escapes_what_people_wrote(coordinator: FlaskClient, person_with: PersonWith) -> None:
    person_with("observer", name="<script>alert(1)</script>")
    page = coordinator.get("/people?q=script").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "1 account<" in page
    assert "Nobody is found" in coordinator.get("/people?q=%25zzz").text


def test_the_trail_names_no_address(client: FlaskClient, coordinator: FlaskClient, mailbox: Mailbox) -> None:
    invite(coordinator)
    accept(client, path_of(mailbox.next()))
    entries = session().scalars(select(AuditEntry)).all()
    assert {"user.invite", "user.create"} <= {entry.action for entry in entries}
    assert not [entry for entry in entries if "example.org" in f"{entry.actor} {entry.subject} {entry.data}"]
