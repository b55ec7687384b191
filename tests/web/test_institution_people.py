"""Giving, ending and handing over roles in the browser, and institutions as a table."""

from __future__ import annotations

import datetime
import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import session
from uptake.models.actors import Actor
from uptake.models.people import Membership
from uptake.services.permissions import Person
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.people import make_actor, token_of

TODAY = datetime.date.today()


@pytest.fixture
def coordinator(sign_in: SignInAs, person_with: PersonWith) -> FlaskClient:
    return sign_in(person_with("coordinator"))


def role_of(person: Person) -> Membership:
    session().rollback()
    return session().scalars(select(Membership).where(Membership.user_id == person.id)).one()


def test_a_role_is_given_ended_and_opened_again(app: Flask, coordinator: FlaskClient, person_with: PersonWith) -> None:
    make_actor("MOH")
    somebody, token = person_with(name="Ada Lovelace"), token_of(coordinator)
    form = {"csrf_token": token, "user": somebody.id, "role": "focal_point"}
    assert coordinator.post("/institutions/MOH/roles", data=form).location == "/institutions/MOH"
    twice = coordinator.post("/institutions/MOH/roles", data=form)
    assert twice.status_code == 422
    assert "holds the role in these days already" in twice.text
    row = role_of(somebody)
    assert "Ada Lovelace" in coordinator.get("/institutions/MOH").text
    wrong = coordinator.post(f"/roles/{row.id}/end", data={"csrf_token": token, "version": 1, "until": "someday"})
    assert wrong.status_code == 422
    early = coordinator.post(f"/roles/{row.id}/end", data={"csrf_token": token, "version": 1, "until": "2001-01-01"})
    assert early.status_code == 422
    assert coordinator.post(f"/roles/{row.id}/end", data={"csrf_token": token, "version": 1}).status_code == 303
    assert coordinator.post(f"/roles/{row.id}/end", data={"csrf_token": token, "version": 1}).status_code == 409
    assert role_of(somebody).until == TODAY
    assert coordinator.post(f"/roles/{row.id}/reopen", data={"csrf_token": token, "version": 2}).status_code == 303
    assert role_of(somebody).until is None


def test_roles_of_the_site_are_given_by_those_who_may(
    app: Flask, coordinator: FlaskClient, sign_in: SignInAs, person_with: PersonWith
) -> None:
    somebody, token = person_with(), token_of(coordinator)
    page = coordinator.get("/roles").text
    assert 'value="observer"' in page
    assert 'value="administrator"' not in page
    refused = coordinator.post("/roles", data={"csrf_token": token, "user": somebody.id, "role": "administrator"})
    assert refused.status_code == 403
    assert (
        coordinator.post("/roles", data={"csrf_token": token, "user": somebody.id, "role": "observer"}).status_code
        == 303
    )
    admin = person_with("administrator")
    browser = sign_in(admin)
    assert 'value="administrator"' in browser.get("/roles").text
    last = browser.post(f"/roles/{role_of(admin).id}/end", data={"csrf_token": token_of(browser), "version": 1})
    assert last.status_code == 422
    assert "last administrator" in last.text


def test_a_focal_point_hands_over_in_the_browser(app: Flask, sign_in: SignInAs, person_with: PersonWith) -> None:
    actor = make_actor("MOH")
    leaving, successor = (
        person_with("focal_point", actor=actor.id),
        person_with("member", actor=actor.id, name="Next One"),
    )
    browser = sign_in(leaving)
    link = f"/roles/{role_of(leaving).id}/handover"
    assert f'href="{link}"' in browser.get("/institutions/MOH").text
    page = browser.get(link).text
    assert "Next One" in page
    token = token_of(browser)
    nobody = browser.post(link, data={"csrf_token": token, "version": 1, "email": "new@example.org"})
    assert nobody.status_code == 422
    assert 'value="new@example.org"' in nobody.text
    done = browser.post(link, data={"csrf_token": token, "version": 1, "user": successor.id})
    assert (done.status_code, done.location) == (303, "/institutions/MOH")
    assert browser.post(link, data={"csrf_token": token, "version": 1, "user": successor.id}).status_code == 409
    session().rollback()
    held = session().scalars(select(Membership.role).where(Membership.user_id == successor.id)).all()
    assert sorted(held) == ["focal_point", "member"]


