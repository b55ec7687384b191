"""What people change on a recommendation: it outlasts every later import, and the audit trail says who did it and why."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import N_, Conflict, Invalid, NotFound
from uptake.models.recommendations import KINDS, POSITIONS, Position, Recommendation, RecommendationText
from uptake.models.vocabularies import Tag, Term
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.importing.records import LONGEST_TEXT
from uptake.services.importing.sources import HUMAN, source_id
from uptake.texts import order_key, unprintable

EDITABLE = ("kind", "paragraph", "date", "cycle", "session")
LONGEST_LABEL = 60
LAST_CYCLE = 99
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,4}){0,2}")


def edit_facts(
    id_: int, changes: dict[str, Any], *, actor: str, version: int, reason: str | None = None
) -> Recommendation:
    """Change facts of a recommendation; they are locked against imports from then on.

    Raises ``NotFound``, ``Invalid`` for a field that cannot be edited or a wrong value, ``Conflict`` where somebody has
    changed the recommendation since ``version``.
    """
    _refuse({name: what for name, value in changes.items() if (what := wrong_fact(name, value))})
    with editing(id_, actor, "recommendation.edit", reason, version) as (_session, one, said):
        for name, value in changes.items():
            said[name] = [_plain(getattr(one, name)), _plain(value)]
            setattr(one, name, value)
        if "paragraph" in changes:
            one.order_key = order_key(one.paragraph)
        one.locked = sorted({*(one.locked or ()), *changes, *(["order_key"] if "paragraph" in changes else [])})
    return one


def set_position(
    id_: int, value: str, *, actor: str, version: int, day: datetime.date | None = None, symbol: str | None = None,
    paragraph: str | None = None, reason: str | None = None,
) -> Recommendation:  # fmt: skip
    """Enter a position by hand; it outranks every feed's."""
    if value not in POSITIONS:
        raise Invalid(
            "There is no position {value}.", remedy="Positions: {names}.", value=value, names=", ".join(POSITIONS)
        )
    _refuse(_too_long(document_symbol=(symbol, 200), paragraph=(paragraph, LONGEST_LABEL)))
    with editing(id_, actor, "recommendation.position", reason, version) as (session, one, said):
        said["position"] = [one.position, value]
        session.add(Position(recommendation_id=one.id, source_id=source_id(session, HUMAN), value=value, raw=value, date=day,
                             document_symbol=symbol, paragraph=paragraph))  # fmt: skip
        one.position = value
    return one


def set_tag(id_: int, slug: str, *, on: bool, actor: str, version: int, reason: str | None = None) -> Recommendation:
    """Put a term on a recommendation or confirm it there, or take it off; an import changes neither."""
    with editing(id_, actor, "recommendation.tag", reason, version) as (session, one, said):
        term = session.scalar(select(Term).where(Term.slug == slug))
        if term is None:
            raise NotFound("There is no term {slug}.", slug=slug)
        rows = list(session.scalars(select(Tag).where(Tag.recommendation_id == one.id, Tag.term_id == term.id)))
        said[slug] = [any(not row.rejected for row in rows), on]
        if not rows:
            rows = [
                Tag(recommendation_id=one.id, term_id=term.id, source_id=source_id(session, HUMAN), confidence=None)
            ]
            session.add_all(rows)
        for row in rows:
            row.rejected, row.confirmed_by = not on, actor
    return one


def set_text(
    id_: int, language: str, text: str, *, actor: str, version: int, reason: str | None = None
) -> Recommendation:
    """Give a translation by hand; official texts are never edited."""
    if not text.strip():
        raise Invalid("The text is empty.", remedy="Write the translation, or leave it out.")
    if not _LANGUAGE.fullmatch(language):
        raise Invalid(
            "There is no language {language}.", remedy="Use a code such as en, fr or ar.", language=language[:20]
        )
    _refuse(_too_long(text=(text, LONGEST_TEXT)))
    with editing(id_, actor, "recommendation.text", reason, version) as (session, one, said):
        row = session.get(RecommendationText, (one.id, language))
        if row is not None and row.origin == "official":
            raise Conflict("The text in {language} is official and cannot be edited.", language=language)
        said[language] = [row.cleaned if row else None, text]
        human = source_id(session, HUMAN)
        if row is None:
            row = RecommendationText(recommendation_id=one.id, language=language, untranslated=False)
            session.add(row)
        row.raw = row.cleaned = text
        row.source_id, row.origin, row.outdated = human, "human", False
    return one


@contextmanager
def editing(
    id_: int, actor: str, action: str, reason: str | None, version: int
) -> Iterator[tuple[Session, Recommendation, dict[str, Any]]]:
    """One edit: out of the index, changed, written with its audit entry, and into the index again."""
    said: dict[str, Any] = {}
    with transaction() as session:
        index.lock(session)
        one = session.get(Recommendation, id_)
        if one is None or one.parent_id is not None:
            raise NotFound("There is no recommendation {id}.", id=id_)
        if one.version != version:
            raise Conflict(
                "Somebody has changed this recommendation meanwhile.",
                remedy="Look at it again, then repeat the change.",
            )
        index.remove(session, [id_])
        before = one.version
        yield session, one, said
        session.flush()
        if one.version == before:
            one.version = before + 1
            session.flush()
        index.add(session, [id_])
        record_event(session, actor, action, f"recommendation/{id_}", said, reason)


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        listing = "; ".join(f"{name} {what}" for name, what in wrong.items())
        raise Invalid("The changes cannot be taken: {listing}.", fields=wrong, listing=listing)


def wrong_fact(name: str, value: Any) -> str | None:
    """What is wrong with a new value of a fact."""
    if name not in EDITABLE:
        return N_("cannot be edited")
    if name == "kind":
        return None if value in KINDS else N_("must be one of the kinds that are offered")
    if value is None:
        return None
    if name == "date":
        return None if type(value) is datetime.date else N_("must be a day")
    if name == "cycle":
        return None if type(value) is int and 0 < value <= LAST_CYCLE else N_("must be a number such as 4")
    return _too_long(**{name: (value, LONGEST_LABEL)}).get(name)


def _too_long(**values: tuple[Any, int]) -> dict[str, str]:
    """What is wrong with texts that have each a longest length."""
    wrong = {}
    for name, (value, limit) in values.items():
        if value is None:
            continue
        if not isinstance(value, str) or len(value) > limit:
            wrong[name] = N_("This is too long.")
        elif unprintable(value):
            wrong[name] = N_("This holds a character that no document can hold.")
    return wrong


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
