"""Finds plugins and takes in what they register: sorted, one try for each, so that a broken one never stops the site."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

import pluggy
from packaging.requirements import InvalidRequirement, Requirement

from uptake import __version__
from uptake.errors import PluginFault
from uptake.hooks import specs, specs_calls
from uptake.hooks.families import FAMILIES, Family, Item
from uptake.hooks.fields import misfits
from uptake.hooks.registry import PluginStatus, Registry

GROUP = "uptake.plugins"
WORDS = ("register_", "lookup_", "check_", "on_")
SPECS = (specs, specs_calls)
HOOKS = {name: spec for module in SPECS for name, spec in vars(module).items() if name.startswith(WORDS)}


def load(disabled: Sequence[str] = (), order: Sequence[str] = (), builtin: Iterable[ModuleType] = ()) -> Registry:
    """Load the core's own contributions and every installed plugin that is not disabled.

    Order is that of the setting, then alphabetical. A plugin that cannot be imported, wants another version of Uptake,
    names an unknown hook or returns the wrong kind is listed as broken with its reason, and nothing of it is kept.
    """
    manager = pluggy.PluginManager(specs.PROJECT)
    for module in SPECS:
        manager.add_hookspecs(module)
    registry = Registry(manager)
    for module in builtin:
        _take_in(registry, module, PluginStatus("core", "uptake", "", "core"))
    for point in sorted(entry_points(group=GROUP), key=lambda p: (_rank(p.name, order), p.name)):
        status = _status(point)
        registry.plugins.append(status)
        if point.name in disabled:
            status.status = "disabled"
        else:
            _load(registry, point, status)
    return registry


def _load(registry: Registry, point: EntryPoint, status: PluginStatus) -> None:
    try:
        _check_bounds(point)
        status.module = _imported(point)
        _take_in(registry, status.module, status)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        said = str(error) if isinstance(error, PluginFault) else f"{type(error).__name__}: {error}"
        registry.break_off(status.name, said)


def _rank(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def _status(point: EntryPoint) -> PluginStatus:
    found = point.dist
    if found is None:
        return PluginStatus(point.name, "?", "?", "enabled")
    return PluginStatus(point.name, found.name, found.version, "enabled", summary=found.metadata["Summary"] or "")


def _check_bounds(point: EntryPoint) -> None:
    """Refuse a plugin that was made for another version of Uptake; pip checks this too, but only when it installs."""
    for line in (point.dist.requires or ()) if point.dist else ():
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        if wanted.name == "uptake" and not wanted.specifier.contains(__version__, prereleases=True):
            raise PluginFault(
                "{plugin}: it wants uptake {bounds}, and this is {version}",
                plugin=point.name, bounds=str(wanted.specifier), version=__version__,
            )  # fmt: skip


def _imported(point: EntryPoint) -> ModuleType:
    try:
        found = point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise PluginFault("cannot be imported: {error}", error=f"{type(error).__name__}: {error}") from error
    if not isinstance(found, ModuleType):
        raise PluginFault("{plugin}: its entry point names no module", plugin=point.name)
    return found


def _take_in(registry: Registry, module: ModuleType, status: PluginStatus) -> None:
    """Check all of a plugin first, then keep all of it: a plugin is never half there."""
    _check_hook_names(module, status.name)
    found = {family.hook: _contributions(module, family, status.name) for family in FAMILIES}
    for family in FAMILIES:
        _check_names(registry, family, found[family.hook], status.name)
    registry.manager.register(module, status.name)
    for family in FAMILIES:
        _keep(registry, family, found[family.hook], status.name)
    registry.catalogues += _catalogues(module)
    status.adds = {
        family.title: [family.key(item) for item in found[family.hook]] for family in FAMILIES if found[family.hook]
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
        if name.startswith(WORDS) and callable(value) and not hasattr(value, f"{specs.PROJECT}_impl"):
            raise PluginFault("{plugin}: {name} lacks the @hookimpl mark", plugin=plugin, name=name)


def _contributions(module: ModuleType, family: Family, plugin: str) -> list[Item]:
    implementation = getattr(module, family.hook, None)
    if implementation is None or family.late:
        return []
    returned = implementation()
    if isinstance(returned, (str, bytes)) or not isinstance(returned, Iterable):
        raise PluginFault(
            "{plugin}: {hook} returned {kind}, not a list",
            plugin=plugin, hook=family.hook, kind=type(returned).__name__,
        )  # fmt: skip
    items = list(returned)
    for item in items:
        if not family.fits(item):
            raise PluginFault(
                "{plugin}: {hook} returned {item!r}, which is of the wrong kind",
                plugin=plugin, hook=family.hook, item=item,
            )  # fmt: skip
        if wrong := misfits(item):
            raise PluginFault(
                "{plugin}: {hook} returned {kind} with the wrong kind of {fields}",
                plugin=plugin, hook=family.hook, kind=type(item).__name__, fields=", ".join(wrong),
            )  # fmt: skip
    return items


def _check_names(registry: Registry, family: Family, items: Sequence[Item], plugin: str) -> None:
    keys = [family.key(item) for item in items]
    for key in keys:
        if family.unique and ((family.hook, key) in registry.origins or keys.count(key) > 1):
            raise PluginFault("{plugin}: the {what} {name} exists already", plugin=plugin, what=family.what, name=key)
        prefix = family.prefix.format(plugin=plugin)
        if plugin != "core" and not (key + family.end).startswith(prefix):
            raise PluginFault(
                "{plugin}: the {what} {name} must begin with {prefix}",
                plugin=plugin, what=family.what, name=key, prefix=prefix,
            )  # fmt: skip


def _keep(registry: Registry, family: Family, items: Sequence[Item], plugin: str) -> None:
    if not items:
        return
    held = getattr(registry, family.title)
    for item in items:
        key, made = family.key(item), family.made(item)
        if family.hook == "register_mechanisms" and key in held:
            known = held[key]
            held[key] = replace(known, aliases=tuple(dict.fromkeys((*known.aliases, *made.aliases))))
            continue
        registry.origins[family.hook, key] = plugin
        if isinstance(held, list):
            held.append(made)
        else:
            held[key] = made


def _catalogues(module: ModuleType) -> list[Path]:
    """The plugin's own translations, in the folder ``translations`` of its package."""
    package = sys.modules[module.__name__.partition(".")[0]]
    folders = [Path(place) / "translations" for place in getattr(package, "__path__", ())]
    return [folder for folder in folders if folder.is_dir()]
