"""Reads the words of a paragraph of a Word file: looks, links, sources and bookmarks; tracked changes as if accepted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from uptake_reports.document import Run
from uptake_reports.output.marks import MARK, SOURCE_MARK
from uptake_reports.returning.opening import R, W

_GONE = {f"{W}del", f"{W}moveFrom"}
_CAME = {f"{W}ins", f"{W}moveTo"}
_THROUGH = {
    f"{W}smartTag",
    f"{W}sdt",
    f"{W}sdtContent",
    f"{W}customXml",
    f"{W}fldSimple",
    f"{W}hyperlink",
    f"{W}bdo",
    f"{W}dir",
    *_CAME,
}
_SIGNS = {f"{W}tab": " ", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
_ADDRESS = re.compile(r'HYPERLINK\s+"([^"]*)"')
_OFF = {"0", "false", "off", "none"}


@dataclass(slots=True)
class Tracked:
    """What a file holds that is not taken as such: changes that nobody has accepted, remarks in the margin."""

    changes: int = 0
    remarks: int = 0


@dataclass(slots=True)
class Words:
    """Gathers the words of one paragraph, in the order of reading. ``marks`` are names of blocks that begin in it."""

    links: Mapping[str, str]
    tracked: Tracked
    open_sources: dict[str, str]
    runs: list[Run] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    pictures: bool = False
    _link: str = ""
    _fields: list[str] = field(default_factory=list)

    def read(self, element: Any) -> None:
        """Read what stands in an element."""
        for child in element:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child)
            elif tag == f"{W}bookmarkStart":
                self.bookmark(child)
            elif tag == f"{W}bookmarkEnd":
                self.open_sources.pop(child.get(f"{W}id", ""), None)
            elif tag in _GONE:
                self.tracked.changes += 1
            elif tag in _THROUGH:
                self.tracked.changes += tag in _CAME
                self._through(child)

    def bookmark(self, element: Any) -> None:
        """A bookmark begins: of a block, or of words that a source has said."""
        name = element.get(f"{W}name", "")
        if name.startswith(MARK):
            self.marks.append(name)
        elif name.startswith(SOURCE_MARK):
            self.open_sources[element.get(f"{W}id", "")] = source_key(name)

    def _through(self, element: Any) -> None:
        said = element.get(f"{W}instr", "")
        if "NOTEREF" in said:
            return
        before, found = self._link, _ADDRESS.search(said)
        self._link = found[1] if found else self.links.get(element.get(f"{R}id", ""), before)
        self.read(element)
        self._link = before

    def _run(self, element: Any) -> None:
        properties = element.find(f"{W}rPr")
        if properties is not None and _on(properties, "vanish"):
            return
        for child in element:
            tag = child.tag
            if tag == f"{W}t":
                self._add(child.text or "", properties)
            elif tag in _SIGNS:
                self._add(_SIGNS[tag], properties)
            elif tag == f"{W}br" and child.get(f"{W}type") is None:
                self._add("\n", properties)
            elif tag == f"{W}fldChar":
                self._field(child.get(f"{W}fldCharType"))
            elif tag == f"{W}instrText" and self._fields:
                self._fields[-1] += child.text or ""
            elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
                self.pictures = True

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append("")
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _add(self, text: str, properties: Any) -> None:
        said = self._fields[-1] if self._fields else ""
        if "NOTEREF" in said:
            return
        found = _ADDRESS.search(said)
        link = self._link or (found[1] if found else "")
        bold = properties is not None and (_on(properties, "b") or _styled(properties, "strong"))
        italic = properties is not None and (_on(properties, "i") or _styled(properties, "emphasis"))
        source = next(reversed(self.open_sources.values()), "")
        self.runs.append(Run(text, bold, italic, link, source))


def source_key(name: str) -> str:
    """The key of the source that a bookmark names; empty where it names none."""
    try:
        return str(UUID(hex=name.removeprefix(SOURCE_MARK).partition("_")[0]))
    except ValueError:
        return ""


def plain(runs: list[Run]) -> list[Run]:
    """Headings have no looks of their own."""
    return [replace(run, bold=False, italic=False, link="", source="") for run in runs]


def _on(properties: Any, name: str) -> bool:
    found = properties.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val", "1") not in _OFF


def _styled(properties: Any, name: str) -> bool:
    found = properties.find(f"{W}rStyle")
    return found is not None and found.get(f"{W}val", "").lower() == name
