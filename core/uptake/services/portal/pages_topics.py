"""What the pages of mechanisms, themes, groups, goals and States show: one value of one facet, and how it spreads."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.search.engine import Engine, Query
from uptake.services.lists.cards import Card, load_cards
from uptake.services.names import Names
from uptake.services.portal.pages import (
    Branch,
    Counts,
    NewDocument,
    everything,
    known,
    newest_documents,
    sdg_terms,
    tree,
)

NEWEST = 5
TOP = 10
FAMILIES = ("upr", "treaty-body", "special-procedure", "regional", "ilo")


@dataclass(slots=True)
class Topic:
    """One value of a facet: how many, how they spread over the other facets, and the newest.

    ``origins`` says of a term in which languages its label is official, a person's or a machine's translation.
    """

    kind: str
    value: str
    count: int
    kinds: Counts
    positions: Counts
    years: Counts
    spread: dict[str, Counts]
    below: Counts
    newest: list[Card]
    documents: list[NewDocument]
    origins: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """Values under a common head."""

    head: str
    count: int
    items: Counts


def topic(session: Session, kind: str, value: str, names: Names, language: str) -> Topic:
    """The page of one value. Raises ``NotFound`` where no table has it."""
    _check(names, kind, value)
    engine = Engine(session)
    query = Query(filters={kind: (value,)}, sort="newest")
    answer = engine.answer(query)
    spread = {
        name: known(engine.facet(name, query, answer, TOP))
        for name in ("mechanism", "theme", "group", "state")
        if name != kind
    }
    years = sorted(known(engine.facet("year", query, answer)))
    return Topic(
        kind=kind,
        value=value,
        count=answer.count,
        kinds=engine.facet("kind", query, answer),
        positions=engine.facet("position", query, answer),
        years=filled(years),
        spread=spread,
        below=_below(session, engine, kind, value),
        newest=load_cards(session, engine.page(answer, "newest", 0, NEWEST), language),
        documents=_documents(session, engine, kind, value, names),
        origins=_origins(names, value) if kind in ("theme", "group", "sdg") else {},
    )


def filled(years: Counts) -> Counts:
    """The last thirty years of those, the empty ones between them too."""
    if not years:
        return []
    counts = dict(years)
    last = int(years[-1][0])
    return [(f"{year:04d}", counts.get(f"{year:04d}", 0)) for year in range(max(int(years[0][0]), last - 29), last + 1)]


def _check(names: Names, kind: str, value: str) -> None:
    if kind in {"state", "mechanism"}:
        there = value in (names.states if kind == "state" else names.mechanisms)
    else:
        term = names.terms.get(value)
        there = term is not None and names.vocabularies[term.vocabulary_id].kind == kind
    if not there:
        raise NotFound(
            N_("There is no page of that name."), remedy=N_("Check the address, or search for what you need.")
        )


def _origins(names: Names, value: str) -> dict[str, str]:
    term = names.terms[value]
    return {language: (term.unofficial or {}).get(language, "official") for language in term.labels}


def _below(session: Session, engine: Engine, kind: str, value: str) -> Counts:
    if kind != "sdg":
        return []
    postings = engine.postings("sdg")
    return [(slug, len(postings.get(slug, ()))) for slug, goal in sdg_terms(session) if goal == value]


def _documents(session: Session, engine: Engine, kind: str, value: str, names: Names) -> list[NewDocument]:
    if kind != "mechanism":
        return []
    mechanism: Mechanism = names.mechanisms[value]
    return newest_documents(session, engine, Document.mechanism_id == mechanism.id)


def mechanisms(session: Session, names: Names) -> list[Group]:
    """All mechanisms that have something here, by family."""
    engine, whole = everything(session)
    families = dict(known(engine.facet("family", Query(), whole)))
    family_of = {code: mechanism.family for code, mechanism in names.mechanisms.items()}
    counts = known(engine.facet("mechanism", Query(), whole))
    found = []
    for family in (*(name for name in FAMILIES if name in families), *sorted(families.keys() - {*FAMILIES})):
        items = [(code, count) for code, count in counts if family_of.get(code) == family]
        found.append(Group(family, families[family], items))
    return found


def themes(session: Session) -> dict[str, Counts]:
    """All themes and groups with their counts."""
    engine, whole = everything(session)
    return {name: known(engine.facet(name, Query(), whole)) for name in ("theme", "group")}


def sdgs(session: Session) -> list[Branch]:
    """The goals with their targets, all of them."""
    engine = Engine(session)
    postings = engine.postings("sdg")
    terms = sdg_terms(session)
    return tree([(slug, len(postings.get(slug, ()))) for slug, _goal in terms], dict(terms))


def states(session: Session) -> Counts:
    """The States that something is addressed to."""
    engine, whole = everything(session)
    return known(engine.facet("state", Query(), whole))
