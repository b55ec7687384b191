"""The plugins as an administrator sees them: what each is, whether it runs, what it adds, and what went wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from uptake import migrate
from uptake.errors import NotFound
from uptake.hooks.calls import ailments
from uptake.hooks.contributions import Ailment, LanguageSpec
from uptake.hooks.registry import PluginStatus, Registry
from uptake.i18n import N_
from uptake.models.plugins import PluginFault
from uptake.services.permissions import Person, require
from uptake.services.plugins import plugin_faults
from uptake.services.site_settings import SETTINGS, Known

ADDED = {
    "importers": N_("Importers"),
    "exporters": N_("Exporters"),
    "mechanisms": N_("Mechanisms"),
    "vocabularies": N_("Vocabularies"),
    "languages": N_("Languages"),
    "scales": N_("Scales"),
    "link_types": N_("Kinds of links"),
    "tables": N_("Tables"),
    "pages": N_("Pages"),
    "menu": N_("Menu"),
    "panels": N_("Panels"),
    "permissions": N_("Permissions"),
    "token_scopes": N_("Scopes of tokens"),
    "settings": N_("Settings"),
    "jobs": N_("Jobs"),
    "notices": N_("Notices"),
    "report_sections": N_("Outlines of reports"),
    "report_formats": N_("Formats of reports"),
    "health_checks": N_("Health checks"),
}  # what a plugin may add, by the registry's fields


@dataclass(slots=True)
class PluginRow:
    """One plugin in the list; ``pending`` says that its tables wait for an upgrade, ``review`` that its words do."""

    status: PluginStatus
    failures: int = 0
    pending: bool = False
    review: bool = False

    @property
    def adds(self) -> list[tuple[str, list[str]]]:
        """What it adds: the words for each kind, to be translated, and the names."""
        return [(ADDED[kind], names) for kind, names in self.status.adds.items()]


@dataclass(slots=True)
class PluginPage:
    """One plugin with its faults, its settings and what its own health checks say."""

    row: PluginRow
    faults: list[PluginFault]
    settings: list[Known]
    ailments: list[Ailment] = field(default_factory=list)


def rows(session: Session, registry: Registry, *, person: Person) -> list[PluginRow]:
    """All installed plugins, in their order."""
    require(person, "plugin.manage")
    failures, pending = plugin_faults.counts(session), _pending(session, registry)
    return [
        PluginRow(one, failures.get(one.name, 0), one.name.replace("-", "_") in pending, _needs_review(registry, one))
        for one in registry.plugins
    ]


def page(session: Session, registry: Registry, name: str, *, person: Person) -> PluginPage:
    """One plugin. Raises ``NotFound``."""
    row = next((one for one in rows(session, registry, person=person) if one.status.name == name), None)
    if row is None:
        raise NotFound(N_("There is no plugin called {name}."), remedy=N_("Look at the list of plugins."), name=name)
    settings = [SETTINGS[one] for one in registry.settings if registry.origins["register_settings", one] == name]
    return PluginPage(row, plugin_faults.recent(session, name), settings, ailments(registry, name))


def _pending(session: Session, registry: Registry) -> set[str]:
    return {
        one.component for one in migrate.status(session.get_bind().engine, migrate.components(registry)) if one.pending
    }


def _needs_review(registry: Registry, plugin: PluginStatus) -> bool:
    codes = plugin.adds.get("languages", ())
    packs: list[LanguageSpec] = [one for one in registry.languages if one.code in codes]
    return any(one.needs_review for one in packs)
