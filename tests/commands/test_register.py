"""Import, undo, search, export and mappings from the command line, on the demo country."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Run = Callable[..., Any]
COUNTS = {"run", "read", "new", "changed", "same", "refused", "findings"}
FILTERS = {
    "state": ("XMV", 209),
    "mechanism": ("CEDAW", None),
    "body": ("CEDAW", None),
    "symbol": ("A/HRC/58/12", None),
    "year": ("2024", None),
    "theme": ("death-penalty", None),
    "group": ("women", None),
    "sdg": ("16", None),
    "position": ("noted", None),
    "kind": ("concern", None),
    "language": ("fr", 52),
    "recommender": ("FRA", None),
}


@pytest.fixture
def total(demo_instance: Run) -> int:
    return int(demo_instance("search", "--limit", 0, "--json").json["count"])


def test_an_import_answers_with_its_run_and_counts(uptake: Run, demo_files: list[Path]) -> None:
    ran = uptake("import", demo_files[0], "--json")
    assert ran.code == 0
    assert set(ran.json) >= COUNTS
    assert (ran.json["new"], ran.json["same"], ran.json["applied"]) == (209, 0, True)
    again = uptake("import", demo_files[0], "--json").json
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 209)


def test_a_trial_gives_the_counts_and_changes_nothing(uptake: Run, demo_files: list[Path], dump: Run) -> None:
    before = dump()
    trial = uptake("import", demo_files[0], "--dry-run", "--json")
    assert (trial.code, trial.json["new"], trial.json["run"]) == (0, 209, None)
    assert "this was a trial" in trial.err
    assert dump() == before


def test_an_import_is_undone_by_its_number(uptake: Run, demo_files: list[Path], dump: Run) -> None:
    before = dump()
    run = uptake("import", demo_files[0], "--json").json["run"]
    assert uptake("import", "--undo", run, "--json").json == {"run": run, "undone": True, "removed": 209, "restored": 0}
    assert dump() == before
    assert uptake("import", "--undo", run, "--json").code == 2


def test_an_instance_takes_only_the_states_that_it_follows(
    uptake: Run, instance: Path, tmp_path: Path, record: Callable[..., dict[str, Any]]
) -> None:
    path = tmp_path / "two.json"
    path.write_text(json.dumps([record(1), record(2, Countries=["Peru"], Symbol="X/1")]))
    (instance / "uptake.toml").write_text('states = ["PER"]')
    ran = uptake("import", path, "--json").json
    assert (ran["read"], ran["new"], ran["skipped"]) == (2, 1, 1)
    assert uptake("import", path, "--state", "svn", "--json").json["new"] == 1


@pytest.mark.parametrize("field", FILTERS)
def test_every_filter_narrows_and_its_facet_counts_the_same(demo_instance: Run, total: int, field: str) -> None:
    value, expected = FILTERS[field]
    found = demo_instance("search", "--filter", f"{field}={value}", "--limit", 500, "--json").json
    assert found["count"] == len(found["items"])
    assert 0 < found["count"] <= total
    assert expected in {None, found["count"]}
    without = demo_instance("search", "--without", f"{field}={value}", "--limit", 0, "--json").json
    assert found["count"] + without["count"] == total


def test_every_count_of_every_facet_equals_a_search_for_it(demo_instance: Run) -> None:
    facets = demo_instance("search", "rights", "--facets", "--limit", 0, "--json").json["facets"]
    assert {
        "state",
        "mechanism",
        "document",
        "theme",
        "group",
        "sdg",
        "position",
        "kind",
        "language",
        "year",
        "recommender",
    } <= set(facets)
    for field, values in facets.items():
        for value, count in list(values.items())[:3]:
            name = "symbol" if field == "document" else field
            found = demo_instance("search", "rights", "--filter", f"{name}={value}", "--limit", 0, "--json").json
            assert (field, value, found["count"]) == (field, value, count)


def test_an_item_says_what_scripts_need(demo_instance: Run) -> None:
    [item] = demo_instance("search", "symbol:A/HRC/58/12 paragraph:118.1", "--json").json["items"]
    assert {"id", "state", "mechanism", "symbol", "paragraph", "text", "position"} <= set(item)
    assert (item["state"], item["mechanism"], item["symbol"], item["paragraph"]) == (
        "XMV",
        "UPR",
        "A/HRC/58/12",
        "118.1",
    )


def test_texts_come_in_the_language_asked_for(demo_instance: Run) -> None:
    items = demo_instance("search", "--filter", "language=ar", "--lang", "ar", "--json").json["items"]
    assert all(any("\u0600" <= char <= "\u06ff" for char in item["text"]) for item in items)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--filter", "state"], "is no filter"),
        (["--filter", "moon=full"], "Filters:"),
        (["--sort", "luck"], "Orders:"),
        (["--from", "2025-02-31"], "is no day"),
        (["--lang", "???"], "no language"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_with_what_there_is(
    uptake: Run, options: list[str], words: str
) -> None:
    ran = uptake("search", *options, "--json")
    assert (ran.code, words in ran.json["error"], words in ran.err) == (2, True, True)


def test_a_query_that_cannot_be_read_is_answered_with_the_nearest_reading(demo_instance: Run) -> None:
    ran = demo_instance("search", "(women AND", "--json")
    assert (ran.code, ran.json["count"] > 0) == (0, True)
    assert ran.json["problems"]
    assert ran.json["reading"] == "women"


def test_without_json_the_answer_is_words(demo_instance: Run) -> None:
    ran = demo_instance("search", "women", "--limit", 2)
    assert ran.out.splitlines()[0].endswith(" found")
    assert "Mirava" in ran.out


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "jsonl"])
def test_an_export_holds_what_a_search_finds(demo_instance: Run, tmp_path: Path, form: str) -> None:
    found = demo_instance("search", "women", "--filter", "position=supported", "--limit", 500, "--json").json
    path = tmp_path / f"out.{form}"
    ran = demo_instance("export", path, "--query", "women", "--filter", "position=supported", "--json")
    assert (ran.code, ran.json["count"]) == (0, found["count"])
    assert sorted(ids(path)) == sorted(item["id"] for item in found["items"])
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.endswith(".part")] == []


def ids(path: Path) -> list[str]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [row["id"] for row in csv.DictReader(stream)]
    if path.suffix == ".xlsx":
        rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))  # type: ignore[union-attr]
        return [str(row[0]) for row in rows[1:]]
    if path.suffix == ".json":
        return [item["id"] for item in json.loads(path.read_text("utf-8"))["items"]]
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


def test_an_export_to_a_place_or_form_that_is_not_there_is_refused(uptake: Run, tmp_path: Path) -> None:
    assert "Endings: csv" in uptake("export", tmp_path / "out.doc", "--json").json["error"]
    ran = uptake("export", tmp_path / "nowhere" / "out.csv", "--json")
    assert (ran.code, "cannot be written" in ran.json["error"]) == (2, True)


def test_a_mapping_is_saved_listed_shown_used_and_deleted(uptake: Run, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[columns]\ntext = "Wording"\nstate = "Country"\n')
    (tmp_path / "list.csv").write_text("Wording,Country\nRatify the Convention,Peru\nBuild homes,Chad\n")
    assert uptake("mapping", "save", "mine", tmp_path / "m.toml", "--json").json["name"] == "mine"
    assert "mine" in uptake("mapping", "list", "--json").json["mappings"]
    assert uptake("mapping", "show", "mine", "--json").json["spec"]["columns"]["text"] == "Wording"
    assert uptake("import", tmp_path / "list.csv", "--mapping", "mine", "--json").json["new"] == 2
    assert uptake("import", tmp_path / "list.csv", "--mapping", "mine", "--json").json["same"] == 2
    assert uptake("mapping", "delete", "mine", "--json").json["deleted"]
    assert uptake("mapping", "show", "mine", "--json").code == 2


def test_a_preview_shows_how_a_table_is_read(uptake: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(
        "Recommendation;State\nRatifier la Convention relative à l’emploi;Pérou\n".encode("cp1252")
    )
    shown = uptake("mapping", "preview", tmp_path / "list.csv", "--json")
    assert shown.code == 0
    assert shown.json["separator"] == ";"
    assert shown.json["header"] == ["Recommendation", "State"]
    assert "Pérou" in str(shown.json["rows"])


@pytest.mark.parametrize("content", ["", "[columns]\nmoon = 'x'", "= broken"])
def test_a_mapping_that_makes_no_sense_is_refused(uptake: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "m.toml").write_text(content)
    ran = uptake("mapping", "save", "mine", tmp_path / "m.toml", "--json")
    assert (ran.code, bool(ran.json["error"])) == (2, True)
    assert "mine" not in uptake("mapping", "list", "--json").json["mappings"]


def test_a_mapping_with_a_strange_name_is_refused_with_a_better_one(uptake: Run, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text('[columns]\ntext = "Wording"\nstate = "Country"\n')
    ran = uptake("mapping", "save", "My Mapping", tmp_path / "m.toml", "--json")
    assert (ran.code, "my-mapping" in ran.json["error"]) == (2, True)
