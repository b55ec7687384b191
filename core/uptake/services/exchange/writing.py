"""Writes a package: one moment of the database, table by table, and the files; memory stays flat whatever their number."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, BinaryIO

from sqlalchemy import Connection, Engine, func, inspect, select

from uptake import __version__, migrate
from uptake.errors import AppError, Invalid
from uptake.hooks.registry import Registry
from uptake.languages.layers import file_of, languages_in
from uptake.models.progress import StoredFile
from uptake.services.exchange import manifest as manifests
from uptake.services.exchange import scopes
from uptake.services.exchange.archive import PIECE, Progress
from uptake.services.exchange.manifest import FORMAT, MANIFEST, SCHEMA, VERSION, Holds, Manifest, Part, Site, TablePart
from uptake.services.storing import stores
from uptake.services.translating.languages import FOLDER
from uptake.settings import Settings

BATCH = 2000
LEVEL = 1
UNKNOWABLE = ("search_text", "sqlite_", "alembic_version_")


def write_package(
    path: Path, engine: Engine, settings: Settings, registry: Registry, holds: Holds, progress: Progress | None = None
) -> Manifest:
    """Write the file, readable by its owner alone; whole or not at all. It reads in a transaction of its own, so that the
    site may go on working."""
    with (
        engine.connect() as connection,
        connection.begin(),
        _whole(path) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive,
    ):
        return _Writer(archive, connection, settings, registry, holds).write(progress)


class _Writer:
    def __init__(
        self, archive: zipfile.ZipFile, connection: Connection, settings: Settings, registry: Registry, holds: Holds
    ) -> None:
        self._archive, self._connection, self._settings = archive, connection, settings
        self._parts = scopes.parts(registry, holds, connection)
        known = migrate.components(registry)
        revisions = {one.component: one.current or "" for one in migrate.status(connection.engine, known)}
        site = Site(settings.title, settings.base_url, list(settings.states), list(settings.languages))
        left_out = _unknown_tables(connection, {table.name for table in scopes.tables(registry)})
        self._manifest = Manifest(
            FORMAT, VERSION, holds, datetime.now(UTC).replace(microsecond=0), __version__, site, revisions, [], [], [], [],
            left_out,
        )  # fmt: skip

    def write(self, progress: Progress | None) -> Manifest:
        counts = [self._count(part) for part in self._parts]
        done, total = 0, sum(counts)
        for part, count in zip(self._parts, counts, strict=True):
            for rows in self._table(part):
                done += rows
                if progress:
                    progress(done, total)
            assert self._manifest.tables[-1].rows == count
        self._files()
        self._words()
        self._add_bytes(SCHEMA, manifests.schema([part.shape for part in self._parts]), self._manifest.others)
        self._archive.writestr(MANIFEST, manifests.write(self._manifest))
        return self._manifest

    def _count(self, part: scopes.Part) -> int:
        wanted = select(func.count()).select_from(part.shape.table)
        return self._connection.scalar(wanted if part.where is None else wanted.where(part.where)) or 0

    def _table(self, part: scopes.Part) -> Iterator[int]:
        """Write one table; the number of rows of each batch."""
        shape, rows = part.shape, 0
        lines = shape.encoder(self._connection.dialect.name == "sqlite")
        masked = [(shape.names.index(name), convert) for name, convert in part.masked.items()]
        with self._member(f"data/{shape.table.name}.jsonl") as member:
            for batch in self._rows(part):
                for at, convert in masked:
                    batch = [(*row[:at], row[at] and convert(row[at]), *row[at + 1 :]) for row in batch]
                member.write(lines(batch))
                rows += len(batch)
                yield len(batch)
        self._manifest.tables.append(
            TablePart(member.path, member.size, member.checksum, str(shape.table.name), rows, shape.names)
        )

    def _rows(self, part: scopes.Part) -> Iterator[Sequence[Sequence[Any]]]:
        """The rows as the driver gives them, in the order of the primary key."""
        table = part.shape.table
        wanted = select(*part.shape.selected()).select_from(table).order_by(*table.primary_key.columns)
        if part.where is not None:
            wanted = wanted.where(part.where)
        with self._connection.execute(wanted, execution_options={"yield_per": BATCH}) as result:
            yield from result.partitions()

    def _files(self) -> None:
        """The bytes of the files of which a row is in the package; one that is lost or damaged is named, not fatal."""
        part = next((one for one in self._parts if one.shape.table.name == StoredFile.__tablename__), None)
        if part is None:
            return
        checksum = StoredFile.sha256
        wanted = select(checksum, func.min(StoredFile.key)).group_by(checksum).order_by(checksum)
        store = stores.store_of(self._settings)
        for found, key in self._connection.execute(wanted if part.where is None else wanted.where(part.where)):
            if not self._file(store, found, key):
                self._manifest.lacking.append(found)

    def _file(self, store: stores.Store, checksum: str, key: str) -> bool:
        """Add a file once it has been read whole; whether it was there and what it should be."""
        with tempfile.TemporaryFile() as scratch:
            digest = sha256()
            try:
                with store.open(key) as stream:
                    while piece := stream.read(PIECE):
                        digest.update(piece)
                        scratch.write(piece)
            except AppError:
                return False
            if digest.hexdigest() != checksum:
                return False
            scratch.seek(0)
            self._add(f"files/{checksum}", scratch, self._manifest.files, zipfile.ZIP_STORED)
        return True

    def _words(self) -> None:
        """The words of the interface that the site has made its own."""
        folder = self._settings.instance / FOLDER
        for code in languages_in(folder):
            with file_of(folder, code).open("rb") as stream:
                self._add(f"words/{code}.po", stream, self._manifest.others)

    def _add(self, path: str, stream: IO[bytes], to: list[Part], packed: int = zipfile.ZIP_DEFLATED) -> None:
        with self._member(path, packed) as member:
            while piece := stream.read(PIECE):
                member.write(piece)
        to.append(Part(path, member.size, member.checksum))

    def _add_bytes(self, path: str, data: bytes, to: list[Part]) -> None:
        with self._member(path) as member:
            member.write(data)
        to.append(Part(path, member.size, member.checksum))

    @contextmanager
    def _member(self, path: str, packed: int = zipfile.ZIP_DEFLATED) -> Iterator[_Member]:
        entry = path if packed == zipfile.ZIP_DEFLATED else zipfile.ZipInfo(path)
        with self._archive.open(entry, "w", force_zip64=True) as stream:
            yield _Member(path, stream)


class _Member:
    """A file of the package while it is written."""

    def __init__(self, path: str, stream: IO[bytes]) -> None:
        self.path, self.size = path, 0
        self._stream, self._digest = stream, sha256()

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._digest.update(data)
        self.size += len(data)

    @property
    def checksum(self) -> str:
        return self._digest.hexdigest()


def _unknown_tables(connection: Connection, known: set[str]) -> list[str]:
    """The tables that belong to nobody who runs here."""
    names = inspect(connection).get_table_names()
    return sorted(name for name in names if name not in known and not name.startswith(UNKNOWABLE))


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A file that is under its name only once it is whole and on the disk."""
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    except OSError as error:
        raise Invalid("{file} cannot be written: {error}.", file=str(path), error=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)
