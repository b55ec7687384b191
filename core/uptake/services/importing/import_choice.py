"""What a person sees of an uploaded file before it is imported: who recognises it, and for a table what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from uptake.errors import AppError, Conflict, Invalid
from uptake.files.cells import NAMED_SEPARATORS
from uptake.files.mapping import FIELDS, preview
from uptake.files.mapping_spec import LISTS
from uptake.hooks.registry import Registry
from uptake.i18n import N_, sort_key, told
from uptake.i18n import gettext as _
from uptake.services.importing import mappings
from uptake.services.importing.source_file import choose_importer, inspect_file
from uptake.services.permissions import Person, require
from uptake.services.storing.uploads import Upload
from uptake.texts import fold, slugify

TABLE = "table"
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "pt")
CONSTANTS = ("state", "mechanism", "symbol", "kind", "cycle")
COLUMN, CONSTANT = "column.", "constant."
SHOWN_CELL = 160
MEANINGS = {
    "text": N_("Text of the recommendation"), "state": N_("State it is addressed to"), "mechanism": N_("Mechanism"),
    "kind": N_("Kind of text"), "symbol": N_("Document symbol"), "paragraph": N_("Paragraph or number"),
    "date": N_("Date"), "session": N_("Session"), "cycle": N_("Review cycle"), "position": N_("Position of the State"),
    "recommenders": N_("Recommending States"), "themes": N_("Themes"), "groups": N_("Persons affected"), "sdgs": N_("SDGs"),
    "title": N_("Title of the document"), "key": N_("The row's own number"), "language": N_("Language of the text"),
    "document_title": N_("Title of the document"),
}  # fmt: skip


@dataclass(slots=True)
class Table:
    """A table as a person maps it: its columns with the field that each is taken for, and its first rows."""

    header: list[str]
    rows: list[list[str]]
    encoding: str
    encoding_certain: bool
    sheets: list[str]
    chosen: dict[str, str] = field(default_factory=dict)
    spec: dict[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(slots=True)
class Inspection:
    """An upload with the importers that there are; ``recognised`` is the one that knows it, ``doubt`` why none does."""

    upload: Upload
    importers: list[tuple[str, str]]
    recognised: str = ""
    doubt: str = ""
    table: Table | None = None
    mappings: list[str] = field(default_factory=list)


def inspect(session: Session, registry: Registry, upload: Upload, *, person: Person, mapping: str = "") -> Inspection:
    """Look at an uploaded file. ``mapping`` names the saved one that its columns are shown with."""
    require(person, "import.run")
    importers = sorted(
        ((one.name, _(one.title)) for one in registry.importers.values()), key=lambda one: sort_key(one[1])
    )
    found = Inspection(upload, importers, mappings=mappings.names(session))
    try:
        found.recognised = choose_importer(registry, inspect_file(upload.path)).name
    except Conflict as error:  # a package of a whole site: no table of anything
        found.doubt = told(error)
        return found
    except AppError as error:
        found.doubt = told(error)
    if found.recognised in ("", TABLE):
        found.table = _table(session, upload, mapping, found)
    return found


def _table(session: Session, upload: Upload, mapping: str, found: Inspection) -> Table | None:
    spec = mappings.saved(session, mapping)[1] if mapping else {}
    try:
        seen: dict[str, Any] = preview(upload.path, encoding=spec.get("encoding"), sheet=spec.get("sheet"))
    except AppError as error:
        found.doubt = told(error)
        return None
    spec = spec or seen["suggested"]
    rows = [[cell[:SHOWN_CELL] for cell in row] for row in seen["rows"]]
    return Table(
        seen["header"], rows, seen["encoding"], seen["encoding_certain"], seen["sheets"], _chosen(seen["header"], spec),
        spec, mapping or slugify(upload.path.stem),
    )  # fmt: skip


def _chosen(header: list[str], spec: Mapping[str, Any]) -> dict[str, str]:
    """Column → field."""
    named: dict[str, str] = {}
    for name, columns in _flat(spec.get("columns") or {}).items():
        for column in [columns] if isinstance(columns, str) else columns:
            named[fold(str(column))] = name
    return {title: named[fold(title)] for title in header if fold(title) in named}


def _flat(columns: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in columns.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": names for inner, names in value.items()}
        else:
            flat[name] = value
    return flat


def fields() -> list[str]:
    """What a column may be, texts in further languages included."""
    return [*FIELDS[:1], *(f"text.{code}" for code in LANGUAGES), *FIELDS[1:]]


def spec_of(table: Table, form: Mapping[str, str]) -> dict[str, Any]:
    """The mapping that a form describes: a field for each column, words that hold for all rows, how lists are written.

    What a form does not show (values, replacements, sheet) stays as the mapping had it. Raises ``Invalid``.
    """
    columns: dict[str, list[str]] = {}
    for number, title in enumerate(table.header):
        meant = form.get(f"{COLUMN}{number}", "")
        if meant in fields():
            columns.setdefault(meant, []).append(title)
    if not any(name.partition(".")[0] == "text" for name in columns):
        raise Invalid(
            N_("No column is the text."),
            fields={"columns": N_("Choose the column that holds the recommendation's text.")},
        )
    spec = {
        key: value for key, value in table.spec.items() if key not in ("columns", "constants", "group", "separators")
    }
    spec["columns"] = {name: names[0] if len(names) == 1 else names for name, names in columns.items()}
    constants = {name: form.get(CONSTANT + name, "").strip() for name in CONSTANTS}
    spec["constants"] = {name: word for name, word in constants.items() if word and name not in columns}
    if form.get("separator") in NAMED_SEPARATORS:
        spec["separators"] = {name: form["separator"] for name in LISTS if name in columns}
    elif table.spec.get("separators"):
        spec["separators"] = {name: mark for name, mark in table.spec["separators"].items() if name in columns}
    if form.get("group"):
        spec["group"] = True
    return spec


def save_mapping(name: str, spec: dict[str, Any], *, person: Person) -> str:
    """Save the mapping under a name, which is also how its rows are known again in a later import."""
    require(person, "import.run")
    plain = slugify(name, 40) if name.strip() else ""
    if not plain:
        raise Invalid(
            N_("The mapping needs a name."), fields={"name": N_("Give the mapping a name, such as upr-matrix.")}
        )
    mappings.save(plain, spec)
    return plain
