"""Commands for plugins, and the commands that plugins bring."""

from __future__ import annotations

import json
import re
from typing import Any

import click

from uptake import db
from uptake.app import registry
from uptake.commands.base import Context, as_json, open_app, say
from uptake.commands.plugin_authors import check, new
from uptake.errors import AppError, Conflict, NotFound, PluginFault
from uptake.hooks.reference import page, reference
from uptake.hooks.registry import Registry
from uptake.services.plugins import plugin_data
from uptake.settings import FILE, load

_DISABLED = re.compile(r"^\s*disabled_plugins\s*=\s*\[[^\]]*\]", re.MULTILINE)


@click.group()
def plugin() -> None:
    """The plugins: list them, switch them on and off, take away what they left; write and check one."""


plugin.add_command(check)
plugin.add_command(new)


@plugin.command(name="list")
@as_json
def list_plugins(context: Context) -> dict[str, Any]:
    """Every installed plugin: whether it runs, what it adds, and if it does not run, why."""
    plugins = registry(open_app(context, check=False)).plugins
    for one in plugins:
        adds = "; ".join(f"{what} {len(names)}" for what, names in one.adds.items())
        say(f"{one.name} {one.version} ({one.status}) {one.error or adds}")
    return {
        "plugins": [
            {"name": one.name, "distribution": one.distribution, "version": one.version, "status": one.status,
             "error": one.error or None, "adds": one.adds}
            for one in plugins
        ]
    }  # fmt: skip


@plugin.command()
@click.option("--markdown", is_flag=True, help="Print the page of the documentation and nothing else.")
@as_json
def hooks(_context: Context, markdown: bool) -> dict[str, Any] | None:
    """The hooks: when each is called, with what, what it returns, and where a bundled plugin shows it."""
    if markdown:
        click.echo(page(), nl=False)
        return None
    found = reference()
    for one in found:
        say(one.as_text())
    return {"hooks": [one.as_json() for one in found]}


@plugin.command()
@click.argument("name")
@as_json
def enable(context: Context, name: str) -> dict[str, Any]:
    """Switch a plugin on, from the next start on."""
    return _switch(context, name, on=True)


@plugin.command()
@click.argument("name")
@as_json
def disable(context: Context, name: str) -> dict[str, Any]:
    """Switch a plugin off, from the next start on. Its tables and settings stay."""
    return _switch(context, name, on=False)


def _switch(context: Context, name: str, *, on: bool) -> dict[str, Any]:
    _known(registry(open_app(context, check=False)), name)
    before = load(context.instance).disabled_plugins
    after = sorted({*before} - {name} if on else {*before, name})
    path = context.instance / FILE
    text, line = path.read_text(encoding="utf-8"), f"disabled_plugins = {json.dumps(after)}"
    path.write_text(
        _DISABLED.sub(line, text, count=1) if _DISABLED.search(text) else f"{line}\n{text}", encoding="utf-8"
    )
    if load(context.instance).disabled_plugins != tuple(after):
        path.write_text(text, encoding="utf-8")
        raise Conflict("{path} could not be changed.", remedy="Change disabled_plugins there by hand.", path=str(path))
    say(f"{name} is {'on' if on else 'off'}. Restart the site" + (", after: uptake db upgrade" if on else "."))
    return {"disabled_plugins": after}


@plugin.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def purge(context: Context, name: str, yes: bool) -> dict[str, Any]:
    """Take away the tables and settings that a plugin made. Disable or uninstall it first; this cannot be undone."""
    app = open_app(context, check=False)
    with app.app_context():
        if name in {one.name for one in registry(app).enabled()}:
            raise Conflict("{name} is switched on.", remedy="First: uptake plugin disable {name}", name=name)
        found = plugin_data.left_by(db.db.engine, name)
        if not found:
            raise NotFound("Nothing of a plugin called {name} is in the database.", name=name)
        if not yes:
            click.confirm(f"Delete for ever: {', '.join(found)}?", abort=True, err=True)
        plugin_data.purge(db.db.engine, name)
    say(f"Gone: {', '.join(found)}.")
    return {"plugin": name, "gone": found}


def _known(found: Registry, name: str) -> None:
    names = [one.name for one in found.plugins]
    if name not in names:
        raise NotFound(
            "There is no plugin called {name}.", remedy="Plugins: {names}.", name=name, names=", ".join(names)
        )


def plugin_commands(context: Context, name: str) -> click.Command | None:
    """The commands of a plugin as a group under its name; None where it has none or does not run."""
    try:
        found = registry(open_app(context, check=False))
    except AppError:
        return None
    module = next((one.module for one in found.enabled() if one.name == name), None)
    implementation = getattr(module, "register_commands", None)
    if implementation is None:
        return None
    group = click.Group(name, help=f"Commands of the plugin {name}.")
    try:
        for command in implementation():
            group.add_command(command)
    except Exception as error:
        said = PluginFault("The plugin {plugin} failed in register_commands: {error}.", plugin=name, error=error)
        raise click.ClickException(str(said)) from error
    return group
