"""How answers spread over the values of a field."""

from __future__ import annotations

import heapq

from pyroaring import FrozenBitMap

from uptake.search.view import NONE, View

FACETS = ("state", "family", "mechanism", "document", "theme", "group", "sdg", "position", "kind", "language", "year",
          "recommender", "cycle", "source", "missing", "status", "institution", "grade")  # fmt: skip


def counts(view: View, name: str, ids: FrozenBitMap, limit: int | None) -> list[tuple[str, int]]:
    """The values of a field among some recommendations, the most frequent first; ``none`` comes last."""
    found = _top(view, name, ids, limit)
    without = ids.intersection_cardinality(view.posting(name, NONE))
    return [*found, (NONE, without)] if without else found


def _top(view: View, name: str, ids: FrozenBitMap, limit: int | None) -> list[tuple[str, int]]:
    """The largest counts. Values come largest first, so the search ends where no further one can be among them."""
    postings = view.postings(name)
    sizes = view.snapshot.keep(f"sizes:{name}", lambda: _sizes(postings))
    if len(ids) == len(view.everything):
        return list(sizes.items())[:limit]
    best: list[tuple[int, int, str]] = []
    for number, (value, size) in enumerate(sizes.items()):
        if limit is not None and len(best) >= limit and (not best or size <= best[0][0]):
            break
        count = ids.intersection_cardinality(postings[value])
        if not count:
            continue
        entry = (count, -number, value)
        if limit is None or len(best) < limit:
            heapq.heappush(best, entry)
        elif entry > best[0]:
            heapq.heapreplace(best, entry)
    return [(value, count) for count, _, value in sorted(best, reverse=True)]


def _sizes(postings: dict[str, FrozenBitMap]) -> dict[str, int]:
    """The whole register's counts, largest first."""
    sizes = {value: len(bits) for value, bits in postings.items() if value != NONE}
    return {value: sizes[value] for value in sorted(sorted(sizes), key=sizes.__getitem__, reverse=True)}
