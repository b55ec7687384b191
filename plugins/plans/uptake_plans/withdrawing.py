"""Takes back an action that should never have been entered: it is shown no longer, and who took it back and why stays."""

from __future__ import annotations

from uptake.toolkit import N_, Conflict, Invalid, Person, record_event, require, transaction, unprintable

from uptake_plans.drafts import LONGEST_NOTE, ODD, TOO_LONG
from uptake_plans.editing import found, standing, subject
from uptake_plans.models import Action
from uptake_plans.states import WITHDRAWN


def withdraw(action_id: int, reason: str, *, version: int, person: Person) -> None:
    """Take an action back. Raises ``Invalid`` without a reason, ``Conflict`` where it has changed since ``version``."""
    require(person, "plans.edit")
    reason = reason.strip()
    with transaction() as session:
        action = standing(session, action_id)
        if fault := _wrong(reason):
            raise Invalid(N_("This cannot be saved yet."), fields={"reason": fault})
        _check(action, version)
        said = {"state": [action.state, WITHDRAWN]}
        action.state = WITHDRAWN
        record_event(session, person.mark, "plans.withdraw", subject(action), said, reason)


def restore(action_id: int, *, version: int, person: Person) -> None:
    """Bring a withdrawn action back, as one that has not started. Raises ``Conflict`` where it has changed meanwhile."""
    require(person, "plans.edit")
    with transaction() as session:
        action = found(session, Action, action_id)
        _check(action, version)
        if action.state == WITHDRAWN:
            action.state = "not_started"
            record_event(session, person.mark, "plans.restore", subject(action), {"state": [WITHDRAWN, action.state]})


def _wrong(reason: str) -> str:
    if not reason:
        return N_("Say why, for those who look for it later.")
    if len(reason) > LONGEST_NOTE:
        return TOO_LONG
    return ODD if unprintable(reason) else ""


def _check(action: Action, version: int) -> None:
    if action.version != version:
        raise Conflict(
            N_("Somebody has changed this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
        )
