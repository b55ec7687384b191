"""What each kind of notice says: one table of sentences, to which others add theirs.

A sentence may hold these placeholders and no others, filled from the notice's ``values``:

- ``{institution}``: the name of the institution with the id ``actor``, or with the code ``institution``;
- ``{recommendation}``: the beginning of the text of the recommendation with the id ``recommendation``;
- ``{role}``: the role with the code ``role``; ``{day}``: the day ``day`` (ISO); ``{count}`` and ``{days}``: numbers;
- ``{name}``: a title that is public or that the reader gave (a search, a file), from ``name``; translated if it can be.

The same sentence stands in mails, which say *that* something happened and never what people wrote to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import N_, day, get_locale, ngettext, number, pick
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.notices import Notice
from uptake.models.recommendations import RecommendationText
from uptake.services.people.roles import role_name

LONGEST = 90
ANY = N_("There is something new for you.")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a kind says: of one thing, and (with ``{count}``) of many."""

    one: str
    many: str = ""


_table: dict[str, Sentence] = {}


def register(kind: str, one: str, many: str = "") -> None:
    """Give a kind of notice its sentence; ``many`` serves where ``values["count"]`` is more than one."""
    _table[kind] = Sentence(one, many)


for _kind, _words in {
    "assignment.assigned": (N_("{institution} is asked to answer: {recommendation}"),
                            N_("{institution} is asked to answer {count} recommendations.")),
    "assignment.declined": (N_("{institution} declined: {recommendation}"), ""),
    "assignment.now_lead": (N_("{institution} leads now: {recommendation}"),
                            N_("{institution} leads {count} recommendations now that it supported.")),
    "assignment.now_support": (N_("{institution} supports now, and another institution leads: {recommendation}"),
                               N_("{institution} supports {count} recommendations now that it led.")),
    "assignment.ended": (N_("{institution} no longer answers for: {recommendation}"),
                         N_("{institution} no longer answers for {count} recommendations.")),
    "membership.given": (N_("You have a new role in {institution}: {role}."), ""),
    "membership.ended": (N_("Your role in {institution} ends: {role}."), ""),
    "membership.received": (N_("The work of {institution} was handed over to you."), ""),
    "update_to_confirm": (N_("An update of {institution} waits for your confirmation."), ""),
    "update_to_approve": (N_("An update of {institution} waits for your approval."), ""),
    "update_published": (N_("Your update for {institution} was published."), ""),
    "update_returned": (N_("Your update for {institution} was sent back, with a comment."), ""),
    "comment.mention": (N_("You were mentioned in a comment."), ""),
    "membership.handed_over": (N_("Your work in {institution} was handed over."), ""),
    "comment.new": (N_("There is a new comment on your update."), ""),
    "assessment.published": (N_("Somebody has assessed: {recommendation}"), ""),
    "comment.reply": (N_("There is a new comment where you wrote one."), ""),
    "due.soon": (N_("Due on {day}: {recommendation}"), N_("{count} recommendations are due on {day}.")),
    "due.overdue": (N_("{institution} is overdue since {day}: {recommendation}"),
                    N_("{institution} is overdue with {count} recommendations.")),
    "assignment.unanswered": (N_("{institution} has not answered for {days} days: {recommendation}"),
                              N_("{institution} has not answered {count} assignments for {days} days.")),
    "update.stuck": (N_("An update of {institution} has waited for {days} days."),
                     N_("{count} updates of {institution} have waited for {days} days or more.")),
    "claim.stale": (N_("Nothing new from {institution} for {days} days: {recommendation}"),
                    N_("Nothing new from {institution} for {days} days about {count} recommendations.")),
    "actor.vacant": (N_("{institution} has had no focal point for {days} days."), ""),
    "job.done": (N_("It is done: {name}"), ""),
    "job.failed": (N_("It failed: {name}"), ""),
}.items():  # fmt: skip
    register(_kind, *_words)


def sentences(session: Session, notices: Iterable[Notice]) -> list[str]:
    """What each of these notices says in the reader's language: two queries, however many there are."""
    listed = list(notices)
    actors = _actors(session, listed)
    texts = _texts(
        session, {one.values["recommendation"] for one in listed if _is_id(one.values.get("recommendation"))}
    )
    return [_sentence(one, actors, texts) for one in listed]


def _sentence(notice: Notice, actors: Mapping[object, str], texts: Mapping[int, str]) -> str:
    said = _table.get(notice.kind)
    values = notice.values
    count = values.get("count", 1)
    filled: dict[str, Any] = {
        "institution": actors.get(values.get("actor")) or actors.get(values.get("institution")) or _("this site"),
        "recommendation": texts.get(values.get("recommendation", 0), ""),
        "role": role_name(str(values.get("role", ""))),
        "day": _day(values.get("day")),
        "days": number(values["days"]) if _is_id(values.get("days")) else "",
        "name": _(str(values["name"]))[:LONGEST] if values.get("name") else "",
    }
    if said is None:
        return _(ANY)
    if said.many and _is_id(count) and count != 1:
        return ngettext(said.one, said.many, count, **filled)
    return _(said.one, **filled, count=number(1))


def _actors(session: Session, notices: list[Notice]) -> dict[object, str]:
    ids = {one.values["actor"] for one in notices if _is_id(one.values.get("actor"))}
    codes = {str(one.values["institution"]) for one in notices if one.values.get("institution")}
    if not ids and not codes:
        return {}
    found: dict[object, str] = {}
    for id_, code, names in session.execute(
        select(Actor.id, Actor.code, Actor.names).where(Actor.id.in_(ids) | Actor.code.in_(codes))
    ):
        found[id_] = found[code] = pick(names) or code
    return found


def _texts(session: Session, ids: set[int]) -> dict[int, str]:
    """The beginning of each recommendation, in the reader's language where it is there."""
    if not ids:
        return {}
    table = RecommendationText
    by_language: dict[int, dict[str, str]] = {}
    for id_, language, text in session.execute(
        select(table.recommendation_id, table.language, table.cleaned).where(
            table.recommendation_id.in_(ids), table.untranslated.is_(False)
        )
    ):
        by_language.setdefault(id_, {})[language] = text
    return {id_: _short(pick(found, get_locale())) for id_, found in by_language.items()}


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rpartition(" ")[0] + "…"


def _day(written: object) -> str:
    try:
        return day(date.fromisoformat(str(written)))
    except ValueError:
        return ""


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
