"""Column mappings saved by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Invalid, NotFound
from uptake.files.mapping import Mapping, builtin_mappings, read_spec
from uptake.models.imports import ImportMapping
from uptake.texts import slugify


def names(session: Session) -> list[str]:
    """The names of all mappings, saved and built in."""
    return sorted({*session.scalars(select(ImportMapping.name)), *builtin_mappings()})


def saved(session: Session, name: str) -> tuple[str, dict[str, Any]]:
    """A mapping by its name, saved or built in; a file of the server is none."""
    if name not in names(session):
        raise NotFound("There is no mapping {name}.", name=name)
    return find(session, name)


def find(session: Session, name: str) -> tuple[str, dict[str, Any]]:
    """A mapping by its name, or from a TOML file of that path: its name and what it says."""
    saved = session.get(ImportMapping, name)
    if saved is not None:
        return saved.name, saved.spec
    if name in builtin_mappings():
        return name, dict(builtin_mappings()[name])
    if Path(name).is_file():
        return slugify(Path(name).stem), read_spec(Path(name))
    raise NotFound(
        "There is no mapping {name}.", remedy="Mappings: {names}.", name=name, names=", ".join(names(session)) or "none"
    )


def save(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Save a mapping, in place of an earlier one of that name. Raises ``Invalid`` for one that makes no sense."""
    if slugify(name) != name:
        raise Invalid(
            "{name} is no name.",
            remedy="Use small letters, digits and hyphens, such as {better}.",
            name=name,
            better=slugify(name),
        )
    Mapping.from_spec(spec)
    with transaction() as session:
        session.merge(ImportMapping(name=name, spec=spec))
    return spec


def delete(name: str) -> None:
    """Delete a saved mapping."""
    with transaction() as session:
        saved = session.get(ImportMapping, name)
        if saved is None:
            raise NotFound("There is no saved mapping {name}.", name=name)
        session.delete(saved)
