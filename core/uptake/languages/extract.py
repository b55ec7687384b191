"""Finds the messages of the code: everything in ``_()``, ``ngettext()`` and ``N_()``, and the words of errors and findings."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python

from uptake.errors import NC_
from uptake.languages.po import Entry

KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_": (1,), "NC_": ((1, "c"), 2)}
TELLING = {"AppError": 0, "NotFound": 0, "Refused": 0, "Conflict": 0, "Busy": 0, "Invalid": 0, "Finding": 2}
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}}
UNSEEN = ("commands", "testing", "settings.py")  # what only the command line says, in English
Found = Iterator[tuple[int, str | None, Any, list[str]]]


def messages_in(package: Path, root: Path) -> dict[str, Entry]:
    """The messages of a package, each with the files that say it, as seen from ``root``."""
    found: dict[str, Entry] = {}
    methods: list[tuple[str, str | Callable[..., Found]]] = [("**/templates/**.html", "jinja2"), ("**.py", python)]
    for name, _line, message, _comments, context in extract_from_dir(
        package, methods, OPTIONS, KEYWORDS, directory_filter=_worth_reading  # type: ignore[arg-type]
    ):  # fmt: skip
        msgid, plural = (message, None) if isinstance(message, str) else (message[0], message[1])
        msgid = NC_(context, msgid) if context else msgid
        where = (package / name).relative_to(root).as_posix()
        known = found.setdefault(msgid, Entry(msgid, plural, ()))
        known.plural = known.plural or plural
        known.where = tuple(sorted({*known.where, where}))
    return found


def _worth_reading(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith((".", "_")) and name != "static"


def python(
    file: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Found:
    """The messages of a Python file, as Babel calls extractors."""
    yield from extract_python(file, keywords, comment_tags, options)  # type: ignore[arg-type,misc]
    file.seek(0)
    source = file.read()
    if not any(part in UNSEEN for part in Path(getattr(file, "name", "")).parts):
        yield from _told(ast.parse(source))


def _told(tree: ast.AST) -> Found:
    """What errors and findings say: their message, and the remedy."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        place = TELLING.get(getattr(node.func, "id", getattr(node.func, "attr", "")))
        if place is None:
            continue
        said = [*node.args[place : place + 1], *(k.value for k in node.keywords if k.arg in ("remedy", "message"))]
        for words in said:
            if isinstance(words, ast.Constant) and isinstance(words.value, str) and " " in words.value:
                yield words.lineno, None, words.value, []
