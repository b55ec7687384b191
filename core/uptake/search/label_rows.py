"""Reads the labels of everything that has one, in every language that knows it."""

from __future__ import annotations

from collections.abc import Iterator

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import CONTENT_LANGUAGES
from uptake.models.actors import Actor
from uptake.models.mechanisms import Mechanism, MechanismAlias
from uptake.models.progress import Assessment, StatusValue
from uptake.models.states import State, StateAlias
from uptake.models.vocabularies import Term, Vocabulary

Row = tuple[str, str, str, str]


def label_rows(session: Session) -> Iterator[Row]:
    """(field, value, language, label)."""
    yield from _terms(session)
    yield from _mechanisms(session)
    yield from _states(session)
    yield from _institutions(session)
    yield from _statuses(session)
    yield from _grades(session)


def _terms(session: Session) -> Iterator[Row]:
    columns = (Vocabulary.kind, Term.slug, Term.code, Term.labels, Term.aliases)
    rows = session.execute(select(*columns).join(Vocabulary, Vocabulary.id == Term.vocabulary_id))
    for kind, slug, code, labels, aliases in rows:
        yield from ((kind, slug, language, label) for language, label in labels.items())
        yield from ((kind, slug, "en", label) for label in [*aliases, code, slug])


def _mechanisms(session: Session) -> Iterator[Row]:
    codes: dict[int, str] = {}
    rows = session.execute(select(Mechanism.id, Mechanism.code, Mechanism.family, Mechanism.names))
    for id_, code, family, names in rows:
        codes[id_] = code
        yield from (("mechanism", code, language, name) for language, name in names.items())
        yield "mechanism", code, "en", code
        yield "family", family, "en", family
    for folded, id_ in session.execute(select(MechanismAlias.folded, MechanismAlias.mechanism_id)):
        yield "mechanism", codes[id_], "en", folded


def _states(session: Session) -> Iterator[Row]:
    isos: dict[int, str] = {}
    territories = {language: Locale.parse(language).territories for language in CONTENT_LANGUAGES}
    rows = session.execute(select(State.id, State.iso3, State.iso2, State.names))
    for id_, iso3, iso2, names in rows:
        isos[id_] = iso3
        known = {language: found[iso2] for language, found in territories.items() if iso2 in found}
        yield from (("state", iso3, language, name) for language, name in {**known, **(names or {})}.items())
        yield "state", iso3, "en", iso3
    for label, id_ in session.execute(select(StateAlias.label, StateAlias.state_id)):
        yield "state", isos[id_], "en", label


def _institutions(session: Session) -> Iterator[Row]:
    for code, names, short in session.execute(select(Actor.code, Actor.names, Actor.short_names)):
        for said in (names, short):
            yield from (("institution", code, language, name) for language, name in said.items())
        yield "institution", code, "en", code


def _statuses(session: Session) -> Iterator[Row]:
    for code, names in session.execute(select(StatusValue.code, StatusValue.names)):
        yield from (("status", code, language, name) for language, name in names.items())
        yield "status", code, "en", code


def _grades(session: Session) -> Iterator[Row]:
    """A grade is found by itself and with its scale: ``B`` and ``ccpr-2017/B``."""
    given = select(Assessment.scale, Assessment.grade).where(Assessment.mechanism_id.is_not(None)).distinct()
    for scale, grade in session.execute(given):
        yield from (("grade", f"{scale}/{grade}", "en", label) for label in (f"{scale}/{grade}", grade))
