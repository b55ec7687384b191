"""The status scale: the values that a State may claim, each with its written rule, in the site's own words if it has any."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_, get_locale
from uptake.i18n import gettext as _
from uptake.models.progress import StatusValue
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.texts import unprintable

RECEIVED = "received"
CONTINUOUS = "continuous"
LONGEST_NAME, LONGEST_RULE = 80, 1000
NAMES = {
    "received": N_("Received"), "not_started": N_("Not started"), "planned": N_("Planned"), "in_progress": N_("In progress"),
    "substantially_done": N_("Substantially done"), "implemented": N_("Implemented"), "continuous": N_("Continuous"),
    "stalled": N_("Stalled"), "not_planned": N_("Not planned"), "regressed": N_("Regressed"),
    "superseded": N_("Superseded"), "not_applicable": N_("Not applicable"),
}  # fmt: skip
RULES = {
    "received": N_("The recommendation is in the register. The State has published nothing about it yet."),
    "not_started": N_("An institution answers for it, and nothing has been planned so far."),
    "planned": N_("At least one action is decided and has a date."),
    "in_progress": N_("At least one action has begun. That is effort, not yet a result."),
    "substantially_done": N_("Every part has begun and most are complete. Evidence is expected."),
    "implemented": N_("Every part is complete and people can see the result. Without evidence it is shown as unverified."),
    "continuous": N_("A duty to continue or maintain something: it never closes and is reported on in each period."),
    "stalled": N_("It was begun and is blocked. The reason is given."),
    "not_planned": N_("The State does not intend to act, or cannot. The reason is given in words for the public."),
    "regressed": N_("Law or practice has moved away from what was recommended. What happened is described."),
    "superseded": N_("A later recommendation or law has taken its place. Which one is said."),
    "not_applicable": N_("What it asks for can no longer be done, because the facts have changed. The reason is given."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Status:
    """One value of the scale in the reader's words."""

    code: str
    name: str
    rule: str
    rank: int | None
    needs_evidence: bool
    needs_reason: bool
    closes: bool
    active: bool
    automatic: bool


Scale = Mapping[str, Status]


@cache
def _facts() -> dict[str, dict[str, Any]]:
    rows = json.loads(files("uptake.data").joinpath("status_scale.json").read_text("utf-8"))["values"]
    return {row["code"]: row for row in rows}


def load_scale(session: Session) -> None:
    """Bring the scale up to date inside the running transaction; what a site has renamed or switched off stays so."""
    known = {value.code: value for value in session.scalars(select(StatusValue))}
    for position, (code, fact) in enumerate(_facts().items()):
        value = known.get(code)
        if value is None:
            value = StatusValue(code=code, names={}, rules={}, active=True)
            session.add(value)
        value.position, value.rank = position, fact["rank"]
        value.needs_evidence = fact.get("needs_evidence", False)
        value.needs_reason = fact.get("needs_reason", False)
        value.closes = fact.get("closes", False)


def scale(session: Session) -> Scale:
    """All values by code, in order, in the reader's words: one query."""
    rows = session.scalars(select(StatusValue).order_by(StatusValue.position))
    return {row.code: _status(row) for row in rows}


def claimable(found: Scale) -> list[Status]:
    """What an institution may claim."""
    return [status for status in found.values() if status.active and not status.automatic]


def _status(row: StatusValue) -> Status:
    return Status(
        row.code,
        _own(row.names) or _(NAMES.get(row.code, row.code)),
        _own(row.rules) or _(RULES.get(row.code, "")),
        row.rank,
        row.needs_evidence,
        row.needs_reason,
        row.closes,
        row.active,
        bool(_facts().get(row.code, {}).get("automatic")),
    )


def _own(words: Mapping[str, str]) -> str:
    """The site's own words in the reader's language; a site that has only written others keeps the translated default."""
    language = get_locale()
    return words.get(language) or words.get(language.split("_")[0]) or ""


def change_value(
    code: str, language: str, name: str, rule: str, active: bool, before: Mapping[str, Any], *, person: Person
) -> None:
    """Rename a value, word its rule anew in one language, or switch it off or on.

    ``before`` is what the form showed (``name``, ``rule``, ``active``): Raises ``Conflict`` where that is no longer so.
    """
    require(person, "workflow.edit")
    name, rule = name.strip(), rule.strip()
    _check(code, name, rule, active)
    with transaction() as session:
        value = session.get(StatusValue, code, populate_existing=True)
        if value is None:
            raise NotFound(N_("There is no such value on the status scale."))
        now = {"name": value.names.get(language, ""), "rule": value.rules.get(language, ""), "active": value.active}
        if now != dict(before):
            raise Conflict(
                N_("Somebody has changed this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
            )
        wanted = {"name": name, "rule": rule, "active": active}
        said = {key: [now[key], wanted[key]] for key in now if now[key] != wanted[key]}
        if said:
            value.names = _with(value.names, language, name)
            value.rules = _with(value.rules, language, rule)
            value.active = active
            record_event(
                session, person.mark, "status_scale.edit", f"status_value/{code}", {"language": language, **said}
            )


def _check(code: str, name: str, rule: str, active: bool) -> None:
    wrong = {}
    for field, text, longest in (("name", name, LONGEST_NAME), ("rule", rule, LONGEST_RULE)):
        if len(text) > longest:
            wrong[field] = N_("This is too long.")
        elif unprintable(text):
            wrong[field] = N_("This holds a character that no document can hold.")
    if not active and _facts().get(code, {}).get("automatic"):
        wrong["active"] = N_("This value is set by the register itself and cannot be switched off.")
    if wrong:
        raise Invalid(N_("The value cannot be changed like this."), fields=wrong)


def _with(words: Mapping[str, str], language: str, text: str) -> dict[str, str]:
    rest = {key: value for key, value in words.items() if key != language}
    return {**rest, language: text} if text else rest
