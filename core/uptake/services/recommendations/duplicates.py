"""Recommendations that say nearly the same: suggested with the reason, never joined by themselves.

Candidates come from the index (the same State, shared tags, shared long words), some dozens for each: all pairs of a
register would be millions. Only those are compared word by word: near are those whose words are nearly the same, and
those whose words are much the same and that share two themes or groups.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC

from pyroaring import BitMap
from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Invalid, NotFound
from uptake.i18n import N_
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.models.responsibility import Cluster, ClusterMember, DismissedPair
from uptake.search import fulltext
from uptake.search.engine import NONE, Engine
from uptake.search.ordering import nearest
from uptake.search.words import stem_of, words
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.portal.pages_similar import similar

NEAR = 84
ALIKE = 68
CANDIDATES = 25
SEARCHED_WORDS = 6
SHOWN = 5
LEAST_COMMON = 4
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another recommendation that says nearly the same, and why it is thought so."""

    id: int
    score: int
    tags: tuple[str, ...]
    same_mechanism: bool
    mechanism: str | None
    year: int | None
    years_apart: int | None


@dataclass(frozen=True, slots=True)
class _Facts:
    mechanism: str | None
    date: datetime.date | None
    language: str
    text: str
    stems: frozenset[str]


def suggest(session: Session, ids: Collection[int], limit: int = SHOWN) -> dict[int, list[Suggestion]]:
    """For each of some recommendations (a page of them) those that say nearly the same, the nearest first.

    Left out is what was dismissed and what shares a cluster already.
    """
    engine = Engine(session)
    facts = _facts(session, ids)
    around = {id_: _candidates(engine, id_, facts[id_]) for id_ in ids if id_ in facts}
    others = {other for listed in around.values() for other in listed}
    facts |= _facts(session, others - facts.keys())
    settled = _settled(session, around)
    found = {}
    for id_, listed in around.items():
        near = (_compare(engine, id_, other, facts) for other in listed if frozenset((id_, other)) not in settled)
        best = sorted((one for one in near if one), key=lambda one: (-one.score, -len(one.tags), one.id))
        if best:
            found[id_] = best[:limit]
    return found


def dismiss(one: int, other: int, *, person: Person) -> bool:
    """Say for good that two are no duplicates; False where that was said before."""
    require(person, "cluster.edit")
    first, second = sorted((one, other))
    if first == second:
        raise Invalid(N_("These are one and the same recommendation."))
    with transaction() as session:
        there = set(session.scalars(select(Recommendation.id).where(Recommendation.id.in_((first, second)))))
        if there != {first, second}:
            raise NotFound(N_("There is no recommendation {id}."), id=({first, second} - there).pop())
        if session.get(DismissedPair, (first, second)):
            return False
        now = datetime.datetime.now(UTC).replace(microsecond=0)
        session.add(DismissedPair(recommendation_id=first, other_id=second, user_id=person.id, at=now))
        record_event(session, person.mark, "duplicate.dismiss", f"recommendation/{first}", {"other": [None, second]})
    return True


def _facts(session: Session, ids: Iterable[int]) -> dict[int, _Facts]:
    """Mechanism, day and the English text of each, or the first text that there is: two queries."""
    wanted = list(ids)
    table, texts = Recommendation, RecommendationText
    heads = session.execute(
        select(table.id, Mechanism.code, table.date)
        .outerjoin(Mechanism, Mechanism.id == table.mechanism_id)
        .where(table.id.in_(wanted))
    )
    where = {id_: (mechanism, date) for id_, mechanism, date in heads}
    said: dict[int, tuple[str, str]] = {}
    rows = session.execute(
        select(texts.recommendation_id, texts.language, texts.cleaned)
        .where(texts.recommendation_id.in_(wanted), texts.untranslated.is_(False))
        .order_by(texts.language)
    )
    for id_, language, text in rows:
        if id_ not in said or language == "en":
            said[id_] = (language, text)
    return {id_: _fact(*where[id_], *said[id_]) for id_ in wanted if id_ in where and id_ in said}


def _fact(mechanism: str | None, date: datetime.date | None, language: str, text: str) -> _Facts:
    tokens, stem = words(text), stem_of(language)
    stems = frozenset(stem(token) for token in tokens if len(token) > _SHORT)
    return _Facts(mechanism, date, language, " ".join(tokens), stems)


def _candidates(engine: Engine, id_: int, fact: _Facts) -> list[int]:
    """Some dozens that may say the same: most and rarest tags in common, or the same long words."""
    states = [bits for value, bits in engine.postings("state").items() if value != NONE and id_ in bits]
    around = BitMap.union(BitMap(), *states)
    runs = tuple((stem,) for stem in sorted(fact.stems, key=lambda stem: (-len(stem), stem))[:SEARCHED_WORDS])
    if not around or not runs:
        return []
    near = similar(engine, id_, CANDIDATES)
    near += nearest(engine.session, fulltext.Terms("stems", runs), around, CANDIDATES + 1)
    return [other for other in dict.fromkeys(near) if other != id_]


def _compare(engine: Engine, id_: int, other: int, facts: dict[int, _Facts]) -> Suggestion | None:
    one, two = facts.get(id_), facts.get(other)
    if one is None or two is None or one.language != two.language:
        return None
    if len(one.stems & two.stems) < min(LEAST_COMMON, len(one.stems)):
        return None
    score = round(fuzz.token_set_ratio(one.text, two.text))
    if score < ALIKE:
        return None
    tags = _shared(engine, id_, other)
    if score < NEAR and len(tags) < 2:
        return None
    apart = abs(one.date.year - two.date.year) if one.date and two.date else None
    year = two.date.year if two.date else None
    return Suggestion(other, score, tags, one.mechanism == two.mechanism, two.mechanism, year, apart)


def _shared(engine: Engine, one: int, other: int) -> tuple[str, ...]:
    return tuple(
        value
        for kind in ("theme", "group")
        for value, bits in engine.postings(kind).items()
        if value != NONE and one in bits and other in bits
    )


def _settled(session: Session, around: dict[int, list[int]]) -> set[frozenset[int]]:
    """The pairs that people have decided on: dismissed, or in one cluster."""
    ids = {*around, *(other for listed in around.values() for other in listed)}
    pair = DismissedPair
    rows = session.execute(select(pair.recommendation_id, pair.other_id).where(pair.recommendation_id.in_(ids)))
    found = {frozenset(row) for row in rows}
    member = ClusterMember
    inside: dict[int, list[int]] = {}
    for cluster, id_ in session.execute(
        select(member.cluster_id, member.recommendation_id)
        .join(Cluster, Cluster.id == member.cluster_id)
        .where(member.recommendation_id.in_(ids), Cluster.withdrawn.is_(None))
    ):
        inside.setdefault(cluster, []).append(id_)
    for listed in inside.values():
        mine = [id_ for id_ in listed if id_ in around]
        found |= {frozenset((one, other)) for one in mine for other in listed if one != other}
    return found
