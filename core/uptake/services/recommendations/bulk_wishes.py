"""What is wanted of many recommendations at once, as an address says it, and what becomes of one under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.responsibility import ASSIGNMENT_ROLES, Cluster
from uptake.models.vocabularies import Term
from uptake.services.recommendations.bulk_values import PEOPLE, Value, Values, as_list, kind_of, parts_of
from uptake.services.responsibility import assignment_rows
from uptake.services.responsibility.assignment_rows import LEAD
from uptake.services.responsibility.follow_ups import day_of, problems

ON, OFF = "on", "off"
Wishes = Mapping[str, Any]
Pairs = Iterable[tuple[str, str]]
_KEY = re.compile(r"(tag|cluster|actor)/(\d{1,9})")
_ADDED = {"add_tag": "tag", "add_cluster": "cluster", "add_actor": "actor"}


def read(pairs: Pairs) -> dict[str, Any]:
    """The wishes in an address: ``tag/5=on``, ``actor/7=lead``, ``due_do=set&due=…``. Raises ``Invalid`` by field."""
    listed = [(name, value.strip()) for name, value in pairs]
    form = dict(listed)
    wishes: dict[str, Any] = {}
    for name, value in listed:
        if found := _KEY.fullmatch(name):
            if value and value in _allowed(found[1]):
                wishes[f"{found[1]}/{int(found[2])}"] = value
        elif name in _ADDED and value.isdecimal() and len(value) < 10:
            role = form.get("add_role", LEAD)
            on = (role if role in ASSIGNMENT_ROLES else LEAD) if name == "add_actor" else ON
            wishes[f"{_ADDED[name]}/{int(value)}"] = on
    wrong = _read_schedule(form, wishes)
    if sum(value == LEAD for key, value in wishes.items() if key.startswith("actor/")) > 1:
        wrong["add_actor"] = N_("There is one lead at the most: choose support for the others.")
    if wrong:
        raise Invalid(N_("This cannot be done yet."), fields=wrong)
    return wishes


def _allowed(kind: str) -> tuple[str, ...]:
    return (*ASSIGNMENT_ROLES, OFF) if kind == "actor" else (ON, OFF)


def _read_schedule(form: Mapping[str, str], wishes: dict[str, Any]) -> dict[str, str]:
    wrong = {}
    if form.get("due_do") == "clear":
        wishes["due"] = None
    elif form.get("due_do") == "set":
        day = day_of(form.get("due", ""))
        if day is None:
            wrong["due"] = N_("Write the day as 2027-01-31.")
        else:
            wishes["due"] = day.isoformat()
    if form.get("priority"):
        priority, reason, note = (
            form["priority"],
            form.get("priority_reason") or None,
            form.get("priority_note") or None,
        )
        wrong |= problems(priority, reason, note)
        wishes["priority"] = None if (priority, reason, note) == ("normal", None, None) else [priority, reason, note]
    return wrong


def check(session: Session, wishes: Wishes) -> None:
    """Raise ``Invalid`` where a term, cluster or institution is not there, or no longer: three queries."""
    wrong = {}
    wanted: dict[str, set[int]] = {"tag": set(), "cluster": set(), "actor": set()}
    for key, value in wishes.items():
        kind, number = kind_of(key)
        if kind in wanted and value != OFF:
            wanted[kind].add(number)
    open_ = {
        "tag": select(Term.id).where(Term.id.in_(wanted["tag"])),
        "cluster": select(Cluster.id).where(Cluster.id.in_(wanted["cluster"]), Cluster.withdrawn.is_(None)),
        "actor": select(Actor.id).where(Actor.id.in_(wanted["actor"]), Actor.closed_on.is_(None)),
    }
    for kind, statement in open_.items():
        if wanted[kind] - set(session.scalars(statement)):
            wrong[f"add_{kind}"] = N_("Choose one from the list.")
    if wrong:
        raise Invalid(N_("This cannot be done yet."), fields=wrong)


def after(before: Values, wishes: Wishes, mark: str) -> Values:
    """What stands in a recommendation afterwards; ``mark`` is who says so."""
    now = dict(before)
    institutions = {kind_of(key)[1]: value for key, value in wishes.items() if key.startswith("actor/")}
    if institutions:
        parts = assigned(parts_of(before), institutions)
        now |= {f"actor/{actor}": as_list(part) for actor, part in parts.items()}
    for key, value in wishes.items():
        if key.startswith("tag/"):
            now[key] = _tagged(before.get(key), value == ON, mark)
        elif key.startswith("cluster/"):
            now[key] = True if value == ON else None
        elif key in {"due", "priority"}:
            now[key] = value
    return now


def assigned(parts: assignment_rows.Parts, wanted: Mapping[int, str]) -> assignment_rows.Parts:
    """The parts after several institutions got or lost a role; the lead comes last, so that it is the one."""
    for actor, role in sorted(wanted.items(), key=lambda item: item[1] == LEAD):
        parts = assignment_rows.take(parts, actor) if role == OFF else assignment_rows.give(parts, actor, role)
    return parts


def _tagged(rows: Value, on: bool, mark: str) -> Value:
    """The rows of a tag that was put on or taken off, as ``editing.set_tag`` leaves them; one that is so stays."""
    if any(not row[-1] for row in rows or ()) == on:
        return rows
    if not rows:
        return [[PEOPLE, None, mark, False]]
    return [[source, confidence, mark, not on] for source, confidence, _by, _rejected in rows]
