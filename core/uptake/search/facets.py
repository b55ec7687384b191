"""How answers spread over the values of a field."""

from __future__ import annotations

import heapq

from pyroaring import FrozenBitMap

from uptake.search.snapshot import EMPTY
from uptake.search.view import NONE, View

FACETS = ("state", "family", "mechanism", "document", "theme", "group", "sdg", "position", "kind", "language", "year",
          "recommender", "cycle", "source", "missing")  # fmt: skip
_Row = tuple[str, FrozenBitMap, int]


def counts(view: View, name: str, ids: FrozenBitMap, limit: int | None) -> list[tuple[str, int]]:
    """The values of a field among some recommendations, the most frequent first; ``none`` comes last."""
    rows = view.snapshot.keep(f"ordered:{name}", lambda: _by_size(view, name))
    found = _top(rows, ids, limit) if len(ids) < len(view.everything) else _whole(rows)[:limit]
    without = ids.intersection_cardinality(view.postings(name).get(NONE, EMPTY))
    return [*found, (NONE, without)] if without else found


def _by_size(view: View, name: str) -> list[_Row]:
    rows = ((value, bits, len(bits)) for value, bits in view.postings(name).items() if value != NONE)
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _whole(rows: list[_Row]) -> list[tuple[str, int]]:
    return [(value, size) for value, _, size in rows]


def _top(rows: list[_Row], ids: FrozenBitMap, limit: int | None) -> list[tuple[str, int]]:
    """The largest counts. Rows come largest first, so the search ends where no further value can be among them."""
    best: list[tuple[int, int, str]] = []
    for number, (value, bits, size) in enumerate(rows):
        if limit is not None and len(best) >= limit and (not best or size <= best[0][0]):
            break
        count = ids.intersection_cardinality(bits)
        if not count:
            continue
        entry = (count, -number, value)
        if limit is None or len(best) < limit:
            heapq.heappush(best, entry)
        elif entry > best[0]:
            heapq.heapreplace(best, entry)
    return [(value, count) for count, _, value in sorted(best, reverse=True)]
