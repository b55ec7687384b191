"""The pages under /plans as a visitor, a focal point and a coordinator meet them, and the panels on the core's pages."""

from __future__ import annotations

import datetime

from sqlalchemy import select
from uptake.testing.people import make_person
from uptake.testing.reporting import hidden, post
from uptake.toolkit import session
from uptake_plans import editing
from uptake_plans.drafts import ActionDraft
from uptake_plans.models import Plan

EVIL = '<script>alert("x")</script>'


def test_a_visitor_reads_plans_and_neither_budgets_nor_forms(plans, client) -> None:
    editing.link(plans.action, [plans.one], person=plans.coordinator)
    assert "Plan of action" in client.get("/plans").text
    assert "Register births 1.1" in client.get(f"/plans/{plans.plan}").text
    page = client.get(f"/plans/actions/{plans.action}").text
    assert str(plans.one) in page
    assert "2 million" not in page
    assert 'name="csrf_token"' not in page
    for path in ("/plans/new", f"/plans/{plans.plan}/edit", f"/plans/actions/{plans.action}/edit"):
        assert client.get(path).status_code == 302
    assert 'href="/en/plans"' in client.get("/en/").text


def test_pages_answer_as_json_without_what_is_not_public(plans, client) -> None:
    assert client.get("/plans/index.json").json[0]["states"]["not_started"] == 1
    assert client.get(f"/plans/{plans.plan}.json").json["actions"][0]["code"] == "1.1"
    answer = client.get(f"/plans/actions/{plans.action}.json").json
    assert answer["action"]["lead"]["code"] == "health"
    assert answer["budget"] is None
    for path in ("/plans/999", "/plans/999.json", "/plans/actions/999", "/plans/actions/999.json"):
        assert client.get(path).status_code == 404


def test_a_focal_point_reports_on_the_own_action_only(plans, sign_in) -> None:
    foreign = plans.new_action("7", lead=plans.justice)
    browser = sign_in(plans.focal)
    page = browser.get(f"/plans/actions/{plans.action}").text
    assert "2 million" in page
    version = hidden(page, "version")
    path = f"/plans/actions/{plans.action}"
    answer = post(browser, f"{path}/state", state="under_way", version=version)
    assert (answer.status_code, answer.location) == (303, path)
    assert plans.saved().state == "under_way"
    assert post(browser, f"{path}/state", state="done", version=version).status_code == 409
    assert post(browser, f"/plans/actions/{foreign}/state", state="done", version=1).status_code == 403
    assert "2 million" not in browser.get(f"/plans/actions/{foreign}").text
    assert post(browser, f"{path}/edit", code="x").status_code == 403
    assert browser.post(f"{path}/state", data={"state": "done"}).status_code == 400


def test_a_coordinator_enters_a_plan_an_action_and_its_links(plans, sign_in) -> None:
    browser = sign_in(plans.coordinator)
    made = post(browser, "/plans/new", code="ROAD", title_en="Road map", title_fr="")
    plan = session().scalar(select(Plan).where(Plan.code == "ROAD"))
    assert (made.status_code, made.location, plan.titles) == (303, f"/plans/{plan.id}", {"en": "Road map"})
    path = f"/plans/{plan.id}/actions/new"
    assert browser.get(path).status_code == 200
    made = post(browser, path, code="1", title_en="Build", lead=str(plans.justice), due="2031-05-06", budget="None")
    action = int(made.location.rpartition("/")[2])
    assert plans.saved(action).due == datetime.date(2031, 5, 6)
    link = f"/plans/actions/{action}/link"
    assert post(browser, link, recommendations=f"https://example.org/recommendations/{plans.one}\n").status_code == 303
    refused = post(browser, link, recommendations="this one")
    assert refused.status_code == 422
    assert "this one" in refused.text
    assert post(browser, f"/plans/actions/{action}/unlink/{plans.one}").status_code == 303
    assert str(plans.one) not in browser.get(f"/plans/actions/{action}").text


