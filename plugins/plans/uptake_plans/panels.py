"""What other pages show of plans."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from uptake.toolkit import PanelContext, may, reach, session, setting

from uptake_plans.models import Action
from uptake_plans.reading import actions, actions_of, plans
from uptake_plans.states import UNFINISHED

MOST = 20


def on_recommendation(context: PanelContext) -> Mapping[str, object] | None:
    """How far the actions that answer a recommendation have come; coordinators link it with more of them."""
    assert context.subject is not None
    rows = actions_of(session(), [context.subject]).get(context.subject, [])
    here = {row.id for row in rows}
    others = actions(session()) if may(context.person, "plans.edit") else []
    choices = [(row.id, f"{row.plan} · {row.code} · {row.title}") for row in others if row.id not in here]
    return {"actions": rows, "choices": choices} if rows or choices else None


def on_institution(context: PanelContext) -> Mapping[str, object] | None:
    """The actions that an institution leads."""
    rows = actions(session(), Action.lead_id == context.subject)
    return {"actions": rows} if rows else None


def on_home(_context: PanelContext) -> Mapping[str, object] | None:
    """The plans, and how much of each is done."""
    rows = plans(session())
    return {"plans": rows} if rows else None


def on_work(context: PanelContext) -> Mapping[str, object] | None:
    """Actions in the person's reach that are overdue or due soon."""
    mine = reach(context.person, "plans.report")
    until = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(
        days=setting(session(), "plans.remind_days")
    )
    where = [Action.state.in_(UNFINISHED), Action.due <= until]
    if mine is not None:
        where.append(Action.lead_id.in_(mine))
    rows = actions(session(), *where, by_due=True, most=MOST)
    return {"actions": rows} if rows else None
