"""Uptake plugin: the exports of the Universal Human Rights Index, its mechanisms and its tags."""

from __future__ import annotations

from uptake.toolkit import Importer, MechanismSpec, VocabularySpec, hookimpl, read_mechanisms, read_vocabulary

from uptake_uhri.export_json import UhriJson
from uptake_uhri.export_xlsx import UhriXlsx
from uptake_uhri.ids import DATA
from uptake_uhri.search_records import UhriSearchRecords


@hookimpl
def register_importers() -> list[type[Importer]]:
    """The three forms in which UHRI gives its records."""
    return [UhriJson, UhriXlsx, UhriSearchRecords]


@hookimpl
def register_mechanisms() -> list[MechanismSpec]:
    """The bodies whose recommendations UHRI holds."""
    return read_mechanisms(DATA / "mechanisms.json")


@hookimpl
def register_vocabularies() -> list[VocabularySpec]:
    """Themes, affected persons, and goals and targets."""
    return [read_vocabulary(DATA / f"{name}.json", qualified=False) for name in ("themes", "groups", "sdg")]
