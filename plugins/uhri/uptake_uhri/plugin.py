"""Uptake plugin: the exports of the Universal Human Rights Index, its mechanisms and its tags."""

from __future__ import annotations

from uptake.toolkit import (
    Exporter,
    Importer,
    ImportFacts,
    MechanismSpec,
    Objection,
    VocabularySpec,
    hookimpl,
    read_mechanisms,
    read_vocabulary,
)

from uptake_uhri.export_json import UhriJson
from uptake_uhri.export_writer import UhriJsonExport
from uptake_uhri.export_xlsx import UhriXlsx
from uptake_uhri.ids import DATA
from uptake_uhri.search_records import UhriSearchRecords
from uptake_uhri.xlsx_writer import UhriXlsxExport

FEW, SHARE = 20, 5


@hookimpl
def register_importers() -> list[type[Importer]]:
    """The three forms in which UHRI gives its records."""
    return [UhriJson, UhriXlsx, UhriSearchRecords]


@hookimpl
def register_exporters() -> list[type[Exporter]]:
    """UHRI's own two shapes, for programs that read its exports."""
    return [UhriJsonExport, UhriXlsxExport]


@hookimpl
def check_import(facts: ImportFacts) -> list[Objection]:
    """Warn where a great part of the feed is gone: the file may have been cut."""
    if facts.source != "uhri" or facts.vanished < FEW or facts.vanished * SHARE < facts.known:
        return []
    words = (
        "{gone} of {known} records that were known are not in this file; they would be marked as no longer in the feed."
    )
    values = {"gone": facts.vanished, "known": facts.known}
    return [Objection(words, "If the file was cut, take it anew, or import it with --partial.", values, stops=False)]


@hookimpl
def register_mechanisms() -> list[MechanismSpec]:
    """The bodies whose recommendations UHRI holds."""
    return read_mechanisms(DATA / "mechanisms.json")


@hookimpl
def register_vocabularies() -> list[VocabularySpec]:
    """Themes, affected persons, and goals and targets."""
    return [read_vocabulary(DATA / f"{name}.json", qualified=False) for name in ("themes", "groups", "sdg")]
