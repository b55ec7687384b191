"""Small real files of every kind that is taken, and of some that are not, for tests."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x00\x00\x08mdat"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ\x90\x00" + b"\x00" * 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
SECRET = b"Lat 12.34 Lon 56.78 by Someone"


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these members in this order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def office(part: str, **more: bytes) -> bytes:
    """An Office document with this main part."""
    return zipped({"[Content_Types].xml": b"<Types/>", part: b"<x/>", **more})


DOCX, XLSX, PPTX = office("word/document.xml"), office("xl/workbook.xml"), office("ppt/presentation.xml")
DOCM = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>", "word/vbaProject.bin": b"macro"})


def open_document(kind: str) -> bytes:
    """An OpenDocument file: ``text``, ``spreadsheet`` or ``presentation``."""
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<x/>"})


def png(*, told: bool = False, behind: bytes = b"") -> bytes:
    """A picture of one point, with texts and camera data in it where ``told``."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))]
    if told:
        chunks += [(b"tEXt", b"Author\0" + SECRET), (b"eXIf", SECRET), (b"tIME", b"\x07\xea\x01\x01\x01\x01\x01")]
    chunks += [(b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body + behind


def jpeg(*, told: bool = False, orientation: int = 6, behind: bytes = b"") -> bytes:
    """The bones of a JPEG, with camera, author and comment in it where ``told``; its scan holds a stuffed byte."""
    parts = [b"\xff\xd8", _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")]
    if told:
        tiff = struct.pack(
            "<2sHIHHHIHHHHI4sI", b"II", 42, 8, 2, 0x0112, 3, 1, orientation, 0, 0x010E, 2, 4, b"Lat\0", 0
        )
        parts += [_segment(0xE1, b"Exif\0\0" + tiff + SECRET), _segment(0xED, SECRET), _segment(0xFE, SECRET)]
        parts += [_segment(0xE2, b"ICC_PROFILE\0\x01\x01colours"), _segment(0xE2, b"MPF\0" + SECRET)]
    parts += [
        _segment(0xDB, bytes(65)),
        _segment(0xDA, bytes(10)),
        b"\x11\xff\x00\x22\xff\xd0\x33" * 20_000,
        b"\xff\xd9",
    ]
    return b"".join(parts) + behind


def webp(*, told: bool = False) -> bytes:
    """The bones of a WebP."""
    flags = 0x0C if told else 0
    chunks = [(b"VP8X", bytes((flags,)) + bytes(9)), (b"VP8 ", b"picture")]
    if told:
        chunks += [(b"EXIF", SECRET), (b"XMP ", SECRET)]
    body = b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body
