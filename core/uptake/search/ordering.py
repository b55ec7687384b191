"""The orders in which answers are listed, page by page: relevance, date, documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import text
from sqlalchemy.orm import Session

from uptake.db import is_sqlite
from uptake.search import fulltext
from uptake.search.evaluate import in_texts
from uptake.search.view import NONE, Bits, View

SORTS = ("relevance", "newest", "oldest", "document")
RANKED = 5000


def by_facts(view: View, ids: FrozenBitMap, sort: str, offset: int, size: int) -> list[int]:
    """One page by date or by document; what has none comes last."""
    return _from_groups(view, (ids & bits for bits in _groups(view, sort)), offset, size)


def by_relevance(view: View, ids: FrozenBitMap, expression: fulltext.Expression, offset: int, size: int) -> list[int]:
    """One page: texts that fit, the most relevant first; then what only its tags have found, the newest first.

    Where more than ``RANKED`` texts fit, the newest of them are ranked and the rest follows by date: scoring every text
    with a word like "women" takes longer than finding it, and nobody turns that many pages.
    """
    fitting = FrozenBitMap(ids & in_texts(view, expression))
    best = _newest(view, fitting, RANKED)
    ranked = view.snapshot.keep_recent((expression, best), lambda: fulltext.ranked(view.session, expression, best))
    page = list(ranked[offset : offset + size])
    rest = (part & bits for part in (fitting - best, ids - fitting) if part for bits in _groups(view, "newest"))
    return page + _from_groups(view, rest, max(0, offset - len(ranked)), size - len(page))


def nearest(session: Session, terms: fulltext.Terms, within: Bits, size: int) -> list[int]:
    """Those of some recommendations (of the latest ``RANKED``) that share most of what is looked for, the nearest first."""
    held = BitMap(within) if len(within) <= RANKED else BitMap(sorted(within)[-RANKED:])
    return fulltext.ranked(session, terms, held & fulltext.matching(session, terms))[:size]


def _newest(view: View, ids: FrozenBitMap, most: int) -> FrozenBitMap:
    if len(ids) <= most:
        return ids
    taken = BitMap()
    for bits in _groups(view, "newest"):
        there = ids & bits
        room = most - len(taken)
        taken |= there if len(there) <= room else there[:room]
        if len(there) >= room:
            break
    return FrozenBitMap(taken)


def _groups(view: View, sort: str) -> Iterator[Bits]:
    if sort == "document":
        return chain(view.documents(), [view.posting("document", NONE)])
    days: Iterable[Bits] = view.days() if sort == "oldest" else reversed(view.days())
    return chain(days, [view.posting("year", NONE)])


def _from_groups(view: View, groups: Iterable[Bits], offset: int, size: int) -> list[int]:
    """Walk groups in order until the page is full; inside a group the order is that of the documents."""
    if size <= 0:
        return []
    taken: list[Bits] = []
    before = total = 0
    for bits in groups:
        total += len(bits)
        if total <= offset:
            before = total
        elif bits:
            taken.append(bits)
        if total >= offset + size:
            break
    order = _document_order(view, taken) if taken else {}
    listed = [id_ for bits in taken for id_ in sorted(bits, key=order.__getitem__)]
    return listed[offset - before : offset - before + size]


def _document_order(view: View, groups: list[Bits]) -> dict[int, tuple[int, str, int]]:
    ids = [id_ for bits in groups for id_ in bits]
    if is_sqlite(view.session):
        clause, value = "id in (select value from json_each(:ids))", str(ids)
    else:
        clause, value = "id = any(:ids)", ids  # type: ignore[assignment]
    statement = text(f"select id, document_id, order_key from recommendation where {clause}")  # noqa: S608
    rows = view.session.connection().execute(statement, {"ids": value})
    return {id_: (document or 0, key, id_) for id_, document, key in rows}
