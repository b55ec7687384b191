"""Finds out how a text file is written: its encoding, and whether that is certain, and its line ends.

UTF-8 is tried strictly over the whole file. Where it fails, old encodings are judged by how their letters and marks fit
between their neighbours (``uptake.files.plausible``).
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from uptake.errors import Invalid
from uptake.files.plausible import LEGACY, best_legacy, nearly_utf8, snippets

CHUNK = 1 << 20


@dataclass(slots=True)
class Writing:
    """How a text file is written.

    ``encoding`` is Python's name. ``certain`` is False where no known encoding reads the file well; ``apostrophes`` are
    the wrong characters that then stand where an apostrophe should. ``quotes`` counts quotation marks.
    """

    encoding: str = "utf-8"
    certain: bool = True
    apostrophes: tuple[str, ...] = ()
    ends: Counter[str] = field(default_factory=Counter)
    quotes: int = 0

    @property
    def line_end(self) -> str:
        """``LF``, ``CRLF``, ``CR`` or ``mixed``, counted over the whole file, line feeds inside cells included."""
        used = [end for end, count in self.ends.items() if count]
        return "mixed" if len(used) > 1 else (used or ["LF"])[0]


class _UndecodableError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def find_writing(stream: BinaryIO, name: str, encoding: str | None = None) -> Writing:
    """Read the whole of ``stream`` in chunks and say how it is written; ``encoding`` is the one that a person named.

    Raises ``Invalid`` with the line for bytes that the encoding does not know, for NUL characters, and for a file that
    is UTF-8 but for a few bytes.
    """
    stream.seek(0)
    head = stream.read(4096)
    likely = _marked(head) or (_lookup(encoding, name) if encoding else _unmarked_utf16(head)) or "utf-8"
    try:
        return _measure(stream, name, likely)
    except _UndecodableError as error:
        if not encoding and likely == "utf-8":
            return _legacy(stream, name, error.line)
        raise Invalid(
            "{file} cannot be read as {encoding}: line {line} holds bytes that it does not know.",
            remedy="Save the file again as UTF-8, or name another encoding in the mapping.",
            file=name, encoding=encoding or likely, line=error.line,
        ) from error  # fmt: skip


def _legacy(stream: BinaryIO, name: str, line: int) -> Writing:
    seen = snippets(_chunks(stream))
    if nearly_utf8(seen):
        raise Invalid(
            "{file} is written in UTF-8, but line {line} holds bytes that are not: it was cut short or put together "
            "from several files.",
            remedy="Save the file again as UTF-8, or name its encoding in the mapping.",
            file=name, line=line,
        )  # fmt: skip
    guess = best_legacy(seen)
    writing = _measure(stream, name, guess.encoding)
    writing.certain, writing.apostrophes = guess.certain, guess.apostrophes
    return writing


def _lookup(encoding: str, name: str) -> str:
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise Invalid(
            "There is no encoding {encoding!r}, which was named for {file}.",
            remedy="Name one of: utf-8, utf-16, {known}.",
            encoding=encoding, file=name, known=", ".join(LEGACY),
        ) from error  # fmt: skip


def _marked(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def _unmarked_utf16(head: bytes) -> str | None:
    """Every second byte of most scripts is small in UTF-16, and 0 for the blanks and separators of all."""
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = head[start::2]
        if len(high) > 3 and 0 in high and sum(byte < 9 for byte in high) > 0.9 * len(high):
            return encoding
    return None


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        yield chunk


def _measure(stream: BinaryIO, name: str, encoding: str) -> Writing:
    writing = Writing(encoding)
    held = ""
    for text in _decoded(stream, encoding, writing):
        text = held + text
        # A carriage return at the border of two chunks may be the first half of CRLF.
        held = "\r" if text.endswith("\r") else ""
        _count(text[: len(text) - len(held)], name, writing)
    _count(held, name, writing)
    return writing


def _decoded(stream: BinaryIO, encoding: str, writing: Writing) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(stream):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        before = bytes(error.object[: error.start]).decode("latin-1")
        raise _UndecodableError(_line_of(before, writing)) from error


def _line_of(before: str, writing: Writing) -> int:
    return 1 + writing.ends.total() + _ends(before).total()


def _ends(text: str) -> Counter[str]:
    both = text.count("\r\n")
    return Counter({"CRLF": both, "CR": text.count("\r") - both, "LF": text.count("\n") - both})


def _count(text: str, name: str, writing: Writing) -> None:
    if (at := text.find("\0")) >= 0:
        raise Invalid(
            "{file} holds a NUL character in line {line}: it is damaged, or no table at all.",
            remedy="Open it in a spreadsheet program, save it as CSV in UTF-8, and import that.",
            file=name, line=_line_of(text[:at], writing),
        )  # fmt: skip
    writing.ends += _ends(text)
    writing.quotes += text.count('"')
