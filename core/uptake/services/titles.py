"""Titles of documents for the reader: the document's own, or a translation of it, which is marked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import get_locale
from uptake.models.documents import Document, DocumentTitle

UNKNOWN = "en"  # what a title is taken to be in whose language nobody has said


@dataclass(frozen=True, slots=True)
class Title:
    """The words of a title, their language (empty where it is not known) and whose they are."""

    text: str
    language: str
    origin: str = "official"


def titles_of(session: Session, ids: Collection[int], reader: str | None = None) -> dict[int, Title]:
    """The title of each document that has one, in the reader's language where there is one: a query, or none for no ids."""
    if not ids:
        return {}
    wanted = reader or get_locale()
    base = wanted.split("_")[0]
    there = (DocumentTitle.document_id == Document.id) & DocumentTitle.language.in_((wanted, base))
    rows = session.execute(
        select(Document.id, Document.title, Document.title_language, DocumentTitle)
        .outerjoin(DocumentTitle, there)
        .where(Document.id.in_(ids), Document.title.is_not(None), Document.title != "")
    )
    found: dict[int, dict[str, Title]] = {}
    for id_, title, language, other in rows:
        said = found.setdefault(id_, {"": Title(title or "", language or "")})
        said[said[""].language] = said[""]
        if other is not None:
            said.setdefault(other.language, Title(other.text, other.language, other.origin))
    return {id_: said.get(wanted) or said.get(base) or said[""] for id_, said in found.items()}


def translations_of(session: Session, ids: Collection[int]) -> dict[int, dict[str, Title]]:
    """Document → language → its title as somebody has translated it: one query."""
    found: dict[int, dict[str, Title]] = {id_: {} for id_ in ids}
    rows = select(DocumentTitle).where(DocumentTitle.document_id.in_(ids)).order_by(DocumentTitle.language)
    for row in session.scalars(rows):
        found[row.document_id][row.language] = Title(row.text, row.language, row.origin)
    return found


def origins_of(session: Session, id_: int) -> dict[str, str]:
    """Language → whose words a document's title is in it; nothing where it has none."""
    title = session.execute(select(Document.title, Document.title_language).where(Document.id == id_)).one_or_none()
    if title is None or not title.title:
        return {}
    others = {language: other.origin for language, other in translations_of(session, [id_])[id_].items()}
    return others | {title.title_language or UNKNOWN: "official"}
