"""What the loaded plugins contributed, collected once at start and looked up in plain dicts afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType

import pluggy

from uptake.errors import NotFound
from uptake.hooks.kinds import Importer, MechanismSpec, VocabularySpec


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


@dataclass(slots=True)
class Registry:
    """All contributions of the loaded plugins, and the state of every plugin."""

    manager: pluggy.PluginManager
    plugins: list[PluginStatus] = field(default_factory=list)
    importers: dict[str, Importer] = field(default_factory=dict)
    mechanisms: dict[str, MechanismSpec] = field(default_factory=dict)
    mechanism_origins: dict[str, str] = field(default_factory=dict)
    vocabularies: dict[str, VocabularySpec] = field(default_factory=dict)

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

    def broken(self) -> Mapping[str, str]:
        """The plugins that do not run, each with its reason."""
        return {plugin.name: plugin.error for plugin in self.plugins if plugin.status == "broken"}
