"""The pages of work as people use them: by role, without scripts, with forms that are sent twice or by strangers."""

from __future__ import annotations

import datetime
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.models.notices import Follow, Notice, SavedView
from uptake.models.progress import Update
from uptake.models.responsibility import Assignment, FollowUp
from uptake.services.permissions import Person
from uptake.testing.fixtures import SignInAs
from uptake.testing.people import make_actor, make_person, token_of
from uptake.testing.progress import make_assignment, make_recommendation, make_update
from uptake.testing.roundtrip import Desk, make_desk

PAGES = ("/work", "/work/recommendations", "/work/institutions", "/work/follows", "/work/views")
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk()


@pytest.fixture
def focal(desk: Desk, sign_in: SignInAs) -> FlaskClient:
    return sign_in(desk.person)


def post(client: FlaskClient, path: str, **values: object) -> object:
    return client.post(path, data={"csrf_token": token_of(client), **values})


def headings(text: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", one).split("\n")[0].strip()
        for one in re.findall(r"<h2[^>]*>(.*?)</h2>", text, re.DOTALL)
    ]


def people(desk: Desk) -> dict[str, Person]:
    inside = {
        role: make_person(role, actor=desk.actor.id) for role in ("focal_point", "alternate", "validator", "member")
    }
    return inside | {role: make_person(role) for role in ("coordinator", "observer", "administrator")}


def test_every_role_opens_every_page_and_each_has_one_heading(desk: Desk, sign_in: SignInAs) -> None:
    make_update(desk.actor, desk.person, desk.ones[0], state="submitted")
    for role, person in people(desk).items():
        client = sign_in(person)
        for path in PAGES:
            answer = client.get(path)
            assert (answer.status_code, answer.text.count("<h1")) == (200, 1), (role, path)
    assert "Waiting for you to confirm 1" in headings(sign_in(people(desk)["validator"]).get("/work").text)


def test_a_visitor_is_led_to_the_sign_in(app: Flask, client: FlaskClient) -> None:
    for path in (*PAGES, "/work/overdue", "/work/spreadsheet", "/work/spreadsheet.xlsx"):
        answer = client.get(path)
        assert (answer.status_code, "/sign-in?next=" in answer.headers["Location"]) == (302, True), path


def test_who_has_no_role_is_refused(app: Flask, sign_in: SignInAs) -> None:
    client = sign_in(make_person())
    assert {client.get(path).status_code for path in (*PAGES, "/work/spreadsheet")} == {403}


def test_the_numbers_on_the_page_are_those_of_the_lists(desk: Desk, focal: FlaskClient) -> None:
    for number in range(30):
        one = make_recommendation(f"Number {number}")
        make_assignment(one, desk.actor, state="assigned" if number % 2 else "accepted")
        with transaction() as current:
            current.add(FollowUp(recommendation_id=one.id, due=datetime.date.today() - datetime.timedelta(days=number)))
    page = focal.get("/work").text
    links = re.findall(r'<a class="work-all" href="([^"]+)">See all (\d+)', page)
    assert dict(links) == {
        "/work/recommendations?state=overdue": "29",
        "/work/new": "15",
        "/work/recommendations?state=unreported": "18",
    }
    for href, count in links:
        listed = focal.get(href.replace("&amp;", "&")).text
        assert re.search(rf">{count} recommendations<|class=\"count\">{count}<", listed), href
        rows = listed.count('<li class="work-row">')
        more = focal.get(f"{href}{'&' if '?' in href else '?'}page=2").text.count('<li class="work-row">')
        assert rows + more == int(count)


def test_the_list_keeps_its_filters_and_leads_to_one_report_on_several(desk: Desk, focal: FlaskClient) -> None:
    page = focal.get("/work/recommendations?state=open&state=unreported&priority=normal").text
    assert page.count(" checked") == 3
    assert page.count('name="r"') == 3
    assert 'action="/updates/new"' in page
    together = "&".join(f"r={one.uuid}" for one in desk.ones)
    assert focal.get(f"/updates/new?{together}").status_code == 200


