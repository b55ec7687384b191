"""Where the bytes of files are kept: a folder of the instance, or a store that speaks S3."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from uptake.errors import AppError, Invalid, NotFound
from uptake.i18n import N_
from uptake.settings import Settings

FOLDER = "files"
INCOMING = "incoming"


class Unavailable(AppError):
    """The file store does not answer."""

    status = 503


class Store(Protocol):
    """A place for bytes under a key that is made of their checksum."""

    def put(self, path: Path, key: str) -> None:
        """Keep a file, all of it or nothing; what is there already is kept as it is."""

    def open(self, key: str) -> BinaryIO:
        """The bytes, to be closed by the caller. Raises ``NotFound``."""

    def remove(self, key: str) -> None:
        """Forget the bytes."""


class LocalStore:
    """A folder, sharded by the checksum. A file appears there under its name only when it is whole and on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, path: Path, key: str) -> None:
        """Move the file into place."""
        target = self._root / key
        if target.is_file() and target.stat().st_size == path.stat().st_size:
            os.utime(target)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _to_disk(path)
        os.replace(path, target)
        _to_disk(target.parent)

    def open(self, key: str) -> BinaryIO:
        """Open the file."""
        try:
            return (self._root / key).open("rb")
        except FileNotFoundError as error:
            raise missing() from error

    def remove(self, key: str) -> None:
        """Delete the file."""
        (self._root / key).unlink(missing_ok=True)


class S3Store:
    """A bucket of an S3-compatible store."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, path: Path, key: str) -> None:
        """Send the file in parts; the store shows it when the last one is there."""
        size = path.stat().st_size
        with _told(), path.open("rb") as stream:
            if self._size(key) != size:
                self._client.put_object(bucket_name=self._bucket, object_name=key, data=stream, length=size)

    def open(self, key: str) -> BinaryIO:
        """Open the object for reading from its beginning to its end."""
        with _told():
            return cast("BinaryIO", self._client.get_object(bucket_name=self._bucket, object_name=key))

    def remove(self, key: str) -> None:
        """Delete the object."""
        with _told():
            self._client.remove_object(bucket_name=self._bucket, object_name=key)

    def _size(self, key: str) -> int | None:
        with _told():
            try:
                return int(self._client.stat_object(bucket_name=self._bucket, object_name=key).size)
            except Exception as error:
                if getattr(error, "code", "") in {"NoSuchKey", "NoSuchObject"}:
                    return None
                raise


def store_of(settings: Settings) -> Store:
    """The store that the settings name."""
    if settings.s3:
        return _s3(tuple(sorted(settings.s3.items())))
    return LocalStore(settings.instance / FOLDER)


def incoming(settings: Settings) -> Path:
    """The folder in which files are received; on the same disk as the local store, so that a rename is one step."""
    folder = settings.instance / FOLDER / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def local_copy(settings: Settings, key: str) -> Iterator[Path]:
    """The file under a path, for what has to jump about in it."""
    if not settings.s3:
        path = settings.instance / FOLDER / key
        if not path.is_file():
            raise missing()
        yield path
        return
    with tempfile.NamedTemporaryFile(dir=incoming(settings)) as copy:
        with store_of(settings).open(key) as stream, _told():
            shutil.copyfileobj(stream, copy, 1 << 20)
        copy.flush()
        yield Path(copy.name)


def missing() -> NotFound:
    """The error for a file whose bytes are gone."""
    return NotFound(N_("This file is no longer in the store."), remedy=N_("Tell the administrator."))


@lru_cache(maxsize=8)
def _s3(pairs: tuple[tuple[str, Any], ...]) -> S3Store:
    given = dict(pairs)
    try:
        import urllib3
        from minio import Minio
    except ImportError as error:
        raise Invalid(
            "The S3 file store needs the package minio.", remedy="Install it with: pip install 'uptake[s3]'"
        ) from error
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=5, read=60), retries=urllib3.Retry(2, backoff_factor=0.2)
    )
    scheme, _, host = str(given["endpoint"]).rpartition("://")
    client = Minio(
        host, given["access_key"], given["secret_key"], region=given.get("region") or "us-east-1", http_client=pool,
        secure=given.get("secure", scheme != "http"),
    )  # fmt: skip
    return S3Store(client, given["bucket"])


@contextmanager
def _told() -> Iterator[None]:
    """What the client or its network raises becomes our words; the store's own may hold addresses and keys."""
    try:
        yield
    except (AppError, OSError):
        raise
    except Exception as error:
        if getattr(error, "code", "") in {"NoSuchKey", "NoSuchObject"}:
            raise missing() from error
        raise Unavailable(
            N_("The file store does not answer as it should."),
            remedy=N_("Try again in a few minutes. If it stays so, tell the administrator."),
            code=getattr(error, "code", type(error).__name__),
        ) from error


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
