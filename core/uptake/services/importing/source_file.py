"""The file of an import: what it shows from outside, which importer reads it, and how far it has been read."""

from __future__ import annotations

import logging
import os
import struct
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from uptake.errors import Conflict, Invalid, NotFound
from uptake.hooks.kinds import FileInfo, Importer
from uptake.hooks.registry import Registry

HEAD_SIZE = 65536
log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


def inspect_file(path: Path) -> FileInfo:
    """What a file shows from outside."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(HEAD_SIZE)
    except FileNotFoundError:
        raise NotFound("There is no file {file}.", remedy="Check the path.", file=str(path)) from None
    except OSError as error:
        raise Invalid("{file} cannot be read: {error}.", file=str(path), error=error.strerror) from error
    if size == 0:
        raise Invalid("{file} is empty.", remedy="Download it again.", file=path.name)
    return FileInfo(path, os.fsencode(path.name).decode("utf-8", "replace"), size, head, _members(path, head))


def _members(path: Path, head: bytes) -> tuple[str, ...]:
    """What a zip holds; nothing where it is damaged, which its importer tells better."""
    if not head.startswith(b"PK"):
        return ()
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist()[:2000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return ()


def choose_importer(registry: Registry, file: FileInfo) -> Importer:
    """The importer that recognises the file; tables of any kind come last."""
    if "manifest.json" in file.members and "data/recommendation.jsonl" in file.members:
        raise Conflict(
            "{file} is a package of a whole site: it goes into an empty instance.",
            remedy="Bring it in on the command line, with: uptake import FILE.zip; or a backup with: uptake restore FILE.zip",
            file=file.name,
        )
    found = sorted(registry.importers.values(), key=lambda one: (one.source == "table", one.name))
    for importer in found:
        if _recognises(importer, file):
            return importer
    if file.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise Invalid(
            "{file} holds a web page: the site probably answered with an error page.",
            remedy="Download it again and look at it before importing.",
            file=file.name,
        )
    if file.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        raise Invalid(
            "{file} begins with a JSON object that no importer recognises.",
            remedy="Import the full export, an array of records that begins with a square bracket.",
            file=file.name,
        )
    if file.head.startswith(b"PK") and not file.members:
        raise Invalid(
            "{file} is no package, or it was cut short.", remedy="Make or fetch the file again.", file=file.name
        )
    raise Invalid(
        "No importer recognises {file}.",
        remedy="Say which one to use with --importer: {names}.",
        file=file.name,
        names=", ".join(one.name for one in found),
    )


def _recognises(importer: Importer, file: FileInfo) -> bool:
    try:
        return importer.recognises(file)
    except Exception:
        log.exception("importer %s failed in recognises", importer.name)
        return False


def checksum(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    digest = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


class Counting(RawIOBase):
    """Passes a file on and tells how far it has been read."""

    def __init__(self, raw: BinaryIO, size: int, progress: Progress) -> None:
        self._raw, self._size, self._progress = raw, size, progress

    @classmethod
    def over(cls, raw: BinaryIO, size: int, progress: Progress | None) -> Any:
        return BufferedReader(cls(raw, size, progress), 1 << 20) if progress else raw

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._progress(self._raw.tell(), self._size)
        return len(data)
