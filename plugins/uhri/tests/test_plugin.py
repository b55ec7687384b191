import csv

from uptake.toolkit import fold
from uptake_uhri import plugin


def test_it_registers_three_importers_of_one_source() -> None:
    importers = plugin.register_importers()
    assert [importer.name for importer in importers] == ["uhri-json", "uhri-xlsx", "uhri-search"]
    assert {importer.source for importer in importers} == {"uhri"}


def test_its_vocabularies_are_themes_groups_and_goals() -> None:
    vocabularies = plugin.register_vocabularies()
    assert [(item.code, item.kind) for item in vocabularies] == [
        ("uhri-themes", "theme"), ("uhri-groups", "group"), ("sdg", "sdg"),
    ]  # fmt: skip
    assert not any(item.qualified for item in vocabularies)


def test_every_body_of_the_full_export_has_a_mechanism(shared_data) -> None:
    known = {
        fold(label)
        for item in plugin.register_mechanisms()
        for label in (item.code, *item.names.values(), *item.aliases)
    }
    path = shared_data / "uhri-vocabularies" / "uhri_bodies_with_counts_2026-02.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        bodies = [row["value_as_exported"].removeprefix("-").strip() for row in csv.DictReader(handle)]
    assert [body for body in bodies if body and fold(body) not in known] == []


def test_every_theme_of_the_full_export_is_in_the_vocabulary(shared_data) -> None:
    terms = plugin.register_vocabularies()[0].terms
    known = {fold(label) for term in terms for label in (*term.labels.values(), *term.aliases)}
    path = shared_data / "uhri-vocabularies" / "uhri_themes_with_counts_2026-02.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        themes = [row["value_as_exported"] for row in csv.DictReader(handle)]
    assert [theme for theme in themes if fold(theme) not in known] == []
