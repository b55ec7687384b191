"""Every kind of plugin that ``uptake plugin new`` writes works at once: it is put on the path, its tests run, it is gone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from uptake.cli import main
from uptake.scaffold.writing import KINDS
from uptake.testing.conformance import CHECKS
from uptake.testing.plugins import announce


def new(folder: Path, kind: str, name: str) -> Result:
    return CliRunner().invoke(main, ["plugin", "new", name, "--kind", kind, "--into", str(folder), "--json"])


def name_of(kind: str) -> str:
    return "lang-de" if kind == "language" else f"great-{kind}"


def test_a_new_plugin_of_each_kind_passes_its_own_tests_beside_the_others(tmp_path: Path) -> None:
    folders = []
    for kind in KINDS:
        made = new(tmp_path, kind, name_of(kind))
        assert made.exit_code == 0, made.stderr
        folders.append(json.loads(made.stdout)["folder"])
        announce(Path(folders[-1]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UPTAKE")}
    words = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-W", "error"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *(f"{folder}/tests" for folder in folders)],
        cwd=tmp_path, env={**environment, "PYTHONPATH": os.pathsep.join(folders)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed[1]) > len(CHECKS) * len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_in_good_style(kind: str, tmp_path: Path) -> None:
    folder = Path(json.loads(new(tmp_path, kind, name_of(kind)).stdout)["folder"])
    for command in (
        ["check", "--select", "E,F,W,B,UP,N", "--line-length", "120"],
        ["format", "--check", "--line-length", "120"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    assert not [path for path in folder.rglob("*") if path.is_file() and "$" in path.read_text("utf-8")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Great", "small letters"),
        ("GreatPlan", "The name GreatPlan must be of small letters"),
        ("great_plan", "small letters"),
        ("1st", "small letters"),
        ("great--plan", "small letters"),
        ("../up", "small letters"),
        ("recommendations", "the core's own words"),
        ("recommendation", "the core's own words"),
        ("import", "the core's own words"),
        ("core", "the core's own words"),
        ("fr", "that of a language"),
        ("uhri", "is installed"),
    ],
)
def test_a_name_that_is_wrong_or_taken_is_refused(name: str, reason: str, tmp_path: Path) -> None:
    result = new(tmp_path, "page", name)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_language_pack_is_called_after_its_language(tmp_path: Path) -> None:
    assert "such as lang-de" in new(tmp_path, "language", "german").stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "uptake-great").mkdir()
    result = new(tmp_path, "page", "great")
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert list((tmp_path / "uptake-great").iterdir()) == []
