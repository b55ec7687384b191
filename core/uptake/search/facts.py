"""What a recommendation can be found by, beside its text: (field, value) pairs, read from the tables in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from uptake.models.imports import Source
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import ExternalId, OtherState, Recommendation, RecommendationText, Recommender
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term, TermLink, Vocabulary

FIELDS = ("state", "family", "mechanism", "document", "theme", "group", "sdg", "action", "position", "kind",
          "language", "year", "date", "cycle", "recommender", "source", "missing")  # fmt: skip
Fact = tuple[str, str]


def of(session: Session, ids: BitMap) -> dict[Fact, BitMap]:
    """The facts of some recommendations (a few thousand at a time), each with those that it is true of."""
    found: defaultdict[Fact, list[int]] = defaultdict(list)
    tables = _Tables(session)
    _heads(session, ids, tables, found)
    _links(session, ids, tables, found)
    _tags(session, ids, tables, found)
    return {fact: bits for fact, listed in found.items() if (bits := BitMap(listed) & ids)}


class _Tables:
    """Small tables by id, so that the large ones need no joins."""

    def __init__(self, session: Session) -> None:
        self.states = {row.id: ("state", row.iso3) for row in session.execute(select(State.id, State.iso3))}
        self.recommenders = {id_: ("recommender", iso3) for id_, (_, iso3) in self.states.items()}
        self.mechanisms = {
            row.id: (("mechanism", row.code), ("family", row.family))
            for row in session.execute(select(Mechanism.id, Mechanism.code, Mechanism.family))
        }
        sources = session.execute(select(Source.id, Source.code))
        self.sources = {id_: ("source", code.split(":")[0]) for id_, code in sources}
        self.terms = _term_facts(session)


def _term_facts(session: Session) -> dict[int, tuple[Fact, ...]]:
    """The values that a tag with each term stands for: the term, those above it, and those it is cross-walked to."""
    columns = (Term.id, Vocabulary.kind, Term.slug, Term.parent_id)
    rows = session.execute(select(*columns).join(Vocabulary, Vocabulary.id == Term.vocabulary_id))
    own = {id_: (kind, slug, parent) for id_, kind, slug, parent in rows}
    linked: defaultdict[int, list[int]] = defaultdict(list)
    for id_, to in session.execute(select(TermLink.term_id, TermLink.to_id)):
        linked[id_].append(to)
    found = {}
    for id_ in own:
        values: dict[Fact, None] = {}
        for start in (id_, *linked[id_]):
            at: int | None = start
            while at in own:
                kind, slug, at = own[at]
                values[kind, slug] = None
        found[id_] = tuple(values)
    return found


def _heads(session: Session, ids: BitMap, tables: _Tables, found: defaultdict[Fact, list[int]]) -> None:
    table = Recommendation
    columns = (table.id, table.state_id, table.mechanism_id, table.document_id, table.kind, table.position, table.date,
               table.cycle, table.source_id)  # fmt: skip
    nobody: tuple[Fact, ...] = (("mechanism", "none"), ("family", "none"))
    rows = _raw(session, _between(columns, table.id, ids))
    for id_, state, mechanism, document, kind, position, date, cycle, source in rows:
        found[tables.states[state] if state else ("state", "none")].append(id_)
        for fact in tables.mechanisms.get(mechanism, nobody):
            found[fact].append(id_)
        found["document", str(document) if document else "none"].append(id_)
        found["kind", kind].append(id_)
        found["position", position or "none"].append(id_)
        found["year", str(date)[:4] if date else "none"].append(id_)
        if date:
            found["date", str(date)].append(id_)
        if cycle:
            found["cycle", str(cycle)].append(id_)
        found[tables.sources[source]].append(id_)


def _links(session: Session, ids: BitMap, tables: _Tables, found: defaultdict[Fact, list[int]]) -> None:
    columns: tuple[Any, ...] = (OtherState.recommendation_id, OtherState.state_id)
    for id_, state in _raw(session, _between(columns, OtherState.recommendation_id, ids)):
        found[tables.states[state]].append(id_)
    met: list[int] = []
    columns = (Recommender.recommendation_id, Recommender.state_id)
    for id_, state in _raw(session, _between(columns, Recommender.recommendation_id, ids)):
        met.append(id_)
        found[tables.recommenders[state]].append(id_)
    found["recommender", "none"] += ids - BitMap(met)
    columns = (RecommendationText.recommendation_id, RecommendationText.language)
    rows = _between(columns, RecommendationText.recommendation_id, ids)
    for id_, language in _raw(session, rows.where(RecommendationText.untranslated.is_(False))):
        found["language", language].append(id_)
    columns = (ExternalId.recommendation_id, ExternalId.source_id, ExternalId.missing_since)
    rows = _between(columns, ExternalId.recommendation_id, ids)
    for id_, source, missing in _raw(session, rows):
        found[tables.sources[source]].append(id_)
        if missing:
            found["missing", "yes"].append(id_)


def _tags(session: Session, ids: BitMap, tables: _Tables, found: defaultdict[Fact, list[int]]) -> None:
    tagged: defaultdict[int, list[int]] = defaultdict(list)
    rows = _between((Tag.term_id, Tag.recommendation_id), Tag.recommendation_id, ids).where(Tag.rejected.is_(False))
    for term, id_ in _raw(session, rows):
        tagged[term].append(id_)
    met = {kind: BitMap() for kind in ("theme", "group", "sdg")}
    for term, listed in tagged.items():
        for fact in tables.terms[term]:
            found[fact] += listed
            if fact[0] in met:
                met[fact[0]].update(listed)
    for kind, bits in met.items():
        found[kind, "none"] += ids - bits


def _between(columns: Sequence[Any], key: Any, ids: BitMap) -> Select[Any]:
    return select(*columns).where(key.between(ids.min(), ids.max()))


def _raw(session: Session, statement: Select[Any]) -> Any:
    """The rows as the driver gives them: millions, for which even a look at each by SQLAlchemy takes seconds."""
    return session.connection().execute(statement).cursor
