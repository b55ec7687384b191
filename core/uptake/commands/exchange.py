"""A site as one file: backup and restore; packages that go out with ``export --package`` and come in with ``import``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask

from uptake.app import registry
from uptake.commands.base import Context, Refusal, as_json, open_app, say
from uptake.services.exchange import packages
from uptake.services.exchange.archive import Progress
from uptake.services.exchange.manifest import BACKUP, EVERYTHING, PUBLIC, Holds, Manifest
from uptake.services.permissions import SYSTEM

ACTOR = "command line"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@as_json
def backup(context: Context, file: str) -> dict[str, Any]:
    """Write the whole site to FILE while it goes on working: all rows, all files, hashes of passwords among them."""
    result = _make(open_app(context), Path(file), BACKUP)
    say("Guard it like the database. Keep uptake.toml and secret.key beside it: they are not in it.")
    return result


@click.command()
@click.argument("file", type=click.Path())
@click.option("--replace", is_flag=True, help="Let it take the place of all that is in this site.")
@click.option("--dry-run", is_flag=True, help="Prove that the backup can be restored here, and change nothing.")
@as_json
def restore(context: Context, file: str, replace: bool, dry_run: bool) -> dict[str, Any]:
    """Bring the backup FILE back into an empty instance, whichever of the two databases it was made on."""
    return bring(open_app(context), Path(file), backup=True, replace=replace, dry_run=dry_run)


def make(app: Flask, path: Path, *, everything: bool) -> dict[str, Any]:
    """Write a package: the public part of the site, or everything but secrets."""
    return _make(app, path, EVERYTHING if everything else PUBLIC)


def bring(
    app: Flask, path: Path, *, backup: bool = False, replace: bool = False, dry_run: bool = False
) -> dict[str, Any]:
    """Bring a package or backup in, and say what came."""
    with app.app_context(), _progress("Reading") as progress:
        report = packages.bring(path, registry(app), backup=backup, replace=replace, dry_run=dry_run, person=SYSTEM,
                                actor=ACTOR, progress=progress)  # fmt: skip
    held = report.manifest
    say(
        f"{path.name}: {held.site.title}, {held.holds}, made {held.made:%Y-%m-%d %H:%M} UTC: {report.rows} rows, {report.files} files."
    )
    _warn("Tables of plugins that do not run here were skipped", report.skipped)
    _warn("The site had lost these files itself", held.lacking)
    say("Restart the site and its workers." if report.applied else "Nothing was changed: this was a trial.", bold=True)
    return {**_as_json(path, held), "skipped": report.skipped, "applied": report.applied}


def _make(app: Flask, path: Path, holds: Holds) -> dict[str, Any]:
    with app.app_context(), _progress("Writing") as progress:
        found = packages.make(path, holds, registry(app), person=SYSTEM, actor=ACTOR, progress=progress)
    say(f"{found.rows} rows and {len(found.files)} files written to {path}.")
    _warn("Tables of plugins that do not run were left out", found.left_out)
    _warn("These files are lost or damaged in the store", found.lacking)
    result = _as_json(path, found)
    return Refusal(result) if found.lacking else result


def _as_json(path: Path, held: Manifest) -> dict[str, Any]:
    return {
        "file": str(path), "holds": held.holds, "rows": held.rows, "files": len(held.files),
        "tables": {part.table: part.rows for part in held.tables if part.rows}, "left_out": held.left_out,
        "lacking": held.lacking,
    }  # fmt: skip


def _warn(what: str, names: list[str]) -> None:
    if names:
        say(f"{what}: {', '.join(names)}.")


@contextmanager
def _progress(label: str) -> Iterator[Progress | None]:
    """A bar on standard error, where a person is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, file=sys.stderr, label=label) as bar:
        yield lambda done, total: bar.update(max(0, 1000 * done // max(total, 1) - bar.pos))
