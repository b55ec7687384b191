"""Writes the tables of facts (States, mechanisms, vocabularies) of the core and the plugins to the database."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.hooks.kinds import MechanismSpec, VocabularySpec
from uptake.hooks.registry import Registry
from uptake.models.mechanisms import Mechanism, MechanismAlias
from uptake.models.states import State, StateAlias
from uptake.models.vocabularies import Term, TermLink, Vocabulary
from uptake.services.progress.status_scale import load_scale
from uptake.texts import fold

LONGEST = 200  # characters of a fault's place


def load_reference(registry: Registry) -> None:
    """Bring States, mechanisms, the status scale and vocabularies up to date. What a site has added or a plugin has left stays.

    A plugin's mechanism or vocabulary that cannot be written is left out, and noted as that plugin's fault.
    """
    with transaction() as session:
        _load_states(session)
        _load_mechanisms(session, registry)
        load_scale(session)
        terms: dict[str, dict[str, Term]] = {}
        for code, spec in registry.vocabularies.items():
            with _guard(registry, "register_vocabularies", code):
                terms[code] = _load_vocabulary(session, spec)
        _link_terms(
            session, registry, {f"{v}/{code}": term for v, found in terms.items() for code, term in found.items()}
        )


def _guard(registry: Registry, hook: str, code: str) -> AbstractContextManager[None]:
    """Write one contribution whole or not at all; whatever is wrong with a plugin's stops no other."""
    origin = registry.origins[hook, code]
    return nullcontext() if origin == "core" else registry.faults.guard(origin, f"{hook} {code}"[:LONGEST])


def _load_states(session: Session) -> None:
    known = {state.iso3: state for state in session.scalars(select(State))}
    aliases = set(session.scalars(select(StateAlias.folded)))
    for item in _states():
        state = known.get(item["iso3"])
        if state is None:
            state = State(iso3=item["iso3"])
            session.add(state)
        state.iso2, state.kind = item.get("iso2"), item["kind"]
        state.region, state.names = item.get("region"), item.get("names")
        session.flush()
        for alias in [*(item.get("names") or {}).values(), *item.get("aliases", ())]:
            label, until = (alias["label"], alias.get("until")) if isinstance(alias, dict) else (alias, None)
            if fold(label) not in aliases:
                aliases.add(fold(label))
                day = datetime.date(int(str(until)[:4]), 12, 31) if until else None
                session.add(StateAlias(folded=fold(label), label=label, state_id=state.id, until=day))


def _states() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(files("uptake.data").joinpath("states.json").read_text("utf-8"))["states"]
    return found


def _load_mechanisms(session: Session, registry: Registry) -> None:
    known = {mechanism.code: mechanism for mechanism in session.scalars(select(Mechanism))}
    aliases = set(session.scalars(select(MechanismAlias.folded)))
    for spec in registry.mechanisms.values():
        with _guard(registry, "register_mechanisms", spec.code):
            mechanism = known.get(spec.code) or Mechanism(code=spec.code)
            session.add(mechanism)
            mechanism.family, mechanism.names = spec.family, dict(spec.names)
            mechanism.confidential, mechanism.symbols = spec.confidential, list(spec.symbols)
            mechanism.origin = registry.origins["register_mechanisms", spec.code]
            session.flush()
            new = {fold(label)[:200] for label in _mechanism_labels(spec)} - aliases
            session.add_all(MechanismAlias(folded=folded, mechanism_id=mechanism.id) for folded in new)
            session.flush()
            aliases |= new


def _mechanism_labels(spec: MechanismSpec) -> list[str]:
    return [spec.code, *spec.names.values(), *spec.aliases]


def _load_vocabulary(session: Session, spec: VocabularySpec) -> dict[str, Term]:
    vocabulary = session.scalar(select(Vocabulary).where(Vocabulary.code == spec.code))
    if vocabulary is None:
        vocabulary = Vocabulary(code=spec.code)
        session.add(vocabulary)
    vocabulary.kind, vocabulary.title, vocabulary.run_id = spec.kind, dict(spec.title), None
    vocabulary.version, vocabulary.origin = spec.version, spec.source
    session.flush()
    terms = {term.code: term for term in session.scalars(select(Term).where(Term.vocabulary_id == vocabulary.id))}
    for item in spec.terms:
        term = terms.get(item.code)
        if term is None:
            term = terms[item.code] = Term(code=item.code, vocabulary_id=vocabulary.id)
            session.add(term)
        term.slug = f"{spec.code}.{item.code}" if spec.qualified else item.code
        _put_labels(term, item.labels)
        term.aliases, term.reviewed, term.run_id = list(item.aliases), True, None
    session.flush()
    for item in spec.terms:
        terms[item.code].parent_id = terms[item.parent].id if item.parent else None
    session.flush()
    return terms


def _put_labels(term: Term, official: Mapping[str, str]) -> None:
    """The plugin's labels, and the translations made here in languages that it lacks."""
    kept = {code: origin for code, origin in (term.unofficial or {}).items() if code not in official}
    term.labels = {**{code: term.labels[code] for code in kept}, **official}
    term.unofficial = kept


def _link_terms(session: Session, registry: Registry, terms: dict[str, Term]) -> None:
    known = {(link.term_id, link.to_id) for link in session.scalars(select(TermLink))}
    for vocabulary, spec in registry.vocabularies.items():
        for item in spec.terms:
            for target in item.same_as:
                own = f"{vocabulary}/{item.code}"
                pair = (terms[own].id, terms[target].id) if {own, target} <= terms.keys() else None
                if pair and pair not in known:
                    known.add(pair)
                    session.add(TermLink(term_id=pair[0], to_id=pair[1]))


def state_codes() -> frozenset[str]:
    """The ISO 3166 alpha-3 codes (and user-assigned ones) that an instance can follow."""
    return frozenset(item["iso3"] for item in _states())
