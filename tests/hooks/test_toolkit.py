"""``uptake.toolkit`` is the one door for plugins: they use no other, and everything that they are to have is behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from uptake import toolkit
from uptake.hooks import contributions, kinds
from uptake.testing.checks.package import allowed, imported

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (ROOT / "plugins").glob("*/uptake_*/**/*.py") if "egg-info" not in str(path))


def test_no_bundled_plugin_imports_anything_of_uptake_but_the_toolkit() -> None:
    assert len(SOURCES) > 40
    found = [(path.name, line, name) for path in SOURCES for line, name in imported(path) if not allowed(name)]
    assert found == []


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("import uptake.db", "uptake.db"),
        ("from uptake import db", "uptake.db"),
        ("from uptake.db import session", "uptake.db"),
        ("def f():\n    import uptake.models.people as people", "uptake.models.people"),
        ("from importlib import import_module\nimport_module('uptake.app')", "uptake.app"),
    ],
)
def test_whatever_way_it_is_written_another_import_is_found(tmp_path: Path, statement: str, name: str) -> None:
    path = tmp_path / "plugin.py"
    path.write_text(f"from uptake import toolkit\nfrom uptake.toolkit import hookimpl\n{statement}\n")
    assert [found for _, found in imported(path) if not allowed(found)] == [name]


def test_the_toolkit_holds_every_kind_of_contribution() -> None:
    made = {
        name
        for module in (contributions, kinds)
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__.startswith(module.__name__)
    }
    assert made - set(toolkit.__all__) == set()
    assert list(toolkit.__all__) == sorted(
        toolkit.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    assert [name for name in toolkit.__all__ if not hasattr(toolkit, name)] == []
