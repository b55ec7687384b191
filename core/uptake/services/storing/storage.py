"""Takes files in and gives them out: streamed, bounded, told by their content, kept once, outside the web root."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.files.metadata import STRIPPERS, Damaged
from uptake.i18n import N_
from uptake.models.progress import StoredFile
from uptake.services.instance import settings_of
from uptake.services.permissions import Person
from uptake.services.storing import stores
from uptake.services.storing.file_kinds import ANY, EVIDENCE, Kind, identify, refused, safe_name
from uptake.settings import Settings

CHUNK = 1 << 18
MEGABYTE = 1_000_000
EVIDENCE_MB = 100
ABANDONED = 6 * 3600


class Source(Protocol):
    """Something that is read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """The next bytes."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose bytes are in the store; ``keep`` makes it known."""

    name: str
    media_type: str
    size: int
    sha256: str

    @property
    def key(self) -> str:
        """Where the bytes are: by the checksum alone, so that the same file is kept once."""
        return key_of(self.sha256)


def store(
    session: Session, stream: Source, name: str, person: Person, *, kinds: Collection[str] | None = EVIDENCE,
    limit_mb: int | None = None,
) -> StoredFile:  # fmt: skip
    """Receive a file and keep it, inside the running transaction. For large ones ``receive`` first: it takes time."""
    return keep(session, receive(settings_of(session), stream, name, kinds=kinds, limit_mb=limit_mb), person)


def receive(
    settings: Settings,
    stream: Source,
    name: str,
    *,
    kinds: Collection[str] | None = EVIDENCE,
    limit_mb: int | None = None,
) -> Received:
    """Bring the bytes of a file into the store, without the database.

    ``kinds`` are codes of ``file_kinds.KINDS``, None takes any content. Raises ``Invalid`` at the field ``file``.
    """
    shown = safe_name(name)
    most = (limit_mb or settings.limits.get("evidence_mb", EVIDENCE_MB)) * MEGABYTE
    with scratch(settings) as path, path.open("w+b") as file:
        _copy(stream, file, shown, most)
        kind = ANY if kinds is None else identify(file, shown, kinds)
        with _without_metadata(settings, file, path, kind, shown) as (clean, clean_path):
            sha256, size = _checksum(clean)
            stores.store_of(settings).put(clean_path, key_of(sha256))
    ending = "" if os.path.splitext(shown)[1] or not kind.endings else kind.endings[0]
    return Received(shown + ending, kind.media_type, size, sha256)


def take(settings: Settings, path: Path, name: str, media_type: str) -> Received:
    """Bring a file that was made in ``scratch`` into the store, without the database."""
    with path.open("rb") as file:
        sha256, size = _checksum(file)
    stores.store_of(settings).put(path, key_of(sha256))
    return Received(safe_name(name), media_type, size, sha256)


def keep(session: Session, received: Received, person: Person) -> StoredFile:
    """Make a received file known, inside the running transaction. Every upload has a row: it is protected by its use."""
    file = StoredFile(
        name=received.name, media_type=received.media_type, size=received.size, sha256=received.sha256,
        key=received.key, created=datetime.now(UTC), user_id=person.id,
    )  # fmt: skip
    session.add(file)
    session.flush()
    return file


def open_file(file: StoredFile) -> BinaryIO:
    """The bytes of a file, to be read from the beginning to the end and closed."""
    return stores.store_of(settings_of(current_session())).open(file.key)


def as_path(file: StoredFile) -> AbstractContextManager[Path]:
    """The file under a path as long as the context lasts."""
    return stores.local_copy(settings_of(current_session()), file.key)


def key_of(sha256: str) -> str:
    """The name of a file in the store."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def sweep(session: Session, *, older_than: float = 86_400) -> int:
    """Delete from the local store what no row knows and nobody has brought for a day; how many files that were."""
    settings, count = settings_of(session), 0
    root = settings.instance / stores.FOLDER
    for path in root.glob("??/??/*"):
        unknown = session.scalar(select(StoredFile.id).where(StoredFile.sha256 == path.name).limit(1)) is None
        if unknown and path.stat().st_mtime < time.time() - older_than:
            path.unlink(missing_ok=True)
            count += 1
    return count


@contextmanager
def scratch(settings: Settings) -> Iterator[Path]:
    """A file of its own in the incoming folder, gone afterwards; what a killed process left there goes too."""
    folder = stores.incoming(settings)
    for left in folder.iterdir():
        if _age(left) > ABANDONED:
            left.unlink(missing_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def _copy(stream: Source, file: BinaryIO, name: str, most: int) -> None:
    size = 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > most:
            raise refused(
                N_("{file} is larger than {limit} MB."),
                N_("Make it smaller, or put it elsewhere and give its link."),
                file=name, limit=most // MEGABYTE,
            )  # fmt: skip
        file.write(chunk)
    if not size:
        raise refused(N_("{file} is empty."), N_("Choose the file again; it may not have been saved."), file=name)
    file.flush()


@contextmanager
def _without_metadata(
    settings: Settings, file: BinaryIO, path: Path, kind: Kind, name: str
) -> Iterator[tuple[BinaryIO, Path]]:
    strip = STRIPPERS.get(kind.code)
    if strip is None:
        yield file, path
        return
    with scratch(settings) as other, other.open("w+b") as clean:
        file.seek(0)
        try:
            strip(file, clean)
        except Damaged as error:
            raise refused(N_("{file} is a damaged picture."), N_("Save it again."), file=name) from error
        clean.flush()
        yield clean, other


def _checksum(file: BinaryIO) -> tuple[str, int]:
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
