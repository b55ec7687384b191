"""The reference of the hooks is whole, is what the documentation prints, and each hook is shown by a bundled plugin."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, is_dataclass
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from uptake import toolkit
from uptake.cli import main
from uptake.hooks.loader import GROUP, HOOKS
from uptake.hooks.reference import HookDoc, named, page, reference

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = {folder.name for folder in (ROOT / "plugins").iterdir() if (folder / "pyproject.toml").is_file()}
HOOK_DOCS = pytest.mark.parametrize("hook", reference(), ids=lambda hook: hook.name)


def bundled() -> dict[str, ModuleType]:
    return {point.module: point.load() for point in entry_points(group=GROUP) if point.name in BUNDLED}


def test_the_page_of_the_documentation_is_that_of_the_specs() -> None:
    assert (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8") == page()
    assert CliRunner().invoke(main, ["plugin", "hooks", "--markdown"]).stdout == page()


def test_every_hook_stands_on_the_page_once() -> None:
    assert sorted(hook.name for hook in reference()) == sorted(HOOKS)
    assert {name: page().count(f"### `{name}(") for name in HOOKS} == dict.fromkeys(HOOKS, 1)


@HOOK_DOCS
def test_a_hook_says_when_it_is_called_with_what_and_what_it_returns(hook: HookDoc) -> None:
    assert all((hook.purpose, hook.when, hook.returns, hook.example))
    parameters = inspect.signature(HOOKS[hook.name]).parameters
    assert bool(hook.arguments) == bool(parameters)
    assert [name for name in parameters if f"``{name}``" not in hook.arguments] == []


@HOOK_DOCS
def test_the_example_of_a_hook_is_a_bundled_plugin_that_implements_it(hook: HookDoc) -> None:
    found = bundled()
    assert hook.example in found
    assert hasattr(getattr(found[hook.example], hook.name, None), "uptake_impl")


@HOOK_DOCS
def test_a_bundled_plugin_uses_the_hook(hook: HookDoc) -> None:
    assert [name for name, module in bundled().items() if hasattr(getattr(module, hook.name, None), "uptake_impl")]


def test_everything_that_a_hook_names_is_explained_and_comes_from_the_toolkit() -> None:
    told = {kind.__name__ for kind in named()}
    assert {"Importer", "Draft", "TagDraft", "Panel", "PanelContext", "ReportSection", "UpdateFacts"} <= told
    assert told - set(toolkit.__all__) == set()
    assert [kind.__name__ for kind in named() if not inspect.getdoc(kind)] == []
    assert {name: page().count(f"### `{name}`\n") for name in told} == dict.fromkeys(told, 1)
    for kind in named():
        if is_dataclass(kind):
            assert [one.name for one in fields(kind) if f"    {one.name}: " not in page()] == [], kind


@HOOK_DOCS
def test_the_page_leads_to_the_file_of_the_example(hook: HookDoc) -> None:
    (target,) = re.findall(r"\(\.\./(plugins/[^)]+)\)", hook.as_markdown())
    assert f"def {hook.name}(" in (ROOT / target).read_text(encoding="utf-8")
