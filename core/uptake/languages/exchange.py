"""What a translator's file would change in a catalogue: told before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from uptake.errors import N_, Invalid
from uptake.languages import po, xliff
from uptake.languages.checks import Fault, faults
from uptake.languages.po import Entry

NEW, CHANGED, SAME, EMPTY, UNKNOWN, BROKEN = "new", "changed", "same", "empty", "unknown", "broken"
FORMATS = {"po": "po", "xliff": "xlf"}


@dataclass(slots=True)
class Proposal:
    """One message of the file beside what there is. ``before`` is empty where it has not been translated."""

    kind: str
    entry: Entry
    before: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)


def read(name: str, raw: bytes) -> xliff.Xliff:
    """A file of translations, PO or XLIFF by its content. Raises ``Invalid`` for any other."""
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return xliff.read(raw, name)
    if len(raw) > xliff.LARGEST:
        raise Invalid(N_("{file} is too large."), file=name)
    found = po.read(raw.decode("utf-8-sig", "replace"))
    if not found.entries:
        raise Invalid(N_("{file} holds no translations."), remedy=N_("Give a PO or an XLIFF file."), file=name)
    return xliff.Xliff(found.header.get("language", "").replace("-", "_"), found.entries)


def propose(
    offered: Iterable[Entry], known: Mapping[str, str | None], now: Mapping[str, tuple[str, ...]], nplurals: int
) -> list[Proposal]:
    """What a file offers, message by message.

    ``known`` maps each message that may be translated to its plural, ``now`` to its translation as it stands.
    """
    found = []
    for entry in offered:
        if not any(entry.forms) or entry.fuzzy:
            found.append(Proposal(EMPTY, entry))
        elif entry.msgid not in known or (known[entry.msgid] is None) != (entry.plural is None):
            found.append(Proposal(UNKNOWN, entry))
        else:
            found.append(_compared(entry, now.get(entry.msgid, ()), nplurals))
    return found


def _compared(entry: Entry, before: tuple[str, ...], nplurals: int) -> Proposal:
    if entry.forms == before:
        return Proposal(SAME, entry, before)
    wrong = faults(entry, nplurals)
    return Proposal(BROKEN if wrong else CHANGED if any(before) else NEW, entry, before, wrong)


def take_in(path: Path, proposals: Iterable[Proposal]) -> po.PoFile:
    """The catalogue at a path with what is new and changed in it."""
    file = po.read_file(path)
    wanted = {one.entry.msgid: one.entry for one in proposals if one.kind in (NEW, CHANGED)}
    for entry in file.entries:
        if entry.msgid in wanted:
            entry.forms, entry.fuzzy = wanted[entry.msgid].forms, False
    return file
