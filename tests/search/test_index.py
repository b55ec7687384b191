"""What the index holds is what the register holds: after each write, in every process, and built anew."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from uptake import db
from uptake.search import contents, index
from uptake.search.engine import FACETS, Engine, Query

from tests.search.conftest import WORDS, Find, Write, insert


def test_building_the_index_anew_changes_nothing(mixed: Flask) -> None:
    session = db.session()

    def seen() -> object:
        session.rollback()
        engine = Engine(session)
        facts = {name: {value: set(bits) for value, bits in engine.postings(name).items()} for name in FACETS}
        return facts, [engine.page(engine.answer(Query(word)), "relevance", 0, 500) for word in WORDS]

    before = seen()
    with db.transaction():
        assert index.rebuild(session) == Engine(session).answer(Query()).count
    assert seen() == before


def test_what_is_taken_out_is_found_no_more(write: Write, find: Find, session: Session) -> None:
    gone, stays = write(en="Women, à l’école.", state="SVN"), write(en="Women.", state="SVN")
    with db.transaction():
        index.remove(session, [gone])
    assert find("women") == find("state:SVN") == find() == {stays}
    with db.transaction():
        index.add(session, [gone])
    assert find("women") == find(state="SVN") == {gone, stays}


def test_an_index_built_by_other_rules_is_built_anew_before_it_changes(
    write: Write, find: Find, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "NORMALISER", "0")
    monkeypatch.setattr(contents, "stem_of", lambda _language: str.upper)
    gone, stays = write(en="Women and girls."), write(en="Women.")
    monkeypatch.undo()
    with db.transaction():
        index.remove(session, [gone])
    assert find("women") == {stays}
    assert find("girls") == set()


def test_a_write_is_seen_by_the_next_query_of_another_process(write: Write, session: Session) -> None:
    write(en="Women.")
    other = create_engine(db.db.engine.url)
    with Session(other) as there:
        assert Engine(there).answer(Query("women")).count == 1
        there.rollback()
        write(en="Women again.", state="SVN")
        assert Engine(there).answer(Query("women")).count == 2
        assert Engine(there).answer(Query(filters={"state": ("SVN",)})).count == 1
    other.dispose()


def test_what_is_rolled_back_was_never_there(write: Write, find: Find, session: Session) -> None:
    first = write(en="Women.")

    def fail() -> None:
        with db.transaction():
            index.add(session, [insert(session, en="Women again.")])
            assert Engine(session).answer(Query("women")).count == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert find("women") == {first}
    second = write(en="And women.")
    assert find("women") == {first, second}


def test_a_text_of_any_length_is_indexed(write: Write, find: Find) -> None:
    long = write(en="women " + " ".join(f"w{number:x}é" for number in range(60_000)), fr="femmes " * 50_000)
    assert find("women") == {long}
    assert find("femme") <= {long}
