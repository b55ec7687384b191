"""Bad input and attacks that cross the modules: what is sent on purpose, by people with a little right or none at all."""

from __future__ import annotations

import datetime
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.actors import Actor
from uptake.models.notices import SavedView
from uptake.models.people import Invitation, Membership, User
from uptake.models.progress import Comment, Evidence, Update, UpdateStep
from uptake.models.responsibility import Assignment, Cluster, FollowUp
from uptake.services.audit import record_event
from uptake.services.people import invitations
from uptake.services.storing import uploads
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.mailbox import Mailbox, text_of
from uptake.testing.people import make_actor, token_of
from uptake.testing.progress import make_recommendation, make_update
from werkzeug.test import TestResponse

HUGE = "9" * 20
ENDLESS = "9" * 5000
NOWHERE = "00000000-0000-0000-0000-000000000000"
SCRIPT = "<script>alert('x')</script>"
TODAY = datetime.date.today()


@pytest.fixture
def boss(app: Flask, person_with: PersonWith, sign_in: SignInAs) -> FlaskClient:
    """The browser of somebody who may do nearly everything, so that nothing is refused before it is read."""
    return sign_in(person_with("administrator", "coordinator"))


def send(client: FlaskClient, path: str, **data: object) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client), **data})


def test_no_number_in_an_address_is_too_large(app: Flask, boss: FlaskClient) -> None:
    token, worse = token_of(boss), []
    for rule in app.url_map.iter_rules():
        if "<int:" not in rule.rule:
            continue
        path = re.sub(r"<uuid:\w+>", NOWHERE, re.sub(r"<int:\w+>", HUGE, rule.rule))
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
        for method in (rule.methods or set()) & {"GET", "POST"}:
            data = {"csrf_token": token} if method == "POST" else None
            if boss.open(path, method=method, data=data).status_code not in {404, 405}:
                worse.append((method, path))
    assert not worse


@pytest.mark.parametrize("path", [
    f"/updates/{NOWHERE}/submit", f"/updates/{NOWHERE}/edit", "/updates/new", "/recommendations/{}/standing",
    "/recommendations/{}/history", "/recommendations/{}/follow-up", "/recommendations/{}/edit", "/recommendations/paste/enter",
    "/settings", "/notices/read", "/bulk/apply", "/clusters",
])  # fmt: skip
def test_no_number_in_a_form_is_too_large(boss: FlaskClient, path: str) -> None:
    fields = dict.fromkeys(
        ("version", "count", "cycle", "actor", "until", "page", "pick", "lead_id", "stale_after_days"), ENDLESS
    )
    answer = send(boss, path.format(make_recommendation().uuid), **fields)
    assert answer.status_code < 500


@pytest.mark.parametrize("field", ["name", "email", "unknown", "a\0b"])
def test_a_nul_in_a_form_is_refused_before_a_database_sees_it(boss: FlaskClient, field: str) -> None:
    answer = send(boss, "/people/invite", **{field: "Am\0al"})
    assert (answer.status_code, "no document can hold" in answer.text) == (422, True)


def test_a_nul_in_a_file_name_is_refused(boss: FlaskClient) -> None:
    assert send(boss, "/imports/new", file=(io.BytesIO(b"a"), "a\0.csv")).status_code in {303, 422}


def test_a_form_of_too_many_fields_is_refused(boss: FlaskClient) -> None:
    answer = send(boss, "/recommendations/new", terms=[f"t{number}" for number in range(20_001)])
    assert answer.status_code == 413


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example", "/clusters\r\nX-Evil: 1", "/\\evil.example",
                                  "/clusters\nx", "/\t/evil.example", ""])  # fmt: skip
def test_every_way_back_stays_on_this_site(boss: FlaskClient, goal: str) -> None:
    one, other = make_recommendation("One thing."), make_recommendation("Another thing.")
    for path, data in (
        ("/clusters/suggestions/dismiss", {"one": one.id, "other": other.id, "back": goal}),
        ("/work/follows", {"kind": "recommendation", "target": one.id, "next": goal}),
    ):
        answer = send(boss, path, **data)
        assert answer.status_code == 303
        assert re.fullmatch(r"/[a-z/]+", answer.location)
        assert "X-Evil" not in answer.headers


