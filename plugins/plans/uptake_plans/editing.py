"""What coordinators do: write plans and actions, and link actions with the recommendations that they answer."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Conflict,
    Invalid,
    NotFound,
    Person,
    recommendation_ids,
    record_event,
    require,
    transaction,
)

from uptake_plans.drafts import ActionDraft, PlanDraft
from uptake_plans.models import Action, ActionRecommendation, Plan
from uptake_plans.states import WITHDRAWN

Row = TypeVar("Row", Plan, Action)


def create_plan(draft: PlanDraft, *, person: Person) -> int:
    """A new plan; its id."""
    require(person, "plans.edit")
    with transaction() as session:
        return _add(session, Plan(**draft.values()), person)


def edit_plan(plan_id: int, draft: PlanDraft, *, version: int, person: Person) -> None:
    """Change a plan. Raises ``Conflict`` (``now`` holds what is saved) where it has changed since ``version``."""
    require(person, "plans.edit")
    with transaction() as session:
        plan = found(session, Plan, plan_id)
        _change(session, plan, draft.values(), version, person)


def create_action(plan_id: int, draft: ActionDraft, *, person: Person) -> int:
    """A new action of a plan; its id."""
    require(person, "plans.edit")
    with transaction() as session:
        found(session, Plan, plan_id)
        return _add(session, Action(plan_id=plan_id, **draft.values(session)), person)


def edit_action(action_id: int, draft: ActionDraft, *, version: int, person: Person) -> None:
    """Change an action, but not its state. Raises ``Conflict`` (``now`` holds what is saved) for a stale ``version``."""
    require(person, "plans.edit")
    with transaction() as session:
        action = standing(session, action_id)
        _change(session, action, draft.values(session, action.lead_id), version, person)


def link(action_id: int, recommendations: Collection[UUID], *, person: Person) -> int:
    """Say that an action answers these recommendations; how many of them it did not answer before."""
    require(person, "plans.edit")
    with transaction() as session:
        standing(session, action_id)
        known = recommendation_ids(session, recommendations)
        if not recommendations or len(known) < len(set(recommendations)):
            message = N_("Paste the addresses of recommendations, one on a line.")
            raise Invalid(N_("There is no recommendation at this address."), fields={"recommendations": message})
        table = ActionRecommendation
        there = set(session.scalars(select(table.recommendation_id).where(table.action_id == action_id)))
        new = sorted(set(known.values()) - there)
        session.add_all(table(action_id=action_id, recommendation_id=id_) for id_ in new)
        if new:
            record_event(session, person.mark, "plans.link", f"plans.action/{action_id}", {"recommendations": new})
    return len(new)


def unlink(action_id: int, recommendation: UUID, *, person: Person) -> None:
    """Say that an action does not answer a recommendation after all."""
    require(person, "plans.edit")
    with transaction() as session:
        standing(session, action_id)
        table = ActionRecommendation
        ids = list(recommendation_ids(session, [recommendation]).values())
        gone = session.execute(delete(table).where(table.action_id == action_id, table.recommendation_id.in_(ids)))
        if gone.rowcount:  # type: ignore[attr-defined]
            record_event(session, person.mark, "plans.unlink", f"plans.action/{action_id}", {"recommendations": ids})


def found(session: Session, kind: type[Row], id_: int) -> Row:
    """The plan or action as it is now. Raises ``NotFound``."""
    row = session.get(kind, id_, populate_existing=True)
    if row is None:
        raise NotFound(N_("There is no such plan.") if kind is Plan else N_("There is no such action."))
    return row


def standing(session: Session, action_id: int) -> Action:
    """An action that was not withdrawn. Raises ``NotFound``."""
    action = found(session, Action, action_id)
    if action.state == WITHDRAWN:
        raise NotFound(N_("This action was withdrawn."))
    return action


def subject(row: Plan | Action) -> str:
    """How the audit trail names it."""
    return f"plans.{'plan' if isinstance(row, Plan) else 'action'}/{row.id}"


def _add(session: Session, row: Row, person: Person) -> int:
    session.add(row)
    _flush(session)
    said = {name: [None, _plain(getattr(row, name))] for name in ("code", "titles")}
    record_event(session, person.mark, "plans.create", subject(row), said)
    return row.id


def _change(session: Session, row: Row, wanted: dict[str, object], version: int, person: Person) -> None:
    before = {name: getattr(row, name) for name in wanted}
    said = {name: [_plain(before[name]), _plain(new)] for name, new in wanted.items() if before[name] != new}
    if not said:
        return
    if row.version != version:
        raise Conflict(
            N_("Somebody has changed this meanwhile."),
            remedy=N_("Compare both versions, then save again."),
            now=before | {"version": row.version},
        )
    for name, value in wanted.items():
        setattr(row, name, value)
    _flush(session)
    record_event(session, person.mark, "plans.edit", subject(row), said)


def _flush(session: Session) -> None:
    """Two people may choose one code at one moment: only the database knows, and only the code can be at fault."""
    try:
        session.flush()
    except IntegrityError as error:
        taken = N_("This code is taken; choose another.")
        raise Invalid(N_("This cannot be saved yet."), fields={"code": taken}) from error


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
