"""The form of a plan or an action: what was typed, what is saved, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import request
from uptake.toolkit import (
    N_,
    Invalid,
    gettext,
    institution_options,
    institutions_named,
    language_name,
    session,
    site_languages,
)

from uptake_plans.drafts import ActionDraft, PlanDraft

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LABELS = {"code": N_("Code"), "lead": N_("Lead institution"), "due": N_("Due date"), "budget": N_("Budget note")}


@dataclass(slots=True)
class Form:
    """What the template shows. ``both`` holds (label, saved, typed) where somebody else was faster."""

    draft: PlanDraft | ActionDraft
    version: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    both: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def languages(self) -> list[str]:
        """The site's languages, and those in which there is a title already."""
        return list(dict.fromkeys((*site_languages(session()), *self.draft.titles)))

    @property
    def leads(self) -> list[tuple[int, str]]:
        """The institutions to choose from, with the one that leads now even where it was closed."""
        offered, lead = institution_options(session()), getattr(self.draft, "lead", "")
        ids = [int(lead)] if lead.isdecimal() and len(lead) < 10 else []
        known = {id_ for id_, _name in offered}
        return offered + [
            (one.id, one.name) for one in institutions_named(session(), ids).values() if one.id not in known
        ]

    def fail(self, error: Invalid) -> None:
        """Show what is wrong with each field."""
        self.errors = {name: gettext(what, **error.values) for name, what in error.fields.items()}

    def compare(self, now: Mapping[str, Any]) -> None:
        """Show what is saved beside what was typed; sent once more, the form counts on what is saved now."""
        self.version = now["version"]
        saved, typed = _words(_draft(now), self.leads), _words(self.draft, self.leads)
        self.both = [(label, saved.get(label, ""), typed.get(label, "")) for label in {**saved, **typed}]


def form_of(row: Any) -> Form:
    """The form of a plan or an action that is saved."""
    names = ("code", "titles", "lead_id", "due", "budget")
    return Form(_draft({name: getattr(row, name) for name in names if hasattr(row, name)}), row.version)


def typed_plan() -> PlanDraft:
    """A plan as it was sent."""
    return PlanDraft(request.form.get("code", ""), _typed_titles())


def typed_action() -> ActionDraft:
    """An action as it was sent."""
    rest = {name: request.form.get(name, "") for name in ("code", "lead", "due", "budget")}
    return ActionDraft(titles=_typed_titles(), **rest)


def typed_recommendations() -> list[UUID]:
    """Recommendations by their addresses, or by what these end with, however they were pasted."""
    return [UUID(found) for found in _UUID.findall(request.form.get("recommendations", ""))]


def _typed_titles() -> dict[str, str]:
    mark = "title_"
    sent = {name.removeprefix(mark): title for name, title in request.form.items() if name.startswith(mark)}
    return {language: sent.get(language, "") for language in site_languages(session())} | {
        language: title for language, title in sent.items() if re.fullmatch(r"[A-Za-z_]{2,12}", language)
    }


def _draft(saved: Mapping[str, Any]) -> PlanDraft | ActionDraft:
    if "lead_id" not in saved:
        return PlanDraft(saved["code"], saved["titles"])
    due = saved["due"].isoformat() if saved["due"] else ""
    return ActionDraft(saved["code"], saved["titles"], str(saved["lead_id"] or ""), due, saved["budget"] or "")


def _words(draft: PlanDraft | ActionDraft, leads: list[tuple[int, str]]) -> dict[str, str]:
    """A draft as words for people, by label."""
    titles = {gettext("Title in {language}", language=language_name(code)): said for code, said in draft.titles.items()}
    rest: dict[str, str] = {}
    if isinstance(draft, ActionDraft):
        named = {str(id_): name for id_, name in leads}
        rest = {"lead": named.get(draft.lead, draft.lead), "due": draft.due, "budget": draft.budget}
    label = _LABELS["code"]
    return {gettext(label): draft.code, **titles, **{gettext(_LABELS[name]): rest[name] for name in rest}}
