"""Commands on column mappings: preview, save, list, show, delete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from uptake.commands.base import Context, as_json, open_app, say, wants_json
from uptake.db import session
from uptake.errors import NotFound
from uptake.files.mapping import preview, read_spec
from uptake.services.importing import mappings


@click.group()
def mapping() -> None:
    """Column mappings for tables: preview, save, list, show, delete."""


@mapping.command(name="preview")
@click.argument("file", type=click.Path())
@click.option("--encoding", help="Read it with this encoding.")
@as_json
def preview_(_context: Context, file: str, encoding: str | None) -> dict[str, Any]:
    """Show how FILE is read (encoding, separator, header, ten rows) and which mapping would fit."""
    if not Path(file).is_file():
        raise NotFound("There is no file {file}.", remedy="Check the path.", file=file)
    found = preview(Path(file), encoding=encoding)
    if not wants_json():
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    return found


@mapping.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@as_json
def save(context: Context, name: str, file: str) -> dict[str, Any]:
    """Save the mapping in the TOML file FILE under NAME."""
    with open_app(context).app_context():
        spec = mappings.save(name, read_spec(Path(file)))
    say(f"Saved the mapping {name}.")
    return {"name": name, "spec": spec}


@mapping.command(name="list")
@as_json
def list_(context: Context) -> dict[str, Any]:
    """The saved and the built-in mappings."""
    with open_app(context).app_context():
        names = mappings.names(session())
    for name in names:
        say(name)
    return {"mappings": names}


@mapping.command()
@click.argument("name")
@as_json
def show(context: Context, name: str) -> dict[str, Any]:
    """The mapping NAME."""
    with open_app(context).app_context():
        found, spec = mappings.find(session(), name)
    if not wants_json():
        click.echo(json.dumps(spec, ensure_ascii=False, indent=1))
    return {"name": found, "spec": spec}


@mapping.command()
@click.argument("name")
@as_json
def delete(context: Context, name: str) -> dict[str, Any]:
    """Delete the saved mapping NAME."""
    with open_app(context).app_context():
        mappings.delete(name)
    say(f"Deleted the mapping {name}.")
    return {"name": name, "deleted": True}
