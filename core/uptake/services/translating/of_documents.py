"""Titles of documents in other languages than the one that they came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from sqlalchemy import ColumnElement, and_, case, func, select, text
from sqlalchemy.orm import Session

from uptake.db import chunks, is_sqlite
from uptake.i18n import N_
from uptake.models.documents import Document, DocumentTitle
from uptake.models.mechanisms import Mechanism
from uptake.services.permissions import Person
from uptake.services.titles import UNKNOWN
from uptake.services.translating.items import MISSING, OFFICIAL, Item, Part, Version
from uptake.services.translating.kind import Change, Kind, Tally, Wanted, with_missing
from uptake.services.translating.of_recommendations import Statement, uuids

LONGEST = 2_000
_Row = DocumentTitle
_OWN: ColumnElement[str] = func.coalesce(Document.title_language, UNKNOWN)


class DocumentTitles(Kind):
    """What a document is called; one that has a symbol alone waits for nobody."""

    name = "document"
    label = N_("Titles of documents")
    action = "document"
    parts: ClassVar[Mapping[str, Part]] = {"title": Part(N_("Title"), LONGEST)}
    filters = ("mechanism", "document")

    def ids(self, session: Session, keys: Collection[str], person: Person) -> dict[str, int]:
        found: dict[str, int] = {}
        for chunk in chunks(uuids(keys)):
            rows = select(Document.uuid, Document.id).where(Document.uuid.in_(chunk), _titled())
            found |= {str(uuid): id_ for uuid, id_ in session.execute(rows)}
        return found

    def load(self, session: Session, ids: Sequence[int]) -> dict[int, Item]:
        found: dict[int, Item] = {}
        for chunk in chunks(ids):
            rows = select(Document.id, Document.uuid, Document.symbol, Document.title, _OWN)
            for id_, uuid, symbol, title, language in session.execute(rows.where(Document.id.in_(chunk), _titled())):
                item = Item(
                    self.name, id_, str(uuid), f"document/{id_}", symbol or title or "", f"/documents/{uuid}", language
                )
                item.versions[language] = Version(language, OFFICIAL, {"title": title or ""})
                found[id_] = item
            others = select(_Row).where(_Row.document_id.in_(chunk)).order_by(_Row.language)
            for row in session.scalars(others.execution_options(populate_existing=True)):
                version = Version(row.language, row.origin, {"title": row.text})
                found[row.document_id].versions.setdefault(row.language, version)
        return found

    def put(self, session: Session, changes: Sequence[Change]) -> None:
        for change in changes:
            row = session.get(_Row, (change.item.id, change.language))
            version = change.version
            if version is not None:
                row = row or _Row(document_id=change.item.id, language=change.language)
                row.text, row.origin = version.texts["title"], version.origin
                session.add(row)
            elif row is not None:
                session.delete(row)
        session.flush()

    def lock(self, session: Session) -> None:
        if not is_sqlite(session):
            session.execute(text("lock table document_title in share row exclusive mode"))

    def tally(self, session: Session, wanted: Wanted, languages: Collection[str], person: Person) -> Tally:
        own: dict[str, int] = dict(
            session.execute(_within(select(_OWN.label("own"), func.count()), wanted).group_by("own")).all()
        )
        there = select(_Row.language, _Row.origin, func.count()).join(Document, Document.id == _Row.document_id)
        there = there.where(_Row.language.in_(languages), _Row.language != _OWN)
        found: Tally = {language: Counter({OFFICIAL: own.get(language, 0)}) for language in languages}
        for language, origin, count in session.execute(_within(there, wanted).group_by(_Row.language, _Row.origin)):
            found[language][origin] += count
        return with_missing(found, dict.fromkeys(languages, sum(own.values())))

    def listed(self, session: Session, wanted: Wanted, person: Person, offset: int, size: int | None) -> list[int]:
        """The newest first."""
        there = (_Row.document_id == Document.id) & (_Row.language == wanted.language)
        rows = _within(select(Document.id), wanted).outerjoin(_Row, there)
        standing = case((_Row.language.is_(None), MISSING), else_=_Row.origin)
        rows = rows.where(_OWN.is_distinct_from(wanted.language), standing == wanted.state)
        order = (Document.date.is_(None), Document.date.desc(), Document.id.desc())
        return list(session.scalars(rows.order_by(*order).limit(size).offset(offset)))


def _titled() -> ColumnElement[bool]:
    return and_(Document.title.is_not(None), Document.title != "")


def _within(statement: Statement, wanted: Wanted) -> Statement:
    statement = statement.where(_titled())
    if wanted.mechanism:
        statement = statement.where(
            Document.mechanism_id.in_(select(Mechanism.id).where(Mechanism.code == wanted.mechanism))
        )
    return statement.where(Document.symbol == wanted.document) if wanted.document else statement
