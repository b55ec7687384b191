"""Changes of a recommendation through its form: facts, position, tags, texts, parts; and taking it out of the register."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from uptake.db import session as db_session
from uptake.db import transaction
from uptake.errors import Invalid, NotFound
from uptake.i18n import N_
from uptake.models.documents import Document
from uptake.models.imports import Source
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import (
    POSITIONS,
    Position,
    Recommendation,
    RecommendationText,
    Withdrawal,
)
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.importing.records import LONGEST_TEXT
from uptake.services.importing.sources import HUMAN, source_id
from uptake.services.permissions import Person, may_somewhere, require
from uptake.services.recommendations.editing import EDITABLE, editing, wrong_fact
from uptake.services.recommendations.manual_entry import MANUAL
from uptake.texts import cut, order_key, unprintable


@dataclass(slots=True)
class Form:
    """A recommendation as its form shows it. ``texts`` are those that people may change; ``official`` the others."""

    id: int
    uuid: UUID
    version: int
    facts: dict[str, Any]
    terms: list[str]
    texts: dict[str, str]
    official: dict[str, str]
    state: str = ""
    mechanism: str = ""
    document: str = ""
    compound: bool = False
    withdrawn: Withdrawal | None = None


@dataclass(slots=True)
class Wanted:
    """What the form was sent with; texts that are empty stay as they are."""

    facts: dict[str, Any] = field(default_factory=dict)
    terms: list[str] | None = None
    texts: dict[str, str] = field(default_factory=dict)


def form_of(session: Session, uuid: UUID, *, person: Person) -> Form:
    """What is to be edited. Raises ``NotFound``, also for a part, which is edited with its whole."""
    require(person, "recommendation.edit")
    table = Recommendation
    row = session.execute(
        select(table, State.iso3, Mechanism.code, Document.symbol, Document.title)
        .outerjoin(State, State.id == table.state_id)
        .outerjoin(Mechanism, Mechanism.id == table.mechanism_id)
        .outerjoin(Document, Document.id == table.document_id)
        .where(table.uuid == uuid, table.parent_id.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no recommendation at this address that can be edited."))
    one, state, mechanism, symbol, title = row
    facts = {name: getattr(one, name) for name in (*EDITABLE, "position")}
    form = Form(one.id, one.uuid, one.version, facts, _terms(session, one.id), {}, {}, state or "", mechanism or "",
                symbol or title or "")  # fmt: skip
    for text, source in _texts(session, one.id):
        mine = text.origin != "official" or source == MANUAL
        (form.texts if mine else form.official)[text.language] = text.raw if mine else text.cleaned
    form.compound = session.scalar(select(table.id).where(table.parent_id == one.id).limit(1)) is not None
    form.withdrawn = session.get(Withdrawal, one.id)
    return form


def change(uuid: UUID, wanted: Wanted, *, version: int, person: Person, reason: str | None = None) -> None:
    """Make a recommendation what the form says: what differs is changed, locked against imports, and recorded at once.

    Raises ``Invalid`` by field, and ``Conflict`` where somebody has changed it since ``version``.
    """
    require(person, "recommendation.edit")
    now = form_of(db_session(), uuid, person=person)
    facts = {name: value for name, value in wanted.facts.items() if value != now.facts.get(name)}
    texts = {code: text for code, text in wanted.texts.items() if text.strip() and text.strip() != now.texts.get(code)}
    wrong = _wrong(facts, texts, now)
    if wrong:
        raise Invalid(N_("The changes cannot be taken."), fields=wrong)
    terms = None if wanted.terms is None or sorted(wanted.terms) == sorted(now.terms) else wanted.terms
    if not facts and not texts and terms is None and version == now.version:
        return
    with (
        editing(now.id, person.mark, "recommendation.edit", reason, version) as (session, one, said),
        session.no_autoflush,
    ):
        _set_facts(session, one, facts, said)
        for code, text in texts.items():
            _set_text(session, one, code, text.strip(), said)
        if terms is not None:
            _set_terms(session, one, terms, person, said)


def withdraw(uuid: UUID, *, person: Person, reason: str) -> None:
    """Take a recommendation out of the register: lists, numbers and search leave it out, nothing of it is deleted."""
    require(person, "recommendation.edit")
    if not reason.strip():
        raise Invalid(N_("Say why it is withdrawn."), fields={"reason": N_("Say why; the history keeps it.")})
    with transaction() as session:
        index.lock(session)
        one = _top(session, uuid)
        if session.get(Withdrawal, one.id) is not None:
            return
        index.remove(session, [one.id])
        now = datetime.datetime.now(datetime.UTC)
        session.add(Withdrawal(recommendation_id=one.id, at=now, user_id=person.id, reason=reason.strip()[:1000]))
        one.version += 1
        session.flush()
        said = {"withdrawn": [False, True]}
        record_event(
            session, person.mark, "recommendation.withdraw", f"recommendation/{one.id}", said, reason.strip()[:1000]
        )


def restore(uuid: UUID, *, person: Person, reason: str = "") -> None:
    """Bring a withdrawn recommendation back."""
    require(person, "recommendation.edit")
    with transaction() as session:
        index.lock(session)
        one = _top(session, uuid)
        if session.get(Withdrawal, one.id) is None:
            return
        session.execute(delete(Withdrawal).where(Withdrawal.recommendation_id == one.id))
        one.version += 1
        session.flush()
        index.add(session, [one.id])
        said = {"withdrawn": [True, False]}
        record_event(
            session, person.mark, "recommendation.restore", f"recommendation/{one.id}", said, reason.strip() or None
        )


def withdrawn_for(session: Session, id_: int, parent: UUID | None, person: Person) -> Withdrawal | None:
    """Whether and why a recommendation, or the whole that a part belongs to, was withdrawn; visitors are turned away."""
    whole = session.scalar(select(Recommendation.id).where(Recommendation.uuid == parent)) if parent else id_
    found = session.get(Withdrawal, whole)
    if found is not None and not may_somewhere(person, "internal.read"):
        raise NotFound(N_("This recommendation was withdrawn from the register."))
    return found


def _top(session: Session, uuid: UUID) -> Recommendation:
    one = session.scalar(select(Recommendation).where(Recommendation.uuid == uuid, Recommendation.parent_id.is_(None)))
    if one is None:
        raise NotFound(N_("There is no recommendation at this address that can be edited."))
    return one


def _wrong(facts: dict[str, Any], texts: dict[str, str], now: Form) -> dict[str, str]:
    found = {name: what for name, value in facts.items() if name != "position" and (what := wrong_fact(name, value))}
    if facts.get("position") is not None and facts["position"] not in POSITIONS:
        found["position"] = N_("Choose the position.")
    if "position" in facts and facts["position"] is None:
        found["position"] = N_("A position once taken stays in the history: enter the new one.")
    for code, text in texts.items():
        if code in now.official:
            found[f"text.{code}"] = N_("The official text is never edited.")
        elif len(text) > LONGEST_TEXT or unprintable(text):
            found[f"text.{code}"] = N_("The text is too long or holds characters that no document can hold.")
    return found


def _set_facts(session: Session, one: Recommendation, facts: dict[str, Any], said: dict[str, Any]) -> None:
    for name, value in facts.items():
        said[name] = [_plain(getattr(one, name)), _plain(value)]
        setattr(one, name, value)
    if "paragraph" in facts:
        one.order_key = order_key(one.paragraph)
    if "position" in facts:
        session.add(Position(recommendation_id=one.id, source_id=source_id(session, HUMAN), value=facts["position"],
                             raw=facts["position"]))  # fmt: skip
    locked = {name for name in facts if name != "position"}
    if "paragraph" in locked:
        locked.add("order_key")
    if locked:
        one.locked = sorted({*(one.locked or ()), *locked})


def _set_text(session: Session, one: Recommendation, code: str, text: str, said: dict[str, Any]) -> None:
    row = session.get(RecommendationText, (one.id, code))
    said[f"text.{code}"] = [row.raw if row else None, text]
    if row is None:
        row = RecommendationText(recommendation_id=one.id, language=code, untranslated=False, origin="human",
                                 source_id=source_id(session, HUMAN))  # fmt: skip
        session.add(row)
    found = cut(text)
    row.raw, row.heading, row.number, row.cleaned = text, found.heading, found.number, found.text
    row.untranslated = row.outdated = False
    if row.origin == "official":
        outdate(session, one.id)
    else:
        row.origin = "human"


def outdate(session: Session, id_: int) -> None:
    """An official text has changed: what was translated of it has to be looked at again."""
    unofficial = (RecommendationText.recommendation_id == id_, RecommendationText.origin != "official")
    session.execute(update(RecommendationText).where(*unofficial).values(outdated=True))


def _set_terms(session: Session, one: Recommendation, wanted: list[str], person: Person, said: dict[str, Any]) -> None:
    known = {term.slug: term.id for term in session.scalars(select(Term).where(Term.slug.in_(wanted)))}
    unknown = [slug for slug in wanted if slug not in known]
    if unknown:
        raise Invalid(N_("There is no term {slug}."), fields={"terms": N_("Choose from the list.")}, slug=unknown[0])
    rows = list(session.execute(
        select(Tag, Term.slug).join(Term, Term.id == Tag.term_id).where(Tag.recommendation_id == one.id)
    ))  # fmt: skip
    said["term"] = [sorted({slug for tag, slug in rows if not tag.rejected}), sorted(set(wanted))]
    for tag, slug in rows:
        if tag.rejected == (slug in known):
            tag.rejected, tag.confirmed_by = slug not in known, person.mark
    human = source_id(session, HUMAN)
    for slug in known.keys() - {slug for _tag, slug in rows}:
        session.add(Tag(recommendation_id=one.id, term_id=known[slug], source_id=human, confidence=None,
                        confirmed_by=person.mark, rejected=False))  # fmt: skip


def _terms(session: Session, id_: int) -> list[str]:
    return sorted(set(session.scalars(
        select(Term.slug).join(Tag, Tag.term_id == Term.id).where(Tag.recommendation_id == id_, Tag.rejected.is_(False))
    )))  # fmt: skip


def _texts(session: Session, id_: int) -> list[tuple[RecommendationText, str]]:
    rows = session.execute(
        select(RecommendationText, Source.code)
        .join(Source, Source.id == RecommendationText.source_id)
        .where(RecommendationText.recommendation_id == id_)
    )
    return [(text, code) for text, code in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
