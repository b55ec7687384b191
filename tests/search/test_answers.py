"""One set of ids behind list, count, facets and exports: they can never disagree."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from threading import Thread
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import Engine as Database
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from uptake import db
from uptake.search import index, ordering
from uptake.search.engine import FACETS, SORTS, Engine, Query
from uptake.search.query import LONGEST
from uptake.services.lists import searching
from uptake.services.lists.searching import build_query

from tests.search.conftest import WORDS, Write, insert
from tests.search.test_query import TEXTS

REUSED = [HealthCheck.function_scoped_fixture]


def asked(draw: st.DrawFn, engine: Engine) -> Query:
    """A random question, by values that there are and some that there are not."""
    pairs = [(name, value) for name in FACETS for value in [*engine.postings(name), "none", "zzz"]]
    some = st.lists(st.sampled_from(pairs), max_size=3)
    days = st.none() | st.dates(datetime.date(2014, 1, 1), datetime.date(2025, 12, 31))
    words = " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=2)))
    query = build_query(words, draw(some), draw(some), sort=draw(st.sampled_from(["", *SORTS])))
    return replace(query, since=draw(days), until=draw(days))


def test_counts_lists_facets_and_exports_agree(mixed: Flask) -> None:
    session = db.session()

    @rules(max_examples=60, deadline=None, suppress_health_check=REUSED)
    @given(st.data())
    def prove(data: st.DataObject) -> None:
        engine = Engine(session)
        query = data.draw(st.composite(lambda draw: asked(draw, engine))())
        answer = engine.answer(query)
        size = data.draw(st.sampled_from([7, 20, 100]))
        pages = [engine.page(answer, query.sort, at, size) for at in range(0, answer.count + size, size)]
        listed = [id_ for page in pages for id_ in page]
        assert len(listed) == len(set(listed)) == answer.count
        assert set(listed) == set(answer.ids)
        assert listed == engine.page(answer, query.sort, 0, answer.count)
        assert [card.id for card in searching.everything(session, query)] == listed
        limit = data.draw(st.sampled_from([None, 1, 3]))
        for name in FACETS:
            rows = engine.facet(name, query, answer, limit)
            sizes = [count for value, count in rows if value != "none"]
            assert sizes == sorted(sizes, reverse=True)
            for value, count in rows[:4]:
                linked = replace(query, filters={**query.filters, name: (value,)})
                assert engine.answer(linked).count == count, (name, value)
            if limit is None and name not in query.filters:
                assert {value for value, _ in rows} == {
                    value for value, bits in engine.postings(name).items() if set(bits) & set(answer.ids)
                }
            elif limit is not None:
                every = [row for row in engine.facet(name, query, answer) if row[0] != "none"]
                assert [row for row in rows if row[0] != "none"] == every[:limit]

    prove()


def test_no_text_breaks_a_search(mixed: Flask) -> None:
    session = db.session()

    @rules(max_examples=120, deadline=None, suppress_health_check=REUSED)
    @given(TEXTS)
    def prove(words: str) -> None:
        engine = Engine(session)
        answer = engine.answer(Query(words))
        assert engine.answer(Query(str(answer.reading))).ids == answer.ids
        assert len(engine.page(answer, "relevance", 0, 20)) == min(answer.count, 20)

    prove()


@pytest.mark.parametrize(
    "words",
    ["'; drop table state --", 'stems : "a" NEAR(b c) ^d', "a & b | !c <-> d:*", "\\ \\' '' \"\\\"", "\x00a\x00",
     "a\ud800b", "a " * 600, "(" * 600, "NOT " * 600 + "a", "a OR " * 250 + "b", "-a " * 400,
     '"' + "women " * 160 + '"', "(a (b OR c (d OR e (f OR (g h (i OR j (k l OR (m n)))))))) OR (o p)", "x" * 5000,
     "ä*" * 300, "𝕨𝕠𝕞𝕖𝕟 ①", "%00 %s :x"],
)  # fmt: skip
def test_hostile_texts_are_answered(mixed: Flask, words: str) -> None:
    engine = Engine(db.session())
    answer = engine.answer(Query(words))
    assert len(answer.reading.__str__()) <= LONGEST
    engine.page(answer, "relevance", 0, 20)


def test_hostile_filters_are_answered(mixed: Flask) -> None:
    engine = Engine(db.session())
    for name in searching.FILTERS:
        for value in ("\x00", "a\ud800", "'", '"', "\\", "*", "%", "9" * 400, "none", "-", "..", "document:1", "٠"):
            with_it = engine.answer(Query(filters={name: (value,)}))
            without = engine.answer(Query(without={name: (value,)}))
            assert with_it.count + without.count == len(engine.everything)


def test_documents_are_named_by_symbol_for_machines(mixed: Flask) -> None:
    session = db.session()
    query = build_query()
    page, engine = searching.find(session, query)
    found = searching.as_json(page, searching.facets(engine, query, page.answer))["facets"]["document"]
    assert found["CRC/C/SVN/CO/1"] == 4
    assert "none" in found
    assert [key for key in found if key.startswith("document:")] != []
    for symbol, count in found.items():
        assert searching.find(session, build_query(filters=[("symbol", symbol)]))[0].count == count, symbol


def test_orders(write: Write, session: Session) -> None:
    def document(number: int, day: str | None, paragraph: str, **more: str) -> int:
        return write(en="Nothing.", symbol=f"A/HRC/{number}/1", day=day, paragraph=paragraph, **more)

    old = [document(9, "2015-01-01", paragraph) for paragraph in ("118.9", "118.21", "118.100")]
    new = [document(10, "2016-01-01", paragraph) for paragraph in ("2", "10")]
    undated = document(11, None, "1")
    bare = write(en="Nothing.")
    session.rollback()
    engine = Engine(session)
    answer = engine.answer(Query())
    assert engine.page(answer, "document", 0, 20) == [*old, *new, undated, bare]
    assert engine.page(answer, "newest", 0, 20)[:5] == [*new, *old]
    assert engine.page(answer, "oldest", 0, 20)[:5] == [*old, *new]
    assert set(engine.page(answer, "newest", 5, 20)) == {undated, bare}
    assert engine.page(answer, "relevance", 0, 20) == engine.page(answer, "newest", 0, 20)


def test_texts_come_before_what_is_only_tagged_so(
    write: Write, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged = [write(en="Do it.", terms=("children",), day=f"2020-01-0{number}") for number in (1, 2, 3)]
    said = [write(en="Children. " + "And so on. " * number, day=f"2019-01-0{number}") for number in (1, 2, 3, 4)]
    often = write(en="Children, children, children!", day="2001-01-01")
    session.rollback()
    engine = Engine(session)
    answer = engine.answer(Query("children"))
    order = engine.page(answer, "relevance", 0, 20)
    assert order[0] == often
    assert order[1:] == [*said, *reversed(tagged)]
    assert [engine.page(answer, "relevance", at, 3) for at in (0, 3, 6, 9)] == [order[:3], order[3:6], order[6:], []]
    monkeypatch.setattr(ordering, "RANKED", 2)
    bounded = engine.page(answer, "relevance", 0, 20)
    assert set(bounded[:2]) == set(said[2:])
    assert bounded[2:] == [said[1], said[0], often, *reversed(tagged)]


def test_threads_share_what_is_remembered(mixed: Flask) -> None:
    failures: list[object] = []
    expected = {word: set(Engine(db.session()).answer(Query(word)).ids) for word in WORDS}
    db.session().rollback()
    database: Database = db.db.engine
    with db.transaction() as session:
        index._touch(session)

    def work(seed: int) -> None:
        rng = random.Random(seed)
        try:
            for _ in range(15):
                word = rng.choice(WORDS)
                with Session(database) as session:
                    engine = Engine(session)
                    answer = engine.answer(Query(word))
                    if set(answer.ids) != expected[word]:
                        failures.append(word)
                    engine.page(answer, rng.choice(SORTS), 0, 20)
                    engine.facet(rng.choice(FACETS), Query(word), answer)
        except Exception as error:
            failures.append(error)

    threads = [Thread(target=work, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_page_takes_the_same_queries_whatever_its_size(mixed: Flask, write: Write) -> None:
    session = db.session()

    def statements(size: int) -> int:
        session.rollback()
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(db.db.engine, "before_cursor_execute", note)
        query = build_query("women", filters=[("kind", "recommendation")], sort="relevance")
        page, engine = searching.find(session, query, 1, size)
        searching.as_json(page, searching.facets(engine, query, page.answer))
        event.remove(db.db.engine, "before_cursor_execute", note)
        assert len(page.cards) == min(size, page.count)
        return len(seen)

    with db.transaction():
        index._touch(session)
    cold = statements(5)
    assert statements(100) <= cold + 1
    warm = statements(20)
    assert statements(100) <= warm + 1
    with db.transaction():
        index.add(session, [insert(session, en=f"Women {number} {uuid4()}") for number in range(200)])
    assert statements(5) <= cold
    assert statements(20) == statements(100) <= warm


def test_a_read_stays_at_its_moment(write: Write, session: Session) -> None:
    """What a page counts, lists and loads is of one moment, also while an import commits."""
    write(en="Women.")
    session.rollback()
    with Session(db.db.engine) as reader:
        engine = Engine(reader)
        assert engine.answer(Query()).count == 1
        write(en="Women again.")
        assert reader.execute(text("select count(*) from recommendation")).scalar() == 1
        assert engine.answer(Query("women")).count == 1
        assert sum(count for _, count in engine.facet("state", Query(), engine.answer(Query()))) == 1
