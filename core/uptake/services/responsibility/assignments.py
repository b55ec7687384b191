"""Who answers for a recommendation or component: the coordinator assigns, the institution accepts or declines.

There is one lead at the most. What an institution declines returns to the coordinator with its reason.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import ASSIGNMENT_ROLES, Assignment
from uptake.search import index
from uptake.services.addresses import path_of
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.responsibility import assignment_rows as rows
from uptake.services.responsibility.assignment_rows import LEAD, SUPPORT, Changes
from uptake.services.telling.notices import people_of, tell

LONGEST_REASON = 2000
ANSWERED_BY = ("focal_point", "alternate")


def assign(
    recommendation_id: int, actor_id: int, role: str, *, person: Person, reason: str = "", old_lead: str = SUPPORT
) -> bool:
    """Give an institution a role in a recommendation or component, or another role; False where it has it already.

    A new lead turns the old one into support, or ends it (``old_lead="end"``).
    Raises ``NotFound`` for an unknown recommendation, ``Invalid`` for an unknown or closed institution or role.
    """
    require(person, "assignment.assign")
    with transaction() as session:
        index.lock(session)
        exists(session, recommendation_id)
        check_institution(session, actor_id, role, reason)
        before = rows.load(session, [recommendation_id])
        parts = rows.give(before[recommendation_id], actor_id, role, reason=reason.strip() or None, old_lead=old_lead)
        changes = rows.changes_between(before, {recommendation_id: parts})
        apply(session, changes, "assignment.assign", person, reason)
    return bool(changes)


def accept(assignment_id: int, *, person: Person, version: int) -> bool:
    """The institution takes it on; False where it has done so already."""
    return _answer(assignment_id, "accepted", person, version, None)


def decline(assignment_id: int, reason: str, *, person: Person, version: int) -> bool:
    """The institution refuses, and says why: it returns to the coordinator. False where it has done so already."""
    if not reason.strip():
        message = N_("Say why, so that the coordinator can find another institution.")
        raise Invalid(N_("The reason is missing."), fields={"reason": message})
    return _answer(assignment_id, "declined", person, version, reason.strip())


def end(assignment_id: int, *, person: Person, version: int, reason: str = "") -> bool:
    """The institution no longer answers for it; its row stays as a memory. False where that is so already."""
    require(person, "assignment.assign")
    with transaction() as session:
        index.lock(session)
        row = _found(session, assignment_id)
        if row.state == "ended":
            return False
        _same(row, version)
        changes = _change_to(row, "ended", reason.strip() or row.reason)
        apply(session, changes, "assignment.end", person, reason)
    return True


def _answer(assignment_id: int, state: str, person: Person, version: int, reason: str | None) -> bool:
    with transaction() as session:
        index.lock(session)
        row = _found(session, assignment_id)
        require(person, "assignment.answer", actor=row.actor_id)
        if row.state == state:
            return False
        if row.state not in rows.ACTIVE:
            raise Conflict(N_("This is not assigned to the institution (any more)."), remedy=N_("Ask the coordinator."))
        _same(row, version)
        id_, actor = row.recommendation_id, row.actor_id
        apply(session, _change_to(row, state, reason or row.reason), f"assignment.{state}", person, reason)
        if state == "declined":
            values = _values(id_) | {"actor": actor, "reason": reason}
            people = people_of(session, None, "coordinator") - {person.id or 0}
            tell(session, people, "assignment.declined", _path(session, id_), values=values, urgent=True)
    return True


def _change_to(row: Assignment, state: str, reason: str | None) -> Changes:
    old = rows.Part(row.role, row.state, row.reason, row.rule_id)
    return {row.recommendation_id: {row.actor_id: (old, rows.Part(row.role, state, reason, row.rule_id))}}


def apply(session: Session, changes: Changes, action: str, person: Person, reason: str | None = None) -> None:
    """Write changes of one recommendation or several, with their audit entries, and tell the institutions."""
    if not changes:
        return
    rows.write(session, changes)
    for id_, by_actor in changes.items():
        record_event(
            session, person.mark, action, f"recommendation/{id_}", said(by_actor), (reason or "").strip() or None
        )
    tell_changed(session, changes, person)


def said(by_actor: dict[int, tuple[rows.Part | None, rows.Part | None]]) -> dict[str, list[str | None]]:
    """How the audit trail writes what changed between institutions and one recommendation."""
    return {
        f"actor/{actor}": [str(old) if old else None, str(new) if new else None]
        for actor, (old, new) in by_actor.items()
    }  # fmt: skip


def tell_changed(session: Session, changes: Changes, person: Person) -> None:
    """Tell each institution's focal point and alternate what is new for it: one notice of a kind, however many there are."""
    news: dict[tuple[int, str], list[int]] = {}
    for id_, by_actor in changes.items():
        for actor, (old, new) in by_actor.items():
            if kind := _news(old, new):
                news.setdefault((actor, kind), []).append(id_)
    for (actor, kind), ids in news.items():
        people = people_of(session, actor, *ANSWERED_BY) - {person.id or 0}
        one = len(ids) == 1
        values = _values(ids[0]) if one else {"count": len(ids)}
        path = _path(session, ids[0]) if one else "/work"
        tell(session, people, kind, path, values=values | {"actor": actor})


