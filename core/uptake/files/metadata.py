"""Takes out of pictures what tells where, when and by whom they were made, and whatever was glued behind them."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import BinaryIO

CHUNK = 1 << 16
_ICC, _EXIF = b"ICC_PROFILE\0", b"Exif\0\0"
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04


class Damaged(ValueError):
    """The picture is not built as its kind has to be."""


def strip_jpeg(source: BinaryIO, target: BinaryIO) -> None:
    """Copy a JPEG without camera, place, author and comments; how it is to be turned and its colours stay."""
    if _exactly(source, 2) != b"\xff\xd8":
        raise Damaged
    target.write(b"\xff\xd8")
    while (marker := _jpeg_marker(source)) != 0xD9:
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            target.write(bytes((0xFF, marker)))
            continue
        (length,) = struct.unpack(">H", _exactly(source, 2))
        if length < 2:
            raise Damaged
        body = _jpeg_kept(marker, _exactly(source, length - 2))
        if body is not None:
            target.write(bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body)
        if marker == 0xDA and not _copy_scan(source, target):
            break
    target.write(b"\xff\xd9")


def _jpeg_marker(source: BinaryIO) -> int:
    if _exactly(source, 1) != b"\xff":
        raise Damaged
    while (found := _exactly(source, 1)) == b"\xff":
        pass
    return found[0]


def _jpeg_kept(marker: int, body: bytes) -> bytes | None:
    """What stays of a segment: no comment, and of the applications' own only JFIF, colour profile and Adobe's transform."""
    if marker == 0xE1 and body.startswith(_EXIF):
        turned = _orientation(body[len(_EXIF) :])
        return (
            None if turned is None else _EXIF + struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, turned, 0, 0)
        )
    if marker == 0xE2:
        return body if body.startswith(_ICC) else None
    return None if marker == 0xFE or (0xE1 <= marker <= 0xEF and marker != 0xEE) else body


def _orientation(tiff: bytes) -> int | None:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return None
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return None
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for start in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, start)
        if tag == 0x0112 and kind == 3 and 1 <= value <= 8:
            return int(value)
    return None


def _copy_scan(source: BinaryIO, target: BinaryIO) -> bool:
    """Copy compressed data up to the next marker; False where the file ends before one."""
    held = b""
    while chunk := source.read(CHUNK):
        data = held + chunk
        found = _NEXT_MARKER.search(data)
        if found:
            target.write(data[: found.start()])
            source.seek(found.start() - len(data), 1)
            return True
        held = b"\xff" if data.endswith(b"\xff") else b""
        target.write(data[: len(data) - len(held)])
    return False


def strip_png(source: BinaryIO, target: BinaryIO) -> None:
    """Copy a PNG without texts, camera data and time, and nothing behind its end."""
    if _exactly(source, 8) != _PNG:
        raise Damaged
    target.write(_PNG)
    kind = b""
    while kind != b"IEND":
        head = _exactly(source, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        _pass(source, None if kind in _PNG_DROPPED else target, head, length + 4)


def strip_webp(source: BinaryIO, target: BinaryIO) -> None:
    """Copy a WebP without camera data and XMP."""
    head = _exactly(source, 12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise Damaged
    left = int.from_bytes(head[4:8], "little") - 4
    target.write(head)
    while left >= 8:
        start = _exactly(source, 8)
        length = int.from_bytes(start[4:], "little")
        padded = length + length % 2
        left -= 8 + padded
        if start[:4] == b"VP8X" and length >= 10:
            body = _exactly(source, padded)
            target.write(start + bytes((body[0] & ~_WEBP_FLAGS,)) + body[1:])
        else:
            _pass(source, None if start[:4] in _WEBP_DROPPED else target, start, padded)
    size = target.tell()
    target.seek(4)
    target.write(struct.pack("<I", size - 8))
    target.seek(size)


STRIPPERS: dict[str, Callable[[BinaryIO, BinaryIO], None]] = {"jpeg": strip_jpeg, "png": strip_png, "webp": strip_webp}


def _pass(source: BinaryIO, target: BinaryIO | None, head: bytes, length: int) -> None:
    """Copy, or without a target skip, a chunk with its head."""
    if target:
        target.write(head)
    while length > 0:
        data = _exactly(source, min(length, CHUNK))
        length -= len(data)
        if target:
            target.write(data)


def _exactly(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise Damaged
    return data
