"""What the core asks the plugin and tells it: checks of updates, reminders, links, the command and the health check."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from uptake.app import registry
from uptake.models.notices import Notice
from uptake.services import diagnosis, site_settings
from uptake.services.running.jobs import start
from uptake.services.telling import notice_words
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_person
from uptake.toolkit import Invalid, session, transaction
from uptake_plans import answering, editing, reporting
from uptake_plans.models import Action

UPTAKE = Path(sys.executable).with_name("uptake")


def need_actions() -> None:
    site_settings.change({"plans.planned_needs_action": True}, person=make_person("administrator"))


def test_planned_may_be_claimed_without_an_action_unless_the_site_asks_for_one(plans) -> None:
    plans.published(claim="planned")
    need_actions()
    with pytest.raises(Invalid, match="nothing is planned yet"):
        plans.take(plans.draft(claim="planned"), "submit", plans.focal)


def test_an_action_that_answers_one_of_the_recommendations_is_enough_until_it_is_dropped(plans) -> None:
    need_actions()
    editing.link(plans.action, [plans.one], person=plans.coordinator)
    update = plans.take(plans.draft(claim="planned"), "submit", plans.focal)
    update = plans.take(update, "confirm", plans.validator)
    reporting.set_state(plans.action, "dropped", version=1, person=plans.coordinator)
    with pytest.raises(Invalid, match="nothing is planned yet"):
        plans.take(update, "approve", plans.coordinator)


def test_other_claims_are_none_of_its_business(plans) -> None:
    need_actions()
    assert plans.published(claim="in_progress").state == "published"


def test_an_update_stamps_the_actions_that_its_institution_leads(plans) -> None:
    foreign = plans.new_action("2", lead=plans.justice)
    for action in (plans.action, foreign):
        editing.link(action, [plans.one], person=plans.coordinator)
    update = plans.published()
    assert plans.saved().reported == plans.fresh(update).published.date()
    assert plans.saved(foreign).reported is None


def test_calendars_hold_when_unfinished_actions_are_due(plans) -> None:
    editing_day = datetime.date(2027, 6, 30)
    done, foreign = plans.new_action("2"), plans.new_action("3", lead=plans.justice)
    with transaction() as current:
        for id_ in (plans.action, done, foreign):
            current.get_one(Action, id_).due = editing_day
        current.get_one(Action, done).state = "done"
    everybody = answering.deadlines(None)
    assert [(one.day, one.path) for one in everybody] == [
        (editing_day, f"/plans/actions/{plans.action}"), (editing_day, f"/plans/actions/{foreign}")
    ]  # fmt: skip
    assert [one.path for one in answering.deadlines([plans.justice])] == [f"/plans/actions/{foreign}"]
    assert answering.deadlines([]) == []


def test_focal_points_are_reminded_once_of_what_is_due_soon(app, plans) -> None:
    done = plans.new_action("2")
    reporting.set_state(done, "done", version=1, person=plans.coordinator)
    for code, days, lead in (
        ("3", 31, plans.health),
        ("4", -1, plans.health),
        ("5", 5, None),
        ("6", None, plans.health),
    ):
        plans.new_action(code, days=days, lead=lead)
    for _ in range(2):
        with transaction() as current:
            start(current, "plans.remind")
        assert run_jobs(app) >= 1
    notices = session().scalars(select(Notice).where(Notice.kind == "plans.due")).all()
    assert [(one.user_id, one.path) for one in notices] == [(plans.focal.id, f"/plans/actions/{plans.action}")]
    sentence = notice_words.sentences(session(), notices)[0]
    assert sentence.startswith("Action NAP 1.1 of health is due on ")


def test_the_reminder_is_among_what_happens_every_day(app) -> None:
    assert registry(app).jobs["plans.remind"].every == "day"


def test_the_command_lists_plans(plans, settings) -> None:
    database = f"database = {json.dumps(settings.database)}\n" if settings.database else ""
    (settings.instance / "uptake.toml").write_text(database, encoding="utf-8")
    command = [UPTAKE, "--instance", settings.instance, "plans", "list", "--json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["plans"] == [
        {"id": plans.plan, "code": "NAP", "title": "Plan of action",
         "actions": {"not_started": 1, "under_way": 0, "done": 0, "dropped": 0}, "done": 0, "wanted": 1}
    ]  # fmt: skip


def test_the_health_check_names_actions_without_lead(app, plans, settings) -> None:
    def found() -> list[str]:
        return [one.message for one in diagnosis.examine(registry(app), settings.instance) if one.code == "plans.lead"]

    assert found() == []
    plans.new_action("2", lead=None)
    assert found() == ["Actions of national plans that nobody leads: 1."]
