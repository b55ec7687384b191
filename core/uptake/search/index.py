"""Keeps the index: stems and words of every recommendation for full-text search, and the postings of its facets.

Reads what the tables say now. Whoever changes a recommendation takes it out before and puts it in after, in the same
transaction, so that index and tables never differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from pyroaring import BitMap
from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.orm import Session

from uptake.db import bulk_insert, chunks, is_sqlite
from uptake.models.recommendations import Recommendation, RecommendationText, Withdrawal
from uptake.models.search import Posting, SearchState
from uptake.search import facts
from uptake.search.contents import Row, Text, rows_of, tokeniser
from uptake.search.words import NORMALISER

BATCH = 5000
PIECE = 8_000_000


def lock(session: Session) -> None:
    """Queue with the other writers until the end of the transaction, as SQLite has it anyway.

    Whoever reads a recommendation in order to change it calls this first: two would lose each other's postings.
    """
    if not is_sqlite(session):
        session.execute(text("lock table search_state in exclusive mode"))


def add(session: Session, ids: Iterable[int], written: BitMap | None = None) -> None:
    """Put recommendations into the index that are not in it; of those ``written`` it holds the words already."""
    lock(session)
    gathered: defaultdict[facts.Fact, BitMap] = defaultdict(BitMap)
    taken = BitMap(ids) - withdrawn(session)
    wordless = taken - written if written else taken
    with tokeniser(len(wordless)) as tokenise:
        for rows in tokenise(_texts(session, wordless)):
            write_words(session, rows)
    for chunk in chunks(taken, BATCH):
        for fact, bits in facts.of(session, BitMap(chunk)).items():
            gathered[fact] |= bits
    if gathered:
        _update(session, gathered, BitMap())


def remove(session: Session, ids: Iterable[int]) -> None:
    """Take recommendations out of the index; to be called before their rows change.

    SQLite takes out the words that it is told, so an index that other rules have built is first built anew.
    """
    lock(session)
    taken = BitMap(ids) - withdrawn(session)
    built_by = session.scalar(select(SearchState.normaliser).where(SearchState.id == 1))
    if taken and built_by not in {None, NORMALISER}:
        rebuild(session)
    for chunk in chunks(taken, BATCH):
        _delete_texts(session, chunk)
    if taken:
        _update(session, {}, taken)


def withdrawn(session: Session) -> BitMap:
    """What people have withdrawn: the index holds none of it, whoever adds it."""
    return BitMap(session.scalars(select(Withdrawal.recommendation_id)))


def rebuild(session: Session) -> int:
    """Build the whole index anew; the number of recommendations in it."""
    lock(session)
    if is_sqlite(session):
        session.execute(text("insert into search_text(search_text) values('delete-all')"))
    else:
        session.execute(text("truncate search_text"))
    session.execute(delete(Posting))
    ids = BitMap(session.scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None))))
    ids -= withdrawn(session)
    add(session, ids)
    _touch(session)
    return len(ids)


def refresh_facts(session: Session, ids: Iterable[int]) -> None:
    """Bring status, institutions and grades of recommendations (or of those that components belong to) up to date.

    To be called in the transaction that has changed follow-ups, assignments or grades, before its audit entry is written: all
    who take both locks take them in this order.
    """
    lock(session)
    session.flush()
    taken = BitMap()
    whole = func.coalesce(Recommendation.parent_id, Recommendation.id)
    for chunk in chunks(set(ids)):
        taken.update(session.scalars(select(whole).where(Recommendation.id.in_(chunk))))
    taken -= withdrawn(session)
    gathered: defaultdict[facts.Fact, BitMap] = defaultdict(BitMap)
    for chunk in chunks(taken, BATCH):
        for fact, bits in facts.of_work(session, BitMap(chunk)).items():
            gathered[fact] |= bits
    if taken and _merge(session, gathered, taken, facts.WORK):
        _touch_work(session)


def refresh_tags(session: Session, ids: Iterable[int]) -> None:
    """Bring the tags of recommendations up to date: for whoever changes nothing else of them. Components have none here."""
    lock(session)
    session.flush()
    taken = BitMap()
    for chunk in chunks(set(ids)):
        there = (Recommendation.id.in_(chunk), Recommendation.parent_id.is_(None))
        taken.update(session.scalars(select(Recommendation.id).where(*there)))
    taken -= withdrawn(session)
    gathered: defaultdict[facts.Fact, BitMap] = defaultdict(BitMap)
    for chunk in chunks(taken, BATCH):
        for fact, bits in facts.of_tags(session, BitMap(chunk)).items():
            gathered[fact] |= bits
    if taken and _merge(session, gathered, taken, facts.TAGGED):
        _touch(session)


def touch(session: Session) -> None:
    """Make every process read anew what it remembers: for whoever changes names by which things are found."""
    lock(session)
    _touch(session)


def _texts(session: Session, ids: Iterable[int]) -> Iterator[list[Text]]:
    """The texts of some recommendations, in order, a few megabytes at a time."""
    for chunk in chunks(ids, BATCH):
        yield from _pieces(session, chunk)


def _pieces(session: Session, ids: list[int]) -> Iterator[list[Text]]:
    """Each piece is read to its end before it is passed on: SQLite writes slowly beside an open reading."""
    length = select(func.sum(func.length(RecommendationText.cleaned))).where(_within(ids))
    if len(ids) > 1 and (session.scalar(length) or 0) > PIECE:
        half = len(ids) // 2
        yield from _pieces(session, ids[:half])
        yield from _pieces(session, ids[half:])
        return
    rows = session.connection().execute(
        select(RecommendationText.recommendation_id, RecommendationText.language, RecommendationText.heading,
               RecommendationText.cleaned)
        .join(Recommendation, Recommendation.id == RecommendationText.recommendation_id)
        .where(_within(ids), Recommendation.parent_id.is_(None))
        .order_by(RecommendationText.recommendation_id, RecommendationText.language)
    ).cursor  # fmt: skip
    assert rows is not None
    found = cast("list[Text]", rows.fetchall())
    if ids[-1] - ids[0] + 1 != len(ids):
        wanted = set(ids)
        found = [row for row in found if row[0] in wanted]
    if found:
        yield found


def _within(ids: list[int]) -> ColumnElement[bool]:
    return RecommendationText.recommendation_id.between(ids[0], ids[-1])


def write_words(session: Session, rows: list[Row]) -> None:
    """Put the stems and words of recommendations into the full-text index, ahead of ``add``."""
    connection = session.connection()
    if not rows:
        return
    if is_sqlite(session):
        connection.exec_driver_sql("insert into search_text(rowid, stems, words) values (?, ?, ?)", rows)
        return
    cursor = connection.connection.cursor()
    with cursor.copy("copy search_text (id, stems, words) from stdin") as copy:
        for id_, stems, plain in rows:
            copy.write_row((id_, vector(stems), vector(plain)))
    cursor.close()


def vector(tokens: str) -> str:
    """A tsvector literal: every word with its positions, without PostgreSQL's own word rules."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for position, token in enumerate(tokens.split(), 1):
        found = places[token]
        if len(found) < 256:
            found.append(str(min(position, 16383)))
    return " ".join(f"{token}:{','.join(found)}" for token, found in places.items())


