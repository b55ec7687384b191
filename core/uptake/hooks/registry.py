"""What the loaded plugins contributed, collected once at start and looked up in plain dicts afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pluggy

from uptake.errors import NotFound
from uptake.hooks.contributions import (
    Exporter,
    GradeScale,
    HealthCheck,
    JobSpec,
    LanguageSpec,
    LinkType,
    MenuEntry,
    NoticeSpec,
    Panel,
    Permission,
    Setting,
    Tables,
    TokenScope,
)
from uptake.hooks.faults import Faults
from uptake.hooks.kinds import Importer, MechanismSpec, VocabularySpec
from uptake.hooks.reports import ReportFormat, ReportOutline

if TYPE_CHECKING:
    from flask import Blueprint


@dataclass(slots=True)
class PluginStatus:
    """One distribution that announced itself: what it is, whether it runs, and if not, why."""

    name: str
    distribution: str
    version: str
    status: str
    error: str = ""
    adds: dict[str, list[str]] = field(default_factory=dict)
    module: ModuleType | None = None
    summary: str = ""


@dataclass(slots=True)
class Registry:
    """All contributions of the loaded plugins, and the state of every plugin.

    ``origins`` says for each contribution (hook, key) which plugin it came from.
    """

    manager: pluggy.PluginManager
    plugins: list[PluginStatus] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    origins: dict[tuple[str, str], str] = field(default_factory=dict)
    catalogues: list[Path] = field(default_factory=list)
    importers: dict[str, Importer] = field(default_factory=dict)
    exporters: dict[str, Exporter] = field(default_factory=dict)
    mechanisms: dict[str, MechanismSpec] = field(default_factory=dict)
    vocabularies: dict[str, VocabularySpec] = field(default_factory=dict)
    languages: list[LanguageSpec] = field(default_factory=list)
    scales: dict[str, GradeScale] = field(default_factory=dict)
    link_types: dict[str, LinkType] = field(default_factory=dict)
    tables: dict[str, Tables] = field(default_factory=dict)
    pages: dict[str, Blueprint] = field(default_factory=dict)
    menu: dict[str, MenuEntry] = field(default_factory=dict)
    panels: dict[str, Panel] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    token_scopes: dict[str, TokenScope] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    jobs: dict[str, JobSpec] = field(default_factory=dict)
    notices: dict[str, NoticeSpec] = field(default_factory=dict)
    health_checks: dict[str, HealthCheck] = field(default_factory=dict)
    report_sections: dict[str, ReportOutline] = field(default_factory=dict)
    report_formats: dict[str, ReportFormat] = field(default_factory=dict)

    def importer(self, name: str) -> Importer:
        """The importer of that name; ``NotFound`` lists the names there are."""
        try:
            return self.importers[name]
        except KeyError:
            raise NotFound(
                "There is no importer named {name}.",
                remedy="Importers: {names}.",
                name=name,
                names=", ".join(sorted(self.importers)),
            ) from None

    def enabled(self) -> list[PluginStatus]:
        """The plugins that run, in their order; the core's own contributions are not among them."""
        return [plugin for plugin in self.plugins if plugin.status == "enabled"]

    def broken(self) -> Mapping[str, str]:
        """The plugins that do not run, each with its reason."""
        return {plugin.name: plugin.error for plugin in self.plugins if plugin.status == "broken"}

    def break_off(self, name: str, reason: str) -> None:
        """Take a plugin that turned out broken out of everything that is still to come; the rest of the site goes on."""
        for plugin in self.plugins:
            if plugin.name == name:
                plugin.status, plugin.error, plugin.adds = "broken", reason, {}
        gone = [place for place, origin in self.origins.items() if origin == name]
        for hook, key in gone:
            del self.origins[hook, key]
            held = getattr(self, hook.removeprefix("register_"), None)
            if isinstance(held, dict):
                held.pop(key, None)
        if self.manager.has_plugin(name):
            self.manager.unregister(name=name)
