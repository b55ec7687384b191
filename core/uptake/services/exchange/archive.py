"""Reads a package that anybody may have made: nothing of it is believed before its names, sizes and checksums are proved."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, BinaryIO

from uptake.errors import Invalid, NotFound
from uptake.services.exchange import manifest as manifests
from uptake.services.exchange.manifest import LARGEST, MANIFEST, MEMBER, Manifest, Part

PIECE = 1 << 20
LONGEST_LINE = 256 << 20
MAX_RATIO, RATIO_FROM = 200, 100_000_000
Progress = Callable[[int, int], None]
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def is_package(path: Path) -> bool:
    """Whether a file looks like a package, whatever is wrong with it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return MANIFEST in archive.namelist()
    except (*_DAMAGED, OSError):
        return False


class Package:
    """An open package. ``check`` proves all of it in flat memory; only then its parts are read."""

    def __init__(self, archive: zipfile.ZipFile, name: str, size: int) -> None:
        self.name = name
        self._archive, self._size = archive, size
        self._members = self._listed()
        self.manifest = self._manifest()

    def check(self, progress: Progress | None = None) -> None:
        """Unpack every part once. Raises ``Invalid`` that names the first one that is not what the manifest says."""
        done, total = 0, sum(part.size for part in self.manifest.parts)
        for part in self.manifest.parts:
            digest = sha256()
            with self.open(part) as stream:
                while piece := self._read(stream, part.path):
                    digest.update(piece)
                    done += len(piece)
                    if progress:
                        progress(done, total)
            if digest.hexdigest() != part.sha256:
                raise self._wrong("The checksum of {part} in {file} is wrong: it was altered or damaged.", part.path)

    def open(self, part: Part) -> BinaryIO:
        """A part, to be read from its beginning to its end."""
        return self._archive.open(part.path)  # type: ignore[return-value]

    def lines(self, part: Part) -> Iterator[bytes]:
        """The lines of a part."""
        rest = b""
        with self.open(part) as stream:
            while piece := self._read(stream, part.path):
                *whole, rest = (rest + piece).split(b"\n")
                yield from whole
                if len(rest) > LONGEST_LINE:
                    raise self._wrong("A line of {part} in {file} is too long.", part.path)
        if rest:
            yield rest

    def _read(self, stream: IO[bytes], part: str) -> bytes:
        try:
            return stream.read(PIECE)
        except _DAMAGED as error:
            raise self._wrong("{part} in {file} is damaged: it cannot be unpacked.", part) from error

    def _listed(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for member in self._archive.infolist():
            if not MEMBER.fullmatch(member.orig_filename) or member.orig_filename != member.filename:
                raise self._wrong("{file} holds {part}, which no package holds.", member.orig_filename[:200])
            if member.filename in found:
                raise self._wrong("{file} holds {part} twice.", member.filename)
            if member.flag_bits & 1 or member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise self._wrong("{part} in {file} is packed in a way that no package is.", member.filename)
            found[member.filename] = member
        total = sum(member.file_size for member in found.values())
        if total > RATIO_FROM and total > MAX_RATIO * self._size:
            raise Invalid(
                "{file} would unpack to {total} MB from {size} MB: it was not opened.",
                remedy="Nothing was changed. Make or fetch the file again.",
                file=self.name, total=total // 1_000_000, size=round(self._size / 1_000_000, 1),
            )  # fmt: skip
        return found

    def _manifest(self) -> Manifest:
        member = self._members.get(MANIFEST)
        if member is None:
            raise Invalid("{file} holds no manifest.", remedy="Choose a package or a backup of Uptake.", file=self.name)
        if member.file_size > LARGEST:
            raise self._wrong("{part} in {file} is too large.", MANIFEST)
        with self._archive.open(member) as stream:
            data = b"".join(iter(lambda: self._read(stream, MANIFEST), b""))
        found = manifests.read(data, self.name)
        told = {part.path: part for part in found.parts}
        for path, part in told.items():
            if path not in self._members:
                raise self._wrong("{file} lacks {part}.", path)
            if self._members[path].file_size != part.size:
                raise self._wrong("The size of {part} in {file} is not what its manifest says.", path)
        if unknown := sorted(self._members.keys() - told.keys() - {MANIFEST}):
            raise self._wrong("{file} holds {part}, which its manifest does not name.", unknown[0])
        if wrong := [part for part in found.files if part.path != f"files/{part.sha256}"]:
            raise self._wrong("The name of {part} in {file} is not its checksum.", wrong[0].path)
        if wrong := [one for one in found.tables if one.path != f"data/{one.table}.jsonl"]:
            raise self._wrong("The name of {part} in {file} is not that of its table.", wrong[0].path)
        return found

    def _wrong(self, message: str, part: str) -> Invalid:
        remedy = "Nothing was changed. Make or fetch the file again."
        return Invalid(message, remedy=remedy, file=self.name, part=part)


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a package. Raises ``NotFound``, and ``Invalid`` for what is none or of a newer version."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Package(archive, path.name, path.stat().st_size)
    except FileNotFoundError:
        raise NotFound("There is no file {file}.", remedy="Check the path.", file=str(path)) from None
    except zipfile.BadZipFile as error:
        raise Invalid(
            "{file} is no package, or it was cut short.", remedy="Make or fetch the file again.", file=path.name
        ) from error
