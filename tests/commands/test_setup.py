"""Making an instance, its tables, its plugins, and what is wrong with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from uptake.settings import load

Run = Callable[..., Any]


def spoil(instance: Path, *statements: str) -> None:
    connection = sqlite3.connect(instance / "uptake.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_init_makes_an_instance_that_works(bare: Run, tmp_path: Path) -> None:
    ran = bare("init", tmp_path / "new", "--state", "svn", "--state", "PER", "--json")
    assert (ran.code, ran.json["states"]) == (0, ["SVN", "PER"])
    assert load(tmp_path / "new", {}).states == ("SVN", "PER")
    assert bare("--instance", tmp_path / "new", "search", "--json").json == {"count": 0, "items": []}
    assert bare("--instance", tmp_path / "new", "doctor", "--json").json == {"ok": True, "findings": []}


def test_init_for_all_states_follows_none_in_particular(bare: Run, tmp_path: Path) -> None:
    assert bare("init", tmp_path / "new", "--all-states").code == 0
    assert load(tmp_path / "new", {}).states == ()


@pytest.mark.parametrize("title", ['Say "yes"', "C:\\Users\\new", "Ünï ☂", "two\nlines", "it's"])
def test_any_title_comes_back_as_it_was_given(bare: Run, tmp_path: Path, title: str) -> None:
    assert bare("init", tmp_path / "new", "--all-states", "--title", title).code == 0
    assert load(tmp_path / "new", {}).title == title


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Say which States to follow"),
        (["--state", "SVN", "--all-states"], "Say which States to follow"),
        (["--state", "QQQ"], "no State with the code QQQ"),
        (["--state", "Slovenia"], "SLOVENIA"),
    ],
)
def test_init_refuses_what_makes_no_sense_and_leaves_no_folder(
    bare: Run, tmp_path: Path, options: list[str], words: str
) -> None:
    ran = bare("init", tmp_path / "new", *options, "--json")
    assert (ran.code, words in ran.json["error"], words in ran.err) == (2, True, True)
    assert not (tmp_path / "new").exists()


def test_init_into_an_instance_is_refused_and_keeps_it(bare: Run, instance: Path) -> None:
    before = (instance / "uptake.toml").read_bytes()
    ran = bare("init", instance, "--state", "SVN", "--json")
    assert (ran.code, ran.json["kind"]) == (2, "Conflict")
    assert (instance / "uptake.toml").read_bytes() == before


def test_init_where_the_database_cannot_be_reached_says_so_and_can_be_repeated(
    bare: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPTAKE_DATABASE", "postgresql://nobody@127.0.0.1:1/nothing")
    ran = bare("init", tmp_path / "new", "--state", "SVN", "--json")
    assert (ran.code, "cannot be used" in ran.json["error"]) == (2, True)
    monkeypatch.delenv("UPTAKE_DATABASE")
    assert bare("init", tmp_path / "new", "--state", "SVN").code == 0


@pytest.mark.parametrize(
    "command", [["search"], ["db", "status"], ["db", "upgrade"], ["import", "x"], ["plugin", "list"], ["doctor"]]
)
def test_a_folder_that_is_no_instance_is_refused_with_the_remedy(bare: Run, tmp_path: Path, command: list[str]) -> None:
    ran = bare("--instance", tmp_path, *command, "--json")
    assert (ran.code, "uptake init" in ran.json["error"]) == (2, True)


@pytest.mark.parametrize(
    "command", [["search"], ["db", "status"], ["db", "upgrade"], ["import", "x"], ["mapping", "list"]]
)
@pytest.mark.parametrize("what", ["garbage", "address"])
def test_a_database_that_cannot_be_opened_is_told_without_a_traceback(
    uptake: Run, instance: Path, command: list[str], what: str
) -> None:
    if what == "garbage":
        (instance / "uptake.db").write_bytes(b"this is no database " * 999)
    else:
        (instance / "uptake.toml").write_text('database = "nonsense"')
    ran = uptake(*command, "--json")
    assert (ran.code, "Traceback" in ran.err) == (2, False)
    assert "database" in ran.json["error"]


def test_the_tables_of_a_new_instance_are_up_to_date(uptake: Run) -> None:
    core, *plugins = uptake("db", "status", "--json").json["components"]
    assert (core["component"], [one["component"] for one in plugins]) == ("core", ["plans", "reports"])
    assert all((one["pending"], one["current"]) == (False, one["head"]) for one in (core, *plugins))


def test_an_instance_without_tables_is_refused_until_it_is_upgraded(
    uptake: Run, instance: Path, demo_files: list[Path]
) -> None:
    (instance / "uptake.db").unlink()
    assert uptake("db", "status", "--json").json["components"][0]["pending"]
    refused = uptake("import", demo_files[0], "--json")
    assert (refused.code, "uptake db upgrade" in refused.json["error"]) == (2, True)
    assert [one["code"] for one in uptake("doctor", "--json").json["findings"]] == ["tables"]
    upgraded = uptake("db", "upgrade", "--json")
    assert (upgraded.code, upgraded.json["components"][0]["pending"]) == (0, False)
    assert uptake("import", demo_files[0], "--json").json["new"] == 209


def test_the_demo_is_made_once_and_keeps_its_data(bare: Run, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    made = bare("demo", folder, "--no-serve", "--json").json
    assert (made["instance"], made["people"]["focal@mirava.example"]) == (str(folder), "focal point, MOJ")
    found = bare("--instance", folder, "search", "--limit", 300, "--json").json
    again = bare("demo", folder, "--no-serve")
    assert (again.code, again.err.count("0 new, 0 changed")) == (0, 3)
    assert bare("--instance", folder, "search", "--limit", 300, "--json").json == found


def test_every_plugin_is_listed_with_what_it_adds(uptake: Run) -> None:
    ran = uptake("plugin", "list", "--json")
    listed = {one["name"]: one for one in ran.json["plugins"]}
    assert (listed["uhri"]["status"], listed["uhri"]["error"]) == ("enabled", None)
    assert "uhri-json" in listed["uhri"]["adds"]["importers"]


def test_a_broken_and_a_disabled_plugin_are_listed_so(
    uptake: Run, instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "site" / "uptake_moon-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: uptake-moon\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[uptake.plugins]\nmoon = uptake_moon_that_is_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (instance / "uptake.toml").write_text('disabled_plugins = ["upr"]')
    ran = uptake("plugin", "list", "--json")
    listed = {one["name"]: one for one in ran.json["plugins"]}
    assert (ran.code, listed["moon"]["status"], listed["upr"]["status"]) == (0, "broken", "disabled")
    assert "uptake_moon_that_is_not_there" in listed["moon"]["error"]
    ill = uptake("doctor", "--json")
    assert (ill.code, [one["code"] for one in ill.json["findings"]]) == (2, ["plugin"])
    assert uptake("search", "--json").code == 0


def test_doctor_finds_an_altered_audit_trail(demo_instance: Run, instance: Path) -> None:
    spoil(instance, "drop trigger audit_entry_no_update", "update audit_entry set actor = 'Eve' where id = 2")
    ran = demo_instance("doctor", "--json")
    assert (ran.code, ran.json["ok"], [one["code"] for one in ran.json["findings"]]) == (2, False, ["audit"])
    assert "from entry 2 on" in ran.err


def test_doctor_finds_an_index_that_is_not_that_of_the_register_and_an_upgrade_mends_it(
    demo_instance: Run, instance: Path
) -> None:
    whole = demo_instance("search", "women", "--facets", "--json").json
    spoil(instance, "delete from search_posting where field = 'kind'")
    ran = demo_instance("doctor", "--json")
    assert (ran.code, [one["code"] for one in ran.json["findings"]]) == (2, ["index"])
    assert demo_instance("db", "upgrade").code == 0
    assert demo_instance("doctor", "--json").code == 0
    assert demo_instance("search", "women", "--facets", "--json").json == whole


def test_an_unknown_command_or_option_ends_with_2(bare: Run) -> None:
    assert bare("nonsense").code == 2
    assert bare("search", "--nonsense").code == 2
    assert bare("--version").out.startswith("uptake")
