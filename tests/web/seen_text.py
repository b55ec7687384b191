"""What a person reads on a page in the pseudo-locale that did not go through gettext and is no data either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.db import Base
from uptake.languages import pseudo

READ = ("title", "aria-label", "placeholder", "alt")
DATA = frozenset({"bdi", "code", "kbd", "samp", "pre", "time", "script", "style", "blockquote", "svg", "textarea"})
VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path"})
_ACCENTED = "".join(chr(code) for code in pseudo._ACCENTED.values() if isinstance(code, int))
_TRANSLATED = re.compile(rf"[{_ACCENTED}\w'’-]*[{_ACCENTED}][{_ACCENTED}\w'’-]*|[⟦⟧~]+")
_DAY = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}, \d{4}(?:, \d{1,2}:\d{2}:\d{2}\s[AP]M)?"
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_BETWEEN = re.compile(r", and | · | § |: |, | \(|\) |; |, and |, | and |\n")
_CODE = re.compile(r"https?://\S+|[\w.-]*\d[\w./-]*|[\w.-]+@[\w.-]+|[a-z_]+\.[a-z_]+")
SIGNS = ("CSV", "JSON", "Excel", "Word", "PDF", "PNG", "SVG", "Vega-Lite", "SHA-256", "UTC")
_ENDS = " \t\n.,:;!?·–—…()[]“”\"'/|#&+*=<>%→←✓✗"


class _Page(HTMLParser):
    """Collects texts; whatever says of itself that it is in a language, or in any direction, is data."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._data: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        data = bool(self._data and self._data[-1]) or tag in DATA or values.get("dir") == "auto"
        data = data or values.get("translate") == "no"
        data = data or ("lang" in values and tag != "html")
        if not data:
            self.texts += [values[name] or "" for name in READ if values.get(name)]
            if tag == "input" and values.get("type") in ("submit", "button"):
                self.texts.append(values.get("value") or "")
        if tag not in VOID:
            self._data.append(data)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._data:
            self._data.pop()

    def handle_data(self, data: str) -> None:
        if self._data and not self._data[-1]:
            self.texts.append(data)


class Known:
    """The data of a site: every text of its database, and the names that CLDR gives."""

    def __init__(self, session: Session, *more: str) -> None:
        names = Locale("en")
        found = (
            *_texts(session),
            *more,
            *names.languages.values(),
            *names.territories.values(),
            *SIGNS,
            "en_XA",
            "ar_XB",
        )
        self._exact = {piece for text in found for piece in (_bare(text), *_fragments(text))}
        self._all = "\n".join(self._exact)

    def holds(self, text: str) -> bool:
        """Whether a text is data: a whole one, a part that is none by chance, a code, or several of these together."""
        if self._plainly(text) or _CODE.fullmatch(text):
            return True
        for found in _BETWEEN.finditer(text):
            rest = _bare(text[found.end() :])
            if self._plainly(_bare(text[: found.start()])) and (not _WORD.search(rest) or self.holds(rest)):
                return True
        return False

    def _plainly(self, text: str) -> bool:
        return text in self._exact or (len(text) > 24 and text in self._all)


def untranslated(page: str, known: Known) -> list[str]:
    """The fragments of a page that are neither translated nor data."""
    reader = _Page()
    reader.feed(page)
    found = (piece for text in reader.texts for piece in _fragments(text))
    return sorted({piece for piece in found if not known.holds(piece)})


def _fragments(text: str) -> Iterator[str]:
    """What stands between translated words, in one piece each."""
    for piece in _TRANSLATED.split(_DAY.sub("⟦", text)):
        bare = _bare(piece)
        if _WORD.search(bare):
            yield bare


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(_ENDS)


def _texts(session: Session) -> Iterable[str]:
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for value in row:
                yield from _leaves(value)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
