"""XLIFF 1.2, as translation offices and their tools use it: written from messages, and read back to the very same ones.

A message with plural forms is a group of units, one for each form, as gettext's own guide to XLIFF has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from xml.sax.saxutils import quoteattr

from uptake.errors import N_, NC_, Invalid
from uptake.languages.po import MOST_FORMS, Entry
from uptake.languages.xliff_xml import NAMESPACE, Reader, escaped

PLURALS = "x-gettext-plurals"
LARGEST = 20_000_000
SURE, UNSURE = "translated", "needs-review-translation"
_FORM = re.compile(r".*\[(\d)\]", re.DOTALL)


def key_of(msgid: str) -> str:
    """A short name for a message, the same everywhere."""
    return blake2b(msgid.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def write(entries: Iterable[Entry], language: str, original: str = "messages.po") -> str:
    """The document of a language; what is not translated has no target."""
    units = "\n".join(unit for entry in entries for unit in _units(entry))
    tag = language.replace("_", "-")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="{NAMESPACE}">\n'
        f'<file original={quoteattr(original)} source-language="en" target-language={quoteattr(tag)} datatype="po">\n'
        f"<body>\n{units}\n</body>\n</file>\n</xliff>\n"
    )


def _units(entry: Entry) -> Iterator[str]:
    key, note = key_of(entry.msgid), "".join(f'<note from="developer">{escaped(place)}</note>' for place in entry.where)
    if entry.context is not None:
        note = f'<note from="msgctxt">{escaped(entry.context)}</note>{note}'
    if entry.plural is None:
        yield _unit(key, entry.text, entry.forms[0], entry.fuzzy, note)
        return
    yield f'<group id="{key}" restype="{PLURALS}">'
    yield f'<note from="msgid">{escaped(entry.text)}</note><note from="msgid_plural">{escaped(entry.plural)}</note>{note}'
    for number, form in enumerate(entry.forms):
        source = entry.text if number == 0 and len(entry.forms) > 1 else entry.plural
        yield _unit(f"{key}[{number}]", source, form, entry.fuzzy, "")
    yield "</group>"


def _unit(id_: str, source: str, target: str, fuzzy: bool, note: str) -> str:
    state = UNSURE if fuzzy else SURE
    said = f'<target state="{state}">{escaped(target)}</target>' if target else ""
    return f'<trans-unit id="{id_}" xml:space="preserve"><source>{escaped(source)}</source>{said}{note}</trans-unit>'


@dataclass(slots=True)
class Xliff:
    """What a document holds."""

    language: str = ""
    entries: list[Entry] = field(default_factory=list)


def read(raw: bytes, name: str = "the file") -> Xliff:
    """The messages of a document. Raises ``Invalid`` for what is no XLIFF 1.2, and for what no such document needs."""
    if len(raw) > LARGEST:
        raise Invalid(N_("{file} is too large."), file=name)
    reader = _Reader(name)
    reader.read([raw])
    return reader.found


class _Reader(Reader):
    """What the parser calls. Marks within a text (``<g>``, ``<ph>``, …) are passed over, what they hold is kept."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.found = Xliff()
        self._unit: dict[str, str] = {}
        self._group: dict[str, str] | None = None
        self._forms: dict[int, str] = {}
        self._fuzzy = False
        self._note = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "file":
            self.found.language = attributes.get("target-language", "").replace("-", "_")
        elif name == "group" and attributes.get("restype") == PLURALS:
            self._group, self._forms, self._fuzzy = {}, {}, False
        elif name == "trans-unit":
            self._unit = {"id": attributes.get("id", "")}
            self._fuzzy = self._fuzzy and self._group is not None
        elif name == "target":
            self._fuzzy = self._fuzzy or attributes.get("state", "").startswith("needs-")
        elif name == "note":
            self._note = attributes.get("from", "")

    def text(self, text: str) -> None:
        if "alt-trans" in self.path or ("trans-unit" not in self.path and "group" not in self.path):
            return
        place = next((name for name in reversed(self.path) if name in ("source", "target", "note")), "")
        if place == "note" and self._group is not None and "trans-unit" not in self.path:
            self._group[self._note] = self._group.get(self._note, "") + text
        elif place == "note" and self._note == "msgctxt":
            self._unit[self._note] = self._unit.get(self._note, "") + text
        elif place in ("source", "target"):
            self._unit[place] = self._unit.get(place, "") + text

    def finish(self, name: str) -> None:
        if name == "trans-unit" and self._group is None:
            self._keep(self._unit, self._unit.get("source", ""), None, (self._unit.get("target", ""),))
        elif name == "trans-unit":
            self._keep_form()
        elif name == "group" and self._group is not None:
            forms = tuple(self._forms.get(number, "") for number in range(max(self._forms, default=-1) + 1))
            msgid = self._group.get("msgid", "")
            self._keep(self._group, msgid, self._group.get("msgid_plural", msgid), forms)
            self._group = None

    def _keep_form(self) -> None:
        assert self._group is not None
        number = _FORM.fullmatch(self._unit["id"])
        at = int(number[1]) if number else len(self._forms)
        if at < MOST_FORMS:
            self._forms[at] = self._unit.get("target", "")
            self._group.setdefault("msgid_plural" if at else "msgid", self._unit.get("source", ""))

    def _keep(self, notes: dict[str, str], msgid: str, plural: str | None, forms: tuple[str, ...]) -> None:
        if msgid and forms:
            context = notes.get("msgctxt")
            msgid = msgid if context is None else NC_(context, msgid)
            self.found.entries.append(Entry(msgid, plural, forms, fuzzy=self._fuzzy and any(forms)))
        self._fuzzy = False
