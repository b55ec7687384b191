"""Reminds focal points, once for each date, of actions that are due soon."""

from __future__ import annotations

import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import RunningJob, people_of, setting, tell, transaction

from uptake_plans.models import Action, Plan
from uptake_plans.states import UNFINISHED


def remind(_job: RunningJob) -> dict[str, int]:
    """The daily job: how many actions are due soon."""
    today = datetime.datetime.now(datetime.UTC).date()
    with transaction() as session:
        until = today + datetime.timedelta(days=setting(session, "plans.remind_days"))
        due = (
            select(Action, Plan.code)
            .join(Plan, Plan.id == Action.plan_id)
            .where(Action.due.between(today, until), Action.state.in_(UNFINISHED), Action.lead_id.is_not(None))
        )
        found = session.execute(due.order_by(Action.due, Action.id)).all()
        for action, plan in found:
            _tell(session, action, plan)
    return {"due": len(found)}


def _tell(session: Session, action: Action, plan: str) -> None:
    assert action.due is not None
    day = action.due.isoformat()
    tell(
        session,
        people_of(session, action.lead_id, "focal_point", "alternate"),
        "plans.due",
        f"/plans/actions/{action.id}",
        values={"actor": action.lead_id, "day": day, "name": f"{plan} {action.code}"},
        once=f"plans.due:{action.id}:{day}",
    )
