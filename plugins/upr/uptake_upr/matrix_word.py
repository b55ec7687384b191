"""Opens Word documents: tables and page headers.

An own reader, for three reasons: it never inflates more than it reads, refuses entities whatever the encoding, and sees
rows and words inside content controls and tracked changes, which python-docx passes over.
"""

from __future__ import annotations

import lzma
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from uptake.toolkit import Invalid

from uptake_upr.matrix_xml import WordRow, read_xml

DOCUMENT = "word/document.xml"
LARGEST = 200 << 20
_CHUNK = 1 << 16
_HEADS = re.compile(r"word/(?:header|footer)\d*\.xml")
_DAMAGE = (BadZipFile, KeyError, RuntimeError, ValueError, OSError, EOFError, zlib.error, lzma.LZMAError, ExpatError)


def word_rows(stream: BinaryIO, name: str) -> Iterator[WordRow]:
    """The rows of all tables, in order. Raises ``Invalid`` where the file is no Word document or is damaged."""
    with _opened(stream, name) as archive:
        for part in read_xml(_chunks(archive, DOCUMENT)):
            yield from part.rows
            part.rows.clear()


def word_head(stream: BinaryIO, name: str) -> list[str]:
    """The lines of the page headers and footers, then the paragraphs outside of tables. Raises as ``word_rows``."""
    lines: list[str] = []
    with _opened(stream, name) as archive:
        for item in [*sorted(filter(_HEADS.fullmatch, archive.namelist())), DOCUMENT]:
            for part in read_xml(_chunks(archive, item)):
                lines += filter(str.strip, part.lines)
                part.lines.clear()
                part.rows.clear()
    return lines


@contextmanager
def _opened(stream: BinaryIO, name: str) -> Iterator[ZipFile]:
    try:
        stream.seek(0)
        with ZipFile(stream) as archive:
            _check_size(sum(info.file_size for info in archive.infolist()))
            yield archive
    except _DAMAGE as error:
        raise Invalid(
            "{file} cannot be read as a Word document: {reason}.",
            remedy="Open it in a word processor and save it as .docx; if it does not open, download it again.",
            file=name,
            reason=str(error).strip("'\"."),
        ) from error


def _chunks(archive: ZipFile, name: str) -> Iterator[bytes]:
    """A member as it is inflated; counted, since the size that a zip declares may be a lie."""
    size = 0
    with archive.open(name) as source:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            _check_size(size)
            yield chunk


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise ValueError(f"unpacked it is larger than {LARGEST >> 20} MB")
