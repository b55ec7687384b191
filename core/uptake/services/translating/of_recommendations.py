"""Recommendations in the languages that no official text exists in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.i18n import N_
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import Recommendation, RecommendationText, Withdrawal
from uptake.models.responsibility import FollowUp
from uptake.search import index
from uptake.services.importing.sources import source_id
from uptake.services.permissions import Person
from uptake.services.translating.items import MISSING, OFFICIAL, OUTDATED, Item, Part, Version
from uptake.services.translating.kind import Change, Kind, Tally, Wanted, with_missing
from uptake.texts import clean

LONGEST = 200_000
_Row = RecommendationText
Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])


class Recommendations(Kind):
    """The text and the heading above it; parts of compound ones stand for themselves."""

    name = "recommendation"
    label = N_("Recommendations")
    action = "recommendation"
    parts: ClassVar[Mapping[str, Part]] = {
        "heading": Part(N_("Heading"), 2000, optional=True),
        "text": Part(N_("Text"), LONGEST),
    }
    filters = ("mechanism", "document", "priority")

    def ids(self, session: Session, keys: Collection[str], person: Person) -> dict[str, int]:
        found: dict[str, int] = {}
        for chunk in chunks(uuids(keys)):
            rows = select(Recommendation.uuid, Recommendation.id).where(Recommendation.uuid.in_(chunk), _kept())
            found |= {str(uuid): id_ for uuid, id_ in session.execute(rows)}
        return found

    def load(self, session: Session, ids: Sequence[int]) -> dict[int, Item]:
        found: dict[int, Item] = {}
        table = Recommendation
        for chunk in chunks(ids):
            heads = select(table.id, table.uuid, table.paragraph, Document.symbol, Document.title)
            rows = heads.outerjoin(Document, Document.id == table.document_id).where(table.id.in_(chunk))
            for id_, uuid, paragraph, symbol, title in session.execute(rows):
                where = " § ".join(part for part in (symbol or title, paragraph) if part)
                found[id_] = Item(
                    self.name, id_, str(uuid), f"{self.action}/{id_}", where, f"/recommendations/{uuid}", "en"
                )
            texts = select(_Row).where(_Row.recommendation_id.in_(chunk), _Row.untranslated.is_(False))
            for row in session.scalars(texts.execution_options(populate_existing=True)):
                said = {name: text for name, text in (("heading", row.heading), ("text", row.cleaned)) if text}
                version = Version(row.language, row.origin, said, row.outdated)
                found[row.recommendation_id].versions[row.language] = version
        return found

    def put(self, session: Session, changes: Sequence[Change]) -> None:
        """Out of the index, changed, and into the index again; a part of a compound one is in none."""
        ones = {
            change.item.id: session.get_one(Recommendation, change.item.id, populate_existing=True)
            for change in changes
        }
        indexed = [one.id for one in ones.values() if one.parent_id is None]
        index.remove(session, indexed)
        for change in changes:
            row = session.get(_Row, (change.item.id, change.language))
            if change.version is not None:
                _write(session, change.item.id, row, change.version)
            elif row is not None:
                session.delete(row)
        for one in ones.values():
            one.version += 1
        session.flush()
        index.add(session, indexed)

    def tally(self, session: Session, wanted: Wanted, languages: Collection[str], person: Person) -> Tally:
        total = session.scalar(_within(select(func.count(Recommendation.id)), wanted)) or 0
        there = select(_Row.language, _state().label("standing"), func.count()).select_from(Recommendation)
        there = there.join(_Row, _Row.recommendation_id == Recommendation.id).where(_Row.language.in_(languages))
        rows = _within(there, wanted).group_by(_Row.language, "standing")
        found: Tally = {language: Counter() for language in languages}
        for language, state, count in session.execute(rows):
            found[language][state] += count
        return with_missing(found, dict.fromkeys(languages, total))

    def listed(self, session: Session, wanted: Wanted, person: Person, offset: int, size: int | None) -> list[int]:
        """By priority, then the newest first."""
        rank = case({"urgent": 0, "high": 1, "low": 3}, value=FollowUp.priority, else_=2)
        there = and_(_Row.recommendation_id == Recommendation.id, _Row.language == wanted.language)
        rows = _within(select(Recommendation.id), wanted).outerjoin(_Row, there).where(_state() == wanted.state)
        rows = rows.outerjoin(FollowUp, FollowUp.recommendation_id == Recommendation.id)
        order = (rank, Recommendation.date.is_(None), Recommendation.date.desc(), Recommendation.id.desc())
        return list(session.scalars(rows.order_by(*order).limit(size).offset(offset)))

    def lock(self, session: Session) -> None:
        index.lock(session)

    def tidy(self, part: str, text: str) -> str:
        return clean(text)


def uuids(keys: Collection[str]) -> list[UUID]:
    """Those of some keys that are UUIDs."""
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found


def _kept() -> ColumnElement[bool]:
    """Neither withdrawn nor part of what was."""
    withdrawn = select(Withdrawal.recommendation_id)
    table = Recommendation
    return and_(table.id.not_in(withdrawn), or_(table.parent_id.is_(None), table.parent_id.not_in(withdrawn)))


def _state() -> ColumnElement[str]:
    """The state of the joined text, as ``Version.state`` has it; without one it is missing."""
    return case(
        (or_(_Row.language.is_(None), _Row.untranslated.is_(True)), MISSING),
        (_Row.origin == OFFICIAL, OFFICIAL),
        (_Row.outdated.is_(True), OUTDATED),
        else_=_Row.origin,
    )


def _within(statement: Statement, wanted: Wanted) -> Statement:
    return narrowed(statement, wanted).where(_kept())


def narrowed(statement: Statement, wanted: Wanted) -> Statement:
    """A statement over recommendations under the filters."""
    table = Recommendation
    if wanted.mechanism:
        statement = statement.where(
            table.mechanism_id.in_(select(Mechanism.id).where(Mechanism.code == wanted.mechanism))
        )
    if wanted.document:
        statement = statement.where(
            table.document_id.in_(select(Document.id).where(Document.symbol == wanted.document))
        )
    if wanted.priority:
        set_so = FollowUp.priority == wanted.priority if wanted.priority != "normal" else FollowUp.priority != "normal"
        named = table.id.in_(select(FollowUp.recommendation_id).where(set_so))
        statement = statement.where(named if wanted.priority != "normal" else ~named)
    return statement


def _write(session: Session, id_: int, row: RecommendationText | None, version: Version) -> None:
    source = source_id(session, version.origin)
    if row is None:
        row = RecommendationText(recommendation_id=id_, language=version.language)
        session.add(row)
    row.source_id, row.origin, row.outdated = source, version.origin, version.outdated
    row.untranslated, row.number = False, None
    row.heading, row.cleaned = version.texts.get("heading") or None, version.texts["text"]
    row.raw = "\n".join(part for part in (row.heading, row.cleaned) if part)
