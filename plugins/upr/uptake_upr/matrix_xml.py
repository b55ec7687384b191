"""Reads the XML of a Word document as it comes: the rows of tables, and the lines outside of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers.expat import ParserCreate

_WORD = re.compile(r"http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org/ooxml)/wordprocessingml(?:/2006)?/main")
_GONE = frozenset({"del", "moveFrom", "Fallback"})
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True, slots=True)
class WordRow:
    """A row of a table: both counted from 1, and the text of each cell."""

    table: int
    number: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class WordPart:
    """What has been read of one part so far: with tracked insertions, without what was deleted or moved away.

    A table within a cell is text of that cell.
    """

    rows: list[WordRow] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _words: list[list[str]] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _tables: int = 0
    _number: int = 0
    _depth: int = 0
    _gone: int = 0

    def start(self, name: str, _attributes: object) -> None:
        tag = _local(name)
        self._path.append(tag)
        self._gone += tag in _GONE
        self._depth += tag == "tbl"
        if tag == "p":
            self._words.append([])
        elif tag in _MARKS and self._path[-2:-1] == ["r"]:
            self._add(_MARKS[tag])
        elif self._depth == 1:
            self._start_in_table(tag)

    def _start_in_table(self, tag: str) -> None:
        if tag == "tbl":
            self._tables, self._number = self._tables + 1, 0
        elif tag == "tr":
            self._number, self._cells = self._number + 1, []
        elif tag == "tc":
            self._cells.append([])

    def end(self, _name: str) -> None:
        tag = self._path.pop()
        self._gone -= tag in _GONE
        if tag == "p":
            line = "".join(self._words.pop())
            (self._cells[-1] if self._depth and self._cells else self.lines).append(line)
        elif tag == "tr" and self._depth == 1:
            self.rows.append(WordRow(self._tables, self._number, tuple("\n".join(cell) for cell in self._cells)))
        self._depth -= tag == "tbl"

    def text(self, text: str) -> None:
        if self._path[-1] == "t":
            self._add(text)

    def _add(self, text: str) -> None:
        if self._words and not self._gone:
            self._words[-1].append(text)


def read_xml(chunks: Iterable[bytes]) -> Iterator[WordPart]:
    """One part of a document, handed out again and again as it grows.

    Raises ``ExpatError`` where the XML is damaged, and ``ValueError`` where it declares entities.
    """
    part = WordPart()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    parser.CharacterDataHandler = part.text
    parser.StartDoctypeDeclHandler = _refuse
    for chunk in chunks:
        parser.Parse(chunk, False)
        yield part
    parser.Parse(b"", True)
    yield part


def _refuse(*_doctype: object) -> None:
    raise ValueError("it declares entities, as no Word document does")


def _local(name: str) -> str:
    """The name of an element of Word's; others (drawings, equations) keep theirs whole, but for a fallback."""
    space, _, local = name.rpartition(" ")
    return local if local == "Fallback" or _WORD.fullmatch(space) else name
