"""The pages of responsibility: each step of the work, wrong roles, other institutions' ids, stale and double posts."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import session
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, Cluster
from uptake.services.responsibility import clusters, routing
from uptake.services.responsibility.assignments import assign
from uptake.services.responsibility.follow_ups import Schedule, plan, schedule
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.people import make_actor, token_of
from werkzeug.test import TestResponse

MARKUP = '<script>alert("x")</script>'


class Office:
    """A coordinator and two institutions with their focal points, each in a browser of their own."""

    def __init__(self, person_with: PersonWith, sign_in: SignInAs) -> None:
        row = (
            session().execute(select(Recommendation.id, Recommendation.uuid).order_by(Recommendation.id).limit(1)).one()
        )
        self.one, self.page = row.id, f"/recommendations/{row.uuid}"
        self.justice, self.health = make_actor("justice").id, make_actor("health").id
        self.coordinator = person_with("coordinator")
        self.boss = sign_in(self.coordinator)
        self.focal = sign_in(person_with("focal_point", actor=self.justice))
        self.other = sign_in(person_with("focal_point", actor=self.health))
        self.observer = sign_in(person_with("observer"))

    def assigned(self) -> Assignment:
        assign(self.one, self.justice, "lead", person=self.coordinator)
        return self.row()

    def row(self) -> Assignment:
        session().rollback()
        return session().scalars(select(Assignment).where(Assignment.actor_id == self.justice)).one()


@pytest.fixture
def office(demo: Flask, person_with: PersonWith, sign_in: SignInAs) -> Office:
    return Office(person_with, sign_in)


def post(client: FlaskClient, path: str, **data: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client), **data})


def test_the_coordinator_assigns_the_institution_accepts_and_everybody_sees_it(
    office: Office, client: FlaskClient
) -> None:
    assert "No institution is responsible yet" in client.get(office.page).text
    answer = post(
        office.boss, f"{office.page}/assignments", actor=office.justice, role="lead", reason="It drafts the law"
    )
    assert (answer.status_code, answer.location) == (303, f"{office.page}/responsibility")
    public = client.get(office.page).text
    assert "Has not answered yet" in public
    assert "It drafts the law" not in public
    assert "It drafts the law" in office.focal.get(office.page).text
    row = office.row()
    assert post(office.focal, f"/assignments/{row.id}/accept", version=row.version).status_code == 303
    assert "Accepted" in client.get(office.page).text
    assert post(office.focal, f"/assignments/{row.id}/accept", version=row.version).status_code == 303


def test_declining_needs_a_reason_keeps_what_was_typed_and_returns_to_the_desk(
    office: Office, client: FlaskClient
) -> None:
    row = office.assigned()
    empty = post(office.focal, f"/assignments/{row.id}/decline", version=row.version, reason=" ")
    assert empty.status_code == 422
    assert f'href="#f-reason-{row.id}"' in empty.text
    assert post(office.focal, f"/assignments/{row.id}/decline", version=row.version, reason=MARKUP).status_code == 303
    desk = office.boss.get("/assignments?show=declined").text
    assert MARKUP not in desk
    assert "&lt;script&gt;" in desk
    assert "alert" not in client.get(office.page).text


def test_nobody_answers_for_another_institution_or_sees_its_reasons(office: Office, client: FlaskClient) -> None:
    row = office.assigned()
    for browser in (office.other, office.observer):
        for what in ("accept", "decline", "end"):
            answer = post(browser, f"/assignments/{row.id}/{what}", version=row.version, reason="Mine")
            assert answer.status_code == 403, what
    assert post(client, f"/assignments/{row.id}/accept", version=row.version).status_code == 403
    assert office.other.get(f"{office.page}/responsibility").status_code == 403
    assert office.focal.get(f"{office.page}/responsibility").status_code == 200
    assert post(office.focal, "/assignments/999999/accept", version=1).status_code == 404
    assert office.row().state == "assigned"


def test_a_stale_answer_is_refused(office: Office) -> None:
    row = office.assigned()
    assert post(office.focal, f"/assignments/{row.id}/accept", version=row.version + 1).status_code == 409
    assert office.row().state == "assigned"


@pytest.mark.parametrize("path", ["/assignments", "/clusters/suggestions", "/routing", "/routing/preview", "/bulk?pick=1",
                                  "/bulk/preview?pick=1&due_do=clear", "/bulk/changes", "/bulk/1"])  # fmt: skip
def test_the_coordinators_pages_are_the_coordinators(office: Office, client: FlaskClient, path: str) -> None:
    assert office.boss.get(path).status_code in {200, 404}
    assert office.focal.get(path).status_code == 403
    assert office.observer.get(path).status_code == 403
    assert "/sign-in?next=" in client.get(path).location


@pytest.mark.parametrize("path", ["/assignments/assign", "/assignments/due", "/assignments/proposals", "/clusters", "/clusters/1",
                                  "/clusters/1/members", "/clusters/1/assign", "/clusters/1/withdraw", "/clusters/suggestions/dismiss",
                                  "/routing", "/routing/run", "/routing/1/remove", "/bulk/apply", "/bulk/1/undo"])  # fmt: skip
def test_only_the_coordinator_changes_anything_there(office: Office, path: str) -> None:
    assert post(office.focal, path, pick=1, title="Mine", do="accept-all").status_code == 403
    assert office.boss.post(path, data={"pick": 1}).status_code == 400, "without a token"


def test_priority_and_due_date_with_errors_at_their_fields(office: Office, client: FlaskClient) -> None:
    office.assigned()
    path = f"{office.page}/follow-up"
    wrong = post(office.boss, path, due="soon", priority="urgent", version=0)
    assert wrong.status_code == 422
    assert 'href="#f-due"' in wrong.text
    assert 'href="#f-priority_reason"' in wrong.text
    data = {
        "due": "2030-01-31",
        "priority": "urgent",
        "priority_reason": "other",
        "priority_note": MARKUP,
        "version": 0,
    }
    assert post(office.boss, path, **data).status_code == 303
    assert MARKUP not in office.boss.get(f"{office.page}/responsibility").text
    assert "2030" in office.focal.get(office.page).text
    assert "2030-01-31" not in client.get(office.page).text


def test_two_people_who_plan_at_once_see_both_versions(office: Office) -> None:
    plan(office.one, Schedule(priority="low"), person=office.coordinator)
    answer = post(office.boss, f"{office.page}/follow-up", priority="high", priority_reason="deadline", version=0)
    assert answer.status_code == 409
    assert "Saved by now" in answer.text
    assert "What you typed" in answer.text
    assert '<input type="hidden" name="version" value="1">' in answer.text
    assert schedule(session(), office.one).priority == "low"


def test_the_desk_assigns_many_and_shows_how_to_undo_it(office: Office) -> None:
    ids = list(session().scalars(select(Recommendation.id).order_by(Recommendation.id).limit(3)))
    empty = post(office.boss, "/assignments/assign", role="lead")
    assert empty.status_code == 422
    assert 'href="#f-actor"' in empty.text
    answer = post(office.boss, "/assignments/assign", pick=ids, actor=office.justice, role="lead", due="2030-01-31")
    assert answer.location.startswith("/bulk/")
    assert "Undo this change" in office.boss.get(answer.location).text
    again = post(office.boss, "/assignments/assign", pick=ids, actor=office.justice, role="lead", due="2030-01-31")
    assert again.location == "/assignments?show=unassigned"
    assert "justice" in office.boss.get("/assignments?show=institutions").text


def test_proposals_are_decided_one_by_one_or_all(office: Office, client: FlaskClient) -> None:
    added = post(office.boss, "/routing", slug="death-penalty", actor=office.justice, role="lead")
    assert added.status_code == 303
    assert post(office.boss, "/routing", slug="", actor=office.justice, role="lead").status_code == 422
    assert "justice" in office.boss.get("/routing/preview").text
    post(office.boss, "/routing/run")
    rows = list(session().scalars(select(Assignment).order_by(Assignment.id)))
    post(office.boss, "/assignments/proposals", accept=rows[0].id)
    post(office.boss, "/assignments/proposals", pick=[rows[1].id], do="refuse")
    assert post(office.boss, "/assignments/proposals", do="accept").status_code == 422
    post(office.boss, "/assignments/proposals", do="accept-all")
    session().rollback()
    states = list(session().scalars(select(Assignment.state).order_by(Assignment.id)))
    assert states == ["assigned", "ended", *["assigned"] * (len(rows) - 2)]


def test_a_cluster_from_a_suggestion_to_its_lead(office: Office) -> None:
    page = office.boss.get("/clusters/suggestions").text
    assert "Their words are alike by" in page
    made = post(office.boss, "/clusters", title=MARKUP, lead_id=office.justice, pick=[office.one, office.one + 1])
    path = made.location
    assert MARKUP not in office.boss.get(path).text
    assert post(office.boss, f"{path}/assign").location.startswith("/bulk/")
    post(office.boss, f"{path}/members", pick=office.one, do="remove")
    post(office.boss, f"{path}/withdraw")
    assert "was withdrawn" in office.boss.get(path).text
    assert office.focal.get(path).status_code == 200
    assert "Change the cluster" not in office.focal.get(path).text


def test_two_people_who_edit_a_cluster_see_both_versions(office: Office) -> None:
    number = clusters.create("Abolition", person=office.coordinator)
    clusters.edit(number, "Death penalty", person=office.coordinator, version=1)
    answer = post(office.boss, f"/clusters/{number}", title="Moratorium", version=1)
    assert answer.status_code == 409
    assert "Death penalty" in answer.text
    assert 'value="Moratorium"' in answer.text
    assert post(office.boss, f"/clusters/{number}", title=" ", version=2).status_code == 422


def test_a_dismissal_leads_nowhere_else(office: Office) -> None:
    data = {"one": office.one, "other": office.one + 1, "back": "//evil.example/"}
    assert post(office.boss, "/clusters/suggestions/dismiss", **data).location == "/clusters/suggestions"


def test_the_list_of_clusters_and_rules_teach_when_empty(office: Office) -> None:
    session().rollback()
    assert session().scalars(select(Cluster)).first() is None
    assert routing.rules(session()) == []
    for path, words in (("/clusters", "There is no cluster yet"), ("/routing", "There is no rule yet"),
                        ("/bulk/changes", "Nothing was changed in one step yet")):  # fmt: skip
        assert words in office.boss.get(path).text
