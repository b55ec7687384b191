"""What the institution that leads an action says: how far it has come, and when it last reported."""

from __future__ import annotations

import datetime

from sqlalchemy import select
from uptake.toolkit import N_, Conflict, Invalid, Person, record_event, require, transaction, update_facts

from uptake_plans.editing import standing, subject
from uptake_plans.models import Action, ActionRecommendation
from uptake_plans.states import STATES


def set_state(action_id: int, state: str, *, version: int, person: Person) -> None:
    """Say how far an action has come: the coordinator of any, a focal point of those that the institution leads.

    Raises ``Refused``, ``Invalid``, and ``Conflict`` where the action has changed since ``version``.
    """
    with transaction() as session:
        action = standing(session, action_id)
        require(person, "plans.report", actor=action.lead_id)
        if state not in STATES:
            raise Invalid(N_("This cannot be saved yet."), fields={"state": N_("Choose one of the answers.")})
        if action.state == state:
            return
        if action.version != version:
            raise Conflict(
                N_("Somebody has changed this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
            )
        said = {"state": [action.state, state]}
        action.state = state
        record_event(session, person.mark, "plans.report", subject(action), said)


def stamp(update: int) -> None:
    """Note at the actions that an update is about, and that its institution leads, the day of the report."""
    with transaction() as session:
        facts = update_facts(session, update)
        linked = select(ActionRecommendation.action_id).where(
            ActionRecommendation.recommendation_id.in_(facts.recommendations)
        )
        led = select(Action).where(Action.id.in_(linked), Action.lead_id == facts.actor)
        for action in session.scalars(led):
            action.reported = datetime.datetime.now(datetime.UTC).date()
