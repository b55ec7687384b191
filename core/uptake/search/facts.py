"""What a recommendation can be found by, beside its text: (field, value) pairs, read from the tables in bulk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from uptake.models.actors import Actor
from uptake.models.imports import Source
from uptake.models.mechanisms import Mechanism
from uptake.models.progress import Assessment
from uptake.models.recommendations import ExternalId, OtherState, Recommendation, RecommendationText, Recommender
from uptake.models.responsibility import LIVE, RECEIVED, Assignment, FollowUp
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term, TermLink, Vocabulary

FIELDS = ("state", "family", "mechanism", "document", "theme", "group", "sdg", "action", "position", "kind",
          "language", "year", "date", "cycle", "recommender", "source", "missing", "status", "institution", "grade")  # fmt: skip
WORK = ("status", "institution", "grade")
TAGGED = ("theme", "group", "sdg", "action")
Fact = tuple[str, str]


def of(session: Session, ids: BitMap) -> dict[Fact, BitMap]:
    """The facts of some recommendations (a few thousand at a time), each with those that it is true of."""
    found: defaultdict[Fact, list[int]] = defaultdict(list)
    tables = _Tables(session)
    _heads(session, ids, tables, found)
    _links(session, ids, tables, found)
    _tags(session, ids, tables, found)
    return _sets(found, ids) | of_work(session, ids)


def of_work(session: Session, ids: BitMap) -> dict[Fact, BitMap]:
    """As ``of``, but only where each stands, who answers for it or for a component of it, and how its mechanism grades it."""
    found: defaultdict[Fact, list[int]] = defaultdict(list)
    columns: tuple[Any, ...] = (FollowUp.recommendation_id, FollowUp.status)
    for id_, status in _raw(session, _between(columns, FollowUp.recommendation_id, ids)):
        found["status", status].append(id_)
    for id_, code in _institutions(session, ids):
        found["institution", code].append(id_)
    for id_, grade in _grades(session, ids):
        found["grade", grade].append(id_)
    sets = _sets(found, ids)
    for field, value in (("status", RECEIVED), ("institution", "none"), ("grade", "none")):
        met = BitMap.union(BitMap(), *(bits for fact, bits in sets.items() if fact[0] == field and fact[1] != value))
        if rest := ids - met:
            sets[field, value] = rest
    return sets


def of_tags(session: Session, ids: BitMap) -> dict[Fact, BitMap]:
    """As ``of``, but only what follows from the tags."""
    found: defaultdict[Fact, list[int]] = defaultdict(list)
    _tags(session, ids, _Tables(session), found)
    return _sets(found, ids)


def _sets(found: dict[Fact, list[int]], ids: BitMap) -> dict[Fact, BitMap]:
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


def _institutions(session: Session, ids: BitMap) -> Iterator[tuple[int, str]]:
    """Whoever answers for some recommendations, also for only a component; one look where nothing is assigned at all."""
    if session.connection().execute(select(Assignment.id).limit(1)).first() is None:
        return
    codes = dict(session.execute(select(Actor.id, Actor.code)).all())
    columns: tuple[Any, ...] = (Assignment.recommendation_id, Assignment.actor_id)
    own = _between(columns, Assignment.recommendation_id, ids)
    parts = _between((Recommendation.parent_id, Assignment.actor_id), Recommendation.parent_id, ids).join(
        Assignment, Assignment.recommendation_id == Recommendation.id
    )
    for statement in (own, parts):
        for id_, actor in _raw(session, statement.where(Assignment.state.in_(LIVE))):
            yield id_, codes[actor]


def _grades(session: Session, ids: BitMap) -> Iterator[tuple[int, str]]:
    """What the mechanism itself said of the follow-up last, as ``scale/grade``."""
    columns = (Assessment.recommendation_id, Assessment.scale, Assessment.grade)
    rows = _between(columns, Assessment.recommendation_id, ids).where(
        Assessment.mechanism_id.is_not(None), Assessment.state == "published"
    )
    last = {
        id_: f"{scale}/{grade}" for id_, scale, grade in _raw(session, rows.order_by(Assessment.date, Assessment.id))
    }
    yield from last.items()


def _between(columns: Sequence[Any], key: Any, ids: BitMap) -> Select[Any]:
    return select(*columns).where(key.between(ids.min(), ids.max()))


def _raw(session: Session, statement: Select[Any]) -> Any:
    """The rows as the driver gives them: millions, for which even a look at each by SQLAlchemy takes seconds."""
    return session.connection().execute(statement).cursor
