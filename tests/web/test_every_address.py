"""Every role walks to every address: nobody sees a page that the table of permissions does not give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.services.permissions import may_somewhere
from uptake.testing.api import Program
from uptake.testing.people import make_actor, make_person, signed_in, token_of
from werkzeug.routing import AnyConverter, BaseConverter, Rule

PORTAL = {"assets", "look", "pages", "lists", "exports", "feeds", "pictures", "embedding", "sharing", "security", "api_page",
          "openapi", "api_description", "api_recommendations", "api_register", "api_updates", "api_assessments",
          "api_assignments", "api_institutions", "api_evidence", "api_imports", "reports_api"}  # fmt: skip
# What everybody may ask for, because it is public, because a secret in the address speaks for the reader, or because it is
# about nobody but the one who is signed in. Whatever is not public in them has tests of its own.
OPEN = {
    "account.signed_in", "account.mine", "account.save_mine", "account.end_one", "account.end_others",
    "account.invitation", "account.accept", "calendars.public", "calendars.personal",
    "erasing.mine", "evidence.download", "institutions.index",
    "institutions.index_json", "institutions.institution", "institutions.institution_json", "jobs.job", "jobs.job_json",
    "jobs.retry_job", "jobs.cancel_job", "memory.of_recommendation", "memory.of_thing", "notices.notices",
    "notices.open_notice", "notices.read_notices", "notices.rhythm", "notices.unsubscribe", "plans.action",
    "plans.action_json", "plans.index", "plans.index_json", "plans.plan", "plans.plan_json", "progress.show",
    "progress.status_scale", "reports.public", "reports.public_file", "reports.published",
    "reports.published_json", "reports.static", "single_sign_on.start", "single_sign_on.answer", "treaty-bodies.articles",
    "treaty-bodies.articles_file", "treaty-bodies.articles_json", "treaty-bodies.behind", "treaty-bodies.behind_json",
    "treaty-bodies.index", "treaty-bodies.index_json", "treaty-bodies.information", "treaty-bodies.information_file",
    "treaty-bodies.information_json", "tokens.mine",
    "tokens.make", "tokens.revoke",
}  # fmt: skip
SEALED = {"notices.unsubscribe"}


def _addresses(app: Flask, method: str) -> Iterator[tuple[str, Rule, str | None]]:
    """Every address of the work pages with made-up values, and the action that its view says it needs."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] in PORTAL or method not in (rule.methods or ()):
            continue
        values = {name: _something(converter) for name, converter in rule._converters.items()}
        path = adapter.build(rule.endpoint, values, method=method, append_unknown=False)
        yield path, rule, getattr(app.view_functions[rule.endpoint], "needs", None)


def _something(converter: BaseConverter) -> Any:
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return {"UUIDConverter": UUID(int=7), "Number": 7}.get(type(converter).__name__, "something")


def test_a_visitor_is_asked_to_sign_in_wherever_an_action_is_needed(app: Flask) -> None:
    client = app.test_client()
    for path, rule, needs in _addresses(app, "GET"):
        answer = client.get(path)
        assert answer.status_code < 500, path
        if needs:
            asked = answer.status_code == 302 and "/sign-in?next=" in answer.headers["Location"]
            assert asked or answer.status_code in {401, 403}, (path, rule.endpoint, answer.status_code)


@pytest.mark.parametrize("role", [*SITE_ROLES, *ACTOR_ROLES])
def test_each_role_is_let_in_where_the_table_says(app: Flask, role: str) -> None:
    actor = None if role in SITE_ROLES else make_actor("MOJ").id
    person = make_person(role, actor=actor)
    client = signed_in(app, person)
    for path, rule, needs in _addresses(app, "GET"):
        if needs and not may_somewhere(person, needs):
            assert client.get(path).status_code == 403, (path, rule.endpoint)
        elif needs and not rule.arguments:
            assert client.get(path).status_code not in {403, 500}, (path, rule.endpoint)


@pytest.mark.parametrize("role", ["visitor", *SITE_ROLES, *ACTOR_ROLES])
def test_each_role_may_send_only_what_the_table_says(app: Flask, role: str) -> None:
    if role == "visitor":
        person, client = None, app.test_client()
        token = _token_of_visitor(client.get("/sign-in").text)
    else:
        person = make_person(role, actor=None if role in SITE_ROLES else make_actor("MOJ").id)
        client = signed_in(app, person)
        token = token_of(client)
    for path, rule, needs in _addresses(app, "POST"):
        if needs and (person is None or not may_somewhere(person, needs)):
            status = client.post(path, data={"csrf_token": token}).status_code
            assert status in {401, 403}, (path, rule.endpoint, status)


@pytest.mark.parametrize("role", ["visitor", *SITE_ROLES, *ACTOR_ROLES])
def test_each_role_writes_through_the_api_only_what_the_table_says(app: Flask, role: str) -> None:
    object.__setattr__(app.extensions["uptake"], "limits", {"api_per_minute": 1000})
    actor = None if role in {"visitor", *SITE_ROLES} else make_actor("MOJ").id
    person = None if role == "visitor" else make_person(role, actor=actor)
    program, asked = Program(app, person), 0
    reading = Program(app, person, "read") if person else program
    for rule in app.url_map.iter_rules():
        needs = getattr(app.view_functions[rule.endpoint], "needs", None)
        if not str(rule).startswith("/api/v1/") or needs is None:
            continue
        values = {name: _something(converter) for name, converter in rule._converters.items()}
        path = app.url_map.bind("localhost").build(rule.endpoint, values, append_unknown=False)
        (method,) = (rule.methods or set()) - {"OPTIONS", "HEAD"}
        status = program.send(method, path).status_code
        may = person is not None and may_somewhere(person, needs)
        assert (status in {204, 400, 404, 415, 422, 428}) is may, (role, path, status)
        assert may or status == (401 if person is None else 403), (role, path, status)
        assert reading.send(method, path).status_code in {401, 403}, "a scope is needed as well"
        asked += 1
    assert asked == 31


def test_no_address_chokes_on_an_empty_form(app: Flask) -> None:
    client = signed_in(app, make_person("administrator", "coordinator"))
    token = token_of(client)
    for path, rule, _needs in _addresses(app, "POST"):
        assert client.post(path, data={"csrf_token": token}).status_code < 500, (path, rule.endpoint)


def test_nothing_is_taken_without_the_token_of_a_form(app: Flask) -> None:
    client = signed_in(app, make_person("administrator", "coordinator"))
    for path, rule, _needs in _addresses(app, "POST"):
        if rule.endpoint in SEALED:
            continue
        assert client.post(path, data={}).status_code == 400, (path, rule.endpoint)


def test_every_view_of_the_work_pages_says_what_it_needs_or_is_known_to_be_open(app: Flask) -> None:
    open_to_all = {
        rule.endpoint for method in ("GET", "POST") for _, rule, needs in _addresses(app, method) if not needs
    }
    assert open_to_all == OPEN


def _token_of_visitor(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]
