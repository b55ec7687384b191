"""Until when a recommendation is to be done, how urgent it is and why, and whether its duty ever ends."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_
from uptake.models.responsibility import PRIORITIES, PRIORITY_REASONS, FollowUp
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.responsibility.assignments import LONGEST_REASON, exists

PRIORITY_NAMES = {"low": N_("Low"), "normal": N_("Normal"), "high": N_("High"), "urgent": N_("Urgent")}
REASON_NAMES = {
    "follow_up_item": N_("The mechanism asked for it by a date (follow-up item)"), "deadline": N_("A deadline is near"),
    "group_left_behind": N_("It concerns a group that is left behind"), "needs_law": N_("It needs a law"),
    "needs_budget": N_("It needs a budget"), "other": N_("Another reason"),
}  # fmt: skip
EARLIEST = datetime.date(1990, 1, 1)
LATEST = datetime.date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the coordinator sets; ``version`` 0 where nobody has handled the recommendation yet."""

    due: datetime.date | None = None
    priority: str = "normal"
    priority_reason: str | None = None
    priority_note: str | None = None
    continuous: bool = False
    version: int = 0


def schedule(session: Session, recommendation_id: int) -> Schedule:
    """What is set for a recommendation or component."""
    row = session.get(FollowUp, recommendation_id)
    return _schedule(row) if row else Schedule()


def read(form: Mapping[str, str]) -> Schedule:
    """What somebody typed into the form. Raises ``Invalid`` with the fields that are wrong."""
    wrong = {}
    due = None
    if form.get("due", "").strip():
        due = day_of(form["due"])
        if due is None:
            wrong["due"] = N_("Write the day as 2027-01-31.")
    typed = Schedule(
        due=due,
        priority=form.get("priority", "normal"),
        priority_reason=form.get("priority_reason") or None,
        priority_note=form.get("priority_note", "").strip() or None,
        continuous=bool(form.get("continuous")),
        version=_version(form.get("version", "")),
    )
    wrong |= problems(typed.priority, typed.priority_reason, typed.priority_note)
    if wrong:
        raise Invalid(N_("This cannot be saved yet."), fields=wrong)
    return typed


def _version(written: str) -> int:
    return int(written) if written.isdecimal() and len(written) < 10 else 0


def day_of(written: str) -> datetime.date | None:
    """The day, None where it is none or far from our time."""
    try:
        day = datetime.date.fromisoformat(written.strip())
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def problems(priority: str, reason: str | None, note: str | None) -> dict[str, str]:
    """What is wrong with a priority: all but a normal one need their reason, another reason its words."""
    wrong = {}
    if priority not in PRIORITIES:
        wrong["priority"] = N_("Choose a priority from the list.")
    elif reason is not None and reason not in PRIORITY_REASONS:
        wrong["priority_reason"] = N_("Choose a reason from the list.")
    elif priority in {"high", "urgent"} and reason is None:
        wrong["priority_reason"] = N_("Say why it comes before others.")
    elif reason == "other" and not note:
        wrong["priority_note"] = N_("Say in a few words what the reason is.")
    if note and len(note) > LONGEST_REASON:
        wrong["priority_note"] = N_("This is longer than 2,000 characters.")
    return wrong


def plan(recommendation_id: int, wanted: Schedule, *, person: Person) -> Schedule:
    """Set due date, priority and continuity; what is set now.

    Raises ``Conflict`` where somebody has changed it since ``wanted.version``; its value ``now`` is what stands there.
    """
    require(person, "followup.edit")
    wrong = problems(wanted.priority, wanted.priority_reason, wanted.priority_note)
    if wrong:
        raise Invalid(N_("This cannot be saved yet."), fields=wrong)
    with transaction() as session:
        index.lock(session)
        exists(session, recommendation_id)
        before = schedule(session, recommendation_id)
        said = differences(before, wanted)
        if said and before.version != wanted.version:
            raise Conflict(
                N_("Somebody has changed due date or priority meanwhile."),
                remedy=N_("Compare both versions, then save again."),
                now=before,
            )
        if said:
            row = session.get(FollowUp, recommendation_id) or FollowUp(recommendation_id=recommendation_id)
            for name in said:
                setattr(row, name, getattr(wanted, name))
            session.add(row)
            session.flush()
            index.refresh_facts(session, [recommendation_id])
            record_event(session, person.mark, "followup.edit", f"recommendation/{recommendation_id}", said)
        return schedule(session, recommendation_id)


def differences(before: Schedule, after: Schedule) -> dict[str, list[Any]]:
    """What differs, as the audit trail writes it."""
    old, new = asdict(before), asdict(after)
    return {
        name: [_plain(old[name]), _plain(new[name])]
        for name in old
        if name != "version" and old[name] != new[name]
    }  # fmt: skip


def _schedule(row: FollowUp) -> Schedule:
    return Schedule(row.due, row.priority, row.priority_reason, row.priority_note, row.continuous, row.version)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
