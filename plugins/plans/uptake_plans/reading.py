"""What pages, panels and commands show of plans: a constant number of queries, however many actions there are."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from uptake.toolkit import N_, Card, Institution, NotFound, Person, institutions_named, load_cards, may, pick

from uptake_plans.editing import found
from uptake_plans.models import Action, ActionRecommendation, Plan
from uptake_plans.states import STATES, UNFINISHED, WITHDRAWN


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with how many of its actions stand where. ``wanted`` counts those that were not dropped."""

    id: int
    code: str
    title: str
    states: dict[str, int]
    done: int
    wanted: int


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action in a list. ``recommendations`` counts what it answers."""

    id: int
    plan_id: int
    plan: str
    code: str
    title: str
    lead: Institution | None
    due: datetime.date | None
    overdue: bool
    state: str
    reported: datetime.date | None
    recommendations: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan and its actions."""

    plan: PlanRow
    actions: list[ActionRow]


@dataclass(frozen=True, slots=True)
class ActionPage:
    """An action and what it answers. ``budget`` is for those who work here, and None for everybody else."""

    plan_title: str
    action: ActionRow
    version: int
    budget: str | None
    recommendations: list[Card]


def plans(session: Session) -> list[PlanRow]:
    """All plans by their codes: two queries."""
    return _plan_rows(session, list(session.scalars(select(Plan).order_by(Plan.code))))


def plan_page(session: Session, plan_id: int) -> PlanPage:
    """One plan. Raises ``NotFound``."""
    row = _plan_rows(session, [found(session, Plan, plan_id)])[0]
    return PlanPage(row, actions(session, Action.plan_id == plan_id))


def action_page(session: Session, action_id: int, *, person: Person) -> ActionPage:
    """One action. Raises ``NotFound``, for all but coordinators also where it was withdrawn."""
    action = found(session, Action, action_id)
    if action.state == WITHDRAWN and not may(person, "plans.edit"):
        raise NotFound(N_("This action was withdrawn."))
    table = ActionRecommendation
    answered = session.scalars(
        select(table.recommendation_id).where(table.action_id == action_id).order_by("recommendation_id")
    )
    return ActionPage(
        pick(session.get_one(Plan, action.plan_id).titles),
        _action_rows(session, Action.id == action_id)[0],
        action.version,
        action.budget if may(person, "plans.read", actor=action.lead_id) else None,
        load_cards(session, list(answered)),
    )


def actions(
    session: Session, *where: ColumnElement[bool], by_due: bool = False, most: int | None = None
) -> list[ActionRow]:
    """Actions that fit, in the order of the plans on paper or (``by_due``) of their due dates: three queries."""
    return _action_rows(session, Action.state != WITHDRAWN, *where, by_due=by_due, most=most)


def _action_rows(
    session: Session, *where: ColumnElement[bool], by_due: bool = False, most: int | None = None
) -> list[ActionRow]:
    order = (Action.due, Action.id) if by_due else (Plan.code, Action.code, Action.id)
    wanted = select(Action, Plan.code).join(Plan, Plan.id == Action.plan_id).where(*where).order_by(*order).limit(most)
    rows = session.execute(wanted).all()
    leads = institutions_named(session, {action.lead_id for action, _ in rows if action.lead_id})
    counts = _answered(session, [action.id for action, _ in rows])
    today = datetime.datetime.now(datetime.UTC).date()
    return [
        ActionRow(
            action.id, action.plan_id, code, action.code, pick(action.titles), leads.get(action.lead_id or 0), action.due,
            bool(action.due and action.due < today and action.state in UNFINISHED), action.state, action.reported,
            counts[action.id],
        )
        for action, code in rows
    ]  # fmt: skip


def actions_of(session: Session, recommendations: Collection[int]) -> dict[int, list[ActionRow]]:
    """The actions that answer each of these recommendations."""
    table = ActionRecommendation
    pairs = session.execute(
        select(table.recommendation_id, table.action_id).where(table.recommendation_id.in_(recommendations))
    ).all()
    rows = {row.id: row for row in actions(session, Action.id.in_({action for _, action in pairs}))}
    answering: defaultdict[int, set[int]] = defaultdict(set)
    for recommendation, action in pairs:
        answering[recommendation].add(action)
    return {id_: [row for row in rows.values() if row.id in ids] for id_, ids in answering.items()}


def _plan_rows(session: Session, listed: list[Plan]) -> list[PlanRow]:
    states: defaultdict[int, Counter[str]] = defaultdict(Counter)
    counted = select(Action.plan_id, Action.state, func.count()).group_by(Action.plan_id, Action.state)
    for plan_id, state, count in session.execute(counted.where(Action.plan_id.in_([plan.id for plan in listed]))):
        states[plan_id][state] = count
    return [_plan_row(plan, states[plan.id]) for plan in listed]


def _plan_row(plan: Plan, counts: Counter[str]) -> PlanRow:
    every = {state: counts[state] for state in STATES}
    return PlanRow(plan.id, plan.code, pick(plan.titles), every, every["done"], sum(every.values()) - every["dropped"])


def _answered(session: Session, ids: Iterable[int]) -> Counter[int]:
    table = ActionRecommendation
    counted = select(table.action_id, func.count()).where(table.action_id.in_(list(ids))).group_by(table.action_id)
    return Counter(dict(session.execute(counted).all()))
