"""How a program wants a file to be read, checked as far as can be seen before anything is queued."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.hooks.registry import Registry
from uptake.i18n import N_
from uptake.models.states import State
from uptake.services.importing import mappings
from uptake.services.importing.import_choice import (
    COLUMN,
    CONSTANT,
    CONSTANTS,
    TABLE,
    Inspection,
    Table,
    fields,
    inspect,
    save_mapping,
    spec_of,
)
from uptake.services.importing.import_jobs import Choice
from uptake.services.permissions import Person
from uptake.services.storing.uploads import Upload

CANNOT = N_("The file cannot be read like this.")


def reader_of(found: Inspection, importer: str) -> str:
    """Who reads a file: the importer that is named, else the one that recognises it. Raises ``Invalid``."""
    names = [name for name, _title in found.importers]
    if importer and importer not in names:
        raise Invalid(CANNOT, fields={"importer": N_("Choose one of these: {names}.")}, names=", ".join(names))
    if not importer and (found.doubt or not found.recognised):
        message = CANNOT if found.recognised else N_("No importer recognises {file}.")
        raise Invalid(
            message, fields={"file": found.doubt}, file=found.upload.name,
            remedy=N_("Send another file, or name the importer that shall read it."),
        )  # fmt: skip
    return importer or found.recognised


def choose(session: Session, registry: Registry, upload: Upload, wish: Mapping[str, Any], *, person: Person) -> Choice:
    """A choice for a trial; what is said of the columns of a table becomes a saved mapping. Raises ``Invalid`` by field."""
    name, columns = wish["mapping"], wish.get("columns")
    saved = name if name in mappings.names(session) else ""
    found = inspect(session, registry, upload, person=person, mapping=saved)
    importer = TABLE if (name or columns) and not wish["importer"] else reader_of(found, wish["importer"])
    wrong = {}
    states = tuple(dict.fromkeys(wish["states"]))
    known = set(session.scalars(select(State.iso3).where(State.iso3.in_(states))))
    if unknown := [code for code in states if code not in known]:
        wrong["states"] = N_("There is no State {codes}.")
    if importer == TABLE and not columns and not saved:
        wrong["mapping" if name else "columns"] = N_("Say what its columns mean, or name a mapping that there is.")
    if importer != TABLE and (name or columns):
        wrong["mapping" if name else "columns"] = N_("Only a table is read with a mapping.")
    if wrong:
        raise Invalid(CANNOT, fields=wrong, codes=", ".join(unknown))
    if columns:
        saved = _save(found, name, columns, wish, person)
    return Choice(importer, saved, wish.get("language") or "", states, wish["complete"])


def _save(found: Inspection, name: str, columns: Mapping[str, str], wish: Mapping[str, Any], person: Person) -> str:
    if found.table is None:
        raise Invalid(CANNOT, fields={"columns": found.doubt or N_("This file is no table.")})
    try:
        return save_mapping(name, spec_of(found.table, _form(found.table, columns, wish)), person=person)
    except Invalid as error:
        error.fields = {"mapping" if field == "name" else field: what for field, what in error.fields.items()}
        raise


def _form(table: Table, columns: Mapping[str, str], wish: Mapping[str, Any]) -> dict[str, str]:
    """What was said of a table as the form says it. Raises ``Invalid`` for columns and meanings that there are not."""
    meanings = fields()
    wrong = {f"columns.{title}": N_("There is no such column.") for title in columns if title not in table.header}
    wrong |= {f"columns.{title}": N_("There is no such field.") for title in columns if columns[title] not in meanings}
    wrong |= {f"constants.{name}": N_("There is no such field.") for name in wish["constants"] if name not in CONSTANTS}
    if wrong:
        raise Invalid(CANNOT, fields=wrong)
    form = {f"{COLUMN}{number}": columns.get(title, "") for number, title in enumerate(table.header)}
    form |= {CONSTANT + name: value for name, value in wish["constants"].items()}
    return form | ({"group": "1"} if wish["group"] else {})
