"""What everybody reads through the API: whole, in parts that fit together, and cheap to ask for again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from uptake.api.description import LISTS
from uptake.db import db, session
from uptake.models.recommendations import Recommendation
from uptake.services.recommendations import manual_entry
from uptake.services.recommendations.manual_entry import Entry
from uptake.testing.api import Program
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_assignment, make_update


def test_a_list_goes_on_where_it_ended_whatever_came_before_it_meanwhile(demo: Flask) -> None:
    program = Program(demo)
    first = program.get("recommendations?sort=newest&limit=7").json
    entry = Entry(texts={"en": "Newest of all."}, state="XMV", mechanism="UPR", date=date(2026, 11, 1))
    manual_entry.create(entry, person=make_person("coordinator"))
    seen, following = [item["id"] for item in first["items"]], first["next"]
    while following:
        part = program.get(following).json
        seen += [item["id"] for item in part["items"]]
        following = part["next"]
    assert len(seen) == len(set(seen)) == first["count"]
    assert str(entry.key) not in seen


def test_the_list_is_that_of_the_site_and_the_search_counts_its_facets(demo: Flask) -> None:
    program, browser = Program(demo), demo.test_client()
    asked = "q=women&not.position=noted&sort=oldest"
    page = browser.get(f"/recommendations.json?{asked}&facets=1&size=20").json
    found = program.get(f"search?{asked}").json
    assert page is not None
    assert [one["id"] for one in found["items"]] == [one["id"] for one in page["items"]]
    assert (found["count"], found["facets"]) == (page["count"], page["facets"])
    french = program.get("recommendations?limit=1&q=mort&text=fr&include=texts").json["items"][0]
    assert french["language"] == "fr"
    assert {text["language"] for text in french["texts"]} == {"ar", "en", "fr"}


def test_a_cursor_of_another_query_and_a_changed_one_are_refused(demo: Flask) -> None:
    program = Program(demo)
    cursor = program.get("recommendations?limit=2").json["next"].partition("cursor=")[2]
    for path in ("recommendations?q=women", "recommendations?text=fr", "search?limit=2", "documents?limit=2"):
        answer = program.get(f"{path}{'&' if '?' in path else '?'}cursor={cursor}")
        assert answer.status_code == 422, path
        assert answer.json["errors"] == {"cursor": "This cursor belongs to another list or other parameters."}
    for broken in (cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1], "x.y", "ü", "W10.abc"):
        answer = program.get("recommendations", query_string={"cursor": broken})
        assert (answer.status_code, answer.json["errors"]["cursor"]) == (
            422,
            "This cursor is none of ours, or was changed.",
        )
    assert program.get(f"recommendations?limit=5&cursor={cursor}").status_code == 200, "the size of a part may change"


def test_a_hundred_with_all_relations_take_as_many_queries_as_ten(demo: Flask) -> None:
    ministry, author = make_actor("MOJ"), None
    found = list(session().scalars(select(Recommendation).where(Recommendation.parent_id.is_(None)).limit(60)))
    for one in found:
        make_assignment(one, ministry)
        make_update(ministry, author, one, state="published")
    program, asked = Program(demo), "include=texts&include=updates&include=assessments"
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    counts = []
    for limit in (10, 10, 100):
        statements.clear()
        answer = program.get(f"recommendations?sort=document&limit={limit}&{asked}")
        assert len(answer.json["items"]) == limit
        counts.append(len(statements))
    assert counts[1] == counts[2] <= 25, statements
    assert any(one["updates"] and one["responsible"] for one in answer.json["items"])


def test_what_is_unchanged_costs_a_304_and_what_is_read_may_be_read_by_other_sites(demo: Flask) -> None:
    program = Program(demo)
    one = program.get("recommendations?limit=1").json["items"][0]["id"]
    for path in ("recommendations?limit=3", f"recommendations/{one}", "vocabularies/sdg/terms", "openapi.json"):
        answer = program.get(path, headers={"Origin": "https://elsewhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        again = program.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    allowed = program.ask("OPTIONS", "updates", headers=asked).headers
    assert allowed["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" not in allowed["Access-Control-Allow-Headers"]


def test_what_goes_wrong_is_a_problem_here_and_a_page_elsewhere(app: Flask) -> None:
    program, browser = Program(app), app.test_client()
    for method, path, status in (
        ("GET", "nowhere", 404), ("GET", "documents/7", 404), ("DELETE", "documents", 405), ("GET", "institutions/XX", 404),
        ("GET", "recommendations?themes=x", 422), ("GET", "recommendations?limit=2.9", 422),
        ("GET", "recommendations?from=soon", 422), ("GET", "changes", 422), ("GET", "changes?since=2026-01-01T00:00:00", 422),
        ("GET", "imports", 401), ("POST", "recommendations", 401), ("GET", "recommendations?q=%00", 400),
    ):  # fmt: skip
        answer = program.ask(method, path)
        assert answer.status_code == status, (path, answer.text)
        assert answer.mimetype == "application/problem+json", path
        assert {"type", "title", "status", "detail", "remedy"} <= answer.json.keys()
        assert answer.json["status"] == status
    assert program.ask("DELETE", "documents").headers["Allow"]
    assert program.get("imports").headers["WWW-Authenticate"].startswith("Bearer")
    assert program.get("recommendations?themes=x").json["errors"] == {"themes": "There is no such field."}
    french = program.get("documents/nowhere", headers={"Accept-Language": "fr"})
    assert french.json["title"] != program.get("documents/nowhere").json["title"]
    page = browser.get("/nowhere", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (404, "text/html")


def test_a_cookie_says_nothing_here(app: Flask, sign_in: object) -> None:
    browser = sign_in(make_person("administrator", "coordinator"))  # type: ignore[operator]
    assert browser.get("/api/v1/imports").status_code == 401
    assert browser.post("/api/v1/recommendations", json={}).status_code == 401


def test_whoever_asks_too_often_is_told_when_to_come_back(app: Flask) -> None:
    object.__setattr__(app.extensions["uptake"], "limits", {"api_per_minute": 3, "token_per_minute": 5})
    visitor, program = Program(app), Program(app, make_person("coordinator"))
    assert [visitor.get("mechanisms?limit=1").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = visitor.get("mechanisms?limit=1")
    assert answer.mimetype == "application/problem+json"
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert [program.get("mechanisms?limit=1").status_code for _ in range(6)] == [200] * 5 + [429]
    wrong = Program(app)
    wrong.token = "upt_wrong"
    assert wrong.get("mechanisms?limit=1").status_code == 429, "guesses count as their address"


def test_drafts_and_what_is_declined_are_for_those_inside(demo: Flask) -> None:
    ministry, other = make_actor("MOJ"), make_actor("MOH")
    one = session().scalars(select(Recommendation).limit(1)).one()
    draft, published = make_update(ministry, None, one), make_update(ministry, None, one, state="published")
    make_assignment(one, ministry, state="declined")
    inside = Program(demo, make_person("member", actor=ministry.id))
    blind = Program(demo, make_person("member", actor=ministry.id), "updates:write")
    outside = Program(demo, make_person("member", actor=other.id))
    for program, seen in ((inside, 2), (blind, 1), (outside, 1), (Program(demo), 1)):
        assert len(program.get("updates").json["items"]) == seen
        assert program.get(f"updates/{draft.uuid}").status_code == (200 if seen == 2 else 404)
        assert program.get(f"updates/{published.uuid}").status_code == 200
        assert len(program.get("assignments").json["items"]) == seen - 1
        assert len(program.get(f"recommendations/{one.uuid}").json["responsible"]) == seen - 1
        assert [update["id"] for update in program.get(f"recommendations/{one.uuid}").json["updates"]] == [
            str(published.uuid)
        ]


def test_a_mirror_asks_for_many_at_once_by_their_ids(demo: Flask) -> None:
    program = Program(demo)
    some = [one["id"] for one in program.get("recommendations?limit=30&sort=oldest").json["items"]]
    asked = "&".join(f"id={one}" for one in (*some, "00000000-0000-0000-0000-000000000007"))
    found = program.get(f"recommendations?limit=20&{asked}").json
    rest = program.get(found["next"]).json
    assert (found["count"], rest["next"]) == (30, None), "what is gone is left out"
    assert {one["id"] for one in (*found["items"], *rest["items"])} == set(some)
    narrower = program.get(f"recommendations?mechanism=UPR&{asked}").json
    assert 0 < narrower["count"] < 30
    assert {one["mechanism"] for one in narrower["items"]} == {"UPR"}
    too_many = "&".join(["id=00000000-0000-0000-0000-000000000007"] * 101)
    assert (
        program.get(f"recommendations?{too_many}").status_code == program.get("recommendations?id=7").status_code == 422
    )
    assert program.get(f"search?id={some[0]}").status_code == 422, "facets are counted of what a search finds"


def test_the_index_leads_to_every_list_also_those_of_plugins(demo: Flask) -> None:
    program = Program(demo, make_person("coordinator"))
    links = program.get("/api/v1/").json["links"]
    assert {*LISTS, "openapi", "reports"} <= links.keys()
    for name, address in links.items():
        more = "?since=2026-11-01T00:00:00Z" if name == "changes" else ""
        assert program.get(address + more).status_code == 200, address


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_list_looks_at_the_updates_of_its_own_recommendations_alone(demo: Flask) -> None:
    asked: list[tuple[str, Any]] = []
    listener = lambda _c, _cursor, statement, values, *_: asked.append((statement, values))  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        for include in ("", "&include=updates&include=assessments"):
            Program(demo).get(f"recommendations?limit=100{include}")
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)
    about = [(statement, values) for statement, values in asked if "progress_update_item" in statement]
    assert len(about) >= 3
    connection = session().connection()
    for statement, values in about:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
        assert "progress_update_state" not in plan, "it would begin with all that are published"
        assert "SCAN progress_update" not in plan, plan
