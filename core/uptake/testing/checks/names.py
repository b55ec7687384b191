"""What a plugin may be called: its name begins its addresses, its tables, its commands and its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from babel import localedata

from uptake.app import build
from uptake.hooks.loader import GROUP
from uptake.migrate import CORE_TABLES
from uptake.settings import Settings
from uptake.testing.databases import close

LONGEST = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_OWN = {"core", "uptake", "testing", "toolkit"}


def faults_of(name: str) -> Iterator[str]:
    """Why a plugin cannot be called so."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        yield f"the name {name} must be of small letters, digits and single hyphens, at most {LONGEST}"
    if localedata.exists(name):
        yield f"the name {name} is that of a language, under which the site has its pages"
    if name in core_words():
        yield f"the name {name} is one of the core's own words"


def installed() -> set[str]:
    """The names of the installed plugins."""
    return {point.name for point in entry_points(group=GROUP)}


@cache
def core_words() -> frozenset[str]:
    """What the core uses at the beginning of its addresses, tables and commands."""
    with TemporaryDirectory() as folder:
        app = build(Settings(instance=Path(folder), disabled_plugins=tuple(installed())))
        with app.app_context():
            close()
    addresses = {str(rule).split("/")[1].partition(".")[0] for rule in app.url_map.iter_rules()}
    tables = {name.partition("_")[0] for name in CORE_TABLES}
    return frozenset(addresses | tables | _commands() | _OWN)


def _commands() -> set[str]:
    """The commands of the command line, which imports this module and so is looked up by its entry point."""
    found = [point.load() for point in entry_points(group="console_scripts", name="uptake")]
    return {name for main in found if isinstance(main, click.Group) for name in main.commands}