def _news(old: rows.Part | None, new: rows.Part | None) -> str | None:
    """The kind of notice that a change deserves: a new task, another role, the end of it."""
    had, has = old is not None and old.active, new is not None and new.active
    if new is not None and new.state == "assigned" and not had:
        return "assignment.assigned"
    if old is not None and new is not None and had and has and old.role != new.role:
        return f"assignment.now_{new.role}"
    return "assignment.ended" if had and (new is None or new.state in {"ended", "proposed"}) else None


def check_institution(session: Session, actor_id: int, role: str, reason: str = "") -> Actor:
    """The institution, which must be there and open. Raises ``Invalid`` with the field that is wrong."""
    actor = session.get(Actor, actor_id)
    wrong = {}
    if actor is None or actor.closed_on is not None:
        wrong["actor"] = N_("Choose an institution from the list.")
    if role not in ASSIGNMENT_ROLES:
        wrong["role"] = N_("Choose lead or support.")
    if len(reason) > LONGEST_REASON:
        wrong["reason"] = N_("This is longer than 2,000 characters.")
    if wrong or actor is None:
        raise Invalid(N_("This cannot be assigned."), fields=wrong)
    return actor


def exists(session: Session, recommendation_id: int) -> None:
    """Raise ``NotFound`` where there is no such recommendation or component."""
    if session.scalar(select(Recommendation.id).where(Recommendation.id == recommendation_id)) is None:
        raise NotFound(N_("There is no recommendation {id}."), id=recommendation_id)


def leads(parts: rows.Parts) -> list[int]:
    """The institutions that lead now: one at the most."""
    return [actor for actor, part in parts.items() if part.role == LEAD and part.active]


def _found(session: Session, assignment_id: int) -> Assignment:
    row = session.get(Assignment, assignment_id)
    if row is None:
        raise NotFound(N_("There is no such assignment."))
    return row


def _same(row: Assignment, version: int) -> None:
    if row.version != version:
        raise Conflict(
            N_("Somebody has changed this assignment meanwhile; it is now: {now}."),
            remedy=N_("Look at it again, then repeat the change."),
            now=f"{row.role}, {row.state}",
        )


def _path(session: Session, recommendation_id: int) -> str:
    uuid = session.scalars(select(Recommendation.uuid).where(Recommendation.id == recommendation_id)).one()
    return path_of("recommendation", uuid)


def _values(recommendation_id: int) -> dict[str, object]:
    return {"recommendation": recommendation_id, "count": 1}
