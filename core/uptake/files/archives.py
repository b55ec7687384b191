"""Looks into a zip before a library unpacks it: what it holds, and how much that really is."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from uptake.errors import Invalid

MAX_UNPACKED = 1_500_000_000
MAX_RATIO = 200
RATIO_FROM = 100_000_000
CHUNK = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError)


def check_zip(stream: BinaryIO, name: str) -> tuple[str, ...]:
    """The names of a zip's members, after unpacking each of them once in flat memory.

    Raises ``Invalid`` for a damaged, an encrypted and an oversized archive. The sizes that the archive claims for its
    members do not count: they are what a zip bomb lies about.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
        stream.seek(0, 2)
        _check_members(stream, members, name, stream.tell())
    except _DAMAGED as error:
        raise _damaged(name) from error
    return tuple(member.filename for member in members)


def _check_members(stream: BinaryIO, members: list[zipfile.ZipInfo], name: str, size: int) -> None:
    total = 0
    for member in members:
        if member.flag_bits & 1:
            raise protected(name)
        total = _unpack(stream, member, name, size, total)


def _unpack(stream: BinaryIO, member: zipfile.ZipInfo, name: str, size: int, total: int) -> int:
    """Add a member's real size to ``total``, giving up as soon as it is too much."""
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _damaged(name)
    if member.compress_type == zipfile.ZIP_STORED:
        return _within_limits(total + member.compress_size, size, name)
    _seek_to_data(stream, member)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left = member.compress_size
    while left > 0 and not inflater.eof:
        packed = stream.read(min(CHUNK, left))
        if not packed:
            raise _damaged(name)
        left -= len(packed)
        while packed and not inflater.eof:
            total = _within_limits(total + len(inflater.decompress(packed, CHUNK)), size, name)
            packed = inflater.unconsumed_tail
    if not inflater.eof:
        raise _damaged(name)
    return total


def _seek_to_data(stream: BinaryIO, member: zipfile.ZipInfo) -> None:
    stream.seek(member.header_offset)
    magic, name_length, extra_length = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
    if magic != b"PK\x03\x04":
        raise zipfile.BadZipFile
    stream.seek(name_length + extra_length, 1)


def _within_limits(total: int, size: int, name: str) -> int:
    if total > MAX_UNPACKED or (total > RATIO_FROM and total > MAX_RATIO * size):
        raise Invalid(
            "{file} unpacks to more than {limit} MB from {size} MB: it was not opened.",
            remedy="Split the table into several files, or save it as CSV, and import that.",
            file=name, limit=total // 1_000_000, size=round(size / 1_000_000, 1),
        )  # fmt: skip
    return total


def protected(name: str) -> Invalid:
    """The error for a file that wants a password."""
    return Invalid(
        "{file} is protected by a password.",
        remedy="Open it, save it without a password, and import that.",
        file=name,
    )


def _damaged(name: str) -> Invalid:
    return Invalid(
        "{file} is damaged: its parts cannot be unpacked, or it was cut short.",
        remedy="Download or save it again; nothing was imported.",
        file=name,
    )
