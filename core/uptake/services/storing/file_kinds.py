"""What a file is, told by its content and never by its name; what is not on the list is not taken."""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO

from uptake.errors import Invalid
from uptake.files.archives import check_zip
from uptake.i18n import N_
from uptake.i18n import gettext as _

CHUNK = 1 << 16
LONGEST_NAME = 120
MOST_MEMBERS = 10_000
LARGEST_DIRECTORY = 2_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, and the endings that a name may have for it."""

    code: str
    media_type: str
    endings: tuple[str, ...]


KINDS = {
    kind.code: kind
    for kind in (
        Kind("pdf", "application/pdf", (".pdf",)),
        Kind("docx", f"{_OFFICE}wordprocessingml.document", (".docx",)),
        Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",)),
        Kind("pptx", f"{_OFFICE}presentationml.presentation", (".pptx",)),
        Kind("odt", f"{_ODF}text", (".odt",)),
        Kind("ods", f"{_ODF}spreadsheet", (".ods",)),
        Kind("odp", f"{_ODF}presentation", (".odp",)),
        Kind("png", "image/png", (".png",)),
        Kind("jpeg", "image/jpeg", (".jpg", ".jpeg")),
        Kind("gif", "image/gif", (".gif",)),
        Kind("webp", "image/webp", (".webp",)),
        Kind("mp4", "video/mp4", (".mp4", ".m4v")),
        Kind("txt", "text/plain", (".txt",)),
        Kind("csv", "text/csv", (".csv",)),
    )
}
ANY = Kind("any", "application/octet-stream", ())
EVIDENCE = frozenset(KINDS)
ACCEPT = ",".join(ending for kind in KINDS.values() for ending in kind.endings)
_MAIN_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash")
_MARKED_UP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|\?xml|\?php|!entity)", re.IGNORECASE
)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def identify(stream: BinaryIO, name: str, wanted: Collection[str] = EVIDENCE) -> Kind:
    """The kind of a file by its content. Raises ``Invalid`` where it is none of ``wanted``, or its name says another."""
    ending = os.path.splitext(name)[1].lower()
    code = _by_content(stream, name, ending)
    if code not in wanted:
        shown = ", ".join(KINDS[one].endings[0][1:] for one in KINDS if one in wanted)
        raise refused(
            N_("{file} is not a kind of file that is taken here."),
            N_("Save it as one of these: {kinds}. Web pages, programs and files with macros are never taken."),
            file=name, kinds=shown,
        )  # fmt: skip
    kind = KINDS[code]
    if ending and ending not in kind.endings:
        raise refused(
            N_("{file} is not what its name says: inside it is a file of the kind {kind}."),
            N_("Give it its right name, or save it again as what it should be."),
            file=name, kind=kind.endings[0][1:],
        )  # fmt: skip
    return kind


def safe_name(name: str) -> str:
    """A name without folders, invisible signs or tricks, fit for every system; ``file`` where nothing is left."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(
        char for char in plain if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    plain = re.sub(r'[<>:"|?*%;]', "_", re.sub(r"\s+", " ", plain)).strip(". ")
    stem, ending = os.path.splitext(plain)
    plain = stem[: LONGEST_NAME - len(ending[:12])].rstrip(". ") + ending[:12]
    return f"_{plain}" if _RESERVED.fullmatch(plain) else plain or "file"


def refused(message: str, remedy: str, **values: object) -> Invalid:
    """The error for a file that is not taken, said at its field."""
    return Invalid(message, remedy=remedy, fields={"file": f"{_(message, **values)} {_(remedy, **values)}"}, **values)


def _by_content(stream: BinaryIO, name: str, ending: str) -> str:
    stream.seek(0)
    head = stream.read(64)
    if head.startswith(b"%PDF-"):
        return "pdf" if _ends_as_pdf(stream) else ""
    if head.startswith(b"PK\x03\x04"):
        return _in_zip(stream, name)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif" if _ends_with(stream, b";") else ""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return "mp4"
    return ("csv" if ending == ".csv" else "txt") if _is_plain_text(stream) else ""


def _tail(stream: BinaryIO, size: int) -> bytes:
    stream.seek(max(0, stream.seek(0, 2) - size))
    return stream.read()


def _ends_with(stream: BinaryIO, last: bytes) -> bool:
    return _tail(stream, 64).rstrip(b"\0\r\n").endswith(last)


def _ends_as_pdf(stream: BinaryIO) -> bool:
    """Whether it is a whole PDF, and not also an archive glued behind one."""
    tail = _tail(stream, 66_000)
    at = tail.rfind(b"PK\x05\x06")
    glued = at >= 0 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)
    return b"%%EOF" in tail[-2048:] and not glued


def _in_zip(stream: BinaryIO, name: str) -> str:
    """Which office document a zip is; empty where it is another zip, or none that begins and ends as one."""
    if not _is_plain_zip(stream):
        return ""
    try:
        members = check_zip(stream, name)
    except Invalid as error:
        raise refused(N_("{file} cannot be opened: it is damaged, protected or far too large inside."),
                      N_("Save it again without a password, or as a PDF."), file=name) from error  # fmt: skip
    if any(part.rpartition("/")[2].lower() == "vbaproject.bin" or "activex" in part.lower() for part in members):
        return ""
    if "[Content_Types].xml" in members:
        return next((code for part, code in _MAIN_PARTS.items() if part in members), "")
    return _open_document(stream) if members[:1] == ("mimetype",) else ""


def _open_document(stream: BinaryIO) -> str:
    with zipfile.ZipFile(stream) as archive, archive.open("mimetype") as part:
        found = part.read(200).decode("ascii", "replace").strip()
    return next((kind.code for kind in KINDS.values() if kind.media_type == found and kind.code.startswith("od")), "")


def _is_plain_zip(stream: BinaryIO) -> bool:
    """Whether the directory is of a bearable size and the archive fills the file, with nothing before or behind it."""
    size = stream.seek(0, 2)
    tail = _tail(stream, 66_000)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    count, length, start, comment = (
        int.from_bytes(tail[at + a : at + b], "little") for a, b in ((10, 12), (12, 16), (16, 20), (20, 22))
    )
    end = size - len(tail) + at
    whole = end + 22 + comment == size and start + length == end and tail[max(0, at - 20) : at][:4] != b"PK\x06\x07"
    return whole and count <= MOST_MEMBERS and length <= LARGEST_DIRECTORY


def _is_plain_text(stream: BinaryIO) -> bool:
    """UTF-8 from the first to the last byte, without control characters, and no web page or script."""
    stream.seek(0)
    decoder, first = codecs.getincrementaldecoder("utf-8-sig")(), True
    try:
        while chunk := stream.read(CHUNK):
            text = decoder.decode(chunk)
            if _FORBIDDEN.search(text) or (first and (_MARKED_UP.search(text) or text.startswith(("#!", "{\\rtf")))):
                return False
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return not first
