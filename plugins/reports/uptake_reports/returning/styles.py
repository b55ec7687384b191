"""What a paragraph of a Word file is by its style and numbering, in whatever language that Word speaks."""

from __future__ import annotations

import re
from typing import Any

from uptake_reports.returning.opening import W

_HEADING = re.compile(r"heading (\d)")
_FRONT = {"title", "subtitle", "fact", "figure", "header", "footer"}
_OWN_NUMBERS = "numbered paragraph"


class Styles:
    """The styles and the numbering of one file."""

    def __init__(self, styles: Any, numbering: Any) -> None:
        self._names: dict[str, str] = {}
        self._based: dict[str, str] = {}
        self._numbers: dict[str, Any] = {}
        for style in [] if styles is None else styles.findall(f"{W}style"):
            code = style.get(f"{W}styleId", "")
            self._names[code] = _value(style.find(f"{W}name")).lower()
            self._based[code] = _value(style.find(f"{W}basedOn"))
            self._numbers[code] = style.find(f"{W}pPr/{W}numPr")
        self._formats = _formats(numbering)

    def kind(self, properties: Any) -> tuple[str, int]:
        """``heading`` with its level, ``bullet``, ``number``, ``caption``, ``front`` or ``paragraph``."""
        code = "" if properties is None else _value(properties.find(f"{W}pStyle"))
        names = [self._names.get(one, one.lower()) for one in self._chain(code)]
        for name in names:
            if found := _HEADING.fullmatch(name):
                return "heading", int(found[1])
            if name in _FRONT or name.startswith(("toc ", "table of ")):
                return "front", 0
            if name == "caption":
                return "caption", 0
        if _OWN_NUMBERS in names:
            return "paragraph", 0
        return self._numbered(properties, code), 0

    def _numbered(self, properties: Any, code: str) -> str:
        own = None if properties is None else properties.find(f"{W}numPr")
        numbering = (
            own
            if own is not None
            else next((one for style in self._chain(code) if (one := self._numbers.get(style)) is not None), None)
        )
        if numbering is None:
            return "paragraph"
        level = _value(numbering.find(f"{W}ilvl")) or "0"
        return self._formats.get((_value(numbering.find(f"{W}numId")), level), "paragraph")

    def _chain(self, code: str) -> list[str]:
        """A style and those that it is based on."""
        chain: list[str] = []
        while code and code not in chain:
            chain.append(code)
            code = self._based.get(code, "")
        return chain


def _formats(numbering: Any) -> dict[tuple[str, str], str]:
    """Whether a level of a numbering has bullets or numbers; paragraphs that are counted through the report are no list."""
    if numbering is None:
        return {}
    kinds: dict[str, dict[str, str]] = {}
    for one in numbering.findall(f"{W}abstractNum"):
        levels = kinds.setdefault(one.get(f"{W}abstractNumId", ""), {})
        for level in one.findall(f"{W}lvl"):
            own = _value(level.find(f"{W}pStyle")).lower().replace(" ", "") == _OWN_NUMBERS.replace(" ", "")
            form = _value(level.find(f"{W}numFmt"))
            levels[level.get(f"{W}ilvl", "0")] = (
                "paragraph" if own or form == "none" else "bullet" if form == "bullet" else "number"
            )
    return {
        (number.get(f"{W}numId", ""), level): kind
        for number in numbering.findall(f"{W}num")
        for level, kind in kinds.get(_value(number.find(f"{W}abstractNumId")), {}).items()
    }


def _value(element: Any) -> str:
    return "" if element is None else str(element.get(f"{W}val", ""))
