"""XLIFF 1.2 of whole texts: written for translators' tools, and read back without trusting what comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from uptake.files.sheets import too_many_rows
from uptake.languages.xliff_xml import NAMESPACE, Reader, escaped

TO_REVIEW, DONE = "needs-review-translation", frozenset({"translated", "final", "signed-off"})
UNTOUCHED = frozenset({"new", "needs-translation"})
_PIECE = 1 << 16


@dataclass(slots=True)
class Unit:
    """One text: its id, what is translated from which language, and the translation.

    ``note`` says to the translator where it stands; ``state`` is that of the target.
    """

    id: str
    source_language: str
    source: str
    target: str = ""
    note: str = ""
    state: str = ""
    target_language: str = ""


def write_xliff(stream: BinaryIO, language: str, units: Iterable[Unit], original: str = "uptake") -> int:
    """Write the units, one ``<file>`` for each language that is translated from; their number."""
    count = 0

    def put(text: str) -> None:
        stream.write(text.encode("utf-8", "replace"))

    put(f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="{NAMESPACE}">\n')
    for source, some in groupby(units, key=lambda unit: unit.source_language):
        put(
            f"<file original={quoteattr(original)} source-language={quoteattr(_tag(source))}"
            f' target-language={quoteattr(_tag(language))} datatype="plaintext">\n<body>\n'
        )
        for unit in some:
            put(_unit(unit))
            count += 1
        put("</body>\n</file>\n")
    put("</xliff>\n")
    return count


def _unit(unit: Unit) -> str:
    state = f" state={quoteattr(unit.state)}" if unit.state else ""
    target = f"<target{state}>{escaped(unit.target)}</target>" if unit.target else ""
    note = f"<note>{escaped(unit.note)}</note>" if unit.note else ""
    return (
        f'<trans-unit id={quoteattr(unit.id)} xml:space="preserve"><source>{escaped(unit.source)}</source>'
        f"{target}{note}</trans-unit>\n"
    )


def _tag(language: str) -> str:
    return language.replace("_", "-")


def read_xliff(stream: BinaryIO, name: str, most: int) -> list[Unit]:
    """The units of a document in order. Raises ``Invalid`` for what is none, and for more than ``most``."""
    reader = _Reader(name, most)
    reader.read(iter(partial(stream.read, _PIECE), b""))
    return reader.found


class _Reader(Reader):
    """Marks within a text are passed over, what they hold is kept; suggestions of tools are not."""

    def __init__(self, name: str, most: int) -> None:
        super().__init__(name)
        self.found: list[Unit] = []
        self._most = most
        self._languages = ("", "")
        self._now: Unit | None = None

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "file":
            codes = (attributes.get("source-language", ""), attributes.get("target-language", ""))
            self._languages = (codes[0].replace("-", "_"), codes[1].replace("-", "_"))
        elif name == "trans-unit":
            self._begin(attributes.get("id", ""))
        elif name == "target" and self._now is not None and "alt-trans" not in self.path:
            self._now.state = attributes.get("state", "")

    def _begin(self, id_: str) -> None:
        if len(self.found) >= self._most:
            raise too_many_rows(self.name, self._most)
        self._now = Unit(id_, self._languages[0], "", target_language=self._languages[1])
        self.found.append(self._now)

    def text(self, text: str) -> None:
        if self._now is None or "alt-trans" in self.path:
            return
        if "target" in self.path:
            self._now.target += text
        elif "source" in self.path:
            self._now.source += text

    def finish(self, name: str) -> None:
        if name == "trans-unit":
            self._now = None
