"""Commands for those who write plugins: begin one, and see whether it keeps to what plugins keep to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from uptake.commands.base import Context, Refusal, as_json, say
from uptake.errors import Invalid
from uptake.scaffold.writing import KINDS, Plan, write
from uptake.testing.checks.names import faults_of, installed
from uptake.testing.checks.subject import Subject
from uptake.testing.conformance import CHECKS, examine


@click.command()
@click.argument("name")
@click.option(
    "--sample", "samples", multiple=True, metavar="FILE", help="A good file for its importers; may be given again.",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)  # fmt: skip
@as_json
def check(_context: Context, name: str, samples: tuple[Path, ...]) -> dict[str, Any]:
    """See whether an installed plugin keeps to what plugins keep to. Needs no site; exit code 2 where something is wrong."""
    titles = {one.name: one.title for one in CHECKS}
    found = examine(Subject(name, samples))
    for rule, faults in found.items():
        say(f"{'wrong' if faults else 'right'}  {rule}: {titles[rule]}", bold=bool(faults))
        for fault in faults:
            say(f"         {fault}")
    wrong = sum(map(len, found.values()))
    say(f"{name}: {wrong} faults." if wrong else f"{name}: nothing is wrong.")
    result = {"plugin": name, "faults": wrong, "checks": found}
    return Refusal(result) if wrong else result


@click.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What it is to add to Uptake.")
@click.option(
    "--into", default=".", metavar="DIR", help="The folder for the distribution uptake-NAME (default: here).",
    type=click.Path(file_okay=False, path_type=Path),
)  # fmt: skip
@as_json
def new(_context: Context, name: str, kind: str, into: Path) -> dict[str, Any]:
    """Begin a plugin: a distribution with tests that can be installed at once. Nothing is overwritten."""
    faults = [*faults_of(name), *([f"a plugin called {name} is installed"] if name in installed() else [])]
    if faults:
        raise Invalid("{fault}.", remedy="Choose another name.", fault=faults[0][:1].upper() + faults[0][1:])
    plan = Plan(name, kind, into / f"uptake-{name}")
    files = write(plan)
    for path in files:
        say(str(path))
    say(f"Next: pip install --editable {plan.folder} pytest; uptake plugin check {name}; pytest {plan.folder}")
    return {"plugin": name, "kind": kind, "folder": str(plan.folder), "files": list(map(str, files))}