def test_a_wrong_filter_is_said_and_another_institution_refused(desk: Desk, focal: FlaskClient) -> None:
    other = make_actor("MOH")
    assert focal.get(f"/work/recommendations?institution={other.id}").status_code == 403
    assert focal.get(f"/work/spreadsheet.xlsx?institution={other.id}").status_code == 403
    for wrong in ("from=tomorrow", "state=lost", "priority=x"):
        answer = focal.get(f"/work/recommendations?{wrong}")
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), wrong
    assert focal.get("/work/approve").status_code == 404
    assert focal.get("/work/lost").status_code == 404
    assert focal.get("/work/overdue?page=99").status_code == 200


def test_an_assignment_is_accepted_where_it_is_shown(desk: Desk, focal: FlaskClient) -> None:
    make_assignment(make_recommendation("Answer me."), desk.actor, state="assigned")
    page = focal.get("/work").text
    path, version = re.findall(r'action="(/assignments/\d+/accept)".*?name="version" value="(\d+)"', page, re.DOTALL)[0]
    answer = post(focal, path, version=version, next="/work")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/work")  # type: ignore[attr-defined]
    assert session().scalars(select(Assignment.state).distinct()).all() == ["accepted"]
    assert "New for your institution" not in focal.get("/work").text


def test_nothing_changed_is_one_click(desk: Desk, focal: FlaskClient) -> None:
    make_update(desk.actor, desk.person, desk.ones[0], state="published")
    old = datetime.date.today() - datetime.timedelta(days=400)
    with transaction() as current:
        current.add(FollowUp(recommendation_id=desk.ones[0].id, status="planned", confirmed_on=old))
    page = focal.get("/work").text
    assert "To confirm again 1" in headings(page)
    assert "Nothing changed since" in page
    for _ in range(2):
        answer = post(focal, "/updates/no-change", r=desk.ones[0].uuid, next="/work")
        assert answer.status_code == 303  # type: ignore[attr-defined]
    assert session().scalar(select(func.count()).select_from(Update)) == 2
    page = focal.get("/work").text
    assert "To confirm again 1" not in headings(page)
    assert "On their way 1" in headings(page)


def test_a_search_is_kept_from_the_list_and_changed(focal: FlaskClient) -> None:
    page = focal.get("/recommendations?q=women&mechanism=UPR").text
    assert 'name="query" value="q=women&amp;mechanism=UPR"' in page
    for _ in range(2):
        answer = post(focal, "/work/views", name=MARKUP, query="q=women&mechanism=UPR", shared="1")
        assert answer.status_code == 303  # type: ignore[attr-defined]
    (one,) = session().scalars(select(SavedView)).all()
    for path in ("/work", "/work/views"):
        text = focal.get(path).text
        assert MARKUP not in text
        assert 'href="/recommendations?q=women&amp;mechanism=UPR"' in text
    wrong = post(focal, "/work/views", name="", query="q=kept")
    assert (wrong.status_code, 'value="q=kept"' in wrong.text) == (422, True)  # type: ignore[attr-defined]
    assert post(focal, f"/work/views/{one.id}", do="rename", name=" ").status_code == 422  # type: ignore[attr-defined]
    for values in ({"do": "rename", "name": "Mine"}, {"do": "unshare"}, {"do": "share"}, {"do": "delete"}):
        assert post(focal, f"/work/views/{one.id}", **values).status_code == 303  # type: ignore[attr-defined]
    assert post(focal, f"/work/views/{one.id}", do="delete").status_code == 404  # type: ignore[attr-defined]


def test_nobody_changes_the_view_of_another(desk: Desk, focal: FlaskClient, sign_in: SignInAs) -> None:
    post(focal, "/work/views", name="A", query="q=a", shared="1")
    id_ = session().scalars(select(SavedView.id)).one()
    member = sign_in(make_person("member", actor=desk.actor.id))
    for values in ({"do": "rename", "name": "B"}, {"do": "delete"}, {"do": "unshare"}, {"do": "share"}):
        assert post(member, f"/work/views/{id_}", **values).status_code == 403  # type: ignore[attr-defined]
    assert post(sign_in(make_person("administrator")), f"/work/views/{id_}", do="unshare").status_code == 303  # type: ignore[attr-defined]


