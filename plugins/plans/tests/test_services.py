"""What may be done with plans, by whom, and what stays of it when others go."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select
from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.models.recommendations import Recommendation
from uptake.testing.people import make_actor, make_person
from uptake.toolkit import Conflict, Invalid, NotFound, Refused, session, transaction
from uptake_plans import editing, reading, reporting, withdrawing
from uptake_plans.drafts import ActionDraft, PlanDraft
from uptake_plans.models import ActionRecommendation

ROLES = [*SITE_ROLES, *ACTOR_ROLES]
EDIT, REPORT = {"coordinator"}, {"coordinator", "focal_point", "alternate"}


@pytest.mark.parametrize("role", ROLES)
def test_only_coordinators_write_plans_actions_and_links(plans, role: str) -> None:
    person = make_person(role, actor=plans.health if role in ACTOR_ROLES else None)
    steps = [
        lambda: editing.create_plan(PlanDraft("P2", {"en": "Second"}), person=person),
        lambda: editing.edit_plan(plans.plan, PlanDraft("NAP", {"en": "Changed"}), version=1, person=person),
        lambda: editing.create_action(plans.plan, ActionDraft("2", {"en": "More"}), person=person),
        lambda: editing.edit_action(plans.action, ActionDraft("3", {"en": "Other"}), version=1, person=person),
        lambda: editing.link(plans.action, [plans.one], person=person),
        lambda: editing.unlink(plans.action, plans.one, person=person),
        lambda: withdrawing.withdraw(plans.action, "Twice", version=2, person=person),
        lambda: withdrawing.restore(plans.action, version=3, person=person),
    ]
    for step in steps:
        if role in EDIT:
            step()
        else:
            with pytest.raises(Refused):
                step()


@pytest.mark.parametrize("role", ROLES)
def test_who_leads_an_action_or_coordinates_says_how_far_it_is(plans, role: str) -> None:
    person = make_person(role, actor=plans.health if role in ACTOR_ROLES else None)
    if role not in REPORT:
        with pytest.raises(Refused):
            reporting.set_state(plans.action, "done", version=1, person=person)
    else:
        reporting.set_state(plans.action, "done", version=1, person=person)
    assert plans.saved().state == ("done" if role in REPORT else "not_started")


def test_a_focal_point_cannot_report_on_another_institutions_action_or_on_one_without_lead(plans) -> None:
    orphan = plans.new_action("9", lead=None)
    for person, action in ((plans.other, plans.action), (plans.focal, orphan)):
        with pytest.raises(Refused):
            reporting.set_state(action, "done", version=1, person=person)


def test_a_stale_version_is_a_conflict_and_the_same_answer_twice_is_none(plans) -> None:
    reporting.set_state(plans.action, "under_way", version=1, person=plans.focal)
    reporting.set_state(plans.action, "under_way", version=1, person=plans.focal)
    with pytest.raises(Conflict):
        reporting.set_state(plans.action, "done", version=1, person=plans.focal)
    with pytest.raises(Conflict) as stale:
        editing.edit_action(plans.action, ActionDraft("1.1", {"en": "New"}), version=1, person=plans.coordinator)
    assert stale.value.values["now"]["titles"] == {"en": "Register births 1.1"}


def test_every_fault_of_a_form_is_named_at_its_field(plans) -> None:
    closed = make_actor("closed")
    with transaction() as current:
        current.get_one(Actor, closed.id).closed_on = plans.saved().due
    draft = ActionDraft(" ", {"en": "", "fr": "x" * 301}, str(closed.id), "soon", "\x01")
    with pytest.raises(Invalid) as wrong:
        editing.create_action(plans.plan, draft, person=plans.coordinator)
    assert set(wrong.value.fields) == {"code", "title_fr", "lead", "due", "budget"}
    with pytest.raises(Invalid) as nameless:
        editing.create_plan(PlanDraft("X", {"en": " ", "fr": ""}), person=plans.coordinator)
    assert set(nameless.value.fields) == {"title_en"}
    with pytest.raises(Invalid) as unknown:
        reporting.set_state(plans.action, "finished", version=1, person=plans.focal)
    assert set(unknown.value.fields) == {"state"}


def test_a_code_that_is_taken_is_refused_in_its_plan_and_free_in_another(plans) -> None:
    with pytest.raises(Invalid) as taken:
        plans.new_action("1.1")
    assert set(taken.value.fields) == {"code"}
    with pytest.raises(Invalid):
        editing.create_plan(PlanDraft("NAP", {"en": "Again"}), person=plans.coordinator)
    plans.plan = editing.create_plan(PlanDraft("NAP2", {"en": "Second"}), person=plans.coordinator)
    assert plans.new_action("1.1") != plans.action


def test_links_are_made_once_and_only_with_what_exists(plans) -> None:
    assert editing.link(plans.action, [plans.one, plans.one], person=plans.coordinator) == 1
    assert editing.link(plans.action, [plans.one], person=plans.coordinator) == 0
    for wrong in ([], [plans.one, uuid4()]):
        with pytest.raises(Invalid):
            editing.link(plans.action, wrong, person=plans.coordinator)
    with pytest.raises(NotFound):
        editing.link(10**6, [plans.one], person=plans.coordinator)
    editing.unlink(plans.action, plans.one, person=plans.coordinator)
    assert session().scalar(select(func.count()).select_from(ActionRecommendation)) == 0


def test_what_is_done_stands_in_the_audit_trail(plans) -> None:
    editing.link(plans.action, [plans.one], person=plans.coordinator)
    reporting.set_state(plans.action, "done", version=1, person=plans.focal)
    subject = f"plans.action/{plans.action}"
    said = session().execute(
        select(AuditEntry.action, AuditEntry.actor).where(AuditEntry.subject == subject).order_by(AuditEntry.id)
    )
    assert [tuple(row) for row in said] == [
        ("plans.create", plans.coordinator.mark),
        ("plans.link", plans.coordinator.mark),
        ("plans.report", plans.focal.mark),
    ]


def test_an_action_outlives_its_lead_and_a_link_goes_with_its_recommendation(plans) -> None:
    lone = make_actor("lone").id
    action = plans.new_action("5", lead=lone)
    editing.link(action, [plans.recommendation(assigned=False)], person=plans.coordinator)
    with transaction() as current:
        linked = select(ActionRecommendation.recommendation_id).where(ActionRecommendation.action_id == action)
        current.execute(delete(Recommendation).where(Recommendation.id.in_(linked)))
        current.execute(delete(Actor).where(Actor.id == lone))
    page = reading.action_page(session(), action, person=plans.coordinator)
    assert (page.action.lead, page.action.recommendations, page.recommendations) == (None, 0, [])


def test_dropped_actions_do_not_count_as_wanted(plans) -> None:
    for code, state in (("2", "done"), ("3", "dropped")):
        reporting.set_state(plans.new_action(code), state, version=1, person=plans.coordinator)
    row = reading.plans(session())[0]
    assert (row.done, row.wanted) == (1, 2)
    assert row.states == {"not_started": 1, "under_way": 0, "done": 1, "dropped": 1}
