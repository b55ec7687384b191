"""How the State handles recommendations, as everybody may read it: who answers, where it stands, what was published last."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.i18n import get_locale, pick
from uptake.models.actors import Actor
from uptake.models.progress import Update, UpdateItem, UpdateText
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import LIVE, RECEIVED, Assignment, FollowUp
from uptake.services.progress.status_scale import scale

PARTS = ("done", "effect", "obstacles", "next_step")


@dataclass(frozen=True, slots=True)
class Said:
    """The last published word of one institution: the day, its claim in the reader's words, and its text by part."""

    institution: str
    day: datetime.date | None
    claim: str
    parts: Mapping[str, str]
    language: str

    @property
    def text(self) -> str:
        """All parts, one under the other."""
        return "\n".join(self.parts[part] for part in PARTS if self.parts.get(part))


@dataclass(slots=True)
class Handling:
    """One recommendation's: institutions are (id, code, name), words the newest first; ``status`` is a code."""

    lead: list[tuple[int, str, str]] = field(default_factory=list)
    support: list[tuple[int, str, str]] = field(default_factory=list)
    status: str = RECEIVED
    status_name: str = ""
    confirmed: datetime.date | None = None
    due: datetime.date | None = None
    said: list[Said] = field(default_factory=list)


def handling_of(session: Session, ids: Sequence[int]) -> dict[int, Handling]:
    """Of each of these recommendations, its components counted in: a constant number of queries for some hundreds."""
    known = scale(session)
    found = {id_: Handling() for id_ in ids}
    for some in chunks(list(ids)):
        for follow_up in session.scalars(select(FollowUp).where(FollowUp.recommendation_id.in_(some))):
            one = found[follow_up.recommendation_id]
            one.status, one.confirmed, one.due = follow_up.status, follow_up.confirmed_on, follow_up.due
        for id_, role, actor in session.execute(_assigned(some)):
            listed = getattr(found[id_], role)
            if actor not in [known_id for known_id, *_ in listed]:
                listed.append((actor, "", ""))
        _words(session, some, found, {code: status.name for code, status in known.items()})
    rows = session.execute(select(Actor.id, Actor.code, Actor.names))
    names = {id_: (code, pick(labels)) for id_, code, labels in rows}
    for one in found.values():
        one.status_name = known[one.status].name if one.status in known else one.status
        for listed in (one.lead, one.support):
            listed[:] = [(actor, *names[actor]) for actor, *_ in listed]
    return found


def _whole() -> Any:
    """The recommendation itself, for a component the one that it belongs to."""
    return func.coalesce(Recommendation.parent_id, Recommendation.id)


def _within(ids: Sequence[int]) -> Any:
    return or_(Recommendation.id.in_(ids), Recommendation.parent_id.in_(ids))


def _assigned(ids: Sequence[int]) -> Select[Any]:
    return (
        select(_whole(), Assignment.role, Assignment.actor_id)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .where(_within(ids), Assignment.state.in_(LIVE))
        .order_by(Assignment.id)
    )


def _words(session: Session, ids: Sequence[int], found: dict[int, Handling], claims: Mapping[str, str]) -> None:
    """The last published update of each institution."""
    rows = session.execute(
        select(_whole(), Update, Actor.names)
        .join(UpdateItem, UpdateItem.recommendation_id == Recommendation.id)
        .join(Update, Update.id == UpdateItem.update_id)
        .join(Actor, Actor.id == Update.actor_id)
        .where(_within(ids), Update.state == "published")
        .order_by(Update.published.desc(), Update.id.desc())
    ).all()
    if not rows:
        return
    texts = _translated(session, [update.id for _id, update, _names in rows])
    seen = set()
    for id_, update, names in rows:
        if (id_, update.actor_id) not in seen:
            seen.add((id_, update.actor_id))
            day = update.published.date() if update.published else None
            parts = texts.get(update.id) or {part: getattr(update, part) for part in PARTS}
            language = get_locale() if update.id in texts else update.language
            claim = claims.get(update.claim or "", "")
            found[id_].said.append(Said(pick(names), day, claim, parts, language))


def _translated(session: Session, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Their words in the reader's language, where that is not the one in which they were written."""
    found: dict[int, dict[str, str]] = {}
    for some in chunks(list(dict.fromkeys(ids))):
        wanted = UpdateText.update_id.in_(some), UpdateText.language == get_locale()
        found |= dict(session.execute(select(UpdateText.update_id, UpdateText.texts).where(*wanted)).all())
    return found
