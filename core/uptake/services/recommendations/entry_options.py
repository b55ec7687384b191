"""What a person may choose from when entering or editing a recommendation, and how typed lists are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import N_
from uptake.models.documents import Document
from uptake.models.states import State
from uptake.models.vocabularies import Term, Vocabulary
from uptake.services.labels import Labels

SUGGESTED = 300
_BETWEEN = re.compile(r"[;\n]|,(?![^(]*\))")
KIND_NAMES = {
    "theme": N_("Themes"),
    "group": N_("Persons affected"),
    "sdg": N_("SDGs"),
    "action": N_("Action categories"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Documents by symbol, and terms (slug) by the kind of their vocabulary."""

    documents: list[tuple[str, str]]
    terms: dict[str, list[str]]


def choices(session: Session) -> Choices:
    """Two queries: the newest documents, and all reviewed terms."""
    rows = session.execute(
        select(Document.symbol, Document.title)
        .where(Document.symbol.is_not(None))
        .order_by(Document.date.desc(), Document.id.desc())
        .limit(SUGGESTED)
    )
    documents = [(symbol or "", title or "") for symbol, title in rows]
    found: dict[str, list[str]] = {}
    terms = select(Vocabulary.kind, Term.slug).join(Vocabulary, Vocabulary.id == Term.vocabulary_id).order_by(Term.id)
    for kind, slug in session.execute(terms):
        found.setdefault(kind, []).append(slug)
    return Choices(documents, found)


def read_states(session: Session, typed: str) -> tuple[list[str], list[str]]:
    """The codes of the States that a list names, and the words that name none."""
    labels = Labels(session)
    codes = dict(session.execute(select(State.id, State.iso3)).all())
    found: list[str] = []
    unknown: list[str] = []
    for label in filter(None, (part.strip() for part in _BETWEEN.split(typed))):
        state = labels.state(label)
        if state is None:
            unknown.append(label)
        elif codes[state] not in found:
            found.append(codes[state])
    return found, unknown
