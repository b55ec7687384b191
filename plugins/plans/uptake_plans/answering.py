"""What the core asks the plugin: links of recommendations, objections to updates, and whether anything ails."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import func, select
from uptake.toolkit import N_, Ailment, Deadline, Link, Objection, UpdateFacts, pick, session, setting

from uptake_plans.models import Action, ActionRecommendation, Plan
from uptake_plans.reading import actions_of
from uptake_plans.states import UNFINISHED, WITHDRAWN

PLANNED = "planned"
MOST_DEADLINES = 1000
GIVEN_UP = ("dropped", WITHDRAWN)


def links_of(recommendations: Sequence[int]) -> dict[int, list[Link]]:
    """The actions that answer these recommendations, each under its plan."""
    found = actions_of(session(), recommendations)
    return {
        id_: [Link("plans.action", row.title, f"/plans/actions/{row.id}", row.plan) for row in rows]
        for id_, rows in found.items()
    }


def deadlines(institutions: Collection[int] | None) -> list[Deadline]:
    """When unfinished actions are due: all of them, or those that some institutions lead."""
    due = select(Action, Plan.code).join(Plan, Plan.id == Action.plan_id)
    due = due.where(Action.due.is_not(None), Action.state.in_(UNFINISHED)).order_by(Action.due, Action.id)
    if institutions is not None:
        due = due.where(Action.lead_id.in_(institutions))
    return [
        Deadline(f"plans-action-{action.id}", action.due, f"{plan} {action.code}: {pick(action.titles)}",
                 f"/plans/actions/{action.id}")
        for action, plan in session().execute(due.limit(MOST_DEADLINES))
        if action.due is not None
    ]  # fmt: skip


def objections(facts: UpdateFacts) -> Iterator[Objection]:
    """Where the site asks for it: who claims that something is planned names an action that plans it."""
    if facts.claim != PLANNED or not setting(session(), "plans.planned_needs_action"):
        return
    table = ActionRecommendation
    planned = (
        select(Action.id)
        .join(table, table.action_id == Action.id)
        .where(table.recommendation_id.in_(facts.recommendations), Action.state.not_in(GIVEN_UP))
    )
    if session().scalar(planned.limit(1)) is None:
        yield Objection(
            N_("No action of a national plan answers any of these recommendations, so nothing is planned yet."),
            N_("Ask the coordinator to link an action with them, or choose another claim."),
        )


def ailments() -> Iterator[Ailment]:
    """Actions that are still to be done and that nobody leads."""
    orphaned = select(func.count()).where(Action.lead_id.is_(None), Action.state.in_(UNFINISHED))
    count = session().scalar(orphaned) or 0
    if count:
        yield Ailment(
            "plans.lead",
            f"Actions of national plans that nobody leads: {count}.",
            "Give each a lead institution on its page under /plans",
            grave=False,
        )
