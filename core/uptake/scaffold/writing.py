"""Writes the distribution of a new plugin from the texts in this folder: those of all kinds, and those of its own."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from string import Template

from babel import Locale, UnknownLocaleError

from uptake import __version__
from uptake.errors import Conflict, Invalid
from uptake.languages import checkout, po, po_write
from uptake.languages.layers import TEMPLATE, file_of
from uptake.services.translating.interface_list import empty_file

KINDS: Mapping[str, str] = {
    "importer": "reads the table of {title}",
    "mechanism": "the mechanisms of {title}",
    "language": "the interface in {title}",
    "links": "links recommendations with {title}",
    "page": "a page, {title}",
    "exporter": "writes recommendations for {title}",
}
LANGUAGE = "lang-"
ENDING = ".txt"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written: the plugin's name, its kind, and the folder for its distribution."""

    name: str
    kind: str
    folder: Path

    @property
    def package(self) -> str:
        """The name of its package."""
        return f"uptake_{self.name.replace('-', '_')}"


def write(plan: Plan) -> list[Path]:
    """Write all files and give them back. Raises ``Conflict`` where the folder is there already: nothing is overwritten."""
    values = _values(plan)
    if plan.folder.exists():
        raise Conflict(
            "{folder} exists already.",
            remedy="Choose another name, or another folder with --into.",
            folder=str(plan.folder),
        )
    written = []
    for kind in ("all", plan.kind):
        for place, text in _texts(kind):
            path = plan.folder / place.replace("PACKAGE", plan.package).replace("NAME", plan.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(Template(text).substitute(values), encoding="utf-8")
            written.append(path)
    if plan.kind == "language":
        written.append(_catalogue(plan, values["code"]))
    return sorted(written)


def _texts(kind: str) -> Iterator[tuple[str, str]]:
    """The place and the text of each file of a kind."""
    with as_file(files("uptake.scaffold")) as folder:
        for path in sorted((folder / kind).rglob(f"*{ENDING}")):
            yield path.relative_to(folder / kind).as_posix().removesuffix(ENDING), path.read_text("utf-8")


def _values(plan: Plan) -> dict[str, str]:
    title = plan.name.replace("-", " ").capitalize()
    own_name = code = ""
    if plan.kind == "language":
        code, title, own_name = _language(plan.name)
    else:
        code = plan.name.replace("-", "").upper()
    return {
        "name": plan.name,
        "package": plan.package,
        "table": plan.name.replace("-", "_"),
        "title": title,
        "code": code,
        "own_name": own_name,
        "summary": KINDS[plan.kind].format(title=title),
        "month": f"{datetime.datetime.now(datetime.UTC):%Y-%m}",
        "more": _more(plan),
        **_bounds(),
    }


def _bounds() -> dict[str, str]:
    """This version at least, and less than the next that may take something away."""
    major, minor = __version__.split(".")[:2]
    return {
        "version": f"{major}.{minor}",
        "next_version": f"0.{int(minor) + 1}" if major == "0" else f"{int(major) + 1}",
    }


def _language(name: str) -> tuple[str, str, str]:
    """Code, English name and own name of the language that a pack's name ends with."""
    code = name.removeprefix(LANGUAGE).replace("-", "_")
    if not name.startswith(LANGUAGE) or not code:
        raise Invalid(
            "A language pack is called after its language, and {name} is not.",
            remedy="Call it lang- and the code of the language, such as lang-de.",
            name=name,
        )
    try:
        locale = Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return code, code, code
    return code, locale.get_display_name("en") or code, locale.get_display_name(code) or code


def _catalogue(plan: Plan, code: str) -> Path:
    """An empty catalogue with every message of the core and the plugins beside it."""
    path = file_of(plan.folder / plan.package / "translations", code)
    po_write.save(path, empty_file(code))
    with as_file(files("uptake.translations")) as folder:
        checkout.update(path, po.read_file(folder / TEMPLATE))
    return path


def _more(plan: Plan) -> str:
    words = {
        "language": f"Translate `{plan.package}/translations`; new messages come with `uptake translations update`.\n",
        "links": "After it has been installed: `uptake db upgrade` makes its table.\n",
        "mechanism": "After it has been installed: `uptake db upgrade` writes its mechanisms to the database.\n",
    }
    return words.get(plan.kind, "")
