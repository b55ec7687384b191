"""What every XLIFF 1.2 document has in common: how text is written into it, and how it is read without trusting it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat
from xml.sax.saxutils import escape

from uptake.errors import N_, Invalid

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
AGAIN = N_("Export it again from your tool as XLIFF 1.2.")
DEEPEST = 40
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(text: str) -> str:
    """Text that comes back as it is: a bare carriage return would not."""
    return escape(_ILLEGAL.sub("", text)).replace("\r", "&#13;")


class Reader:
    """Reads a document piece by piece; ``path`` holds the names of the elements around. Document types are refused."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins; it is the last of the path."""

    def text(self, text: str) -> None:
        """Text within the path."""

    def finish(self, name: str) -> None:
        """An element has ended; it is in the path no more."""

    def read(self, pieces: Iterable[bytes]) -> None:
        """Read all of it. Raises ``Invalid`` for what is no XLIFF 1.2, is damaged or breaks off, or is nested without end."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise Invalid(N_("{file} is no XML: {what}."), remedy=AGAIN, file=self.name, what=error) from error

    def _doctype(self, *_declared: object) -> None:
        raise Invalid(
            N_("{file} declares a document type, as no XLIFF file does: it was not read."), remedy=AGAIN, file=self.name
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if not self.path and (tag != f"{NAMESPACE} xliff" or not attributes.get("version", "").startswith("1.")):
            raise Invalid(N_("{file} is no XLIFF 1.2."), remedy=AGAIN, file=self.name)
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise Invalid(N_("{file} is nested too deeply."), remedy=AGAIN, file=self.name)
        self.begin(name, attributes)

    def _end(self, _tag: str) -> None:
        self.finish(self.path.pop())
