"""What recommendations refer to: documents, mechanisms, vocabularies with their terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import Recommendation
from uptake.models.states import State
from uptake.models.vocabularies import Term, Vocabulary
from uptake.search.engine import Engine
from uptake.services.open_data.keyset import Item, Part, day, in_order
from uptake.services.portal.pages import size_and_states
from uptake.services.portal.pages_documents import holds
from uptake.services.titles import Title, translations_of

LONGEST_SEARCH = 8


def documents(
    session: Session, after: Sequence[int] | None, limit: int, words: str = "", mechanism: str = "", state: str = ""
) -> Part:
    """Documents in the order in which they came, by words of symbol or title, mechanism and State."""
    wanted = _documents()
    for word in words.split()[:LONGEST_SEARCH]:
        wanted = wanted.where(holds(word))
    if mechanism:
        wanted = wanted.where(Mechanism.code == mechanism)
    if state:
        about = select(Recommendation.document_id).join(State, State.id == Recommendation.state_id)
        wanted = wanted.where(Document.id.in_(about.where(State.iso3 == state)))
    rows, following = in_order(session, wanted, Document.id, after, limit)
    engine = Engine(session)
    titles = translations_of(session, [one.id for one, _code in rows])
    return Part([_document(engine, one, code, titles[one.id]) for one, code in rows], following)


def document(session: Session, uuid: UUID) -> Item:
    """One document. Raises ``NotFound``."""
    row = session.execute(_documents().where(Document.uuid == uuid)).one_or_none()
    if row is None:
        raise NotFound(
            N_("There is no document at this address."), remedy=N_("Check the address, or look for its symbol.")
        )
    return _document(Engine(session), *row, translations_of(session, [row[0].id])[row[0].id])


def _documents() -> Select[Document, str]:
    return select(Document, Mechanism.code).outerjoin(Mechanism, Mechanism.id == Document.mechanism_id)


def _document(engine: Engine, one: Document, mechanism: str | None, translated: Mapping[str, Title]) -> Item:
    count, states = size_and_states(engine, one.id)
    return {
        "id": str(one.uuid), "symbol": one.symbol, "title": one.title, "title_language": one.title_language,
        "translations": [{"language": code, "title": said.text, "origin": said.origin} for code, said in translated.items()],
        "mechanism": mechanism, "date": day(one.date),
        "session": one.session, "cycle": one.cycle, "links": dict(one.links or {}), "states": states,
        "recommendations": count,
    }  # fmt: skip


def mechanisms(session: Session, after: Sequence[int] | None, limit: int, family: str = "") -> Part:
    """Mechanisms in the order of their codes' entry."""
    wanted = select(Mechanism)
    if family:
        wanted = wanted.where(Mechanism.family == family)
    rows, following = in_order(session, wanted, Mechanism.id, after, limit)
    counts = _counts(session, "mechanism")
    return Part([_mechanism(one, counts) for (one,) in rows], following)


def mechanism(session: Session, code: str) -> Item:
    """One mechanism. Raises ``NotFound``."""
    one = session.scalar(select(Mechanism).where(Mechanism.code == code))
    if one is None:
        raise NotFound(N_("There is no mechanism {code}."), remedy=N_("Look for it in the list."), code=code)
    return _mechanism(one, _counts(session, "mechanism"))


def _mechanism(one: Mechanism, counts: Mapping[str, int]) -> Item:
    return {
        "code": one.code, "family": one.family, "names": dict(one.names), "confidential": one.confidential,
        "recommendations": counts.get(one.code, 0),
    }  # fmt: skip


def _counts(session: Session, field: str) -> dict[str, int]:
    return {value: len(bits) for value, bits in Engine(session).postings(field).items()}


def vocabularies(session: Session, after: Sequence[int] | None, limit: int) -> Part:
    """Vocabularies with how many terms each has."""
    sizes = select(Term.vocabulary_id, func.count().label("n")).group_by(Term.vocabulary_id).subquery()
    wanted = select(Vocabulary, sizes.c.n).outerjoin(sizes, sizes.c.vocabulary_id == Vocabulary.id)
    rows, following = in_order(session, wanted, Vocabulary.id, after, limit)
    return Part([_vocabulary(*row) for row in rows], following)


def vocabulary(session: Session, code: str) -> Item:
    """One vocabulary. Raises ``NotFound``."""
    one = _found(session, code)
    return _vocabulary(one, session.scalar(select(func.count()).where(Term.vocabulary_id == one.id)))


def terms(session: Session, code: str, after: Sequence[int] | None, limit: int) -> Part:
    """The terms of a vocabulary in its own order, each with how many recommendations carry it. Raises ``NotFound``."""
    one = _found(session, code)
    above = aliased(Term)
    wanted = select(Term, above.slug).outerjoin(above, above.id == Term.parent_id).where(Term.vocabulary_id == one.id)
    rows, following = in_order(session, wanted, Term.id, after, limit)
    counts = _counts(session, one.kind)
    return Part([_term(term, parent, counts) for term, parent in rows], following)


def _found(session: Session, code: str) -> Vocabulary:
    one = session.scalar(select(Vocabulary).where(Vocabulary.code == code))
    if one is None:
        raise NotFound(N_("There is no vocabulary {code}."), remedy=N_("Look for it in the list."), code=code)
    return one


def _vocabulary(one: Vocabulary, size: int | None) -> Item:
    return {
        "code": one.code, "kind": one.kind, "titles": dict(one.title), "version": one.version, "origin": one.origin,
        "terms": size or 0,
    }  # fmt: skip


def _term(one: Term, parent: str | None, counts: Mapping[str, int]) -> Item:
    return {
        "slug": one.slug, "code": one.code, "labels": dict(one.labels), "unofficial": dict(one.unofficial or {}),
        "parent": parent, "reviewed": one.reviewed, "recommendations": counts.get(one.slug, 0),
    }  # fmt: skip
