"""Transactions lose no update, join each other, and keep neither readers nor references waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError
from uptake.app import build
from uptake.db import after_commit, bulk_insert, chunks, db, reserve_ids, session, transaction
from uptake.errors import Busy
from uptake.models.imports import Source
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.settings import Settings
from uptake.testing.databases import SqliteTemplate, close


@pytest.fixture
def file_app(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database file, outside any context, for threads."""
    with sqlite_template.copy(Settings(instance=tmp_path)) as settings:
        app = build(settings)
        yield app
        with app.app_context():
            close()


def codes() -> list[str]:
    session().rollback()
    return sorted(session().scalars(select(Source.code)))


def test_four_threads_that_read_then_write_lose_no_update(file_app: Flask) -> None:
    with file_app.app_context(), transaction() as current:
        current.add(Source(code="0"))
    failures: list[BaseException] = []

    def count() -> None:
        for _ in range(100):
            try:
                with file_app.app_context(), transaction() as current:
                    [row] = current.scalars(select(Source))
                    row.code = str(int(row.code) + 1)
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with file_app.app_context():
        assert (failures, codes()) == ([], ["400"])


def test_a_writer_waits_for_another_only_so_long_and_keeps_nothing(app: Flask) -> None:
    with db.engine.connect().execution_options(uptake_write=True) as other:
        other.execute(insert(Source).values(code="mine"))
        with pytest.raises(Busy, match="Something else is writing"), transaction(patience=0.1) as current:
            current.add_all([Source(code="before"), Source(code="mine")])
        other.commit()
    assert codes() == ["mine"]


def test_readers_read_while_a_write_transaction_is_open(file_app: Flask) -> None:
    seen: list[list[str]] = []

    def read() -> None:
        with file_app.app_context():
            seen.append(codes())

    with file_app.app_context(), transaction() as current:
        current.add(Source(code="unseen"))
        current.flush()
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(timeout=5)
        assert seen == [[]]


def test_an_inner_transaction_joins_the_outer_one(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="outer"), transaction() as outer:
        with transaction() as inner:
            assert inner is outer
            inner.add(Source(code="inner"))
        raise RuntimeError("outer")
    assert codes() == []


def test_a_transaction_that_fails_keeps_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as current:
        current.add(Source(code="lost"))
        current.flush()
        raise RuntimeError
    with transaction() as current:
        current.add(Source(code="kept"))
    assert codes() == ["kept"]


def test_effects_run_after_the_outermost_commit_in_order(app: Flask) -> None:
    seen: list[object] = []
    with transaction() as outer:
        with transaction():
            after_commit(lambda: seen.append(("first", codes())))
        after_commit(lambda: seen.append("second"))
        outer.add(Source(code="kept"))
        assert seen == []
    assert seen == [("first", ["kept"]), "second"]


def test_effects_of_a_transaction_that_fails_never_run(app: Flask) -> None:
    seen: list[str] = []
    with pytest.raises(RuntimeError), transaction():
        after_commit(lambda: seen.append("ran"))
        raise RuntimeError
    with transaction():
        pass
    assert seen == []


def test_an_effect_runs_at_once_outside_any_transaction(app: Flask) -> None:
    seen: list[str] = []
    after_commit(lambda: seen.append("ran"))
    assert seen == ["ran"]


def test_an_effect_may_open_a_transaction_of_its_own(app: Flask) -> None:
    def effect() -> None:
        with transaction() as current:
            current.add(Source(code="effect"))

    with transaction():
        after_commit(effect)
    assert codes() == ["effect"]


def test_a_reference_to_nothing_is_refused(app: Flask) -> None:
    text_of_nothing = RecommendationText(recommendation_id=77, language="en", source_id=1, raw="x", cleaned="x")
    with pytest.raises(IntegrityError), transaction() as current:
        current.add(text_of_nothing)
        current.flush()


def test_rows_written_in_bulk_come_back_as_they_were(app: Flask) -> None:
    awkward = ["plain", "tab\there", "line\nbreak", "back\\slash", "\\N", "quote'\"", "Ünï", "حقوق", "人权", ""]
    with transaction() as current:
        ids = reserve_ids(current, Source.__table__, len(awkward))
        bulk_insert(current, Source.__table__, ("id", "code"), list(zip(ids, awkward, strict=True)))
    assert codes() == sorted(awkward)


def test_reserved_ids_are_ascending_and_unused(app: Flask) -> None:
    with transaction() as current:
        current.add(Source(code="there"))
        current.flush()
        [taken] = current.scalars(select(Source.id))
        ids = list(reserve_ids(current, Source.__table__, 3))
        assert ids == sorted(set(ids))
        assert taken not in ids
        bulk_insert(current, Source.__table__, ("id", "code"), [(id_, str(id_)) for id_ in ids])
    with transaction() as current:
        current.add(Source(code="after"))
    assert len(codes()) == 5


def test_deleting_a_recommendation_takes_its_texts_along(app: Flask) -> None:
    with transaction() as current:
        source = Source(code="x")
        current.add(source)
        current.flush()
        one = Recommendation(uuid=uuid4(), source_id=source.id, kind="recommendation")
        current.add(one)
        current.flush()
        current.add(
            RecommendationText(recommendation_id=one.id, language="en", source_id=source.id, raw="x", cleaned="x")
        )
    with transaction() as current:
        current.execute(text("delete from recommendation"))
    assert db.session.scalars(select(RecommendationText)).all() == []


def test_values_are_cut_into_lists_of_at_most_the_size() -> None:
    assert list(chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(chunks([])) == []
