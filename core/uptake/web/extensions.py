"""What plugins add to the web: pages under an address of their own, menu entries, panels and links. One that fails is named
and left out; the rest of the page is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app, request
from markupsafe import Markup

from uptake.api import setup as api
from uptake.api.blueprint import ApiBlueprint
from uptake.db import session
from uptake.errors import PluginFault
from uptake.hooks.calls import links_of
from uptake.hooks.contributions import Link, MenuEntry, Panel, PanelContext
from uptake.hooks.registry import Registry
from uptake.i18n import gettext as _
from uptake.services.permissions import may_somewhere
from uptake.services.plugins import plugin_faults
from uptake.web.rules import LateRule
from uptake.web.who import person

APP_WIDE = ("before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors",
            "error_handler_spec", "url_value_preprocessors", "url_default_functions")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel that has something to show."""

    name: str
    title: str
    body: Markup


def registry() -> Registry:
    """The registry of this application."""
    found: Registry = current_app.extensions["uptake_registry"]
    return found


def setup(app: Flask) -> None:
    """Take in the pages of plugins, and write down what went wrong in them after each answer."""
    found: Registry = app.extensions["uptake_registry"]
    taken = {str(rule).split("/")[1].partition(".")[0] for rule in app.url_map.iter_rules()}
    for name, blueprint in list(found.pages.items()):
        plugin = found.origins["register_pages", name]
        try:
            address = f"{api.ADDRESS}/{plugin}" if isinstance(blueprint, ApiBlueprint) else f"/{plugin}"
            _check(plugin, blueprint, taken, address)
            if isinstance(blueprint, ApiBlueprint):
                api.take_in(app, blueprint, address)
            else:
                app.register_blueprint(blueprint, url_prefix=address)
            _stay(app, blueprint.name)
        except Exception as error:
            found.break_off(
                plugin, str(error) if isinstance(error, PluginFault) else f"{type(error).__name__}: {error}"
            )
    app.jinja_env.globals.update(panels=panels, links=links, main_menu=main_menu)
    app.teardown_request(_write_faults)


def _stay(app: Flask, blueprint: str) -> None:
    """Views of a plugin that want to end the program fail like any other: else the reader would wait for ever."""
    for name, view in app.view_functions.items():
        if name.startswith(f"{blueprint}."):
            app.view_functions[name] = _staying(view)


def _staying(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def answer(*given: Any, **named: Any) -> Any:
        try:
            return view(*given, **named)
        except SystemExit as error:
            raise RuntimeError(f"SystemExit: {error}") from error

    return answer


def _check(plugin: str, blueprint: Blueprint, taken: set[str], address: str) -> None:
    """Refuse a blueprint that would reach beyond its own address: Flask lets two clash without a word."""
    if plugin in taken:
        raise PluginFault("{plugin}: the core has pages under /{plugin}", plugin=plugin)
    if not isinstance(blueprint, Blueprint):
        raise PluginFault("{plugin}: {name} is no Flask blueprint", plugin=plugin, name=str(blueprint))
    if blueprint.url_prefix not in (None, address):
        raise PluginFault(
            "{plugin}: its pages must not stand under {prefix}", plugin=plugin, prefix=blueprint.url_prefix
        )
    trial = Flask("trial", static_folder=None)
    trial.url_rule_class = LateRule
    before = {name: _app_wide(trial, name) for name in APP_WIDE}
    trial.register_blueprint(blueprint, url_prefix=address)
    changed = [name for name in APP_WIDE if _app_wide(trial, name) != before[name]]
    outside = [str(rule) for rule in trial.url_map.iter_rules() if not f"{rule}/".startswith(f"{address}/")]
    if changed or outside:
        raise PluginFault(
            "{plugin}: its pages reach beyond {address}: {what}", plugin=plugin, address=address,
            what=", ".join((*changed, *outside)),
        )  # fmt: skip
    if blueprint.template_folder:
        folder = Path(blueprint.root_path) / blueprint.template_folder
        strangers = [one.name for one in folder.iterdir() if one.name != plugin] if folder.is_dir() else []
        if strangers:
            raise PluginFault(
                "{plugin}: its templates must stand in a folder called {plugin}, and these do not: {names}",
                plugin=plugin, names=", ".join(sorted(strangers)),
            )  # fmt: skip


def _app_wide(app: Flask, name: str) -> int:
    held: Any = getattr(app, name).get(None, ())
    return sum(map(len, held.values())) if isinstance(held, dict) else len(held)


def plugin_of_page() -> str:
    """The plugin whose page answers this request; empty for the core's."""
    return registry().origins.get(("register_pages", request.blueprint or ""), "")


def panels(place: str, subject: int | None = None) -> list[Shown]:
    """The panels of all plugins for one place of one page, each drawn with what every page knows."""
    wanted = [one for one in registry().panels.values() if one.place == place and _may_see(one.action)]
    if not wanted:
        return []
    known: dict[str, Any] = dict(current_app.jinja_env.globals)
    current_app.update_template_context(known)
    asked = PanelContext(person(), subject)
    return [shown for one in sorted(wanted, key=lambda one: one.order) for shown in _shown(one, asked, known)]


def _shown(panel: Panel, asked: PanelContext, known: dict[str, Any]) -> Iterator[Shown]:
    found = registry()
    with found.faults.guard(found.origins["register_panels", panel.name], f"panel {panel.name}"):
        values = panel.load(asked)
        if values is not None:
            template = current_app.jinja_env.get_template(panel.template)
            yield Shown(panel.name, _(panel.title), template.make_module({**known, **values}, shared=True).__html__())


def links(recommendation: int) -> list[tuple[str, list[Link]]]:
    """What plugins link a recommendation with: the name of each kind and its links."""
    found = links_of(registry(), [recommendation]).get(recommendation, [])
    return [
        (_(kind.label), here)
        for kind in registry().link_types.values()
        if kind.listed and (here := [link for link in found if link.type == kind.code])
    ]


def main_menu() -> list[tuple[str, str]]:
    """Path and label of what plugins add for every visitor."""
    return [(entry.path, _(entry.label)) for entry in registry().menu.values() if not entry.action]


def work_menu() -> list[MenuEntry]:
    """What plugins add for those who are signed in."""
    return [entry for entry in registry().menu.values() if entry.action and may_somewhere(person(), entry.action)]


def _may_see(action: str) -> bool:
    return not action or may_somewhere(person(), action)


def _write_faults(_error: BaseException | None) -> None:
    plugin_faults.write_down(session(), registry())
