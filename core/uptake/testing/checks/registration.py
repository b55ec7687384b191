"""What a plugin registers: that it loads, alone and among others; that its hooks are seen; that everything has words."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from uptake import builtin
from uptake.hooks.loader import HOOKS, load
from uptake.testing.checks.subject import Subject

Words = Iterable[tuple[str, str]]
NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


def loads(subject: Subject) -> Iterator[str]:
    """It runs alone and with all others, and breaks none of them."""
    if subject.status.status != "enabled":
        yield f"alone it does not run: {subject.status.error}"
        return
    together, without = load(builtin=[builtin]), load((subject.name,), builtin=[builtin])
    for name, reason in together.broken().items():
        if name == subject.name:
            yield f"with all others it does not run: {reason}"
        elif name not in without.broken():
            yield f"beside it {name} does not run any more: {reason}"


def hooks(subject: Subject) -> Iterator[str]:
    """It implements a hook, known ones only, and each where Uptake finds it."""
    seen = {name for name in vars(subject.module) if name in HOOKS} if subject.module else set()
    if subject.module and not seen:
        yield f"{subject.point.module} implements no hook; the hooks are shown by: uptake plugin hooks"
    for path in subject.sources:
        for line, name in _marked(path):
            if name not in HOOKS:
                yield f"{path.name}:{line} {name} is no hook; the hooks are shown by: uptake plugin hooks"
            elif name not in seen:
                yield f"{path.name}:{line} {name} is never called: import it into {subject.point.module}"


def _marked(path: Path) -> Iterator[tuple[int, str]]:
    """The functions of a file that bear ``@hookimpl``."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.FunctionDef) and any("hookimpl" in ast.unparse(one) for one in node.decorator_list):
            yield node.lineno, node.name


def words(subject: Subject) -> Iterator[str]:
    """Everything that people meet has words, and everything that is typed a name without blanks."""
    for hook, key, one in subject.contributions():
        what = hook.removeprefix("register_").replace("_", " ")
        yield from (f"{what} {key}: it has no {name}" for name, said in _words(hook, one) if not said.strip())
    for found in (subject.alone.importers, subject.alone.exporters):
        for key, item in found.items():
            if subject.alone.origins.get(("register_importers", key)) == subject.name and not NAME.fullmatch(key):
                yield f"the name {key!r} of {type(item).__name__} must be of small letters, digits, dots and hyphens"
    yield from _commands(subject)


def _words(hook: str, one: Any) -> Words:
    return WORDS.get(hook, lambda _one: ())(one)


def _texts(name: str, texts: Mapping[str, str]) -> Words:
    yield f"{name} in English", texts.get("en", "")
    yield from ((f"{name} in {code}", text) for code, text in texts.items() if code != "en")


def _vocabulary(one: Any) -> Words:
    yield from _texts("title", one.title)
    for term in one.terms:
        yield from _texts(f"label of {term.code}", term.labels)


def _scale(one: Any) -> Words:
    yield from _texts("name", one.names)
    for code, names in one.grades.items():
        yield from _texts(f"name of the grade {code}", names)


def _setting(one: Any) -> Words:
    yield "label", one.label
    yield from ((f"label for the choice {value}", label) for value, label in one.choices)


WORDS: Mapping[str, Callable[[Any], Words]] = {
    "register_importers": lambda one: [("title", one.title), ("source", one.source)],
    "register_exporters": lambda one: [("title", one.title), ("media type", one.media_type)],
    "register_mechanisms": lambda one: _texts("name", one.names),
    "register_vocabularies": _vocabulary,
    "register_scales": _scale,
    "register_link_types": lambda one: [("label", one.label)],
    "register_menu": lambda one: [("label", one.label)],
    "register_panels": lambda one: [("title", one.title)],
    "register_token_scopes": lambda one: [("sentence", one.about)],
    "register_settings": _setting,
    "register_jobs": lambda one: [("label", one.label)],
    "register_notices": lambda one: [("sentence", one.one)],
}


def _commands(subject: Subject) -> Iterator[str]:
    implementation = getattr(subject.module, "register_commands", None)
    for one in implementation() if implementation else ():
        if not isinstance(one, click.Command):
            yield f"register_commands returned {one!r}, which is no click command"
        elif not one.name or not (one.help or "").strip():
            yield f"the command {one.name} has no help: write it as the docstring of its function"