def test_following_begins_and_ends_on_the_page_itself(desk: Desk, focal: FlaskClient) -> None:
    one = desk.ones[0]
    for path, kind, target in (
        (f"/recommendations/{one.uuid}", "recommendation", one.id),
        ("/recommendations?q=zebra", "search", "q=zebra"),
        (f"/institutions/{desk.actor.code}", "actor", desk.actor.code),
    ):
        assert f'name="target" value="{target}"' in focal.get(path).text
        for _ in range(2):
            answer = post(focal, "/work/follows", kind=kind, target=target, next=path)
            assert (answer.status_code, answer.headers["Location"]) == (303, path)  # type: ignore[attr-defined]
        assert "Stop following" in focal.get(path).text
    assert session().scalar(select(func.count()).select_from(Follow)) == 3
    assert focal.get("/work/follows").text.count('<li class="work-row">') == 3
    post(focal, "/work/follows", kind="search", target="q=zebra", stop="1")
    assert session().scalar(select(func.count()).select_from(Follow)) == 2
    assert post(focal, "/work/follows", kind="actor", target="999").status_code == 404  # type: ignore[attr-defined]


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_button_leads_nowhere_else(focal: FlaskClient, wanted: str) -> None:
    answer = post(focal, "/work/follows", kind="search", target="q=a", next=wanted)
    assert answer.headers["Location"] == "/work/follows"  # type: ignore[attr-defined]


def test_forms_want_their_token(desk: Desk, focal: FlaskClient) -> None:
    for path in ("/work/follows", "/work/views", "/work/views/1", "/work/spreadsheet", "/work/spreadsheet/x"):
        assert focal.post(path, data={"kind": "search", "target": "q=a", "name": "A", "query": ""}).status_code == 400
    assert session().scalar(select(func.count()).select_from(Follow)) == 0


def test_the_spreadsheet_goes_out_comes_back_and_is_shown_before_it_counts(desk: Desk, focal: FlaskClient) -> None:
    answer = focal.get("/work/spreadsheet.xlsx")
    assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    data = desk.sheet({(2, "done"): MARKUP, (3, "done"): "=1+1"})
    sent = post(focal, "/work/spreadsheet", file=(io.BytesIO(data), "mine.xlsx"))
    path = sent.headers["Location"]  # type: ignore[attr-defined]
    page = focal.get(path).text
    assert MARKUP not in page
    assert "Cell I3 holds a formula." in page
    assert session().scalars(select(Update)).all() == []
    assert "Row 3" in focal.get(f"{path}?what=refused").text
    assert "Row 2" not in focal.get(f"{path}?what=refused").text
    for _ in range(2):
        assert post(focal, path).headers["Location"] == "/work/drafts"  # type: ignore[attr-defined]
    assert session().scalars(select(Update.done)).all() == [MARKUP]
    assert MARKUP not in focal.get("/work/drafts").text
    assert "This file was taken" in focal.get(path).text


def test_a_bad_file_is_said_at_the_field(focal: FlaskClient) -> None:
    for name, data in (("x.xlsx", b"%PDF-1.7"), ("x.csv", b"a,b\n1,2\n"), ("", b""), ("x.xlsx", b"")):
        answer = post(focal, "/work/spreadsheet", file=(io.BytesIO(data), name))
        assert (answer.status_code, 'id="e-file"' in answer.text) == (422, True), name  # type: ignore[attr-defined]
    assert post(focal, "/work/spreadsheet").status_code == 422  # type: ignore[attr-defined]


def test_the_upload_of_another_is_not_there(desk: Desk, focal: FlaskClient, sign_in: SignInAs) -> None:
    sent = post(focal, "/work/spreadsheet", file=(io.BytesIO(desk.sheet({(2, "done"): "A"})), "x.xlsx"))
    path = sent.headers["Location"]  # type: ignore[attr-defined]
    colleague = sign_in(make_person("alternate", actor=desk.actor.id))
    assert colleague.get(path).status_code == 404
    assert post(colleague, path).status_code == 404  # type: ignore[attr-defined]
    validator = sign_in(make_person("validator", actor=desk.actor.id))
    assert {validator.get(each).status_code for each in ("/work/spreadsheet", "/work/spreadsheet.xlsx", path)} == {403}


def test_notices_stand_on_my_work(desk: Desk, focal: FlaskClient) -> None:
    with transaction() as current:
        now = datetime.datetime.now(datetime.UTC)
        current.add(Notice(user_id=desk.person.id, kind="job.done", values={"name": MARKUP}, path="/work", created=now))
    text = focal.get("/work").text
    assert "It is done: &lt;script&gt;" in text
