"""Plans and actions as somebody typed them, and what is wrong with them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session
from uptake.toolkit import N_, Invalid, institution_options, unprintable

LONGEST_CODE, LONGEST_TITLE, LONGEST_NOTE = 40, 300, 2000
TOO_LONG = N_("This is too long.")
ODD = N_("This holds a character that no document can hold.")


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan: ``titles`` maps a language to a title."""

    code: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    def values(self) -> dict[str, object]:
        """What is to be saved, by column. Raises ``Invalid`` with every field that cannot be taken."""
        wrong = _wrong_name(self.code, self.titles)
        if wrong:
            raise Invalid(N_("This cannot be saved yet."), fields=wrong)
        return {"code": self.code.strip(), "titles": _titles(self.titles)}


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """An action: ``lead`` is the id of an institution and ``due`` a day as forms send them, empty where there is none."""

    code: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""
    due: str = ""
    budget: str = ""

    def values(self, session: Session, lead_now: int | None = None) -> dict[str, object]:
        """What is to be saved, by column. Raises ``Invalid`` with every field that cannot be taken.

        An institution that was closed leads no new action; where it leads one already (``lead_now``), it may stay.
        """
        wrong = _wrong_name(self.code, self.titles)
        if fault := _wrong_text(self.budget, LONGEST_NOTE):
            wrong["budget"] = fault
        leads = {str(id_) for id_, _name in institution_options(session)} | {"", str(lead_now)}
        if self.lead not in leads:
            wrong["lead"] = N_("Choose an institution from the list.")
        due = _day(self.due)
        if self.due and due is None:
            wrong["due"] = N_("Write the day as year-month-day, such as 2027-03-31.")
        if wrong:
            raise Invalid(N_("This cannot be saved yet."), fields=wrong)
        return {
            "code": self.code.strip(),
            "titles": _titles(self.titles),
            "lead_id": int(self.lead) if self.lead else None,
            "due": due,
            "budget": self.budget.strip() or None,
        }


def _wrong_name(code: str, titles: Mapping[str, str]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not code.strip():
        wrong["code"] = N_("Give it a short code, such as the number that it has on paper.")
    elif fault := _wrong_text(code, LONGEST_CODE):
        wrong["code"] = fault
    for language, title in titles.items():
        if fault := _wrong_text(title, LONGEST_TITLE):
            wrong[f"title_{language}"] = fault
    if not _titles(titles):
        wrong[f"title_{next(iter(titles), 'en')}"] = N_("Give it a title in at least one language.")
    return wrong


def _wrong_text(text: str, longest: int) -> str:
    if len(text.strip()) > longest:
        return TOO_LONG
    return ODD if unprintable(text) else ""


def _titles(titles: Mapping[str, str]) -> dict[str, str]:
    return {language: title.strip() for language, title in sorted(titles.items()) if title.strip()}


def _day(written: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(written)
    except ValueError:
        return None
