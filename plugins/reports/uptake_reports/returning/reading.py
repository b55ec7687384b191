"""Reads a Word file that came back as the blocks of a report, each with the names under which it went out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from uptake_reports.body_reader import tidy
from uptake_reports.document import Block, Heading, ListBlock, Paragraph, Run, Table
from uptake_reports.returning.opening import Opened, W
from uptake_reports.returning.runs import Tracked, Words
from uptake_reports.returning.styles import Styles

_LINK = "http://schemas.openxmlformats.org/package/2006/relationships"
_INSIDE = (f"{W}sdt", f"{W}sdtContent", f"{W}customXml")
_REWRITTEN = ("rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange")


@dataclass(frozen=True, slots=True)
class Found:
    """A block of the file; ``marks`` are the names of bookmarks that begin in it."""

    block: Block
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """What the file holds. ``changes`` are tracked ones, read as if accepted; ``remarks`` stand in the margin and are left there."""

    blocks: tuple[Found, ...]
    properties: dict[str, str]
    changes: int
    remarks: int


def read(opened: Opened) -> Returned:
    """Everything, in its order. The front page, captions of pictures and pictures are left out: they are made anew each time."""
    reader = _Reader(opened)
    reader.read(opened.document.find(f"{W}body"))
    reader.end()
    rewritten = sum(1 for name in _REWRITTEN for _ in opened.document.iter(f"{W}{name}"))
    remarks = 0 if opened.comments is None else len(opened.comments.findall(f"{W}comment"))
    return Returned(tuple(reader.found), properties(opened), reader.tracked.changes + rewritten, remarks)


def properties(opened: Opened) -> dict[str, str]:
    """The file's own properties."""
    if opened.properties is None:
        return {}
    return {one.get("name", ""): "".join(one.itertext()).strip() for one in opened.properties}


@dataclass(slots=True)
class _Reader:
    opened: Opened
    found: list[Found] = field(default_factory=list)
    tracked: Tracked = field(default_factory=Tracked)
    _links: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, str] = field(default_factory=dict)
    _items: list[tuple[Run, ...]] = field(default_factory=list)
    _list: tuple[str, tuple[str, ...]] = ("", ())
    _caption: str = ""
    _waiting: Words | None = None
    _loose: list[Any] = field(default_factory=list)
    _styles: Styles = field(init=False)

    def __post_init__(self) -> None:
        self._styles = Styles(self.opened.styles, self.opened.numbering)
        if self.opened.links is not None:
            self._links = {
                one.get("Id", ""): one.get("Target", "")
                for one in self.opened.links.iter(f"{{{_LINK}}}Relationship")
                if one.get("TargetMode") == "External"
            }

    def read(self, parent: Any) -> None:
        """Read blocks one after another."""
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag == f"{W}bookmarkStart":
                self._loose.append(child)
            elif child.tag in _INSIDE:
                self.read(child)

    def end(self) -> None:
        """Close a list and a paragraph that are still open."""
        if self._waiting is not None:
            words, self._waiting = self._waiting, None
            self._take(words, "paragraph", 0)
        self._end_list()

    def _paragraph(self, element: Any) -> None:
        words = self._waiting or self._words()
        self._waiting = None
        words.read(element)
        if _mark_is_gone(element):
            self.tracked.changes += 1
            self._waiting = words
            return
        kind, level = self._styles.kind(element.find(f"{W}pPr"))
        self._take(words, kind, level)

    def _take(self, words: Words, kind: str, level: int) -> None:
        runs, marks = tidy(words.runs), tuple(words.marks)
        if kind in ("bullet", "number"):
            self._item(runs, kind, marks)
            return
        if kind == "front" or (not runs and not marks):
            self._keep_marks(words)
            return
        self._end_list()
        text = "".join(run.text for run in runs)
        if kind == "caption":
            self._caption = "" if words.pictures else text
        elif kind == "heading" and text:
            self._add(Heading(level, text.replace("\n", " ")), marks)
        elif runs:
            self._add(Paragraph(runs), marks)

    def _keep_marks(self, words: Words) -> None:
        """An empty line between two items of a list ends it; a picture takes its caption with it."""
        if words.pictures:
            self._caption = ""
        self._end_list()

    def _item(self, runs: tuple[Run, ...], kind: str, marks: tuple[str, ...]) -> None:
        if self._list[0] != kind or marks:
            self._end_list()
            self._list = (kind, marks)
        if runs:
            self._items.append(runs)

    def _end_list(self) -> None:
        (kind, marks), self._list = self._list, ("", ())
        items, self._items = tuple(self._items), []
        if items:
            self._add(ListBlock(items, kind == "number"), marks)

    def _table(self, element: Any) -> None:
        self._end_list()
        marks: list[str] = []
        rows, heads = [], []
        for row in element.iter(f"{W}tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self.tracked.changes += 1
                continue
            heads.append(properties is not None and properties.find(f"{W}tblHeader") is not None)
            rows.append(tuple(cell for column in row.iter(f"{W}tc") for cell in self._cell(column, marks)))
        if not rows or not any(run.text for row in rows for cell in row for run in cell):
            return
        width = max(map(len, rows))
        filled = [row + ((),) * (width - len(row)) for row in rows]
        header = tuple(tuple(replace(run, bold=False) for run in cell) for cell in filled.pop(0)) if heads[0] else ()
        self._add(Table(header, tuple(row for row in filled if any(row)), self._caption), tuple(marks))

    def _cell(self, element: Any, marks: list[str]) -> Iterator[tuple[Run, ...]]:
        """A cell and the empty ones that it covers."""
        words = self._words()
        for number, paragraph in enumerate(element.iter(f"{W}p")):
            if number and words.runs:
                words.runs.append(Run("\n"))
            words.read(paragraph)
        marks += words.marks
        span = element.find(f"{W}tcPr/{W}gridSpan")
        yield tidy(words.runs)
        yield from [()] * (_number(span) - 1)

    def _words(self) -> Words:
        words = Words(self._links, self.tracked, self._sources)
        for mark in self._loose:
            words.bookmark(mark)
        self._loose.clear()
        return words

    def _add(self, block: Block, marks: tuple[str, ...]) -> None:
        self.found.append(Found(block, marks))
        self._caption = ""


def _mark_is_gone(element: Any) -> bool:
    """Whether the end of the paragraph was deleted under tracking: then it runs into the next."""
    return element.find(f"{W}pPr/{W}rPr/{W}del") is not None


def _number(element: Any) -> int:
    value = "1" if element is None else element.get(f"{W}val", "1")
    return min(max(int(value), 1), 60) if value.isdigit() else 1