def test_another_institutions_roles_are_out_of_reach(app: Flask, sign_in: SignInAs, person_with: PersonWith) -> None:
    own, other = make_actor("MOH"), make_actor("MOJ")
    browser = sign_in(person_with("focal_point", actor=own.id))
    row = role_of(person_with("focal_point", actor=other.id))
    token = token_of(browser)
    assert browser.get(f"/roles/{row.id}/handover").status_code == 403
    for path in (
        f"/roles/{row.id}/handover",
        f"/roles/{row.id}/end",
        "/institutions/MOJ/roles",
        "/institutions/MOH/roles",
    ):
        assert (
            browser.post(
                path, data={"csrf_token": token, "version": 1, "user": row.user_id, "role": "member"}
            ).status_code
            == 403
        )


def upload(browser: FlaskClient, data: bytes, name: str = "t.csv") -> str:
    form = {"csrf_token": token_of(browser), "file": (BytesIO(data), name)}
    return browser.post("/institutions/table", data=form).text


def hidden(page: str) -> dict[str, str]:
    found = dict(re.findall(r'name="(packed|mark)" value="([^"]*)"', page))
    assert set(found) == {"packed", "mark"}
    return found


def test_a_table_is_previewed_and_then_taken_over_once(app: Flask, coordinator: FlaskClient) -> None:
    make_actor("OLD")
    page = upload(
        coordinator,
        b"code,kind,level,parent,name_en\nNEU,agency,local,OLD,New one\nOLD,ministry,national,,Named anew\n",
    )
    assert "New one" in page
    assert "Named anew" in page
    session().rollback()
    assert session().scalar(select(Actor).where(Actor.code == "NEU")) is None
    form = {"csrf_token": token_of(coordinator), **hidden(page)}
    assert coordinator.post("/institutions/table/apply", data=form).location == "/institutions"
    assert coordinator.post("/institutions/table/apply", data=form).status_code == 409
    session().rollback()
    assert session().scalars(select(Actor).where(Actor.code == "OLD")).one().names["en"] == "Named anew"


def test_a_table_with_a_wrong_row_offers_nothing_to_take(app: Flask, coordinator: FlaskClient) -> None:
    page = upload(coordinator, b"code,kind,name_en\nA,palace,<b>A</b>\nB,ministry,B\n")
    assert "Kinds: ministry" in page
    assert 'name="packed"' not in page
    assert "<b>A</b>" not in page


def test_what_is_no_table_is_told_at_the_field(app: Flask, coordinator: FlaskClient) -> None:
    for data, name in ((b"%PDF-1.7", "t.csv"), (b"PK\x03\x04", "t.xlsx"), (b"", "t.csv"), (b"x", "")):
        form = {"csrf_token": token_of(coordinator), "file": (BytesIO(data), name)}
        answer = coordinator.post("/institutions/table", data=form)
        assert answer.status_code == 422
        assert 'id="e-file"' in answer.text
    damaged = coordinator.post("/institutions/table/apply", data={"csrf_token": token_of(coordinator), "packed": "x"})
    assert damaged.status_code == 422


@pytest.mark.parametrize("ext", ["csv", "xlsx"])
def test_the_download_comes_back_as_no_change(app: Flask, coordinator: FlaskClient, ext: str) -> None:
    make_actor("B", parent=make_actor("A").id)
    answer = coordinator.get(f"/institutions.{ext}")
    assert answer.headers["Content-Disposition"].endswith(f".{ext}")
    assert "The table changes nothing." in upload(coordinator, answer.data, f"t.{ext}")
