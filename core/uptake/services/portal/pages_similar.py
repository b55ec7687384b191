"""Recommendations that resemble another: the same State, and the most and rarest tags in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import log

from pyroaring import BitMap, FrozenBitMap

from uptake.search.engine import NONE, Engine

SHOWN = 5
COMMON = 1500
KINDS = ("theme", "group", "sdg")


def similar(engine: Engine, id_: int, limit: int = SHOWN) -> list[int]:
    """The ids of those that resemble this one, the nearest first, the newest of equals first."""
    states = [bits for value, bits in engine.postings("state").items() if value != NONE and id_ in bits]
    if not states:
        return []
    around = BitMap.union(BitMap(), *states)
    scores: Counter[int] = Counter()
    for bits in _rare(engine, id_, around):
        weight = int(1000 * log(1 + len(around) / len(bits)))
        for other in bits:
            scores[other] += weight
    scores.pop(id_, None)
    least = max(scores.values(), default=0) // 2
    nearest = [(score, other) for other, score in scores.items() if score >= least]
    return [other for _score, other in sorted(nearest, reverse=True)[:limit]]


def _rare(engine: Engine, id_: int, around: BitMap) -> Iterator[FrozenBitMap | BitMap]:
    for kind in KINDS:
        for value, bits in engine.postings(kind).items():
            if value != NONE and id_ in bits:
                shared = bits & around
                if len(shared) <= COMMON:
                    yield shared