def _delete_texts(session: Session, ids: Sequence[int]) -> None:
    connection = session.connection()
    if is_sqlite(session):
        statement = "insert into search_text(search_text, rowid, stems, words) values ('delete', ?, ?, ?)"
        for batch in _texts(session, ids):
            connection.exec_driver_sql(statement, rows_of(batch))
        return
    connection.execute(text("delete from search_text where id = any(:ids)"), {"ids": list(ids)})


def _update(session: Session, added: dict[facts.Fact, BitMap], removed: BitMap) -> None:
    """Merge new postings into the stored ones, and take removed recommendations out of all of them."""
    _merge(session, added, removed)
    _touch(session)


def _merge(
    session: Session, added: dict[facts.Fact, BitMap], removed: BitMap, fields: Sequence[str] = facts.FIELDS
) -> bool:
    """The same for the postings of some fields; whether any is another one now."""
    new: dict[facts.Fact, BitMap] = {key: bits for key, bits in added.items() if bits}
    changed: list[facts.Fact] = []
    stored = select(Posting.field, Posting.value, Posting.bits).where(Posting.field.in_(fields))
    for field, value, packed in session.execute(stored):
        key = (field, value)
        if key not in added and not removed:
            continue
        old = BitMap.deserialize(packed)
        bits = (old - removed) | added.get(key, BitMap())
        new.pop(key, None)
        if bits != old:
            changed.append(key)
            if bits:
                new[key] = bits
    if changed:
        session.connection().execute(
            text("delete from search_posting where field = :field and value = :value"),
            [{"field": field, "value": value} for field, value in changed],
        )
    rows = [(field, value, _packed(bits)) for (field, value), bits in new.items()]
    bulk_insert(session, Posting.__table__, ("field", "value", "bits"), rows)  # type: ignore[arg-type]
    return bool(changed or rows)


def _packed(bits: BitMap) -> bytes:
    bits.run_optimize()
    return bytes(bits.serialize())


def _touch(session: Session) -> None:
    """Tell every process that what it remembers of the index is old."""
    state = session.get(SearchState, 1)
    if state is None:
        session.add(SearchState(id=1, version=1, normaliser=NORMALISER))
    else:
        state.version, state.normaliser = state.version + 1, NORMALISER
    session.flush()


def _touch_work(session: Session) -> None:
    """Tell them that only what they remember of status and institutions is old."""
    session.execute(update(SearchState).where(SearchState.id == 1).values(work=SearchState.work + 1))
