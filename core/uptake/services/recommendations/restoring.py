"""Brings an earlier value of a recommendation back: a new change with its reason, never a gap in the history."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.services.permissions import Person, require
from uptake.services.recommendations import history, recommendation_edits
from uptake.services.recommendations.editing import EDITABLE
from uptake.services.recommendations.recommendation_edits import Form, Wanted


def restorable(name: str, value: Any) -> bool:
    """Whether an earlier value of this fact can be brought back at all."""
    if name in ("term", *EDITABLE):
        return True
    return bool(name.startswith("term.") or ((name.startswith("text.") or name == "position") and value))


def restore_value(uuid: UUID, key: str, name: str, *, version: int, person: Person, reason: str) -> None:
    """Give a fact the value that it had before one of its changes.

    Raises ``Invalid`` without a reason or for what cannot be brought back, ``Conflict`` where somebody was faster.
    """
    require(person, "recommendation.edit")
    if not reason.strip():
        raise Invalid(
            N_("Say why the earlier value comes back."), fields={"reason": N_("Say why; the history keeps it.")}
        )
    found = history.of_recommendation(session(), uuid, person=person)
    values = [each for change in found.changes if change.key == key for each in change.fields if each[0] == name]
    if not values or not restorable(name, values[0][1]):
        raise Invalid(N_("This value cannot be brought back."), fields={"": N_("This value cannot be brought back.")})
    form = recommendation_edits.form_of(session(), uuid, person=person)
    recommendation_edits.change(
        uuid, _wanted(form, name, values[0][1]), version=version, person=person, reason=reason.strip()
    )


def _wanted(form: Form, name: str, value: Any) -> Wanted:
    if name.startswith("text."):
        return Wanted(texts={name.removeprefix("text."): str(value)})
    if name == "term":
        return Wanted(terms=list(value or []))
    if name.startswith("term."):
        slug = name.removeprefix("term.")
        return Wanted(terms=sorted({*form.terms, slug} if value else {*form.terms} - {slug}))
    if name == "date" and value:
        return Wanted({name: datetime.date.fromisoformat(value)})
    if name == "cycle" and value is not None:
        return Wanted({name: int(value)})
    return Wanted({name: value})
