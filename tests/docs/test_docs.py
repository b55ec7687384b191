"""What the guides say is true: their code runs, their commands exist, their tables are complete."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from uptake.app import build, registry
from uptake.cli import main
from uptake.files.mapping import Mapping
from uptake.search.query import read
from uptake.services.importing.run import run_import
from uptake.services.plugins.reference import load_reference
from uptake.settings import Settings
from uptake.testing.databases import close
from uptake.testing.plugins import announce

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(guide: str, kind: str) -> list[str]:
    text = (ROOT / guide).read_text(encoding="utf-8")
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    lines = [
        line
        for guide in GUIDES
        for block in blocks(str(guide.relative_to(ROOT)), "console")
        for line in block.splitlines()
    ]
    words = [re.sub(r"\s+#.*", "", line) for line in lines]
    inline = re.findall(r"`(uptake [a-z][^`]*)`", "\n".join(guide.read_text(encoding="utf-8") for guide in GUIDES))
    return sorted({word[word.index("uptake ") :] for word in words if re.search(r"(^|/)uptake ", word)} | set(inline))


@pytest.mark.parametrize("line", commands())
def test_every_command_in_the_guides_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)[1:]
    while words and words[0].startswith("--instance"):
        words = words[2:]
    command: click.Command = main
    while isinstance(command, click.Group):
        assert words, line
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_query_in_the_users_guide_is_valid() -> None:
    table = (ROOT / "docs" / "users.md").read_text(encoding="utf-8").split("| You type |")[1].split("\n\n")[0]
    queries = [query for row in table.splitlines()[2:] for query in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(queries) > 10
    assert {query: read(query).problems for query in queries} == {query: [] for query in queries}


def test_the_mapping_in_the_users_guide_is_valid() -> None:
    (spec,) = blocks("docs/users.md", "toml")
    assert Mapping.from_spec(tomllib.loads(spec))


def test_the_deployers_guide_names_every_setting() -> None:
    text = (ROOT / "docs" / "deployers.md").read_text(encoding="utf-8").split("## Settings")[1].split("##")[0]
    named = set(re.findall(r"`([a-z0-9_]+)`", text))
    assert {field.name for field in fields(Settings)} - {"instance", "plugins"} <= named


@pytest.fixture
def tutorial(tmp_path: Path) -> Path:
    """The folder of the plugin that the guide builds, with all files as the guide has them."""
    command = ["plugin", "new", "lakes", "--kind", "importer", "--into", str(tmp_path)]
    assert CliRunner().invoke(main, command).exit_code == 0
    folder = tmp_path / "uptake-lakes"
    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    files = re.findall(
        r"`((?:uptake_lakes|tests)/[\w.]+)`[^`]*(?:`same_as`[^`]*)?:\n\n```\w+\n(.*?)```", text, re.DOTALL
    )
    assert len(files) == len(re.findall(r"```(?:python|csv|json)\n", text)) == 5
    for place, content in files:
        (folder / place).write_text(content, encoding="utf-8")
    announce(folder)
    return folder


def test_the_plugin_of_the_guide_passes_its_tests(tutorial: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UPTAKE")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tutorial, env={**environment, "PYTHONPATH": str(tutorial)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_plugin_of_the_guide_tags_what_it_imports(
    settings: Settings, tutorial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tutorial)
    app = build(settings)
    with app.app_context():
        assert registry(app).broken() == {}
        load_reference(registry(app))
        report = run_import(registry(app), tutorial / "tests" / "sample.csv")
        close()
    for name in [name for name in sys.modules if name.partition(".")[0] == "uptake_lakes"]:
        sys.modules.pop(name)
    assert (report.importer, report.new, report.refused) == ("lakes-table", 3, 1)
    assert {finding["code"] for finding in report.findings} == {"bad-date", "no-number"}


def test_help_is_there_for_every_command() -> None:
    runner = CliRunner()
    groups = [[]] + [[name] for name, command in main.commands.items() if isinstance(command, click.Group)]
    for words in groups:
        assert runner.invoke(main, [*words, "--help"]).exit_code == 0
