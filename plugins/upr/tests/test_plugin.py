from __future__ import annotations

import ast
from pathlib import Path

import pytest
import uptake_upr
from uptake.hooks.loader import load
from uptake.toolkit import Draft, fold
from uptake_upr.matrix_layout import facts
from uptake_upr.plugin import lookup_documents, register_vocabularies


def test_the_plugin_loads_with_all_that_it_brings() -> None:
    registry = load()
    (status,) = [plugin for plugin in registry.plugins if plugin.name == "upr"]
    assert (status.status, status.error) == ("enabled", "")
    assert {"upr-info", "upr-matrix"} <= registry.importers.keys()
    assert registry.mechanisms["UPR"].family == "upr"
    assert {
        "upr-info-issues",
        "upr-info-action",
        "ohchr-themes-2013",
        "ohchr-themes-2014",
    } <= registry.vocabularies.keys()


def test_the_vocabularies_are_qualified_and_their_codes_unique() -> None:
    for vocabulary in register_vocabularies():
        assert vocabulary.qualified
        assert len({term.code for term in vocabulary.terms}) == len(vocabulary.terms)


def test_the_table_of_layouts_names_vocabularies_that_exist() -> None:
    ours = {vocabulary.code for vocabulary in register_vocabularies()}
    assert set(facts()["vocabularies"]) <= ours
    assert set(facts()["themes"].values()) <= {*ours, "uhri-themes"}
    assert all(label == fold(label) for table in ("columns", "themes", "headings") for label in facts()[table])


@pytest.mark.parametrize(
    ("symbol", "others"),
    [
        ("A/HRC/59/15/Add.1", ["A/HRC/59/15"]),
        ("A/HRC/59/15", ["A/HRC/59/15/Add.1"]),
        ("A/HRC/WG.6/48/SVN/1", []),
        (None, []),
    ],
)
def test_a_report_and_its_addendum_find_each_other(symbol: str | None, others: list[str]) -> None:
    assert lookup_documents(Draft("row 1", {}, mechanism="UPR", symbol=symbol)) == others
    assert lookup_documents(Draft("row 1", {}, mechanism="CEDAW", symbol=symbol)) == []


def test_the_plugin_imports_the_toolkit_only() -> None:
    folder = Path(uptake_upr.__file__).parent
    modules = {
        node.module or ""
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    assert {name for name in modules if name.startswith("uptake.")} == {"uptake.toolkit"}
