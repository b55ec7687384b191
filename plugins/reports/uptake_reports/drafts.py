"""A report as somebody typed it, and what is wrong with it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Invalid,
    ReportOutline,
    find_document,
    mechanism_options,
    site_languages,
    state_options,
    unprintable,
)

from uptake_reports import questions
from uptake_reports.outlines import fits, outlines

LONGEST_TITLE = 300
MOST_WORDS = 1_000_000
CANNOT = N_("This cannot be saved yet.")
TOO_LONG = N_("This is too long.")
ODD = N_("This holds a character that no document can hold.")
DAY = N_("Write the day as year-month-day, such as 2027-03-31.")
CHOOSE = N_("Choose one from the list.")
CONTENT_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """A report: ids and days as forms send them, empty where there is none. ``words`` is the limit.

    ``asked`` holds the questions or the named paragraphs of such reports as they have sections for each.
    """

    title: str = ""
    outline: str = ""
    mechanism: str = ""
    state: str = ""
    document: str = ""
    period_from: str = ""
    period_to: str = ""
    language: str = "en"
    deadline: str = ""
    words: str = ""
    asked: str = ""

    def values(self, session: Session, *, new: bool) -> dict[str, Any]:
        """What is to be saved, by column. Raises ``Invalid`` with every field that cannot be taken."""
        wrong: dict[str, str] = {}
        if not self.title.strip():
            wrong["title"] = N_("Give the report a title.")
        elif fault := wrong_text(self.title, LONGEST_TITLE):
            wrong["title"] = fault
        days = {name: day_of(getattr(self, name)) for name in ("period_from", "period_to", "deadline")}
        wrong |= {name: DAY for name, day in days.items() if getattr(self, name) and day is None}
        if days["period_from"] and days["period_to"] and days["period_from"] > days["period_to"]:
            wrong["period_to"] = N_("The period ends before it begins.")
        if self.words.strip() and not 0 < number_of(self.words) <= MOST_WORDS:
            wrong["words"] = N_("Write the limit as a number of words, or leave it empty.")
        if self.language not in languages(session):
            wrong["language"] = CHOOSE
        found = {
            "title": self.title.strip(), **days, "language": self.language, "words": number_of(self.words) or None,
        }  # fmt: skip
        if new:
            found |= self._place(session, wrong)
        if wrong:
            raise Invalid(CANNOT, fields=wrong)
        return found

    def _place(self, session: Session, wrong: dict[str, str]) -> dict[str, Any]:
        """What cannot be changed once the report has begun: its kind, and to whom it goes about what."""
        outline = outlines(session).get(self.outline)
        if outline is None:
            wrong["outline"] = N_("Choose a kind of report from the list.")
            return {}
        mechanisms = {str(one.id): one for one in mechanism_options(session, heard=not outline.across)}
        mechanism = mechanisms.get(self.mechanism)
        if self.mechanism and mechanism is None:
            wrong["mechanism"] = CHOOSE
        elif not fits(outline, mechanism.code if mechanism else "", mechanism.family if mechanism else ""):
            wrong["mechanism"] = N_("Such a report does not go to this mechanism; choose another.")
        states = {str(id_) for id_, *_rest in state_options(session)}
        if self.state not in states | {""} or (not self.state and len(states) > 1):
            wrong["state"] = CHOOSE
        answered = find_document(session, id_=number_of(self.document)) if self.document else None
        if self.document and answered is None:
            wrong["document"] = CHOOSE
        elif answered and mechanism and answered[1] != mechanism.id:
            wrong["document"] = N_("This document is not of that mechanism.")
        if fault := self._wrong_asked(outline):
            wrong["asked"] = fault
        only = next(iter(states)) if len(states) == 1 else ""
        return {
            "outline": self.outline, "mechanism_id": number_of(self.mechanism) or None,
            "state_id": number_of(self.state or only) or None, "document_id": number_of(self.document) or None,
        }  # fmt: skip

    def _wrong_asked(self, outline: ReportOutline) -> str:
        each = {one.each for one in outline.sections if one.each}
        if unprintable(self.asked.replace("\n", " ").replace("\r", " ").replace("\t", " ")):
            return ODD
        if len(self.asked) > questions.LONGEST:
            return TOO_LONG
        if "question" in each and not questions.questions(self.asked):
            return N_("Paste the questions of the list, each on a line or with its number.")
        if "paragraph" in each and not questions.paragraphs(self.asked):
            return N_("Name the paragraphs that the committee has chosen, such as 12, 18 (a) and 24.")
        return ""


def languages(session: Session) -> list[str]:
    """In which languages a report may be: those of the site and of the United Nations."""
    return list(dict.fromkeys((*site_languages(session), *CONTENT_LANGUAGES)))


def wrong_text(text: str, longest: int) -> str:
    """What is wrong with a text; empty where nothing is."""
    if len(text.strip()) > longest:
        return TOO_LONG
    return ODD if unprintable(text.replace("\n", " ").replace("\r", " ").replace("\t", " ")) else ""


def day_of(written: str) -> datetime.date | None:
    """The day that a form sent; None where it is none, or far from our time."""
    try:
        day = datetime.date.fromisoformat(written.strip())
    except ValueError:
        return None
    return day if 1945 <= day.year <= 2100 else None


def number_of(written: str) -> int:
    """The number that a form sent; 0 where it is none."""
    written = written.strip()
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0