def test_pages_behind_a_secret_link_are_kept_by_nobody(
    client: FlaskClient, mailbox: Mailbox, person_with: PersonWith
) -> None:
    draft = invitations.Draft("new@example.org", "N", "observer", None, "en")
    invitations.invite(draft, person=person_with("coordinator"), root="http://localhost")
    link = re.search(r"http://localhost(\S+)", text_of(mailbox.next()))
    assert link is not None
    answer = client.get(link[1])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


SAME_FOR_ALL = {"assets.static", "look.colours", "look.logo"}
COOKIES_COUNT_NOT = "/api/v1/"


def test_what_a_signed_in_reader_gets_is_never_public(app: Flask, boss: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        same = rule.endpoint in SAME_FOR_ALL or rule.rule.startswith(COOKIES_COUNT_NOT)
        if "GET" in (rule.methods or ()) and not rule.arguments and not same:
            answer = boss.get(rule.rule)
            kept = answer.headers.get("Cache-Control", "")
            assert "no-store" in kept or answer.status_code in {301, 302}, (rule.rule, kept)


def test_an_error_is_logged_without_the_secret_of_its_link(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    monkeypatch.setattr(invitations, "open_invitation", broken)
    assert client.get("/invitation/s3cret-of-the-link").status_code == 500
    assert "/invitation/<token_>" in caplog.text
    assert "s3cret-of-the-link" not in caplog.text


def test_a_strangers_request_cannot_put_its_own_host_into_a_mail(
    mailbox: Mailbox, app: Flask, client: FlaskClient, person_with: PersonWith
) -> None:
    data = {"csrf_token": token_of(client), "email": person_with("administrator").email}
    cookie = client.get_cookie("uptake")
    assert cookie is not None
    stranger = app.test_client(use_cookies=False)
    for host in ("evil.example", "localhost"):
        headers = {"Host": host, "Cookie": f"uptake={cookie.value}"}
        assert stranger.post("/reset-password", data=data, headers=headers).status_code == 200
    first, second = text_of(mailbox.next()), text_of(mailbox.next())
    assert "evil.example" not in first + second
    assert "/en/reset-password/" in first
    assert "http://localhost/en/reset-password/" in first + second


def test_another_institutions_things_are_out_of_reach_everywhere(
    app: Flask, person_with: PersonWith, sign_in: SignInAs
) -> None:
    justice, health = make_actor("MOJ"), make_actor("MOH")
    author, one = person_with("focal_point", actor=justice.id), make_recommendation()
    draft = make_update(justice, author, one)
    with transaction() as current:
        now = datetime.datetime.now(datetime.UTC)
        task = Assignment(recommendation_id=one.id, actor_id=justice.id, role="lead", state="assigned", created=now)
        said = Comment(update_id=draft.id, user_id=author.id, text="x", mentions=[], at=now)
        view = SavedView(user_id=author.id, name="v", query="q=a", shared=False, created=now)
        current.add_all([task, said, view])
        current.flush()
        numbers = task.id, said.id, view.id, current.scalars(select(Membership.id)).one()
    browser = sign_in(person_with("focal_point", "alternate", "validator", "member", actor=health.id))
    base, task_id, said_id, view_id, seat = f"/updates/{draft.uuid}", *numbers
    refused = {403, 404}
    for path in (
        *(f"{base}/{step}" for step in ("submit", "confirm", "approve", "publish", "return", "withdraw", "restore")),
        f"{base}/edit", f"{base}/evidence/links", f"{base}/evidence/1/remove", f"{base}/comments", f"/comments/{said_id}/withdraw",
        f"/assignments/{task_id}/accept", f"/assignments/{task_id}/decline", f"/assignments/{task_id}/end", f"/roles/{seat}/end",
        f"/roles/{seat}/handover", f"/work/views/{view_id}", f"/institutions/{justice.code}/edit",
        f"/recommendations/{one.uuid}/comments",
    ):  # fmt: skip
        answer = send(browser, path, version=1, text="t", comment="c", reason="r", done="d", address="https://a.example",
                      r=str(one.uuid), user=author.id, name="n", language="en", do="delete")  # fmt: skip
        assert answer.status_code in refused, (path, answer.status_code)
    for actor in (justice.id, 10**8):
        assert (
            send(browser, "/updates/new", actor=actor, r=str(one.uuid), done="d", once="o", language="en").status_code
            in refused
        )
        assert send(browser, "/updates/no-change", actor=actor, r=str(one.uuid)).status_code in refused
        assert send(browser, f"/recommendations/{one.uuid}/assess", by=actor, grade="a:b").status_code in refused


def test_markup_in_every_text_stays_text(app: Flask, boss: FlaskClient, person_with: PersonWith) -> None:
    justice = make_actor("MOJ", "nhri")
    author, one = person_with("focal_point", actor=justice.id, name=SCRIPT), make_recommendation(SCRIPT)
    update = make_update(justice, author, one)
    now = datetime.datetime.now(datetime.UTC)
    with transaction() as current:
        actor, row = current.get_one(Actor, justice.id), current.get_one(Update, update.id)
        actor.names = actor.short_names = {"en": SCRIPT}
        actor.phone, actor.mandate = SCRIPT, SCRIPT
        row.done = row.effect = row.obstacles = row.next_step = row.claim_reason = row.gate = SCRIPT
        row.state = "approved"
        cluster = Cluster(title=SCRIPT, note=SCRIPT, lead_id=justice.id)
        current.add_all([
            cluster, Comment(update_id=update.id, user_id=author.id, text=SCRIPT, mentions=[author.id], at=now),
            Comment(recommendation_id=one.id, user_id=author.id, text=SCRIPT, mentions=[], at=now),
            Assignment(recommendation_id=one.id, actor_id=justice.id, role="lead", state="assigned", reason=SCRIPT, created=now),
            FollowUp(recommendation_id=one.id, priority="high", priority_reason="other", priority_note=SCRIPT, override_reason=SCRIPT),
            SavedView(user_id=author.id, name=SCRIPT, query="q=%3Cscript%3E", shared=True, created=now),
            Evidence(update_id=update.id, kind="link", title=SCRIPT, address="https://a.example/?q='\">", created=now),
            UpdateStep(update_id=update.id, step="returned", user_id=author.id, at=now, comment=SCRIPT),
            Invitation(email="a@b.example", name=SCRIPT, role="observer", token="t" * 64, created=now, expires=now),
        ])  # fmt: skip
        record_event(current, author.mark, "x", f"recommendation/{one.id}", {SCRIPT: [SCRIPT, {"a": SCRIPT}]}, SCRIPT)
        current.flush()
        number = cluster.id
    user = session().scalars(select(User.id).where(User.name == SCRIPT)).one()
    for path in (
        "/work", "/updates", "/updates/sets", "/institutions", "/institutions/MOJ", "/institutions/MOJ/edit", "/clusters",
        f"/clusters/{number}", "/people", f"/people/{user}", f"/people/{user}/erase", "/roles", "/audit", "/work/views",
        "/oversight", "/work/institutions", "/work/recommendations", f"/updates/{update.uuid}", "/assignments?show=undated",
        f"/updates/{update.uuid}/comments", f"/updates/{update.uuid}/evidence", f"/recommendations/{one.uuid}/comments",
        f"/recommendations/{one.uuid}/responsibility", f"/recommendations/{one.uuid}/history", "/routing",
        f"/recommendations?q={SCRIPT}", f"/people?q={SCRIPT}", f"/audit?who={SCRIPT}",
    ):  # fmt: skip
        answer = boss.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path


def test_a_file_cannot_take_the_place_of_what_is_known_of_it(app: Flask, boss: FlaskClient) -> None:
    words = [b'[{"name": "x", "user": 1, "created": "2026-01-01"}]' + b" " * number for number in range(3)]
    for said, name in zip(words, (uploads.NOTE, "upload.json", "../../x.json"), strict=True):
        sent = send(boss, "/imports/new", file=(io.BytesIO(said), name))
        assert sent.status_code == 303
    folder = app.extensions["uptake"].instance / uploads.FOLDER
    assert sorted(path.read_bytes() for path in folder.glob("*/[!~]*")) == words
