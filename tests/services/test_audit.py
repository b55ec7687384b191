"""The audit trail is a chain: it verifies, nobody changes it through the database, and every alteration is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from uptake.db import db, is_sqlite, session, transaction
from uptake.models.audit import AuditEntry
from uptake.services.audit import FIRST, record_event, verify

COLUMNS = {
    "actor": "'Eve'", "action": "'x.y'", "subject": "'other/1'", "reason": "'because'", "previous": f"'{FIRST}'",
    "hash": f"'{FIRST}'", "data": """'{"n": 9}'""", "at": "'2020-01-01 00:00:00'",
}  # fmt: skip


@pytest.fixture
def trail(app: Flask) -> Flask:
    """Five entries."""
    for number in range(1, 6):
        with transaction() as current:
            record_event(
                current,
                "Ana",
                "test.run",
                f"thing/{number}",
                {"n": number, "é": ["ü", None, 1.5]},
                "why" if number % 2 else None,
            )
    return app


@contextmanager
def bypassed() -> Iterator[None]:
    """Somebody with full rights on the database takes the triggers away, or switches them off for a while."""
    with transaction() as current:
        if is_sqlite(current):
            for name in ("no_update", "no_delete", "no_replace"):
                current.execute(text(f"drop trigger if exists audit_entry_{name}"))
        else:
            current.execute(text("alter table audit_entry disable trigger user"))
    yield
    session().rollback()
    with transaction() as current:
        if not is_sqlite(current):
            current.execute(text("alter table audit_entry enable trigger user"))


def execute(statement: str) -> None:
    with transaction() as current:
        current.execute(text(statement))


def test_the_chain_verifies(trail: Flask) -> None:
    assert verify(session()) is None


def test_an_empty_trail_verifies(app: Flask) -> None:
    assert verify(session()) is None


def test_each_entry_carries_the_hash_of_the_one_before(trail: Flask) -> None:
    entries = list(session().scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [entry.id for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in entries] == [FIRST, *(entry.hash for entry in entries[:-1])]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("entry", [2, 5])
def test_an_alteration_of_any_column_is_found(trail: Flask, column: str, entry: int) -> None:
    with bypassed():
        execute(f"update audit_entry set {column} = {COLUMNS[column]} where id = {entry}")
    assert verify(session()) == entry


def test_an_entry_that_was_taken_out_is_found(trail: Flask) -> None:
    with bypassed():
        execute("delete from audit_entry where id = 3")
    assert verify(session()) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entry set actor = 'Eve' where id = 2",
        "delete from audit_entry where id = 5",
        "delete from audit_entry",
    ],
)
def test_the_database_refuses_to_alter_or_delete(trail: Flask, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        execute(statement)
    assert verify(session()) is None
    assert len(session().scalars(select(AuditEntry)).all()) == 5


def test_the_database_refuses_to_put_another_entry_in_the_place_of_one(trail: Flask) -> None:
    values = "(2, '2020-01-01', 'Eve', 'x', 'y', '{}', null, 'p', 'h')"
    replacing = (
        f"insert or replace into audit_entry values {values}" if is_sqlite(session()) else "truncate audit_entry"
    )
    with pytest.raises(DBAPIError, match="append-only"):
        execute(replacing)
    assert session().get_one(AuditEntry, 2).actor == "Ana"


def test_an_entry_goes_with_the_transaction_that_failed(trail: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as current:
        record_event(current, "Ana", "test.run", "thing/6", {})
        raise RuntimeError
    with transaction() as current:
        assert record_event(current, "Ana", "test.run", "thing/7", {}).id == 6
    assert verify(session()) is None


def test_the_chain_verifies_whatever_the_time_zone_of_the_server(trail: Flask) -> None:
    if is_sqlite(session()):
        pytest.skip("SQLite has no time zones")
    name = db.engine.url.database
    session().rollback()
    execute(f"""alter database "{name}" set timezone to 'Asia/Kathmandu'""")
    session().rollback()
    db.session.remove()
    db.engine.dispose()
    assert session().scalar(text("show timezone")) == "Asia/Kathmandu"
    assert verify(session()) is None
