"""Pages of institutions: what visitors see, what the form keeps, and that no number differs from the list behind it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from uptake.db import db, session, transaction
from uptake.models.actors import Actor
from uptake.models.people import Membership
from uptake.models.progress import Update, UpdateItem
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, FollowUp
from uptake.search import index
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.people import make_actor, token_of

MARKUP = '<script>alert("x")</script>'
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
SECRETS = ("moh@example.org", "+33 123", "The law of 1999", "Ada Lovelace")


@pytest.fixture
def coordinator(sign_in: SignInAs, person_with: PersonWith) -> FlaskClient:
    return sign_in(person_with("coordinator"))


@pytest.fixture
def ministry(demo: Flask, person_with: PersonWith) -> Actor:
    """A ministry with contact, people, assignments, and updates of which one is published."""
    actor = make_actor("X-MOH")
    focal = person_with("focal_point", actor=actor.id, name="Ada Lovelace")
    ids = (
        session()
        .scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None)).order_by(Recommendation.id))
        .all()[:12]
    )
    with transaction() as current:
        row = current.get_one(Actor, actor.id)
        row.email, row.phone, row.mandate, row.website = *SECRETS[:3], "https://moh.example.org/"
        for number, id_ in enumerate(ids):
            current.add(
                Assignment(recommendation_id=id_, actor_id=actor.id, role="lead", state="accepted", created=NOW)
            )
            there = current.get(FollowUp, id_) or FollowUp(recommendation_id=id_)
            there.status = "implemented" if number < 4 else "in_progress"
            current.add(there)
        for state in ("draft", "published"):
            update = Update(uuid=uuid4(), actor_id=actor.id, author_id=focal.id, language="en", done=f"Work that is {state}",
                            state=state, created=NOW, changed=NOW, published=NOW if state == "published" else None)  # fmt: skip
            current.add(update)
            current.flush()
            current.add(UpdateItem(update_id=update.id, recommendation_id=ids[0]))
        index.refresh_facts(current, ids)
    return actor


def shown(page: str) -> str:
    return page.partition("<main")[2]


def test_visitors_see_what_is_published_and_nobody_inside(ministry: Actor, client: FlaskClient) -> None:
    for path in ("/institutions/X-MOH", "/institutions/X-MOH.json", "/institutions", "/institutions.json"):
        page = client.get(path)
        assert page.status_code == 200
        assert "X-MOH" in page.text
        assert not [secret for secret in (*SECRETS, "Work that is draft", "focal point") if secret in page.text]
    page = client.get("/institutions/X-MOH").text
    assert "https://moh.example.org/" in page
    assert "Work that is published" in page
    assert client.get("/institutions/X-MOH.json").json["inside"] is None  # type: ignore[index]


def test_people_who_sign_in_see_contact_and_people_but_not_others_drafts(
    ministry: Actor, sign_in: SignInAs, person_with: PersonWith
) -> None:
    other = make_actor("X-MOJ")
    for role, actor, drafts in (
        ("observer", None, True),
        ("member", ministry.id, True),
        ("focal_point", other.id, False),
    ):
        page = sign_in(person_with(role, actor=actor)).get("/institutions/X-MOH").text
        assert all(secret in page for secret in SECRETS)
        assert ("Work that is draft" in page) is drafts
        assert "Give a role" not in page
        assert "Close this institution" not in page


def test_numbers_equal_the_lists_behind_them(ministry: Actor, client: FlaskClient) -> None:
    for path in ("/institutions", "/institutions/X-MOH"):
        page = client.get(path).text
        links = re.findall(r'href="(/recommendations\?institution=X-MOH[^"]*)">(\d+) (open|in all)', page)
        assert links
        for href, count, _what in links:
            assert f"{count} result" in client.get(href.replace("&amp;", "&")).text
    assert '">8 open recommendations' in client.get("/institutions").text
    assert '">12 in all' in client.get("/institutions/X-MOH").text


def test_a_vacancy_is_shown_to_those_who_sign_in(
    ministry: Actor, coordinator: FlaskClient, client: FlaskClient
) -> None:
    assert "Vacancy" not in coordinator.get("/institutions/X-MOH").text
    with transaction() as current:
        for row in current.scalars(select(Membership).where(Membership.actor_id == ministry.id)):
            row.until = datetime.date(2024, 1, 1)
    page = coordinator.get("/institutions/X-MOH").text
    assert "Vacancy" in page
    assert re.search(r"Vacant</span></th><td>Focal point</td>", page)
    tree = coordinator.get("/institutions").text
    assert re.search(r"without a focal point</h2>.*X-MOH", tree, re.DOTALL)
    assert "without a focal point" not in client.get("/institutions").text
    assert "Vacancy" not in client.get("/institutions/X-MOH").text


def test_an_institution_is_entered_edited_closed_and_opened(
    app: Flask, coordinator: FlaskClient, client: FlaskClient
) -> None:
    token = token_of(coordinator)
    typed = {
        "csrf_token": token,
        "code": "MOH",
        "kind": "ministry",
        "level": "national",
        "name_en": "Health",
        "name_fr": "Santé",
    }
    made = coordinator.post("/institutions/new", data=typed)
    assert (made.status_code, made.location) == (303, "/institutions/MOH")
    again = coordinator.post("/institutions/new", data=typed)
    assert again.status_code == 422
    assert "Another institution has this code." in again.text
    assert "Santé" in client.get("/fr/institutions/MOH").text
    edited = coordinator.post("/institutions/MOH/edit", data={**typed, "version": 1, "phone": "12", "code": "ELSE"})
    assert edited.location == "/institutions/MOH"
    assert coordinator.post("/institutions/MOH/close", data={"csrf_token": token, "version": 2}).status_code == 303
    assert "Closed on" in client.get("/institutions/MOH").text
    assert coordinator.post("/institutions/MOH/close", data={"csrf_token": token, "version": 2}).status_code == 409
    assert coordinator.post("/institutions/MOH/reopen", data={"csrf_token": token, "version": 3}).status_code == 303
    assert "Closed on" not in shown(client.get("/institutions/MOH").text)


def test_what_was_typed_stays_beside_what_is_wrong(app: Flask, coordinator: FlaskClient) -> None:
    typed = {
        "csrf_token": token_of(coordinator),
        "code": "a b",
        "kind": "",
        "level": "national",
        "name_fr": MARKUP,
        "email": "nobody",
    }
    page = coordinator.post("/institutions/new", data=typed)
    assert page.status_code == 422
    for field in ("code", "kind", "email"):
        assert f'href="#f-{field}"' in page.text
        assert f'id="e-{field}"' in page.text
    assert MARKUP not in page.text
    assert "&lt;script&gt;" in page.text
    assert 'value="nobody"' in page.text


def test_a_stale_form_shows_both_versions_and_keeps_what_was_typed(app: Flask, coordinator: FlaskClient) -> None:
    make_actor("MOH")
    typed = {
        "csrf_token": token_of(coordinator),
        "kind": "ministry",
        "level": "national",
        "name_en": "MOH",
        "version": 1,
    }
    coordinator.post("/institutions/MOH/edit", data={**typed, "phone": "111"})
    page = coordinator.post("/institutions/MOH/edit", data={**typed, "phone": "222"})
    assert page.status_code == 409
    assert re.search(r"<td[^>]*>111</td><td[^>]*>222</td>", page.text)
    assert 'value="222"' in page.text
    assert 'name="version" value="2"' in page.text
    assert coordinator.post("/institutions/MOH/edit", data={**typed, "phone": "222", "version": 2}).status_code == 303


def test_a_focal_point_edits_the_contact_of_its_own_and_of_no_other(
    app: Flask, sign_in: SignInAs, person_with: PersonWith
) -> None:
    own, other = make_actor("MOH"), make_actor("MOJ")
    browser = sign_in(person_with("focal_point", actor=own.id))
    page = browser.get("/institutions/MOH/edit").text
    assert 'name="phone"' in page
    assert 'name="name_en"' not in page
    token = token_of(browser)
    forged = {"csrf_token": token, "version": 1, "phone": "1", "name_en": "Mine", "kind": "donor", "mandate": "x"}
    assert browser.post("/institutions/MOH/edit", data=forged).status_code == 303
    session().rollback()
    saved = session().get_one(Actor, own.id)
    assert (saved.phone, saved.names, saved.kind, saved.mandate) == ("1", {"en": "MOH"}, "ministry", None)
    assert browser.get("/institutions/MOJ/edit").status_code == 403
    assert browser.post("/institutions/MOJ/edit", data=forged).status_code == 403
    assert session().get_one(Actor, other.id).phone is None


def test_others_reach_no_form(app: Flask, client: FlaskClient, sign_in: SignInAs, person_with: PersonWith) -> None:
    actor = make_actor("MOH")
    writers = ["/institutions/new", "/institutions/MOH/edit", "/institutions/table", "/roles"]
    posts = [*writers, "/institutions/MOH/close", "/institutions/MOH/reopen", "/institutions/MOH/mandate", "/institutions/table/apply",
             "/institutions/MOH/roles", "/roles/1/end", "/roles/1/reopen", "/roles/1/handover"]  # fmt: skip
    for role in ("observer", "validator", "member", "alternate"):
        browser = sign_in(person_with(role, actor=None if role == "observer" else actor.id))
        token = token_of(browser)
        assert {browser.get(path).status_code for path in writers} == {403}
        assert {browser.post(path, data={"csrf_token": token, "version": 1}).status_code for path in posts} == {403}
    assert {client.get(path).status_code for path in [*writers, "/institutions.csv", "/institutions/MOH/mandate"]} == {
        302
    }
    assert {client.post(path, data={"csrf_token": token_of(client)}).status_code for path in posts} == {403}


def test_there_is_no_such_institution(app: Flask, coordinator: FlaskClient) -> None:
    token = token_of(coordinator)
    for path in (
        "/institutions/NONE",
        "/institutions/NONE/edit",
        "/institutions/NONE.json",
        "/institutions/NONE/mandate",
    ):
        assert coordinator.get(path).status_code == 404
    for path in ("/institutions/NONE/close", "/institutions/NONE/roles", "/institutions/NONE/mandate", "/roles/99/end"):
        assert coordinator.post(path, data={"csrf_token": token}).status_code == 404


def test_stored_markup_is_text(app: Flask, client: FlaskClient, coordinator: FlaskClient) -> None:
    actor = make_actor("MOH")
    with transaction() as current:
        row = current.get_one(Actor, actor.id)
        row.names, row.short_names, row.mandate, row.phone = {"en": MARKUP}, {"en": MARKUP}, MARKUP, MARKUP
        make_actor("BELOW", parent=actor.id)
    for path in ("/institutions", "/institutions/MOH", "/institutions/BELOW", "/institutions/MOH/edit"):
        for browser in (client, coordinator):
            assert "<script>alert" not in browser.get(path, follow_redirects=True).text


def test_the_mandate_file_is_for_people_who_sign_in(app: Flask, client: FlaskClient, coordinator: FlaskClient) -> None:
    make_actor("MOH")
    token = token_of(coordinator)

    def upload(data: bytes, name: str, version: int) -> int:
        form = {"csrf_token": token, "version": version, "file": (BytesIO(data), name)}
        return coordinator.post("/institutions/MOH/mandate", data=form).status_code

    assert upload(b"<html><script>", "law.txt", 1) == 422
    assert upload(b"", "law.txt", 1) == 422
    assert upload("Loi n° 1".encode(), "law.txt", 1) == 303
    assert upload(b"Other", "law.txt", 1) == 409
    answer = coordinator.get("/institutions/MOH/mandate")
    assert answer.data.decode() == "Loi n° 1"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/institutions/MOH/mandate").status_code == 302
    assert "law.txt" not in client.get("/institutions/MOH").text
    removed = coordinator.post("/institutions/MOH/mandate", data={"csrf_token": token, "version": 2, "remove": 1})
    assert removed.status_code == 303
    assert coordinator.get("/institutions/MOH/mandate").status_code == 404


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield said
    event.remove(db.engine, "before_cursor_execute", hear)


def test_the_number_of_queries_does_not_grow(
    ministry: Actor, coordinator: FlaskClient, person_with: PersonWith, statements: list[str]
) -> None:
    def asked(path: str) -> int:
        coordinator.get(path)
        statements.clear()
        assert coordinator.get(path).status_code == 200
        return len(statements)

    paths = ("/institutions", "/institutions/X-MOH", "/institutions/X-MOH/edit", "/recommendations")
    before = [asked(path) for path in paths]
    for number in range(12):
        make_actor(f"X-{number}", parent=ministry.id)
        person_with("member", actor=ministry.id)
    assert [asked(path) for path in paths] == before
    assert max(before) < 40
