"""Writes .po files as gettext's own tools do: sorted, folded at 76 columns, nothing of a translator's work lost."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from uptake.languages.po import Entry, PoFile

WIDTH = 76
PLACEHOLDER = re.compile(r"\{[A-Za-z_]\w*\}")
_WORDS = re.compile(r"(\s+|[^\s\w]*\w+[a-zA-Z]-(?=\w+[a-zA-Z])|(?<=[\w\!\"\'\&\.\,\?])-{2,}(?=\w))")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\r": "\\r", "\n": "\\n", '"': '\\"'})


def write(file: PoFile) -> str:
    """The text of a file."""
    head = [*file.comments, *_message("msgid", ""), *_message("msgstr", file.head)]
    entries = sorted(file.entries, key=lambda entry: (entry.text, entry.context or ""))
    blocks = ["\n".join(head), *("\n".join(_entry(entry)) for entry in entries)]
    if file.obsolete:
        blocks.append("\n".join(_apart(file.obsolete)))
    return "\n\n".join(blocks) + "\n"


def save(path: Path, file: PoFile) -> None:
    """Put a file in its place at once, so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(write(file), encoding="utf-8", newline="\n")
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _entry(entry: Entry) -> Iterator[str]:
    yield from entry.comments
    for place in entry.where:
        yield f"#: {place}"
    flags = ["fuzzy"] * entry.fuzzy + ["python-brace-format"] * bool(PLACEHOLDER.search(entry.plural or entry.text))
    if flags:
        yield f"#, {', '.join(flags)}"
    yield from _words(entry)


def as_obsolete(entry: Entry) -> list[str]:
    """A message that is no more, as comments."""
    return [f"#~ {line}" for line in _words(entry)]


def _words(entry: Entry) -> Iterator[str]:
    if entry.context is not None:
        yield from _message("msgctxt", entry.context)
    yield from _message("msgid", entry.text)
    if entry.plural is None:
        yield from _message("msgstr", entry.forms[0])
        return
    yield from _message("msgid_plural", entry.plural)
    for number, form in enumerate(entry.forms):
        yield from _message(f"msgstr[{number}]", form)


def _message(name: str, text: str) -> Iterator[str]:
    lines = _lines(text)
    if len(lines) <= 1:
        yield f'{name} "{text.translate(_ESCAPED)}"'
        return
    yield f'{name} ""'
    for line in lines:
        yield f'"{line.translate(_ESCAPED)}"'


def _lines(text: str) -> list[str]:
    """A text cut at its line ends, and at blanks where a line is too long; no character is lost."""
    whole = re.findall(r"[^\n]*\n|[^\n]+", text)
    return [piece for line in whole for piece in _folded(line)]


def _folded(line: str) -> Iterator[str]:
    if len(line.translate(_ESCAPED)) + 2 <= WIDTH:
        yield line
        return
    held = ""
    for word in _WORDS.split(line):
        if held and len((held + word).translate(_ESCAPED)) + 2 >= WIDTH:
            yield held
            held = ""
        held += word
    if held:
        yield held


def _apart(lines: Iterable[str]) -> Iterator[str]:
    """Messages that are no more, a blank line between them."""
    before = ""
    for line in lines:
        begins = line.startswith("#~ msgctxt ") or (
            line.startswith("#~ msgid ") and not before.startswith("#~ msgctxt ")
        )
        if before and begins:
            yield ""
        yield line
        before = line
