"""The database: one engine per app, transactions that lose no update, and bulk writing on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, Table, event, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from uptake.errors import Busy, Conflict

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
CHUNK = 500
PATIENCE = 30.0


class Base(DeclarativeBase):
    """Base of every model of the core and of the plugins."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


def session() -> Session:
    """The session of the running app context."""
    return db.session()


@contextmanager
def apart() -> Iterator[None]:
    """What fails inside takes nothing else with it: PostgreSQL answers no question after one that failed. What an outer
    transaction has written before stays."""
    current = session()
    if current.info.get("writing"):
        with current.begin_nested():
            yield
        return
    try:
        yield
    except SQLAlchemyError:
        current.rollback()
        raise


@contextmanager
def transaction(patience: float | None = None) -> Iterator[Session]:
    """Write as one: all of it or nothing. An inner transaction joins the outer one; only services open one.

    On SQLite it takes the write lock at its beginning: with the driver's default mode a read followed by a write loses
    updates silently when two of them cross. ``patience`` is how many seconds it waits for another writer: there at its
    beginning, on PostgreSQL wherever it meets what the other has written. Raises ``Busy`` after that.
    """
    current = session()
    if current.info.get("writing"):
        yield current
        return
    current.rollback()
    current.info["writing"] = True
    current.info["after_commit"] = []
    try:
        wait = PATIENCE if patience is None else patience
        current.connection(execution_options={"uptake_write": True, "uptake_patience": wait})
        yield current
        current.commit()
    except BaseException as error:
        current.rollback()
        told = _conflict_of(error)
        if told is None:
            raise
        raise told from error
    finally:
        current.info["writing"] = False
        waiting = current.info.pop("after_commit")
    for effect in waiting:
        effect()


def _conflict_of(error: BaseException) -> Conflict | None:
    """What a failure that comes of somebody else's work says to a person; None for any other."""
    if isinstance(error, StaleDataError):
        return Conflict("Somebody has changed this meanwhile.", remedy="Look at it again, then repeat the change.")
    words = str(error.orig) if isinstance(error, OperationalError) else ""
    if any(told in words for told in ("database is locked", "deadlock detected", "lock timeout")):
        return Busy("Something else is writing to the database, probably an import.", remedy="Nothing was lost: try again "
                    "in a minute.")  # fmt: skip
    return None


def after_commit(effect: Callable[[], None]) -> None:
    """Run ``effect`` when the outermost transaction has been committed; at once where there is none."""
    current = session()
    if current.info.get("writing"):
        current.info["after_commit"].append(effect)
    else:
        effect()


def is_sqlite(connection: Connection | Session) -> bool:
    """Whether this connection speaks to SQLite."""
    return (
        connection.get_bind().dialect.name == "sqlite"
        if isinstance(connection, Session)
        else (connection.dialect.name == "sqlite")
    )


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Cut values into lists that fit into one IN clause."""
    batch: list[Any] = []
    for value in values:
        batch.append(value)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def reserve_ids(current: Session, table: Table, count: int) -> range | list[int]:
    """Take ``count`` unused primary keys of a table, in ascending order, inside the running transaction."""
    if is_sqlite(current):
        first = current.execute(text(f"select coalesce(max(id), 0) + 1 from {table.name}")).scalar_one()  # noqa: S608
        return range(first, first + count)
    sequence = f"{table.name}_id_seq"
    rows = current.execute(
        text("select nextval(:name) from generate_series(1, :count)"), {"name": sequence, "count": count}
    )
    return sorted(row[0] for row in rows)


def bulk_insert(current: Session, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write many rows of plain driver values (dates and JSON as text) at the speed of the driver.

    SQLAlchemy's own bulk insert takes 6 to 15 µs a row, this 1 to 2 µs: a full export brings four million rows.
    """
    if not rows:
        return
    connection = current.connection()
    if is_sqlite(current):
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"insert into {table.name} ({', '.join(columns)}) values ({marks})", list(rows))  # noqa: S608
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"copy {table.name} ({', '.join(columns)}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.close()


def _begin_as_sqlite(connection: Connection) -> None:
    """What SQLite does by itself: one that writes waits for others only so long; one that reads sees nothing new.

    Otherwise a page's count, its list and its cards could be of different moments while an import commits, and a process
    that is stopped in the middle of a transaction would stop all others.
    """
    options = connection.get_execution_options()
    if options.get("uptake_write"):
        connection.exec_driver_sql(f"set local lock_timeout = {_milliseconds(options)}")
    else:
        connection.exec_driver_sql("set transaction isolation level repeatable read")


def _milliseconds(options: Mapping[str, Any]) -> int:
    return round(1000 * float(options.get("uptake_patience", PATIENCE)))


def configure(engine: Engine) -> None:
    """Give an engine the pragmas and the transaction mode that the rest of the code relies on."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "begin", _begin_as_sqlite)
        return

    @event.listens_for(engine, "connect")
    def _connect(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        for pragma in (
            "journal_mode=wal",
            "synchronous=normal",
            "foreign_keys=on",
            "busy_timeout=30000",
            "page_size=8192",
            "cache_size=-65536",
            "temp_store=memory",
        ):
            raw.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("uptake_write"):
            connection.exec_driver_sql(f"pragma busy_timeout={_milliseconds(options)}")
        connection.exec_driver_sql("begin immediate" if options.get("uptake_write") else "begin")
