"""Opens a Word file that came back: what is none, holds programs or unpacks to a flood is refused before anything reads it."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import Any, BinaryIO

from uptake.toolkit import N_, Invalid, identify_file

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
LARGEST = 20_000_000
LARGEST_PART = 16_000_000
OURS = N_("Bring the file that was downloaded here, edited in Word.")
_PROGRAMS = ("vbaproject.bin", "vbadata.xml")
_PARTS = {
    "document": "word/document.xml",
    "links": "word/_rels/document.xml.rels",
    "styles": "word/styles.xml",
    "numbering": "word/numbering.xml",
    "footnotes": "word/footnotes.xml",
    "comments": "word/comments.xml",
    "properties": "docProps/custom.xml",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """The parts of a Word file that are read; None for those that it lacks."""

    document: Any
    links: Any = None
    styles: Any = None
    numbering: Any = None
    footnotes: Any = None
    comments: Any = None
    properties: Any = None


def open_word(stream: BinaryIO, name: str) -> Opened:
    """The parts of the file. Raises ``Invalid``, said at the field ``file``, for one that cannot be taken."""
    if stream.seek(0, 2) > LARGEST:
        raise refused(N_("{file} is larger than {limit} MB."), N_("Take pictures out of it and save it again."),
                      file=name, limit=LARGEST // 1_000_000)  # fmt: skip
    if _holds_programs(stream):
        raise refused(N_("{file} holds macros, which are never opened here."),
                      N_("Save it in Word as a “Word document (.docx)”, without macros, and bring that."), file=name)  # fmt: skip
    identify_file(stream, name, {"docx"})
    with zipfile.ZipFile(stream) as archive:
        parts = {part: _parsed(archive, path, name) for part, path in _PARTS.items()}
    if parts["document"] is None or parts["document"].find(f"{W}body") is None:
        raise refused(N_("{file} is no Word document of the usual kind."),
                      N_("Save it in Word as a “Word document (.docx)”, not as “Strict Open XML”."), file=name)  # fmt: skip
    return Opened(**parts)


def refused(message: str, remedy: str, **values: str | int) -> Invalid:
    """The error for a file that is not taken."""
    return Invalid(message, remedy=remedy, fields=None, **values)


def _holds_programs(stream: BinaryIO) -> bool:
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(member.filename.rpartition("/")[2].lower() in _PROGRAMS for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _parsed(archive: zipfile.ZipFile, path: str, name: str) -> Any:
    """A part as a tree; no part may bring definitions of its own, which is how small files become large ones."""
    from lxml import etree

    try:
        with archive.open(path) as part:
            data = part.read(LARGEST_PART + 1)
    except KeyError:
        return None
    if len(data) > LARGEST_PART:
        raise refused(N_("{file} unpacks to far more than a report holds; it was not opened."),
                      OURS, file=name)  # fmt: skip
    try:
        tree = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
        if tree.getroottree().docinfo.internalDTD is not None:
            raise ValueError
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refused(N_("{file} is damaged: a part of it cannot be read."),
                      N_("Open it in Word, save it again, and bring that."), file=name) from error  # fmt: skip
    return tree
