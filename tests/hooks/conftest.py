"""Distributions made for a test: a module and an entry point that announces it, as pip would install them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

HEAD = "from uptake.toolkit import Draft, Importer, MechanismSpec, VocabularySpec, hookimpl\n"
MakePlugin = Callable[..., None]


@pytest.fixture
def make_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePlugin]:
    """Install a plugin for this test: ``make_plugin("moon", "<Python source>")``."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    made: list[str] = []

    def make(name: str, source: str, module: str | None = None) -> None:
        module = module or f"uptake_test_{name}"
        (site / f"{module}.py").write_text(HEAD + dedent(source), encoding="utf-8")
        info = site / f"uptake_{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: uptake-{name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[uptake.plugins]\n{name} = {module}\n")
        made.append(module)

    yield make
    for module in [name for name in sys.modules if name.partition(".")[0] in made]:
        sys.modules.pop(module)


@pytest.fixture
def good() -> Callable[[str], str]:
    """The source of a plugin that works and brings one importer of a name."""
    return lambda name: dedent(f"""
        class Reader(Importer):
            name, title, source = "{name}", "A reader", "{name}"
            def recognises(self, file): return False
            def read(self, stream, options): return iter(())

        @hookimpl
        def register_importers(): return [Reader]
    """)