def test_a_form_with_faults_keeps_what_was_typed(plans, sign_in) -> None:
    path = f"/plans/actions/{plans.action}/edit"
    answer = post(sign_in(plans.coordinator), path, code="8", title_en="", due="soon", version=1, budget=EVIL)
    assert answer.status_code == 422
    assert 'href="#f-title_en"' in answer.text
    assert 'value="soon"' in answer.text
    assert EVIL not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_who_comes_second_sees_both_versions_and_may_insist(plans, sign_in) -> None:
    path, browser = f"/plans/actions/{plans.action}/edit", sign_in(plans.coordinator)
    version = hidden(browser.get(path).text, "version")
    editing.edit_action(plans.action, ActionDraft("1.1", {"en": "Theirs"}), version=1, person=plans.coordinator)
    stale = post(browser, path, code="1.1", title_en="Mine", version=version)
    assert stale.status_code == 409
    assert "Theirs" in stale.text
    assert "Mine" in stale.text
    assert post(browser, path, code="1.1", title_en="Mine", version=hidden(stale.text, "version")).status_code == 303
    assert plans.saved().titles == {"en": "Mine"}


def test_panels_show_actions_where_they_belong(plans, client, sign_in) -> None:
    recommendation, home = f"/recommendations/{plans.one}", "/"
    assert "Actions of national plans" not in client.get(recommendation).text
    editing.link(plans.action, [plans.one], person=plans.coordinator)
    plans.new_action("2", days=200)
    for path in (recommendation, "/institutions/health"):
        page = client.get(path).text
        assert 'id="panel-plans.' in page
        assert f"/plans/actions/{plans.action}" in page
    assert "panel-plans.institution" not in client.get("/institutions/justice").text
    assert client.get(recommendation).text.count("Register births 1.1") == 1
    assert "0 of 2 actions done" in client.get(home).text
    mine = sign_in(plans.focal).get("/work").text
    assert "Register births 1.1" in mine
    assert "Register births 2" not in mine
    assert "panel-plans.work" not in sign_in(plans.other).get("/work").text
    assert "panel-plans.work" not in sign_in(plans.observer).get("/work").text


def test_a_coordinator_links_an_action_where_the_recommendation_stands(plans, client, sign_in) -> None:
    page = f"/recommendations/{plans.one}"
    assert 'action="/en/plans/link"' not in client.get(f"/en{page}").text
    browser = sign_in(plans.coordinator)
    assert 'action="/en/plans/link"' in browser.get(f"/en{page}").text
    answer = post(browser, "/plans/link", recommendations=page, action=plans.action)
    assert (answer.status_code, answer.location) == (303, page)
    assert f"/plans/actions/{plans.action}" in client.get(page).text
    assert post(browser, "/plans/link", recommendations=page, action="x").status_code == 404
    assert post(browser, "/plans/link", recommendations="none", action=plans.action).status_code == 422


def test_an_action_is_withdrawn_with_its_reason_and_brought_back(plans, client, sign_in) -> None:
    editing.link(plans.action, [plans.one], person=plans.coordinator)
    path, browser = f"/plans/actions/{plans.action}", sign_in(plans.coordinator)
    version = hidden(browser.get(f"{path}/withdraw").text, "version")
    assert post(browser, f"{path}/withdraw", version=version, reason=" ").status_code == 422
    answer = post(browser, f"{path}/withdraw", version=version, reason="Entered twice")
    assert (answer.status_code, answer.location) == (303, f"/plans/{plans.plan}")
    assert client.get(path).status_code == client.get(f"{path}.json").status_code == 404
    for shown in (f"/plans/{plans.plan}", f"/recommendations/{plans.one}", "/institutions/health", "/"):
        assert "Register births 1.1" not in client.get(shown).text
    assert "0 of" not in client.get("/plans").text
    assert post(browser, f"{path}/edit", code="1", title_en="x", version=2).status_code == 404
    assert post(sign_in(plans.focal), f"{path}/state", state="done", version=2).status_code == 404
    trail = sign_in(make_person("administrator")).get(f"/audit?subject=plans.action/{plans.action}").text
    assert "Entered twice" in trail
    version = hidden(browser.get(path).text, "version")
    assert post(browser, f"{path}/restore", version=version).status_code == 303
    assert plans.saved().state == "not_started"
    assert "Register births 1.1" in client.get(f"/recommendations/{plans.one}").text


def test_markup_in_titles_is_shown_as_it_was_typed(plans, client, sign_in) -> None:
    draft = ActionDraft("1.1", {"en": EVIL}, str(plans.health), plans.saved().due.isoformat(), EVIL)
    editing.edit_action(plans.action, draft, version=1, person=plans.coordinator)
    editing.link(plans.action, [plans.one], person=plans.coordinator)
    for path in (f"/plans/{plans.plan}", f"/plans/actions/{plans.action}", f"/recommendations/{plans.one}", "/work"):
        page = sign_in(plans.focal).get(path).text
        assert EVIL not in page
        assert "&lt;script&gt;" in page
