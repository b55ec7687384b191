"""The rows behind assignments: read for many recommendations at once, planned in memory, written with no query per row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.models.responsibility import Assignment
from uptake.search import index

LEAD, SUPPORT = "lead", "support"
ACTIVE = ("assigned", "accepted")
OPEN = ("proposed", *ACTIVE)
LARGE = 5000


@dataclass(frozen=True, slots=True)
class Part:
    """What one institution's part in a recommendation is: its role, how far it has got, why, and by which rule."""

    role: str
    state: str
    reason: str | None = None
    rule_id: int | None = None

    @property
    def active(self) -> bool:
        """Whether the institution answers for it now."""
        return self.state in ACTIVE

    def __str__(self) -> str:
        return f"{self.role}, {self.state}"


Parts = dict[int, Part]
Changes = dict[int, dict[int, tuple[Part | None, Part | None]]]


def load(session: Session, ids: Iterable[int]) -> dict[int, Parts]:
    """The parts of all institutions in some recommendations; every id is there."""
    wanted = list(ids)
    found: dict[int, Parts] = {id_: {} for id_ in wanted}
    table = Assignment
    for chunk in chunks(wanted, LARGE):
        rows = session.execute(
            select(table.recommendation_id, table.actor_id, table.role, table.state, table.reason, table.rule_id)
            .where(table.recommendation_id.in_(chunk))
            .order_by(table.id)
        )  # fmt: skip
        for id_, actor, role, state, reason, rule in rows:
            found[id_][actor] = Part(role, state, reason, rule)
    return found


def give(parts: Parts, actor: int, role: str, *, reason: str | None = None, old_lead: str = SUPPORT) -> Parts:
    """The parts after this institution was given a role.

    There is one lead at the most: a new one turns the old into support (or ends it, ``old_lead="end"``), for who knew
    the matter yesterday is not to vanish from it today. Whoever declined the role that is given anew is done with.
    """
    now = dict(parts)
    mine = now.get(actor)
    if mine is None or not mine.active:
        now[actor] = Part(role, "assigned", reason, mine.rule_id if mine and mine.state == "proposed" else None)
    elif mine.role != role:
        now[actor] = replace(mine, role=role)
    if role == LEAD:
        for other, part in parts.items():
            if other != actor and part.role == LEAD:
                now[other] = _no_longer_lead(part, old_lead)
    return now


def _no_longer_lead(part: Part, old_lead: str) -> Part:
    if part.state == "declined" or (part.active and old_lead == "end"):
        return replace(part, state="ended")
    return replace(part, role=SUPPORT) if part.state in OPEN else part


def take(parts: Parts, actor: int) -> Parts:
    """The parts after this institution's has ended."""
    mine = parts.get(actor)
    if mine is None or mine.state == "ended":
        return parts
    return {**parts, actor: replace(mine, state="ended")}


def changes_between(before: Mapping[int, Parts], after: Mapping[int, Parts]) -> Changes:
    """What differs, by recommendation and institution."""
    found: Changes = {}
    for id_, now in after.items():
        then = before.get(id_, {})
        differing = {
            actor: (then.get(actor), now.get(actor))
            for actor in {*then, *now}
            if then.get(actor) != now.get(actor)
        }  # fmt: skip
        if differing:
            found[id_] = differing
    return found


def write(session: Session, changes: Changes) -> None:
    """Write changes in three statements at the most, and let the lists know."""
    now = datetime.now(UTC).replace(microsecond=0)
    made, changed, gone = [], [], []
    for id_, by_actor in changes.items():
        for actor, (old, new) in by_actor.items():
            key = {"b_recommendation": id_, "b_actor": actor}
            if new is None:
                gone.append(key)
            elif old is None:
                made.append(_row(new, now) | {"recommendation_id": id_, "actor_id": actor, "created": now})
            else:
                changed.append(_row(new, now) | key)
    _execute(session, made, changed, gone)
    session.expire_all()
    index.refresh_facts(session, changes)


def _row(part: Part, now: datetime) -> dict[str, Any]:
    answered = now if part.state in {"accepted", "declined"} else None
    return {
        "role": part.role,
        "state": part.state,
        "reason": part.reason,
        "rule_id": part.rule_id,
        "answered": answered,
    }


def _execute(session: Session, made: list[Any], changed: list[Any], gone: list[Any]) -> None:
    table = Assignment.__table__
    mine = (table.c.recommendation_id == bindparam("b_recommendation")) & (table.c.actor_id == bindparam("b_actor"))
    connection = session.connection()
    if made:
        connection.execute(insert(Assignment), [row | {"version": 1} for row in made])
    if changed:
        connection.execute(update(Assignment).where(mine).values(version=table.c.version + 1), changed)
    if gone:
        connection.execute(delete(Assignment).where(mine), gone)
