"""What the plugin brings: the files, the vocabularies and the mechanism of the Universal Periodic Review."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

from uptake.toolkit import (
    Draft,
    Exporter,
    Importer,
    MechanismSpec,
    ReportOutline,
    VocabularySpec,
    hookimpl,
    read_outlines,
    read_vocabulary,
)

from uptake_upr.matrix import UprMatrix
from uptake_upr.matrix_export import EXPORTERS
from uptake_upr.upr_info import UprInfo

_VOCABULARIES = ("issues.json", "action_categories.json", "matrix_themes_2013.json", "matrix_themes_2014.json")
_REPORT = re.compile(r"(A/HRC/\d+/\d+)(/Add\.1)?")


@hookimpl
def register_importers() -> list[type[Importer]]:
    return [UprInfo, UprMatrix]


@hookimpl
def register_exporters() -> list[type[Exporter]]:
    return EXPORTERS


@hookimpl
def register_mechanisms() -> list[MechanismSpec]:
    names = {
        "en": "Universal Periodic Review",
        "fr": "Examen périodique universel",
        "ar": "الاستعراض الدوري الشامل",
        "es": "Examen Periódico Universal",
        "pt": "Revisão Periódica Universal",
        "ru": "Универсальный периодический обзор",
        "zh": "普遍定期审议",
    }
    return [MechanismSpec(code="UPR", family="upr", names=names, symbols=("A/HRC/WG.6/",))]


@hookimpl
def register_vocabularies() -> list[VocabularySpec]:
    data = files("uptake_upr.data")
    return [read_vocabulary(data / name) for name in _VOCABULARIES]


@hookimpl
def register_report_sections() -> list[ReportOutline]:
    """National report, mid-term report and addendum."""
    return read_outlines(files("uptake_upr.data").joinpath("outlines.json"))


@hookimpl
def lookup_documents(draft: Draft) -> Sequence[str]:
    """The Working Group's report for its addendum with the State's positions, and the addendum for the report."""
    found = _REPORT.fullmatch(draft.symbol or "") if draft.mechanism == "UPR" else None
    if not found:
        return []
    return [found[1]] if found[2] else [f"{found[1]}/Add.1"]
