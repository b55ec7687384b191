"""Commands that make and serve an instance: init, demo, serve, db, doctor, plugin."""

from __future__ import annotations

import json
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click
from waitress.server import create_server

from uptake import db, migrate
from uptake.app import build, create_app, registry
from uptake.commands.base import Context, Refusal, as_json, open_app, say
from uptake.errors import Conflict, Invalid
from uptake.services import diagnosis
from uptake.services.importing.report import ImportOptions
from uptake.services.importing.run import run_import
from uptake.services.reference import load_reference, state_codes
from uptake.settings import FILE, Settings, load

TEMPLATE = """# Settings of this Uptake instance. Every key may also be set as UPTAKE_<KEY> in the environment.
title = {title}
# The States that are followed (ISO 3166 alpha-3); an empty list follows all.
states = [{states}]
languages = ["en", "fr", "ar"]
default_language = "en"
# database = "postgresql://user@host/name"    # left out: an SQLite file in this folder
# base_url = "https://follow-up.example.org"  # the public address, for feeds and the sitemap
# disabled_plugins = []
"""


@click.command()
@click.argument("folder", default=".", type=click.Path(file_okay=False))
@click.option("--state", "states", multiple=True, metavar="ISO3", help="Follow this State; may be repeated.")
@click.option("--all-states", is_flag=True, help="Follow all States (an observatory).")
@click.option("--title", help="The name of the site.")
@as_json
def init(
    _context: Context, folder: str, states: tuple[str, ...], all_states: bool, title: str | None
) -> dict[str, Any]:
    """Make an instance in FOLDER: settings, database and reference data."""
    if bool(states) == all_states:
        raise Invalid("Say which States to follow.", remedy="Use --state ISO3 (once for each State) or --all-states.")
    path = Path(folder)
    make_instance(path, tuple(code.upper() for code in states), title)
    say(f"Made an instance in {path.resolve()}.")
    return {"instance": str(path.resolve()), "states": [code.upper() for code in states]}


def make_instance(path: Path, states: tuple[str, ...], title: str | None) -> None:
    """Write the settings, make the tables and fill in States, mechanisms and vocabularies."""
    if (path / FILE).exists():
        raise Conflict("There is an instance in {folder} already.", remedy="Choose another folder.", folder=str(path))
    unknown = [code for code in states if code not in state_codes()]
    if unknown:
        raise Invalid(
            "There is no State with the code {code}.", remedy="Use an ISO 3166 alpha-3 code.", code=", ".join(unknown)
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
        text = TEMPLATE.format(
            title=json.dumps(title or "Uptake", ensure_ascii=False), states=", ".join(f'"{code}"' for code in states)
        )
        (path / FILE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Conflict("{folder} cannot be written: {error}.", folder=str(path), error=error.strerror) from error
    try:
        upgrade_instance(path)
    except BaseException:
        (path / FILE).unlink()
        raise


def upgrade_instance(path: Path) -> None:
    """Bring tables and reference data of an instance up to date."""
    app = create_app(path)
    with app.app_context():
        migrate.upgrade(db.db.engine)
        load_reference(registry(app))
        diagnosis.refresh_index()


@click.command()
@click.argument("folder", default="demo-instance", type=click.Path(file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-serve", is_flag=True, help="Prepare the demo country and stop.")
@as_json
def demo(_context: Context, folder: str, host: str, port: int, no_serve: bool) -> dict[str, Any] | None:
    """Show Uptake with the invented country Mirava; a second run keeps its data."""
    path = Path(folder)
    if not (path / FILE).exists():
        make_instance(path, ("XMV",), "Mirava follows up")
    else:
        upgrade_instance(path)
    app = create_app(path)
    with app.app_context():
        if "uhri-json" not in registry(app).importers:
            raise Conflict("The demo needs the plugin uptake-uhri.", remedy="Install it with: pip install uptake-uhri")
        for language in ("en", "fr", "ar"):
            with as_file(files("uptake.demo").joinpath(f"export-full-{language}.json")) as file:
                report = run_import(
                    registry(app), file, importer_name="uhri-json", options=ImportOptions(complete=False)
                )
            say(f"{file.name}: {report.new} new, {report.changed} changed, {report.same} the same.")
    if no_serve:
        return {"instance": str(path.resolve())}
    _serve(load(path), host, port)
    return None


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@as_json
def serve(context: Context, host: str, port: int) -> None:
    """Serve the site with the embedded server."""
    open_app(context)
    _serve(load(context.instance), host, port)


def _serve(settings: Settings, host: str, port: int) -> None:
    app = build(settings)
    try:
        server = create_server(app, host=host, port=port, threads=8, ident=None)
    except OSError as error:
        raise Conflict(
            "Port {port} cannot be used: {error}.",
            remedy="Choose another with --port.",
            port=port,
            error=error.strerror,
        ) from error
    say(f"Serving at http://{host}:{server.effective_port}/", bold=True)
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()


@click.group(name="db")
def database() -> None:
    """The tables: upgrade, status."""


@database.command()
@as_json
def upgrade(context: Context) -> dict[str, Any]:
    """Bring tables and reference data up to date."""
    upgrade_instance(context.instance)
    say("The database is up to date.")
    return _status(context)


@database.command()
@as_json
def status(context: Context) -> dict[str, Any]:
    """Where the tables of the core and of each plugin stand."""
    found = _status(context)
    for one in found["components"]:
        say(f"{one['component']}: {one['current'] or 'no tables'}" + (f" → {one['head']}" if one["pending"] else ""))
    return found


def _status(context: Context) -> dict[str, Any]:
    app = create_app(context.instance)
    with app.app_context():
        found = migrate.status(db.db.engine)
    return {
        "components": [
            {"component": one.component, "current": one.current, "head": one.head, "pending": one.pending}
            for one in found
        ]
    }


@click.command()
@as_json
def doctor(context: Context) -> dict[str, Any]:
    """Say what is wrong with this installation and how to mend it. Exit code 2 where something is."""
    app = create_app(context.instance)
    with app.app_context():
        findings = diagnosis.examine(registry(app), context.instance)
    for one in findings:
        say(f"{'✗' if one.grave else '·'} {one.message} {one.remedy}".rstrip(), bold=one.grave)
    if not findings:
        say("Nothing is wrong.")
    result = {"ok": not any(one.grave for one in findings), "findings": [one.as_json() for one in findings]}
    return result if result["ok"] else Refusal(result)


@click.group()
def plugin() -> None:
    """The plugins: list."""


@plugin.command(name="list")
@as_json
def list_plugins(context: Context) -> dict[str, Any]:
    """Every installed plugin: whether it runs, what it adds, and if it does not run, why."""
    plugins = registry(open_app(context, check=False)).plugins
    for one in plugins:
        adds = "; ".join(f"{len(names)} {what}" for what, names in one.adds.items())
        say(f"{one.name} {one.version} ({one.status}) {one.error or adds}")
    return {
        "plugins": [
            {"name": one.name, "distribution": one.distribution, "version": one.version, "status": one.status,
             "error": one.error or None, "adds": one.adds}
            for one in plugins
        ]
    }  # fmt: skip
