"""What the guides say is true: their code runs, their commands exist, their tables are complete."""

from __future__ import annotations

import re
import shlex
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
from uptake.hooks.loader import HOOKS
from uptake.search.query import read
from uptake.services.importing.run import run_import
from uptake.services.reference import load_reference
from uptake.settings import Settings
from uptake.testing.databases import close

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
    named = set(re.findall(r"`([a-z_]+)`", text))
    assert {field.name for field in fields(Settings)} - {"instance", "plugins"} <= named


def test_the_plugin_guide_names_every_hook() -> None:
    text = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\| `((?:register|lookup|check|on)_\w+)` \|", text)) == HOOKS


def test_the_plugin_of_the_guide_imports_a_file(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = blocks("docs/plugins.md", "python")
    (project,) = blocks("docs/plugins.md", "toml")
    (tmp_path / "uptake_lakes.py").write_text(code, encoding="utf-8")
    folder = tmp_path / "uptake_lakes-0.1.0.dist-info"
    folder.mkdir()
    point = tomllib.loads(project)["project"]["entry-points"]["uptake.plugins"]
    (folder / "entry_points.txt").write_text(f"[uptake.plugins]\nlakes = {point['lakes']}\n", encoding="utf-8")
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: uptake-lakes\nVersion: 0.1.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "lakes.csv"
    file.write_text(
        "Lakes No,State,Decision,Adopted,Recommendation\n"
        'L1,Namibia,CL/2024/7,2024-05-03,"4. Protect the fishing rights of the shore communities."\n',
        encoding="utf-8",
    )
    app = build(settings)
    with app.app_context():
        assert registry(app).broken() == {}
        load_reference(registry(app))
        first, second = (run_import(registry(app), file) for _ in range(2))
        close()
    sys.modules.pop("uptake_lakes")
    assert (first.importer, first.new, first.findings) == ("lakes-csv", 1, [])
    assert (second.new, second.changed, second.same) == (0, 0, 1)


def test_help_is_there_for_every_command() -> None:
    runner = CliRunner()
    groups = [[]] + [[name] for name, command in main.commands.items() if isinstance(command, click.Group)]
    for words in groups:
        assert runner.invoke(main, [*words, "--help"]).exit_code == 0
