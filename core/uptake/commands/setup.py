"""Commands that make and serve an instance: init, demo, serve, db, doctor, plugin."""

from __future__ import annotations

import json
from contextlib import nullcontext
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click
from waitress.server import create_server

from uptake import builtin, db, migrate
from uptake.app import build, create_app, registry
from uptake.commands.base import Context, Refusal, as_json, open_app, say, settle
from uptake.commands.jobs import Beside
from uptake.demo import work
from uptake.errors import Conflict, Invalid
from uptake.hooks import loader
from uptake.services import diagnosis
from uptake.services.importing.report import ImportOptions
from uptake.services.importing.run import run_import
from uptake.services.plugins import plugin_faults
from uptake.services.plugins.reference import load_reference, state_codes
from uptake.services.translating.languages import offered, speak
from uptake.settings import FILE, Settings, load
from uptake.web.accounts.passwords import hashed
from uptake.web.uploads import largest_body

TEMPLATE = """# Settings of this Uptake instance. Every key may also be set as UPTAKE_<KEY> in the environment.
title = {title}
# The States that are followed (ISO 3166 alpha-3); an empty list follows all.
states = [{states}]
# Languages of the interface: English, and any for which a language pack is installed.
languages = [{languages}]
default_language = {default}
# database = "postgresql://user@host/name"    # left out: an SQLite file in this folder
# base_url = "https://follow-up.example.org"  # the public address, for feeds and the sitemap
# disabled_plugins = []
# smtp_host = "mail.example.org"              # with smtp_port, smtp_user, smtp_password, smtp_tls, mail_from; without it
#                                             # mails are left as files in the folder "outbox"
# trusted_proxies = 1                         # how many proxies stand before this server
# [oidc]                                      # single sign-on; the secret may be UPTAKE_OIDC_CLIENT_SECRET
# issuer = "https://login.example.org"
# client_id = "uptake"
# client_secret = ""
# name = "Ministry account"
"""


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@click.option("--state", "states", multiple=True, metavar="ISO3", help="Follow this State; may be repeated.")
@click.option("--all-states", is_flag=True, help="Follow all States (an observatory).")
@click.option("--title", help="The name of the site.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="Offer this language, the first as default (left out: English and all with a complete pack that native speakers have read).",
)
@as_json
def init(
    context: Context,
    folder: str | None,
    states: tuple[str, ...],
    all_states: bool,
    title: str | None,
    languages: tuple[str, ...],
) -> dict[str, Any]:
    """Make an instance in FOLDER (else where --instance says, else here): settings, database and reference data."""
    if bool(states) == all_states:
        raise Invalid("Say which States to follow.", remedy="Use --state ISO3 (once for each State) or --all-states.")
    path = Path(folder) if folder else context.instance
    make_instance(path, tuple(code.upper() for code in states), title, languages)
    say(f"Made an instance in {path.resolve()}.")
    return {"instance": str(path.resolve()), "states": [code.upper() for code in states]}


def make_instance(path: Path, states: tuple[str, ...], title: str | None, languages: tuple[str, ...] = ()) -> None:
    """Write the settings, make the tables and fill in States, mechanisms and vocabularies."""
    if (path / FILE).exists():
        raise Conflict("There is an instance in {folder} already.", remedy="Choose another folder.", folder=str(path))
    unknown = [code for code in states if code not in state_codes()]
    if unknown:
        raise Invalid(
            "There is no State with the code {code}.", remedy="Use an ISO 3166 alpha-3 code.", code=", ".join(unknown)
        )
    spoken = _spoken(path, languages)
    try:
        path.mkdir(parents=True, exist_ok=True)
        text = TEMPLATE.format(
            title=json.dumps(title or "Uptake", ensure_ascii=False), states=_listed(states), languages=_listed(spoken),
            default=json.dumps(spoken[0]),
        )  # fmt: skip
        (path / FILE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Conflict("{folder} cannot be written: {error}.", folder=str(path), error=error.strerror) from error
    try:
        upgrade_instance(path)
    except BaseException:
        (path / FILE).unlink()
        raise


def _spoken(path: Path, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of a new site: those that are wanted, else all that the installed packs speak well."""
    packs = loader.load(builtin=[builtin])
    found = speak(packs, Settings(path, languages=wanted or offered(packs), default_language="")).languages
    missing = [code for code in wanted if code not in found]
    if missing:
        raise Invalid(
            "No installed language pack speaks {code}.",
            remedy="Install one, such as uptake-lang-fr, or leave it out.",
            code=", ".join(missing),
        )
    return found


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f'"{code}"' for code in codes)


def upgrade_instance(path: Path) -> None:
    """Bring tables and reference data of an instance up to date."""
    app = create_app(path)
    with app.app_context():
        migrate.upgrade(db.db.engine, migrate.components(registry(app)))
        load_reference(registry(app))
        plugin_faults.write_down(db.session(), registry(app))
        diagnosis.refresh_index()


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-serve", is_flag=True, help="Prepare the demo country and stop.")
@as_json
def demo(context: Context, folder: str | None, host: str, port: int, no_serve: bool) -> dict[str, Any] | None:
    """Show Uptake with the invented country Mirava; a second run keeps its data."""
    path = Path(folder) if folder else context.named("demo-instance")
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
        if work.fill(lambda password: hashed(password, email="", name="")):
            say("Institutions, people and their reports were made.")
    say(f"Sign in with the password “{work.PASSWORD}” as:")
    for address, role in work.sign_ins().items():
        say(f"  {address:<32}{role}")
    if no_serve:
        return {"instance": str(path.resolve()), "password": work.PASSWORD, "people": work.sign_ins()}
    _serve(load(path), host, port)
    return None


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--no-worker", is_flag=True, help="Run no jobs here: “uptake jobs work” does elsewhere.")
@as_json
def serve(context: Context, host: str, port: int, no_worker: bool) -> None:
    """Serve the site with the embedded server, and run its jobs in a process beside it."""
    open_app(context)
    _serve(load(context.instance), host, port, worker=not no_worker)


def _serve(settings: Settings, host: str, port: int, *, worker: bool = True) -> None:
    app = build(settings)
    try:
        server = create_server(
            app, host=host, port=port, threads=8, ident=None, max_request_body_size=largest_body(settings)
        )
    except OSError as error:
        raise Conflict(
            "Port {port} cannot be used: {error}.",
            remedy="Choose another with --port.",
            port=port,
            error=error.strerror,
        ) from error
    settle()
    say(f"Serving at http://{host}:{server.effective_port}/", bold=True)
    with Beside(settings.instance) if worker else nullcontext():
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
        found = migrate.status(db.db.engine, migrate.components(registry(app)))
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
