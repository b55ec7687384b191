"""A plugin's translations: every file can be read, has its plural rule, and keeps the placeholders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from uptake.languages import po
from uptake.languages.checks import faults
from uptake.languages.layers import file_of, languages_in
from uptake.testing.checks.subject import Subject


def catalogues(subject: Subject) -> Iterator[str]:
    """They parse, say how the language counts, and break no placeholder, plural form, blank or markup."""
    folders = {one.folder for one in subject.alone.languages if one.code in subject.status.adds.get("languages", ())}
    for one in subject.alone.languages:
        if one.folder in folders and not file_of(one.folder, one.code).is_file():
            yield f"the language {one.code} has no {file_of(one.folder, one.code)}"
        if one.folder in folders and one.glossary and not one.glossary.is_file():
            yield f"the language {one.code} has no glossary {one.glossary}"
    for folder in sorted({*folders, *subject.alone.catalogues}):
        for code in languages_in(folder):
            yield from _faults(file_of(folder, code), code)


def _faults(path: Path, code: str) -> Iterator[str]:
    file = po.read_file(path)
    yield from (f"{code}:{line}: {words}" for line, words in file.problems)
    if file.rule() is None:
        yield f"{code}:1: the header has no plural rule that works (Plural-Forms)"
    for entry in file.entries:
        yield from (
            f"{code}:{entry.line}: {fault} – {entry.msgid[:60]!r}"
            for fault in faults(entry, file.nplurals)
            if fault.code != "fuzzy"
        )
