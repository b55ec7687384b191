"""What the plugin brings: the files, the vocabularies and the mechanism of the Universal Periodic Review."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

from uptake.toolkit import Draft, Importer, MechanismSpec, VocabularySpec, hookimpl, read_vocabulary

from uptake_upr.matrix import UprMatrix
from uptake_upr.upr_info import UprInfo

_VOCABULARIES = ("issues.json", "action_categories.json", "matrix_themes_2013.json", "matrix_themes_2014.json")
_REPORT = re.compile(r"(A/HRC/\d+/\d+)(/Add\.1)?")


@hookimpl
def register_importers() -> list[type[Importer]]:
    return [UprInfo, UprMatrix]


@hookimpl
def register_mechanisms() -> list[MechanismSpec]:
    names = {
        "en": "Universal Periodic Review",
        "fr": "Examen périodique universel",
        "ar": "الاستعراض الدوري الشامل",
    }
    return [MechanismSpec(code="UPR", family="upr", names=names, symbols=("A/HRC/WG.6/",))]


@hookimpl
def register_vocabularies() -> list[VocabularySpec]:
    data = files("uptake_upr.data")
    return [read_vocabulary(data / name) for name in _VOCABULARIES]


@hookimpl
def lookup_documents(draft: Draft) -> Sequence[str]:
    """The Working Group's report for its addendum with the State's positions, and the addendum for the report."""
    found = _REPORT.fullmatch(draft.symbol or "") if draft.mechanism == "UPR" else None
    if not found:
        return []
    return [found[1]] if found[2] else [f"{found[1]}/Add.1"]
