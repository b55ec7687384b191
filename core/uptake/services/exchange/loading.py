"""Brings a package into a site: in one transaction, all of it or nothing, on either database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Table, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from uptake.db import is_sqlite
from uptake.errors import Invalid
from uptake.hooks.registry import Registry
from uptake.languages.layers import file_of
from uptake.models.progress import StoredFile
from uptake.search import index
from uptake.services.exchange import scopes
from uptake.services.exchange.archive import PIECE, Package, Progress
from uptake.services.exchange.columns import Shape, defaults
from uptake.services.exchange.fitting import Plan, names_of
from uptake.services.exchange.manifest import TablePart
from uptake.services.plugins.reference import load_reference
from uptake.services.storing import storage, stores
from uptake.services.translating.languages import FOLDER
from uptake.settings import Settings

BATCH = 2000
Row = tuple[Any, ...]


def write_rows(session: Session, package: Package, plan: Plan, registry: Registry, progress: Progress | None) -> None:
    """Fill the tables inside the running transaction; then sequences, what planners know, reference data and the index follow."""
    done, total = 0, package.manifest.rows
    for shape, part in plan.filled:
        for count in _fill(session, package, shape, part):
            done += count
            if progress:
                progress(done, total)
    if not is_sqlite(session):
        for shape, _part in plan.filled:
            _set_sequence(session, shape.table)
            session.connection().exec_driver_sql(f'analyze "{shape.table.name}"')
    session.expire_all()
    load_reference(registry)
    index.rebuild(session)


def empty(session: Session, tables: list[Table]) -> None:
    """Take every row out of these tables; where nothing is but reference data, that is little."""
    for table in reversed(tables):
        session.connection().exec_driver_sql(f'delete from "{table.name}"')  # noqa: S608


def empty_all(session: Session, tables: list[Table]) -> None:
    """Take every row out of all tables, the append-only trail among them."""
    if is_sqlite(session):
        wanted = "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'audit_entry'"
        guards = session.execute(text(wanted)).all()
        for name, _made in guards:
            session.connection().exec_driver_sql(f'drop trigger "{name}"')
        empty(session, tables)
        for _name, made in guards:
            session.connection().exec_driver_sql(made)
        return
    session.execute(text("alter table audit_entry disable trigger user"))
    session.execute(text(f"truncate {names_of(tables)}"))
    session.execute(text("alter table audit_entry enable trigger user"))


def lock(session: Session, registry: Registry) -> None:
    """Nobody else writes until the end of the transaction; references are proved then, not row by row."""
    if is_sqlite(session):
        session.connection().exec_driver_sql("pragma defer_foreign_keys=on")
        return
    session.execute(text(f"lock table {names_of(scopes.tables(registry))} in exclusive mode"))


def _fill(session: Session, package: Package, shape: Shape, part: TablePart) -> Iterator[int]:
    """Write the rows of one table; the number of each batch."""
    sqlite = is_sqlite(session)
    lacking = [column for column in shape.table.columns if column.name not in part.columns]
    added = list(defaults(lacking, sqlite))
    names = [*shape.names, *(name for name, _make in added)]
    rows = _rows(package, shape, part, sqlite, [make for _name, make in added])
    columns = ", ".join(f'"{name}"' for name in names)
    with _told(session, package, part):
        if sqlite:
            statement = f'insert into "{shape.table.name}" ({columns}) values ({", ".join("?" * len(names))})'  # noqa: S608
            yield from _in_batches(rows, lambda batch: session.connection().exec_driver_sql(statement, batch))
            return
        connection: Any = session.connection().connection
        with connection.cursor() as cursor, cursor.copy(f'copy "{shape.table.name}" ({columns}) from stdin') as copy:

            def write(batch: list[Row]) -> None:
                for row in batch:
                    copy.write_row(row)

            yield from _in_batches(rows, write)


def _in_batches(rows: Iterator[Row], write: Callable[[list[Row]], object]) -> Iterator[int]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            write(batch)
            yield len(batch)
            batch = []
    if batch:
        write(batch)
        yield len(batch)


def _rows(
    package: Package, shape: Shape, part: TablePart, sqlite: bool, added: list[Callable[[], Any]]
) -> Iterator[Row]:
    decode, number = shape.decoder(sqlite), 0
    for number, line in enumerate(package.lines(part), 1):
        try:
            values = decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Invalid(
                "{part} in {file}, line {number}: {error}.", remedy="Nothing was changed.", file=package.name,
                part=part.path, number=number, error=error,
            ) from error  # fmt: skip
        yield (*values, *(make() for make in added)) if added else values
    if number != part.rows:
        raise Invalid(
            "{part} in {file} holds {found} rows, and its manifest says {told}.", remedy="Nothing was changed.",
            file=package.name, part=part.path, found=number, told=part.rows,
        )  # fmt: skip


@contextmanager
def _told(session: Session, package: Package, part: TablePart) -> Iterator[None]:
    """What the database has against a row becomes our words."""
    driver: Any = session.get_bind().dialect.loaded_dbapi
    try:
        yield
    except (DBAPIError, driver.Error) as error:
        words = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise Invalid(
            "{part} in {file} does not fit: {error}.", remedy="Nothing was changed.", file=package.name, part=part.path,
            error=words,
        ) from error  # fmt: skip


def _set_sequence(session: Session, table: Table) -> None:
    key = table.autoincrement_column
    if key is None:
        return
    sequence = session.scalar(
        select(text("pg_get_serial_sequence(:name, :column)")).params(name=table.name, column=key.name)
    )
    if sequence:
        found = (
            f'select setval(:name, coalesce(max("{key.name}"), 1), max("{key.name}") is not null) from "{table.name}"'  # noqa: S608
        )
        session.execute(text(found), {"name": sequence})


@contextmanager
def files_of(package: Package, settings: Settings, known: Callable[[list[str]], set[str]]) -> Iterator[None]:
    """Bring the files into the store; where what follows fails, those that nobody ``known`` here names are taken away."""
    store, brought = stores.store_of(settings), []
    try:
        for part in package.manifest.files:
            _put(package, settings, store, part)
            brought.append(part.sha256)
        yield
    except BaseException:
        kept = known(brought)
        for checksum in brought:
            if checksum not in kept:
                store.remove(storage.key_of(checksum))
        raise


def _put(package: Package, settings: Settings, store: stores.Store, part: Any) -> None:
    descriptor, name = tempfile.mkstemp(dir=stores.incoming(settings))
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as copy, package.open(part) as stream:
            while piece := stream.read(PIECE):
                copy.write(piece)
        store.put(path, storage.key_of(part.sha256))
    finally:
        path.unlink(missing_ok=True)


def check_files(session: Session, package: Package) -> None:
    """Raise ``Invalid`` where a row names a file that the package neither holds nor says to lack, or under another key."""
    held = {part.sha256 for part in package.manifest.files} | set(package.manifest.lacking)
    for checksum, key in session.execute(select(StoredFile.sha256, StoredFile.key)):
        if checksum not in held or key != storage.key_of(checksum):
            raise Invalid(
                "{file} lacks files/{checksum}, which one of its rows names.", remedy="Nothing was changed.",
                file=package.name, checksum=checksum[:64],
            )  # fmt: skip


def write_words(package: Package, settings: Settings) -> None:
    """Put the site's own words of the interface in their place."""
    folder = settings.instance / FOLDER
    for part in package.manifest.others:
        if part.path.startswith("words/"):
            path = file_of(folder, part.path.removeprefix("words/").removesuffix(".po"))
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.{os.getpid()}")
            with package.open(part) as stream, beside.open("wb") as copy:
                while piece := stream.read(PIECE):
                    copy.write(piece)
            os.replace(beside, path)
