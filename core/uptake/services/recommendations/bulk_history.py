"""Responsibility in the history of one recommendation: what changes of many did to it, and all of it in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import day
from uptake.i18n import gettext as _
from uptake.models.audit import AuditEntry
from uptake.models.vocabularies import Term
from uptake.services.recommendations import bulk
from uptake.services.recommendations.bulk_names import KeyNames
from uptake.services.recommendations.bulk_values import kind_of
from uptake.services.responsibility.follow_ups import PRIORITY_NAMES, REASON_NAMES
from uptake.services.responsibility.responsibility_pages import ROLE_NAMES, STATE_NAMES

ACTIONS = ("bulk.apply", "bulk.undo")
_WORDS = {"priority": PRIORITY_NAMES, "priority_reason": REASON_NAMES}
_NAMED = ("actor", "cluster")


def entries_of(session: Session, recommendation_id: int) -> list[tuple[AuditEntry, list[list[Any]]]]:
    """The entries of the trail about changes of many that touched this one, each with what it changed here.

    A tag is named as the edit of a single one names it (``term.<slug>``).
    """
    subjects = [f"bulk_change/{row.id}" for row, _what in bulk.changes_of(session, recommendation_id)]
    wanted = select(AuditEntry).where(AuditEntry.subject.in_(subjects), AuditEntry.action.in_(ACTIONS))
    entries = session.scalars(wanted.order_by(AuditEntry.id)).all() if subjects else []
    mine = [
        (entry, [row for row in entry.data["changes"] if recommendation_id in row["recommendations"]]) for entry in entries
    ]  # fmt: skip
    terms = {kind_of(row["key"])[1] for _entry, rows in mine for row in rows if row["key"].startswith("tag/")}
    slugs = {
        f"tag/{id_}": f"term.{slug}"
        for id_, slug in session.execute(select(Term.id, Term.slug).where(Term.id.in_(terms)))
    }
    return [
        (entry, [[slugs.get(row["key"], row["key"]), *row["change"]] for row in rows])
        for entry, rows in mine
        if rows
    ]  # fmt: skip


def in_words(session: Session, fields: Iterable[list[Any]]) -> None:
    """Put names and words into ``[name, before, after]`` of assignments, clusters, due dates and priorities."""
    listed = [one for one in fields if one[0].partition("/")[0] in _NAMED or one[0] in {"due", *_WORDS}]
    if not listed:
        return
    names = KeyNames(session, [one[0] for one in listed if one[0].partition("/")[0] in _NAMED])
    for one in listed:
        key = one[0]
        one[1:] = [_word(key, value) for value in one[1:]]
        one[0] = names.key(key) if key.partition("/")[0] in _NAMED else key


def _word(key: str, value: Any) -> Any:
    if key.startswith("actor/") and isinstance(value, str):
        role, _comma, state = value.partition(", ")
        return f"{_(ROLE_NAMES.get(role, role))}: {_(STATE_NAMES.get(state, state))}"
    if key == "due" and isinstance(value, str):
        return day(date.fromisoformat(value))
    if key == "priority" and isinstance(value, list):
        priority, reason, note = value
        said = [
            _(PRIORITY_NAMES[priority]) if priority in PRIORITY_NAMES else str(priority),
            _(REASON_NAMES[reason]) if reason in REASON_NAMES else "",
            note or "",
        ]
        return ": ".join(word for word in said if word)
    words = _WORDS.get(key, {})
    return _(words[value]) if isinstance(value, str) and value in words else value
