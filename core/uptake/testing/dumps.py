"""What a database holds, as plain values that tests compare: before and after an undo, a second import, a failure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pyroaring import BitMap
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from uptake.db import Base, is_sqlite
from uptake.models.search import Posting

BOOKKEEPING = frozenset({"import_run", "import_finding", "audit_entry", "search_state", "search_posting", "source"})
Rows = list[Any]


def dump(session: Session, leave_out: Collection[str] = BOOKKEEPING) -> dict[str, Rows]:
    """The sorted rows of every table but those left out, and the search index as what it says, not how it is stored."""
    found: dict[str, Rows] = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in leave_out:
            found[table.name] = sorted(([*row] for row in session.execute(select(table))), key=repr)
    return found | index_dump(session)


def index_dump(session: Session) -> dict[str, Rows]:
    """The postings and the full text of the search index."""
    rows = session.execute(select(Posting.field, Posting.value, Posting.bits))
    postings = sorted([field, value, list(BitMap.deserialize(bytes(bits)))] for field, value, bits in rows)
    return {"postings": postings, "full text": _sqlite_text(session) if is_sqlite(session) else _postgres_text(session)}


def _sqlite_text(session: Session) -> Rows:
    connection = session.connection()
    connection.exec_driver_sql(
        "create virtual table if not exists temp.search_words using fts5vocab('main', 'search_text', 'instance')"
    )
    return [
        [*row]
        for row in connection.exec_driver_sql("select doc, col, offset, term from temp.search_words order by 1, 2, 3")
    ]


def _postgres_text(session: Session) -> Rows:
    rows = session.execute(text("select id, cast(stems as text), cast(words as text) from search_text order by id"))
    return [[*row] for row in rows]
