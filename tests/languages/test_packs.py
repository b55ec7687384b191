"""The language packs of this checkout: up to date with the code, sound, complete where they say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from uptake.hooks import loader
from uptake.hooks.contributions import LanguageSpec
from uptake.languages import checkout, po
from uptake.languages.checkout import Domain
from uptake.languages.checks import faults
from uptake.languages.layers import file_of

ROOT = Path(__file__).resolve().parents[2]
PACKS = sorted(path.name.removeprefix("lang-") for path in (ROOT / "plugins").glob("lang-*"))
PLURALS = {"ar": 6, "ru": 3, "zh": 1}


@pytest.fixture(scope="module")
def domains() -> list[Domain]:
    """What this checkout translates."""
    return checkout.domains(ROOT)


@pytest.fixture(scope="module")
def specs() -> dict[str, LanguageSpec]:
    """The packs as they register themselves."""
    return {spec.code: spec for spec in loader.load().languages}


def ids(file: po.PoFile) -> set[str]:
    return {entry.msgid for entry in file.entries}


def test_the_templates_hold_every_message_of_the_code(domains: list[Domain]) -> None:
    late = {str(one.template): ids(one.extract()) ^ ids(one.known()) for one in domains}
    assert {path: found for path, found in late.items() if found} == {}, "run: make translations"


def test_every_pack_registers_its_language(specs: dict[str, LanguageSpec]) -> None:
    assert sorted(specs) == PACKS
    assert [code for code in PACKS if not file_of(specs[code].folder, code).is_file()] == []
    assert {code for code, spec in specs.items() if spec.needs_review} == {"sm", "sw"}
    assert [code for code, spec in specs.items() if not spec.complete] == []
    assert specs["sm"].own_name == "Gagana Sāmoa"


@pytest.mark.parametrize("code", PACKS)
def test_a_pack_is_sound(code: str, specs: dict[str, LanguageSpec], domains: list[Domain]) -> None:
    file = po.read_file(file_of(specs[code].folder, code))
    assert file.problems == []
    assert (file.nplurals, file.rule() is not None) == (PLURALS.get(code, 2), True)
    assert ids(file) == ids(domains[0].known()), "run: make translations"
    wrong = {
        entry.msgid: [str(one) for one in found] for entry in file.entries if (found := faults(entry, file.nplurals))
    }
    assert wrong == {}


@pytest.mark.parametrize("code", PACKS)
def test_a_pack_that_says_so_is_complete(code: str, specs: dict[str, LanguageSpec]) -> None:
    file = po.read_file(file_of(specs[code].folder, code))
    missing = [entry.msgid for entry in file.entries if not entry.is_whole(file.nplurals)]
    assert not specs[code].complete or missing == []


@pytest.mark.parametrize("code", PACKS)
def test_a_pack_says_how_it_translates_the_terms_of_the_field(code: str, specs: dict[str, LanguageSpec]) -> None:
    path = specs[code].glossary
    assert path is not None
    rows = json.loads(path.read_text("utf-8"))
    assert len(rows) >= 40
    assert all(row["en"] and row["term"] and set(row) == {"en", "term", "note"} for row in rows)
