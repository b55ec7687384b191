"""Commands for the interface's words in a checkout or a plugin's folder: extract, update, stats, check, export, import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from uptake.commands.base import Context, Refusal, as_json, say
from uptake.commands.translations_site import export_of_site, import_into_site, start_on_site
from uptake.errors import Conflict, Invalid, NotFound
from uptake.languages import checkout, exchange, po, po_write, xliff
from uptake.languages.checkout import Domain
from uptake.languages.checks import faults
from uptake.languages.exchange import BROKEN, CHANGED, NEW, UNKNOWN, Proposal
from uptake.languages.po import Entry, PoFile

F = TypeVar("F", bound=Callable[..., Any])


class Row(NamedTuple):
    """How much of a component is translated into a language."""

    language: str
    component: str
    translated: int
    total: int


@click.group()
def translations() -> None:
    """The interface's words: gather, translate, check, send out and take back."""


def in_folder(command: F) -> F:
    """Give a command ``--folder``."""
    return click.option(
        "--folder", default=".", metavar="DIR", help="A checkout, or a plugin's folder (default: here)."
    )(command)


@translations.command()
@in_folder
@as_json
def extract(_context: Context, folder: str) -> dict[str, Any]:
    """Gather the messages of the code into the template, messages.pot."""
    return {"templates": [_extract(domain) for domain in checkout.domains(Path(folder)) if domain.components]}


def _extract(domain: Domain) -> dict[str, Any]:
    found = domain.extract()
    before = _ids(po.read_file(domain.template)) if domain.template.is_file() else set()
    text = po_write.write(found)
    if not domain.template.is_file() or domain.template.read_text("utf-8") != text:
        po_write.save(domain.template, found)
    new, gone = len(_ids(found) - before), len(before - _ids(found))
    say(f"{domain.template}: {len(found.entries)} messages, {new} new, {gone} gone.")
    return {"file": str(domain.template), "messages": len(found.entries), "new": new, "gone": gone}


def _ids(file: PoFile) -> set[str]:
    return {entry.msgid for entry in file.entries}


@translations.command()
@in_folder
@as_json
def update(_context: Context, folder: str) -> dict[str, Any]:
    """Gather the messages, and bring every catalogue up to date with them."""
    found: list[dict[str, Any]] = []
    for domain in checkout.domains(Path(folder)):
        if domain.components:
            _extract(domain)
        template = domain.known()
        for code, path in domain.catalogues.items():
            new, gone = checkout.update(path, template)
            say(f"{path}: {new} new, {gone} gone.")
            found.append({"language": code, "file": str(path), "new": new, "gone": gone})
    return {"catalogues": found}


@translations.command()
@in_folder
@as_json
def stats(_context: Context, folder: str) -> dict[str, Any]:
    """How much is translated, by language and component."""
    rows = [row for domain in checkout.domains(Path(folder)) for row in _counted(domain)]
    for row in rows:
        say(f"{row.language:<7}{row.component:<24}{row.translated:>6} of {row.total:>5}{_share(row):>7}")
    return {"rows": [row._asdict() for row in rows]}


def _counted(domain: Domain) -> Iterator[Row]:
    component = {entry.msgid: domain.component_of(entry) for entry in domain.known().entries}
    totals = Counter(component.values())
    for code, path in sorted(domain.catalogues.items()):
        file = po.read_file(path)
        whole = Counter(component.get(e.msgid) for e in file.entries if e.is_whole(file.nplurals))
        yield from (Row(code, name, whole[name], total) for name, total in sorted(totals.items()))
        if len(totals) > 1:
            yield Row(code, "all", sum(whole[name] for name in totals), totals.total())


def _share(row: Row) -> str:
    return f"{100 * row.translated // row.total if row.total else 100} %"


@translations.command()
@click.argument("languages", nargs=-1)
@click.option("--complete", is_flag=True, help="A message without a translation is a fault too.")
@in_folder
@as_json
def check(_context: Context, languages: tuple[str, ...], complete: bool, folder: str) -> dict[str, Any]:
    """Find what is broken: placeholders, plural forms, outer blanks, markup, doubts. Exit code 2 where something is."""
    found: list[dict[str, Any]] = [
        {"file": str(path), "line": line, "problem": words, "message": message}
        for domain in checkout.domains(Path(folder))
        for code, path in sorted(domain.catalogues.items())
        if not languages or code in languages
        for line, words, message in _wrong(path, domain.known(), complete)
    ]
    for one in found:
        say(
            f"{one['file']}:{one['line']}: {one['problem']}" + (f" – {one['message'][:60]!r}" if one["message"] else "")
        )
    say(f"{len(found)} faults." if found else "Nothing is wrong.")
    return Refusal(faults=found) if found else {"faults": []}


