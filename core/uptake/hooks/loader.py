"""Finds plugins and takes in what they register: sorted, one try for each, so that a broken one never stops the site."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pluggy

from uptake.errors import PluginFault
from uptake.hooks import specs
from uptake.hooks.kinds import Importer, MechanismSpec, VocabularySpec
from uptake.hooks.registry import PluginStatus, Registry

GROUP = "uptake.plugins"
FAMILIES = ("register_", "lookup_", "check_", "on_")
HOOKS = frozenset(name for name in vars(specs) if name.startswith(FAMILIES))


def load(disabled: Sequence[str] = (), order: Sequence[str] = (), builtin: Iterable[ModuleType] = ()) -> Registry:
    """Load the core's own contributions and every installed plugin that is not disabled.

    Order is that of the setting, then alphabetical. A plugin that cannot be imported, names an unknown hook or returns
    the wrong kind is listed as broken with its reason, and nothing of it is kept.
    """
    manager = pluggy.PluginManager(specs.PROJECT)
    manager.add_hookspecs(specs)
    registry = Registry(manager)
    for module in builtin:
        _take_in(registry, module, PluginStatus("core", "uptake", "", "core"))
    for point in sorted(entry_points(group=GROUP), key=lambda p: (_rank(p.name, order), p.name)):
        status = _status(point)
        registry.plugins.append(status)
        if point.name in disabled:
            status.status = "disabled"
            continue
        try:
            module = point.load()
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            _break(status, f"cannot be imported: {type(error).__name__}: {error}")
            continue
        try:
            _take_in(registry, module, status)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            if registry.manager.has_plugin(status.name) and status.module is None:
                registry.manager.unregister(name=status.name)
            _break(status, str(error) if isinstance(error, PluginFault) else f"{type(error).__name__}: {error}")
    return registry


def _rank(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _status(point: EntryPoint) -> PluginStatus:
    distribution = point.dist
    name, version = (distribution.name, distribution.version) if distribution else ("?", "?")
    return PluginStatus(point.name, name, version, "enabled")


def _break(status: PluginStatus, reason: str) -> None:
    status.status, status.error, status.adds = "broken", reason, {}


def _take_in(registry: Registry, module: ModuleType, status: PluginStatus) -> None:
    """Check all of a plugin first, then keep all of it: a plugin is never half there."""
    _check_hook_names(module, status.name)
    importers = _contributions(module, "register_importers", _importer_class, status.name)
    mechanisms = _contributions(module, "register_mechanisms", _instance(MechanismSpec), status.name)
    vocabularies = _contributions(module, "register_vocabularies", _instance(VocabularySpec), status.name)
    for what, names, taken in (
        ("importer", [item.name for item in importers], registry.importers),
        ("vocabulary", [item.code for item in vocabularies], registry.vocabularies),
    ):
        for name in names:
            if name in taken or names.count(name) > 1:
                raise PluginFault(
                    "{plugin}: the {what} {name} exists already", plugin=status.name, what=what, name=name
                )
    ready = {item.name: item() for item in importers}
    registry.manager.register(module, status.name)
    registry.importers |= ready
    registry.vocabularies |= {item.code: item for item in vocabularies}
    for item in mechanisms:
        known = registry.mechanisms.get(item.code)
        registry.mechanism_origins.setdefault(item.code, status.name)
        registry.mechanisms[item.code] = (
            replace(known, aliases=tuple(dict.fromkeys((*known.aliases, *item.aliases)))) if known else item
        )
    status.module = module
    status.adds = {
        key: names
        for key, names in (
            ("importers", [item.name for item in importers]),
            ("mechanisms", [item.code for item in mechanisms]),
            ("vocabularies", [item.code for item in vocabularies]),
        )
        if names
    }


def _check_hook_names(module: ModuleType, plugin: str) -> None:
    for name, value in vars(module).items():
        if hasattr(value, f"{specs.PROJECT}_impl") and name not in HOOKS:
            raise PluginFault(
                "{plugin}: {name} is no hook; the hooks are {hooks}",
                plugin=plugin,
                name=name,
                hooks=", ".join(sorted(HOOKS)),
            )
        if name.startswith(FAMILIES) and callable(value) and not hasattr(value, f"{specs.PROJECT}_impl"):
            raise PluginFault("{plugin}: {name} lacks the @hookimpl mark", plugin=plugin, name=name)


def _contributions(module: ModuleType, hook: str, fits: Callable[[Any], bool], plugin: str) -> list[Any]:
    implementation = getattr(module, hook, None)
    if implementation is None:
        return []
    returned = implementation()
    if isinstance(returned, (str, bytes)) or not isinstance(returned, Iterable):
        raise PluginFault(
            "{plugin}: {hook} returned {kind}, not a list", plugin=plugin, hook=hook, kind=type(returned).__name__
        )
    items = list(returned)
    for item in items:
        if not fits(item):
            raise PluginFault(
                "{plugin}: {hook} returned {item!r}, which is of the wrong kind", plugin=plugin, hook=hook, item=item
            )
    return items


def _instance(kind: type) -> Callable[[Any], bool]:
    return lambda item: isinstance(item, kind)


def _importer_class(item: Any) -> bool:
    return (
        inspect.isclass(item)
        and issubclass(item, Importer)
        and not inspect.isabstract(item)
        and all(isinstance(getattr(item, name, None), str) for name in ("name", "title", "source"))
    )
