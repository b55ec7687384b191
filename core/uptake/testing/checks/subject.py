"""The plugin that is being checked: its distribution, its module, its files, and a site with nothing else on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from flask import Flask

import uptake
from uptake import builtin, db, migrate
from uptake.app import build, registry
from uptake.errors import NotFound
from uptake.hooks.loader import GROUP, load
from uptake.hooks.registry import PluginStatus, Registry
from uptake.services.plugins.reference import load_reference
from uptake.settings import Settings
from uptake.testing.databases import close
from uptake.testing.people import Browser

RIGHT_TO_LEFT = "ar_XB"


class Subject:
    """An installed plugin, by the name under which it announces itself. ``samples`` are good files for its importers."""

    def __init__(self, name: str, samples: Sequence[Path] = ()) -> None:
        self.name = name
        self.samples = tuple(samples)
        self.others = tuple(sorted({point.name for point in entry_points(group=GROUP)} - {name}))

    @cached_property
    def point(self) -> EntryPoint:
        """The entry point; ``NotFound`` lists the plugins that there are."""
        found = [point for point in entry_points(group=GROUP) if point.name == self.name]
        if not found:
            raise NotFound(
                "There is no plugin called {name}.",
                remedy="Install it first (pip install --editable .). Plugins: {names}.",
                name=self.name,
                names=", ".join(self.others),
            )
        return found[0]

    @cached_property
    def alone(self) -> Registry:
        """What is registered when every other plugin is switched off."""
        return load(self.others, builtin=[builtin])

    @property
    def status(self) -> PluginStatus:
        """Whether it runs alone, and if not, why."""
        return self.status_in(self.alone)

    def status_in(self, found: Registry) -> PluginStatus:
        """Its state among others."""
        return next(one for one in found.plugins if one.name == self.name)

    @property
    def module(self) -> ModuleType | None:
        """The module that the entry point names; None where it cannot be imported."""
        return self.status.module

    @property
    def package(self) -> str:
        """The name of the top package or module."""
        return self.point.module.partition(".")[0]

    @cached_property
    def folder(self) -> Path | None:
        """The folder of the package; None for a plugin that is one file."""
        found = find_spec(self.package)
        places = found.submodule_search_locations if found else None
        return Path(places[0]) if places else None

    @cached_property
    def sources(self) -> list[Path]:
        """All Python files of the plugin."""
        if self.folder:
            return sorted(self.folder.rglob("*.py"))
        found = find_spec(self.package)
        return [Path(found.origin)] if found and found.origin else []

    @cached_property
    def tests(self) -> list[Path]:
        """The Python files of its tests, where its folder is at hand. Those that are kept in one checkout with the core, and
        change with it, may look into it."""
        root = self.folder.parent if self.folder else None
        with_core = root is not None and Path(uptake.__file__).resolve().parents[2] in root.resolve().parents
        return sorted((root / "tests").rglob("*.py")) if root and not with_core else []

    def contributions(self) -> Iterator[tuple[str, str, object]]:
        """Hook, key and thing of everything that the plugin itself has registered."""
        for (hook, key), origin in self.alone.origins.items():
            held = getattr(self.alone, hook.removeprefix("register_"))
            if origin == self.name and isinstance(held, dict):
                yield hook, key, held[key]
        yield from (
            ("register_languages", one.code, one)
            for one in self.alone.languages
            if self._brought("languages", one.code)
        )

    def _brought(self, family: str, key: str) -> bool:
        return key in self.status.adds.get(family, ())

    @contextmanager
    def site(self) -> Iterator[Flask]:
        """A new site with this plugin alone, its tables and facts in a scratch database, inside its context."""
        with TemporaryDirectory() as folder:
            app = build(Settings(instance=Path(folder), languages=("en", RIGHT_TO_LEFT), disabled_plugins=self.others))
            app.testing, app.test_client_class = True, Browser
            with app.app_context():
                try:
                    migrate.upgrade(db.db.engine, migrate.components(registry(app)))
                    load_reference(registry(app))
                    yield app
                finally:
                    close()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that every plugin keeps to. ``run`` yields what is wrong, in words for its author."""

    name: str
    title: str
    run: Callable[[Subject], Iterable[str]]
