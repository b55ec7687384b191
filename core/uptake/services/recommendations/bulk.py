"""Changes many recommendations at once: planned, shown, applied as one, and undone as long as nobody went on from there."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import chunks, transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import BulkChange
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.recommendations import bulk_values
from uptake.services.recommendations.bulk_values import Value, kind_of, parts_of
from uptake.services.recommendations.bulk_wishes import Wishes, after
from uptake.services.responsibility.assignment_rows import LARGE, Part
from uptake.services.responsibility.assignments import leads, tell_changed

MOST = 10_000
Plan = dict[int, dict[str, tuple[Value, Value]]]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: how many rows are as before, and which were refused because they changed since."""

    restored: int
    refused: list[int]


def plan(session: Session, ids: Collection[int], wishes: Wishes, person: Person) -> Plan:
    """What would change: by recommendation and key, before and after. What is so already is left out."""
    if len(ids) > MOST:
        raise Invalid(
            N_("These are {count} recommendations; at most {most} can be changed at once."),
            remedy=N_("Narrow the search."), count=len(ids), most=MOST,
        )  # fmt: skip
    there = bulk_values.load(session, _existing(session, ids), wishes)
    found: Plan = {}
    for id_, before in there.items():
        now = after(before, wishes, person.mark)
        changed = {key: (before.get(key), now.get(key)) for key in {*before, *now} if before.get(key) != now.get(key)}
        if changed:
            found[id_] = changed
    return found


def digest(found: Plan) -> str:
    """A mark of a plan: whoever applies it says which one they saw."""
    written = json.dumps({id_: found[id_] for id_ in sorted(found)}, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def apply(
    ids: Collection[int], wishes: Wishes, *, person: Person, seen: str | None = None, reason: str = "", origin: str = ""
) -> int | None:
    """Change them all in one transaction; the number of the change, None where nothing had to change.

    ``seen`` is the digest of the plan that the person saw. Raises ``Conflict`` where it is another by now.
    """
    require(person, "bulk.edit")
    with transaction() as session:
        index.lock(session)
        found = plan(session, ids, wishes, person)
        if not found:
            return None
        if seen is not None and seen != digest(found):
            raise Conflict(
                N_("Some of these recommendations have changed meanwhile."),
                remedy=N_("Look at the new preview, then apply it."),
            )
        return carry_out(session, found, person, {"wishes": dict(wishes), "origin": origin}, reason)


def carry_out(session: Session, found: Plan, person: Person, what: dict[str, Any], reason: str = "") -> int:
    """Write a plan with its journal and its one audit entry, inside the running transaction; the number of the change."""
    bulk_values.write(session, found)
    change = BulkChange(
        user_id=person.id,
        at=datetime.now(UTC).replace(microsecond=0),
        what=what | {"count": len(found), "reason": reason.strip()},
        before={str(id_): {key: list(pair) for key, pair in changed.items()} for id_, changed in found.items()},
    )
    session.add(change)
    session.flush()
    record_event(
        session,
        person.mark,
        "bulk.apply",
        f"bulk_change/{change.id}",
        {"changes": _said(found)},
        reason.strip() or None,
    )
    tell_changed(session, _parts(found), person)
    return change.id


def undo(change_id: int, *, person: Person) -> Undone:
    """Put back what was before, row by row; a row of which anything has changed since is left alone and named."""
    require(person, "bulk.edit")
    with transaction() as session:
        index.lock(session)
        change = session.get(BulkChange, change_id)
        if change is None:
            raise NotFound(N_("There is no such change."))
        if change.undone is not None:
            return Undone(0, change.what.get("refused", []))
        back, refused = _way_back(session, change)
        if not back:
            raise Conflict(
                N_("Nothing can be undone: everything that this touched has been changed since."),
                remedy=N_("Make a new change instead."),
            )
        bulk_values.write(session, back)
        change = session.get_one(BulkChange, change_id)
        change.undone = datetime.now(UTC).replace(microsecond=0)
        change.what = {**change.what, "refused": refused}
        data = {"changes": _said(back), "refused": refused}
        record_event(session, person.mark, "bulk.undo", f"bulk_change/{change_id}", data)
        tell_changed(session, _parts(back), person)
    return Undone(len(back), refused)


def changes_of(session: Session, recommendation_id: int) -> list[tuple[BulkChange, dict[str, list[Value]]]]:
    """The changes of many that touched this one, the newest first, each with what it did here: for its history."""
    mine = BulkChange.before[str(recommendation_id)]
    rows = session.scalars(select(BulkChange).where(mine.as_string().is_not(None)).order_by(BulkChange.id.desc()))
    return [(row, row.before[str(recommendation_id)]) for row in rows]


def _way_back(session: Session, change: BulkChange) -> tuple[Plan, list[int]]:
    journal = {int(id_): changed for id_, changed in change.before.items()}
    keys = {key for changed in journal.values() for key in changed}
    now = bulk_values.load(session, _existing(session, journal), keys)
    back: Plan = {}
    refused = []
    for id_, changed in journal.items():
        there = now.get(id_)
        if there is None or any(there.get(key) != new for key, (_old, new) in changed.items()):
            refused.append(id_)
            continue
        restored = there | {key: old for key, (old, _new) in changed.items()}
        if len(leads(parts_of(restored))) > 1:
            refused.append(id_)
        else:
            back[id_] = {key: (new, old) for key, (old, new) in changed.items()}
    return back, sorted(refused)


def _existing(session: Session, ids: Collection[int]) -> list[int]:
    found: list[int] = []
    for chunk in chunks(ids, LARGE):
        found += session.scalars(select(Recommendation.id).where(Recommendation.id.in_(chunk)))
    return found


def _parts(found: Plan) -> dict[int, dict[int, tuple[Part | None, Part | None]]]:
    return {
        id_: {
            kind_of(key)[1]: (Part(*old) if old else None, Part(*new) if new else None)
            for key, (old, new) in changed.items()
            if key.startswith("actor/")
        }
        for id_, changed in found.items()
    }


def _said(found: Plan) -> list[dict[str, Any]]:
    """All that changed, for the audit trail: what is the same for many is said once, with their numbers."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for id_, changed in found.items():
        for key, pair in changed.items():
            groups[key, json.dumps([_plain(key, value) for value in pair])].append(id_)
    return [
        {"key": key, "change": json.loads(pair), "recommendations": sorted(ids)}
        for (key, pair), ids in sorted(groups.items())
    ]


def _plain(key: str, value: Value) -> Any:
    """A value without the names behind it: a tag is there or not."""
    if key.startswith("tag/"):
        return any(not row[-1] for row in value or ())
    if key.startswith("actor/"):
        return str(Part(*value)) if value else None
    return value


def said_of(journal: Mapping[str, Mapping[str, list[Value]]]) -> list[tuple[str, Any, Any, int]]:
    """A journal in short: key, before, after, and how many rows."""
    found = {int(id_): {key: (old, new) for key, (old, new) in changed.items()} for id_, changed in journal.items()}
    return [(row["key"], *row["change"], len(row["recommendations"])) for row in _said(found)]
