"""A plugin that breaks is listed with its reason, nothing of it is kept, the others run and the site starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from uptake import builtin
from uptake.app import build, registry
from uptake.errors import NotFound
from uptake.hooks.calls import other_symbols
from uptake.hooks.kinds import Draft
from uptake.hooks.loader import load
from uptake.hooks.registry import PluginStatus, Registry
from uptake.settings import Settings

MakePlugin = Callable[..., None]
Good = Callable[[str], str]

BROKEN = {
    "raises": ("import nothing_of_that_name", "cannot be imported", "nothing_of_that_name"),
    "syntax": ("def (", "cannot be imported", "SyntaxError"),
    "exits": ("raise SystemExit(3)", "cannot be imported", "SystemExit"),
    "misspelt": ("@hookimpl\ndef register_importer(): return []", "register_importer is no hook", "register_importers"),
    "unmarked": ("def register_importers(): return []", "register_importers lacks the @hookimpl mark", "unmarked"),
    "number": ("@hookimpl\ndef register_importers(): return 7", "register_importers returned int", "not a list"),
    "text": ("@hookimpl\ndef register_vocabularies(): return 'x'", "register_vocabularies returned str", "not a list"),
    "none": ("@hookimpl\ndef register_mechanisms(): return None", "returned NoneType", "not a list"),
    "kind": ("@hookimpl\ndef register_mechanisms(): return ['CRC']", "'CRC'", "wrong kind"),
    "instance": ("@hookimpl\ndef register_importers(): return [object()]", "register_importers", "wrong kind"),
    "abstract": (
        "class Half(Importer):\n name = title = source = 'half'\n@hookimpl\ndef register_importers(): return [Half]",
        "register_importers", "wrong kind",
    ),
    "nameless": (
        "class R(Importer):\n title = source = 'x'\n def recognises(s, f): pass\n def read(s, a, b): pass\n"
        "@hookimpl\ndef register_importers(): return [R]", "register_importers", "wrong kind",
    ),
    "construct": (
        "class R(Importer):\n name = title = source = 'x'\n def __init__(s): raise OSError('no disk')\n"
        " def recognises(s, f): pass\n def read(s, a, b): pass\n@hookimpl\ndef register_importers(): return [R]\n"
        "@hookimpl\ndef lookup_documents(draft): return ['HALF/1']", "OSError", "no disk",
    ),
    "hook": ("@hookimpl\ndef register_importers(): raise ValueError('not today')", "ValueError", "not today"),
    "leaves": ("@hookimpl\ndef register_importers(): raise SystemExit", "SystemExit", ""),
    "lazy": ("@hookimpl\ndef register_importers():\n yield 1/0", "ZeroDivisionError", ""),
    "arguments": ("@hookimpl\ndef lookup_documents(draft, weather): return []", "lookup_documents", "weather"),
    "taken": (
        "class R(Importer):\n name = title = source = 'table'\n def recognises(s, f): pass\n def read(s, a, b): pass\n"
        "@hookimpl\ndef register_importers(): return [R]", "importer table exists already", "",
    ),
}  # fmt: skip


def status(found: Registry, name: str) -> PluginStatus:
    return next(plugin for plugin in found.plugins if plugin.name == name)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_listed_with_its_reason_and_the_others_run(
    make_plugin: MakePlugin, good: Good, name: str
) -> None:
    source, *words = BROKEN[name]
    make_plugin(name, source)
    make_plugin("aaa", good("first"))
    make_plugin("zzz", good("last"))
    found = load(builtin=[builtin])
    broken = status(found, name)
    assert (broken.status, broken.distribution, broken.version, broken.adds) == ("broken", f"uptake-{name}", "1.2", {})
    assert all(word in broken.error for word in words)
    assert name in found.broken()
    assert {"first", "last"} <= set(found.importers)
    assert "x" not in found.importers


def test_nothing_of_a_broken_plugin_is_called(make_plugin: MakePlugin) -> None:
    make_plugin("construct", BROKEN["construct"][0])
    make_plugin("arguments", "@hookimpl\ndef lookup_documents(draft, weather): return ['HALF/2']")
    assert other_symbols(load(order=("construct",)))(Draft("row 1", {"en": "x"})) == []


def test_the_site_starts_with_a_broken_plugin(make_plugin: MakePlugin, tmp_path: Path) -> None:
    make_plugin("moon", "raise RuntimeError('far away')")
    app = build(Settings(instance=tmp_path))
    assert registry(app).broken()["moon"].endswith("RuntimeError: far away")
    assert "uhri-json" in registry(app).importers


def test_of_two_plugins_with_one_importer_name_the_first_counts(make_plugin: MakePlugin, good: Good) -> None:
    make_plugin("aaa", good("same"))
    make_plugin("bbb", good("same"))
    found = load()
    assert (status(found, "aaa").status, status(found, "bbb").status) == ("enabled", "broken")
    assert "the importer same exists already" in status(found, "bbb").error


def test_order_is_that_of_the_setting_then_alphabetical(make_plugin: MakePlugin, good: Good) -> None:
    for name in ("ccc", "aaa", "bbb"):
        make_plugin(name, good("same"))
    names = [plugin.name for plugin in load(order=("ccc",)).plugins if plugin.name in {"aaa", "bbb", "ccc"}]
    assert names == ["ccc", "aaa", "bbb"]
    assert status(load(order=("bbb", "nobody")), "bbb").status == "enabled"
    assert status(load(), "aaa").status == "enabled"


def test_a_disabled_plugin_is_listed_and_never_imported(make_plugin: MakePlugin) -> None:
    make_plugin("moon", "raise RuntimeError('imported')")
    found = load(disabled=("moon",))
    assert (status(found, "moon").status, status(found, "moon").error) == ("disabled", "")


def test_a_plugin_says_what_it_adds(make_plugin: MakePlugin, good: Good) -> None:
    more = "@hookimpl\ndef register_mechanisms(): return [MechanismSpec('MOON', 'other', {'en': 'Moon'}, ('La Luna',))]"
    make_plugin("moon", good("lunar") + more)
    found = load()
    assert status(found, "moon").adds == {"importers": ["lunar"], "mechanisms": ["MOON"]}
    assert found.origins["register_mechanisms", "MOON"] == "moon"


def test_two_plugins_that_name_one_mechanism_join_their_aliases(make_plugin: MakePlugin) -> None:
    for name in ("aaa", "bbb"):
        make_plugin(
            name,
            "@hookimpl\ndef register_mechanisms():\n"
            f"    return [MechanismSpec('MOON', 'x', {{'en': '{name}'}}, ('{name}',))]",
        )
    found = load()
    assert (found.mechanisms["MOON"].names, found.mechanisms["MOON"].aliases) == ({"en": "aaa"}, ("aaa", "bbb"))


def test_a_lookup_that_fails_is_passed_over(make_plugin: MakePlugin) -> None:
    make_plugin("aaa", "@hookimpl\ndef lookup_documents(draft): raise ValueError")
    make_plugin("bbb", "@hookimpl\ndef lookup_documents(draft): return [draft.symbol + '/Add.1']")
    make_plugin("ccc", "@hookimpl\ndef lookup_documents(): return ['A/2']")
    found = other_symbols(load())(Draft("row 1", {"en": "x"}, symbol="A/1"))
    assert {"A/1/Add.1", "A/2"} <= set(found)


def test_an_unknown_importer_is_not_found_and_the_known_ones_are_named() -> None:
    with pytest.raises(NotFound, match=r"Importers: .*uhri-json"):
        load().importer("lunar")
