"""The catalogues of a checkout: which code each template gathers, and which files translate it.

The core and its plugins share one template, ``translations/messages.pot``, which every language pack translates whole.
A plugin that carries a template of its own (``<package>/translations/messages.pot``) has its translations beside it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from uptake.errors import Invalid
from uptake.languages import po, po_write
from uptake.languages.extract import messages_in
from uptake.languages.layers import TEMPLATE, file_of, languages_in
from uptake.languages.po import Entry, PoFile

GROUP = "uptake.plugins"
HEAD = (
    "Project-Id-Version: {name}\nLanguage-Team: \nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: 8bit\n"
)


@dataclass(slots=True)
class Domain:
    """One template with what it is made of: ``components`` maps a name to the folder of its code."""

    name: str
    root: Path
    template: Path
    components: dict[str, Path] = field(default_factory=dict)
    catalogues: dict[str, Path] = field(default_factory=dict)

    def extract(self) -> PoFile:
        """The template as the code has it now."""
        found: dict[str, Entry] = {}
        for folder in self.components.values():
            for msgid, entry in messages_in(folder, self.root).items():
                known = found.setdefault(msgid, entry)
                known.where = tuple(sorted({*known.where, *entry.where}))
                known.plural = known.plural or entry.plural
        for entry in found.values():
            entry.forms = ("",) if entry.plural is None else ("", "")
        return PoFile(HEAD.format(name=self.name), (f"# Messages of {self.name}.",), list(found.values()))

    def known(self) -> PoFile:
        """The template as it was written last."""
        if not self.template.is_file():
            raise Invalid(
                "There is no {file}.", remedy="Write it with: uptake translations extract", file=str(self.template)
            )
        return po.read_file(self.template)

    def component_of(self, entry: Entry) -> str:
        """The component that says a message; the first where several do."""
        for name, folder in self.components.items():
            prefix = f"{folder.relative_to(self.root).as_posix()}/"
            if any(place.startswith(prefix) for place in entry.where):
                return name
        return self.name


def domains(root: Path) -> list[Domain]:
    """What stands in a checkout of Uptake, or in the folder of one plugin. Raises ``Invalid`` for any other folder."""
    root = root.resolve()
    if (root / "core" / "uptake").is_dir():
        main = Domain("uptake", root, root / "translations" / TEMPLATE, {"core": root / "core" / "uptake"})
        found = [main, *filter(None, (_plugin(folder, main) for folder in sorted((root / "plugins").glob("*/"))))]
    else:
        core = Path(str(files("uptake.translations"))) / TEMPLATE
        alone = _plugin(root, Domain("uptake", root, core))
        found = [alone] if alone else []
    if not found:
        raise Invalid(
            "{folder} is neither a checkout of Uptake nor the folder of a plugin.",
            remedy="Go there, or name it with --folder.",
            folder=str(root),
        )
    return found


def _plugin(folder: Path, main: Domain) -> Domain | None:
    """Take a plugin into the main domain; or give the domain that is its own."""
    name, package = _package(folder)
    if package is None:
        return None
    translations = package / "translations"
    if (translations / TEMPLATE).is_file() or (not main.components and not translations.is_dir()):
        domain = Domain(name, main.root, translations / TEMPLATE, {name: package})
    elif translations.is_dir():
        domain = main
    else:
        main.components[name] = package
        return None
    domain.catalogues |= {code: file_of(translations, code) for code in languages_in(translations)}
    return domain if domain is not main or not main.components else None


def _package(folder: Path) -> tuple[str, Path | None]:
    """The name of the plugin in a folder, and its package."""
    path = folder / "pyproject.toml"
    if not path.is_file():
        return folder.name, None
    points = tomllib.loads(path.read_text("utf-8")).get("project", {}).get("entry-points", {}).get(GROUP, {})
    for name, module in points.items():
        package = folder / str(module).partition(".")[0].partition(":")[0]
        if package.is_dir():
            return name, package
    return folder.name, None


def update(path: Path, template: PoFile) -> tuple[int, int]:
    """Bring a catalogue up to date with its template: how many messages are new, and how many are gone.

    A message that is gone stays at the end of the file as a comment, and comes back with its translation when it does.
    """
    file = po.read_file(path)
    before = {entry.msgid: entry for entry in file.entries}
    again = {entry.msgid: entry for entry in _obsolete(file)}
    entries = [_moved(before.get(one.msgid) or again.get(one.msgid), one, file.nplurals) for one in template.entries]
    wanted = {entry.msgid for entry in entries}
    gone = [entry for entry in before.values() if entry.msgid not in wanted]
    kept = [entry for entry in (*again.values(), *gone) if entry.msgid not in wanted and any(entry.forms)]
    file.entries, file.obsolete = entries, [line for entry in kept for line in po_write.as_obsolete(entry)]
    po_write.save(path, file)
    return len(wanted - before.keys()), len(gone)


def _moved(known: Entry | None, wanted: Entry, nplurals: int) -> Entry:
    """A message of the template with what has been translated of it."""
    empty = ("",) if wanted.plural is None else ("",) * nplurals
    if known is None:
        return Entry(wanted.msgid, wanted.plural, empty)
    forms = known.forms if (known.plural is None) == (wanted.plural is None) else empty
    return Entry(wanted.msgid, wanted.plural, forms, fuzzy=known.fuzzy, comments=known.comments)


def _obsolete(file: PoFile) -> list[Entry]:
    return po.read("\n".join(line.removeprefix("#~").strip() for line in file.obsolete)).entries
