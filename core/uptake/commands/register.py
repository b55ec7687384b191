"""Commands on the register: import, search, export."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from uptake.app import EXTENSION, registry
from uptake.commands import exchange
from uptake.commands.base import Context, Refusal, as_json, open_app, say, wants_json
from uptake.db import session
from uptake.errors import AppError, Invalid
from uptake.i18n import set_locale
from uptake.services.exchange.archive import is_package
from uptake.services.importing import mappings
from uptake.services.importing.report import ImportOptions, ImportReport
from uptake.services.importing.run import run_import
from uptake.services.importing.source_file import Progress
from uptake.services.importing.undo import undo_import
from uptake.services.lists import export_records, searching
from uptake.services.lists.exporting import FORMATS, write
from uptake.services.names import Names

SHOWN_FINDINGS = 20


@click.command(name="import")
@click.argument("file", required=False, type=click.Path())
@click.option("--importer", help="Use this importer; otherwise the file itself tells.")
@click.option("--mapping", help="A saved column mapping, or a TOML file with one.")
@click.option("--language", metavar="xx", help="The language of the file, where it does not tell.")
@click.option("--state", "states", multiple=True, metavar="ISO3", help="Take only this State; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@click.option("--skip-refused", is_flag=True, help="Take the good records although others are refused.")
@click.option(
    "--complete/--partial",
    default=None,
    help="Whether the file holds all of its feed, so that what is not in it vanished.",
)
@click.option("--undo", type=int, metavar="RUN", help="Take an earlier run back.")
@as_json
def import_(context: Context, file: str | None, undo: int | None, importer: str | None, **given: Any) -> dict[str, Any]:
    """Import FILE, or take an import back with --undo RUN. A package of another site goes into an empty instance."""
    app = open_app(context)
    if (file is None) == (undo is None):
        raise Invalid(
            "Name one file to import, or one run to undo.", remedy="uptake import FILE, or: uptake import --undo RUN"
        )
    if file is not None and importer is None and is_package(Path(file)):
        return exchange.bring(app, Path(file), dry_run=given["dry_run"])
    with app.app_context():
        if undo is not None:
            counts = undo_import(undo)
            say(f"Run {undo} was undone: {counts['removed']} removed, {counts['restored']} put back.")
            return {"run": undo, "undone": True, **counts}
        assert file is not None
        options = _options(app.extensions[EXTENSION].states, **given)
        with _progress() as progress:
            report = run_import(registry(app), Path(file), importer_name=importer or _importer_for(options), options=options,
                                actor="command line", progress=progress)  # fmt: skip
    _tell(report, options)
    refused = report.refused and not options.skip_refused
    return Refusal(report.as_json()) if refused else report.as_json()


def _options(followed: tuple[str, ...], states: tuple[str, ...], mapping: str | None, **given: Any) -> ImportOptions:
    name, spec = mappings.find(session(), mapping) if mapping else (None, None)
    return ImportOptions(
        states=tuple(code.upper() for code in states) or followed, mapping=spec, mapping_name=name, **given
    )


def _importer_for(options: ImportOptions) -> str | None:
    return "table" if options.mapping else None


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A bar on standard error, where a person is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, file=sys.stderr, label="Reading") as bar:

        def show(done: int, size: int) -> None:
            bar.update(max(0, 1000 * done // max(size, 1) - bar.pos))

        yield show


def _tell(report: ImportReport, options: ImportOptions) -> None:
    say(f"{report.file} ({report.importer}): {report.read} read, {report.new} new, {report.changed} changed, {report.same} the same, "
        f"{report.refused} refused" + (f", {report.vanished} vanished" if report.vanished else "")
        + (f", {report.skipped} of other States" if report.skipped else "") + ".")  # fmt: skip
    for finding in report.findings[:SHOWN_FINDINGS]:
        places = ", ".join(finding["places"])  # type: ignore[arg-type]
        times = f" ({finding['count']} times)" if finding["count"] != 1 else ""
        say(f"  {finding['severity']}: {finding['message']}{times} {places}")
    if len(report.findings) > SHOWN_FINDINGS:
        say(f"  and {len(report.findings) - SHOWN_FINDINGS} more kinds of findings; --json shows them all.")
    if report.refused and not options.skip_refused:
        say("Nothing was imported. Correct these records, or take the others with --skip-refused.", bold=True)
    elif options.dry_run:
        say("Nothing was changed: this was a trial.")


def _filters(values: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = [value.partition("=") for value in values]
    wrong = [value for value, (_, equals, _rest) in zip(values, pairs, strict=True) if not equals]
    if wrong:
        raise Invalid("{filter} is no filter.", remedy="Write it as field=value, such as state=SVN.", filter=wrong[0])
    return [(name.strip(), value) for name, _, value in pairs]


def _narrowing(command: Any) -> Any:
    """The options by which search and export choose."""
    for option in (
        click.option(
            "--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="Narrow the answer; may be repeated."
        ),
        click.option("--without", multiple=True, metavar="FIELD=VALUE", help="Leave these out; may be repeated."),
        click.option("--from", "since", default="", metavar="DAY", help="From this day or year on."),
        click.option("--to", "until", default="", metavar="DAY", help="Up to this day or year."),
        click.option("--sort", default="", metavar="ORDER", help="relevance, newest, oldest or document."),
        click.option("--lang", default="en", metavar="xx", show_default=True, help="The language of texts and labels."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("query", default="")
@_narrowing
@click.option("--facets", is_flag=True, help="Count the answers by each facet.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0, 100_000))
@as_json
def search(
    context: Context,
    query: str,
    filters: tuple[str, ...],
    without: tuple[str, ...],
    facets: bool,
    limit: int,
    lang: str,
    **given: str,
) -> dict[str, Any]:
    """Search the register; an empty QUERY is everything."""
    app = open_app(context)
    with app.app_context():
        set_locale(_language(lang))
        asked = searching.build_query(query, _filters(filters), _filters(without), **given)
        page, engine = searching.find(session(), asked, 1, max(limit, 1), lang)
        page.cards = page.cards[:limit]
        found = searching.facets(engine, asked, page.answer) if facets else None
        result = searching.as_json(page, found)
        if not wants_json():
            _show(result, Names(session()))
    for problem in result.get("problems", ()):
        say(f"{problem} Searched for: {result['reading']}")
    return result


def _language(code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(code.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        raise Invalid("There is no language {code}.", remedy="Use a code such as en, fr or ar.", code=code) from None


def _show(result: dict[str, Any], names: Names) -> None:
    click.echo(f"{result['count']} found")
    for item in result["items"]:
        place = ", ".join(str(part) for part in (names.state(item["state"]), item["symbol"], item["paragraph"]) if part)
        click.echo(f"\n{place} ({item['position'] or item['kind']})\n  {item['text']}")
    for name, values in result.get("facets", {}).items():
        click.echo(f"\n{names.field(name)}")
        for value, count in list(values.items())[:10]:
            click.echo(f"  {count:>8}  {names.value(name, value)}")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--query", default="", help="The same words as in search.")
@click.option("--column", "columns", multiple=True, metavar="NAME", help="Only this column; may be repeated.")
@_narrowing
@click.option(
    "--package", is_flag=True, help="The whole public site instead, for another instance of Uptake to import."
)
@click.option("--everything", is_flag=True, help="With --package: also what is not public, without passwords and keys.")
@as_json
def export(
    context: Context,
    file: str,
    query: str,
    columns: tuple[str, ...],
    filters: tuple[str, ...],
    without: tuple[str, ...],
    lang: str,
    package: bool,
    everything: bool,
    **given: str,
) -> dict[str, Any]:
    """Write what fits to FILE; its ending (csv, xlsx, docx, pdf, json, jsonl, or a plugin's) is the format."""
    path = Path(file)
    app = open_app(context)
    if package or everything:
        if not package or query or columns or filters or without or any(given.values()):
            raise Invalid("A package holds the whole site.", remedy="uptake export --package FILE.zip [--everything]")
        return exchange.make(app, path, everything=everything)
    exporters = registry(app).exporters
    form = next((one for one in (*exporters, *FORMATS) if path.name.lower().endswith(f".{one}")), None)
    if form is None:
        names = ", ".join((*FORMATS, *exporters))
        raise Invalid("{file} has no known ending.", remedy="Endings: {names}.", file=path.name, names=names)
    with app.app_context():
        set_locale(_language(lang))
        asked = searching.build_query(query, _filters(filters), _filters(without), **given)
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("wb") as stream:
                cards = searching.everything(session(), asked, lang)
                if form in exporters:
                    count = export_records.write(session(), exporters[form], cards, stream)
                else:
                    count = write(cards, Names(session()), form, stream, columns=columns, query=asked)
            part.replace(path)
        except AppError:
            part.unlink(missing_ok=True)
            raise
        except OSError as error:
            part.unlink(missing_ok=True)
            raise Invalid("{file} cannot be written: {error}.", file=str(path), error=error.strerror) from error
    say(f"{count} written to {path}.")
    return {"file": str(path), "count": count}