def _wrong(path: Path, template: PoFile, complete: bool) -> Iterator[tuple[int, str, str]]:
    """Line, words and message of each fault of a file."""
    file = po.read_file(path)
    yield from ((line, words, "") for line, words in file.problems)
    if file.rule() is None:
        yield 1, "the header has no plural rule that works (Plural-Forms)", ""
    missing = _ids(template) - _ids(file)
    if missing:
        yield 1, f"{len(missing)} messages of the template are not here: run uptake translations update", ""
    for entry in file.entries:
        for fault in faults(entry, file.nplurals):
            yield entry.line, str(fault), entry.text
        if complete and not any(entry.forms):
            yield entry.line, "this is not translated", entry.text


@translations.command()
@click.argument("language")
@click.option("--format", "form", type=click.Choice(tuple(exchange.FORMATS)), default="xliff", show_default=True)
@click.option("--out", metavar="FILE", help="Where to write it (default: LANGUAGE.xlf or LANGUAGE.po).")
@click.option("--site", is_flag=True, help="What this instance says, with its own words, instead of a checkout's pack.")
@click.option("--own", is_flag=True, help="Only this instance's own words, to be sent upstream.")
@in_folder
@as_json
def export(
    context: Context, language: str, form: str, out: str | None, site: bool, own: bool, folder: str
) -> dict[str, Any]:
    """Write a language as one file for a translator or a translation office."""
    file = export_of_site(context, language, own=own) if site or own else _exported(Path(folder), language)
    path = Path(out or f"{language}.{exchange.FORMATS[form]}")
    try:
        path.write_text(xliff.write(file.entries, language) if form == "xliff" else po_write.write(file), "utf-8")
    except OSError as error:
        raise Conflict("{file} cannot be written: {error}.", file=str(path), error=error.strerror) from error
    say(f"{path}: {len(file.entries)} messages.")
    return {"file": str(path), "messages": len(file.entries)}


def _exported(folder: Path, language: str) -> PoFile:
    """A pack's catalogue, with the files that say each message."""
    domain, path = _catalogue(folder, language)
    where = {entry.msgid: entry.where for entry in domain.known().entries}
    file = po.read_file(path)
    for entry in file.entries:
        entry.where = where.get(entry.msgid, ())
    return file


def _catalogue(folder: Path, language: str) -> tuple[Domain, Path]:
    found = checkout.domains(folder)
    for domain in found:
        if language in domain.catalogues:
            return domain, domain.catalogues[language]
    names = ", ".join(sorted({code for domain in found for code in domain.catalogues}))
    raise NotFound("No pack here translates into {code}.", remedy="Languages: {names}.", code=language, names=names)


@translations.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--language", metavar="CODE", help="The language, where the file does not name it.")
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@click.option("--site", is_flag=True, help="Into this instance's own words, instead of a checkout's pack.")
@in_folder
@as_json
def import_(
    context: Context, file: str, language: str | None, dry_run: bool, site: bool, folder: str
) -> dict[str, Any]:
    """Take in what a translator has done, as PO or XLIFF; what is broken or unknown is named and left out."""
    offered = exchange.read(Path(file).name, Path(file).read_bytes())
    code = language or offered.language
    if not code:
        raise Invalid("{file} does not name its language.", remedy="Name it with --language.", file=file)
    if site:
        found = import_into_site(context, code, offered.entries, dry_run=dry_run)
    else:
        found = _into_pack(_catalogue(Path(folder), code), offered.entries, dry_run)
    return _report(found, dry_run)


def _into_pack(place: tuple[Domain, Path], offered: list[Entry], dry_run: bool) -> list[Proposal]:
    domain, path = place
    known = {entry.msgid: entry.plural for entry in domain.known().entries}
    file = po.read_file(path)
    now = {entry.msgid: entry.forms for entry in file.entries}
    found = exchange.propose(offered, known, now, file.nplurals)
    if not dry_run and any(one.kind in (NEW, CHANGED) for one in found):
        po_write.save(path, exchange.take_in(path, found))
    return found


def _report(found: list[Proposal], dry_run: bool) -> dict[str, Any]:
    counts = Counter(one.kind for one in found)
    for one in found:
        if one.kind in (NEW, CHANGED):
            say(f"{one.kind}: {one.entry.text!r}: {' | '.join(one.before) or '–'} → {' | '.join(one.entry.forms)}")
        elif one.kind in (BROKEN, UNKNOWN):
            say(f"left out, {one.kind}: {one.entry.text!r}: {'; '.join(map(str, one.faults)) or 'nobody says this'}")
    done = "would be taken in" if dry_run else "taken in"
    say(f"{counts[NEW]} new and {counts[CHANGED]} changed {done}, {counts[BROKEN] + counts[UNKNOWN]} left out.")
    return {"applied": not dry_run, **{kind: counts[kind] for kind in (NEW, CHANGED, "same", "empty", UNKNOWN, BROKEN)}}


@translations.command()
@click.argument("language")
@as_json
def start(context: Context, language: str) -> dict[str, Any]:
    """Begin a language that no pack has, as words of this site's own."""
    path = start_on_site(context, language)
    say(f"Made {path}. Add “{language}” to languages in uptake.toml, restart the site, and translate there.")
    return {"file": str(path)}
