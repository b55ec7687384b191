"""What a plugin is before it is loaded: its metadata, what its code imports, and what importing it costs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from uptake import __version__
from uptake.hooks.loader import GROUP
from uptake.testing.checks.names import faults_of
from uptake.testing.checks.subject import Subject

ALLOWED, TESTING = "uptake.toolkit", "testing"
MOST_MS = 200
Cost = tuple[float, list[str], str]
_UPPER = ("<", "<=", "~=", "==", "===")
# One process imports the site, then forks for each module in turn, twice: the first time Python compiles it.
_IMPORT = """
import os, time, uptake.app, uptake.toolkit
talks = set()
sys.addaudithook(lambda event, _values: event.startswith("socket.") and event != "socket.gethostname" and talks.add(event))
for module in 2 * sys.argv[1:]:
    if os.fork() == 0:
        begun, error = time.process_time(), ""
        try:
            __import__(module)
        except BaseException as raised:
            error = f"{type(raised).__name__}: {raised}"
        took = (time.process_time() - begun) * 1000
        print(json.dumps([module, took, sorted(talks), error]), flush=True)
        os._exit(0)
    os.wait()
"""


def metadata(subject: Subject) -> Iterator[str]:
    """Its names belong together, it says in a line what it is, and which versions of Uptake it was made for."""
    name, found = subject.name, subject.point.dist
    yield from faults_of(name)
    if subject.package != f"uptake_{name.replace('-', '_')}":
        yield f"the package is called {subject.package} and must be called uptake_{name.replace('-', '_')}"
    if found is None:
        yield "it belongs to no installed distribution"
        return
    if canonicalize_name(found.name) != f"uptake-{name}":
        yield f"the distribution is called {found.name} and must be called uptake-{name}"
    if not (found.metadata["Summary"] or "").strip():
        yield "pyproject.toml has no description"
    yield from _bounds([Requirement(line) for line in found.requires or ()])


def _bounds(requirements: list[Requirement]) -> Iterator[str]:
    wanted = [one.specifier for one in requirements if canonicalize_name(one.name) == "uptake"]
    if not wanted:
        yield 'pyproject.toml does not name uptake among its dependencies, as in "uptake>=0.1,<0.2"'
    for bounds in wanted:
        if not bounds.contains(__version__, prereleases=True):
            yield f"it wants uptake {bounds}, and this is {__version__}"
        if not any(one.operator in _UPPER for one in bounds):
            yield f"uptake{bounds} has no upper bound: a later version may take away what the plugin needs"


def imports(subject: Subject) -> Iterator[str]:
    """It knows Uptake by ``uptake.toolkit`` alone, its tests by ``uptake.testing`` as well, and no other plugin."""
    strangers = {point.module.partition(".")[0] for point in entry_points(group=GROUP)} - {subject.package}
    for path in subject.sources:
        for line, module in imported(path):
            if module.partition(".")[0] in strangers:
                yield f"{path.name}:{line} imports {module}, which is another plugin"
            elif not allowed(module):
                yield f"{path.name}:{line} imports {module}; a plugin imports {ALLOWED} only"
    for path in subject.tests:
        for line, module in imported(path):
            if not allowed(module) and module.partition(".")[2].partition(".")[0] != TESTING:
                yield f"tests/{path.name}:{line} imports {module}; tests import {ALLOWED} and uptake.{TESTING} only"


def allowed(module: str) -> bool:
    """Whether a plugin may import this."""
    return module.partition(".")[0] != "uptake" or module == ALLOWED or module.startswith(f"{ALLOWED}.")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a file imports, also by ``import_module``."""
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            whole = node.module != "uptake"
            yield from ((node.lineno, node.module if whole else f"uptake.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node.func) in ("import_module", "__import__") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def cost(subject: Subject) -> Iterator[str]:
    """It is imported in 200 ms, over what the site has imported anyway, and talks to nobody."""
    modules = sorted({point.module for point in entry_points(group=GROUP)})
    took, talks, error = _costs(tuple(modules), tuple(sys.path))[subject.point.module]
    if error:
        yield f"it cannot be imported: {error}"
    if took > MOST_MS:
        yield f"importing it takes {took:.0f} ms; the most is {MOST_MS}"
    if talks:
        yield f"importing it opens a socket ({', '.join(talks)}): do that when it is needed"


@cache
def _costs(modules: tuple[str, ...], paths: tuple[str, ...]) -> dict[str, Cost]:
    """What it takes to import each module over an imported site: milliseconds, talk with the network, error."""
    code = f"import sys, json; sys.path[:] = {paths!r}{_IMPORT}"
    done = subprocess.run([sys.executable, "-c", code, *modules], capture_output=True, text=True, check=True)  # noqa: S603
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {module: (took, talks, error) for module, took, talks, error in found}
