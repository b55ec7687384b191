"""`uptake translations`: a small checkout is gathered, brought up to date, counted, checked, sent out and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from uptake.languages import po

Run = Callable[..., Any]
HEAD = 'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with a core, a plugin that the core's template covers, one with its own, and a pack."""
    files = {
        "core/uptake/a.py": """
            from x import _, N_
            _("Home"); N_("Back"); ngettext("{count} day", "{count} days", 2)
            raise Conflict("The {file} is gone.", remedy="Look for it.")
        """,
        "core/uptake/templates/a.html": "{{ _('Home') }} {% trans %}not so{% endtrans %}",
        "core/uptake/commands/b.py": 'raise Conflict("Only on the command line.")',
        "plugins/lakes/uptake_lakes/a.py": 'yield Finding("row 1", "code", "The lake is dry.")',
        "plugins/hills/uptake_hills/a.py": '_("Hill")',
        "plugins/hills/uptake_hills/translations/messages.pot": "",
        "plugins/hills/uptake_hills/translations/fr/LC_MESSAGES/messages.po": HEAD.format(code="fr"),
        "plugins/lang-fr/uptake_lang_fr/translations/fr/LC_MESSAGES/messages.po": HEAD.format(code="fr")
        + '# mine\nmsgid "Home"\nmsgstr "Accueil"\n\nmsgid "Gone"\nmsgstr "Parti"\n',
    }
    for name in ("lakes", "hills", "lang-fr"):
        package = f"uptake_{name.replace('-', '_')}"
        files[f"plugins/{name}/pyproject.toml"] = (
            f'[project.entry-points."uptake.plugins"]\n{name} = "{package}.plugin"'
        )
    for name, text in files.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text) if name.endswith(".py") else text, encoding="utf-8")
    return tmp_path / "tree"


PACK = "plugins/lang-fr/uptake_lang_fr/translations/fr/LC_MESSAGES/messages.po"


def messages(path: Path) -> dict[str, tuple[str, ...]]:
    return {entry.msgid: entry.forms for entry in po.read_file(path).entries}


def test_update_gathers_and_brings_every_catalogue_up_to_date(bare: Run, tree: Path) -> None:
    first = bare("translations", "update", "--folder", tree, "--json")
    assert first.code == 0
    template = po.read_file(tree / "translations" / "messages.pot")
    assert {entry.msgid: entry.where for entry in template.entries} == {
        "Home": ("core/uptake/a.py", "core/uptake/templates/a.html"),
        "Back": ("core/uptake/a.py",),
        "{count} day": ("core/uptake/a.py",),
        "not so": ("core/uptake/templates/a.html",),
        "The {file} is gone.": ("core/uptake/a.py",),
        "Look for it.": ("core/uptake/a.py",),
        "The lake is dry.": ("plugins/lakes/uptake_lakes/a.py",),
    }
    assert messages(tree / "plugins/hills/uptake_hills/translations/fr/LC_MESSAGES/messages.po") == {"Hill": ("",)}
    pack = po.read_file(tree / PACK)
    assert {entry.msgid: entry.forms for entry in pack.entries}["{count} day"] == ("", "")
    assert next((entry.forms, entry.comments) for entry in pack.entries if entry.msgid == "Home") == (
        ("Accueil",),
        ("# mine",),
    )
    assert pack.obsolete == ['#~ msgid "Gone"', '#~ msgstr "Parti"']
    before = (tree / PACK).read_text("utf-8")
    bare("translations", "update", "--folder", tree)
    assert (tree / PACK).read_text("utf-8") == before


def test_a_message_that_comes_back_brings_its_translation(bare: Run, tree: Path) -> None:
    bare("translations", "update", "--folder", tree)
    (tree / "core/uptake/c.py").write_text('_("Gone")')
    bare("translations", "update", "--folder", tree)
    assert messages(tree / PACK)["Gone"] == ("Parti",)
    assert po.read_file(tree / PACK).obsolete == []


def test_stats_count_by_language_and_component(bare: Run, tree: Path) -> None:
    bare("translations", "update", "--folder", tree)
    rows = bare("translations", "stats", "--folder", tree, "--json").json["rows"]
    assert [tuple(row.values()) for row in rows] == [
        ("fr", "core", 1, 6), ("fr", "lakes", 0, 1), ("fr", "all", 1, 7), ("fr", "hills", 0, 1),
    ]  # fmt: skip


def test_check_names_file_and_line_and_ends_with_two(bare: Run, tree: Path) -> None:
    bare("translations", "update", "--folder", tree)
    assert bare("translations", "check", "--folder", tree).code == 0
    text = (tree / PACK).read_text("utf-8").replace('msgstr "Accueil"', 'msgstr " Accueil {x}"')
    (tree / PACK).write_text(text, "utf-8")
    line = text.splitlines().index('msgid "Home"') + 1
    found = bare("translations", "check", "--folder", tree)
    assert found.code == 2
    assert f"{PACK}:{line}: there must be no braces – 'Home'" in found.err
    assert f"{PACK}:{line}: blanks at the beginning" in found.err
    assert bare("translations", "check", "ru", "--folder", tree).code == 0
    complete = bare("translations", "check", "fr", "--complete", "--folder", tree)
    assert "this is not translated – 'Back'" in complete.err


def test_check_names_what_no_tool_could_read(bare: Run, tree: Path) -> None:
    bare("translations", "update", "--folder", tree)
    with (tree / PACK).open("a", encoding="utf-8") as file:
        file.write("<<<<<<< mine\n")
    assert "this cannot be understood: <<<<<<< mine" in bare("translations", "check", "--folder", tree).err


@pytest.mark.parametrize("form", ["xliff", "po"])
def test_a_language_goes_out_and_comes_back(bare: Run, tree: Path, tmp_path: Path, form: str) -> None:
    bare("translations", "update", "--folder", tree)
    out = tmp_path / "fr.out"
    bare("translations", "export", "fr", "--format", form, "--out", out, "--folder", tree)
    text = out.read_text("utf-8")
    if form == "xliff":
        text = text.replace("<source>Back</source>", "<source>Back</source><target>Retour</target>")
        text = text.replace(">Accueil<", ">Page d’accueil<")
        text = text.replace("<source>Look for it.</source>", "<source>Look for it.</source><target>{x}</target>")
    else:
        text = text.replace('msgid "Back"\nmsgstr ""', 'msgid "Back"\nmsgstr "Retour"').replace(
            '"Accueil"', '"Page d’accueil"'
        )
        text = text.replace('msgid "Look for it."\nmsgstr ""', 'msgid "Look for it."\nmsgstr "{x}"')
    out.write_text(text, "utf-8")
    counts = {"new": 1, "changed": 1, "broken": 1, "unknown": 0}
    tried = bare("translations", "import", out, "--dry-run", "--folder", tree, "--json")
    assert {name: tried.json[name] for name in counts} == counts
    assert "'Home': Accueil → Page d’accueil" in tried.err
    assert messages(tree / PACK)["Home"] == ("Accueil",)
    bare("translations", "import", out, "--folder", tree)
    found = messages(tree / PACK)
    assert [found[msgid] for msgid in ("Home", "Back", "Look for it.")] == [("Page d’accueil",), ("Retour",), ("",)]
    again = bare("translations", "import", out, "--folder", tree, "--json").json
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)


def test_a_folder_that_is_no_checkout_and_a_language_without_a_pack_are_refused(
    bare: Run, tree: Path, tmp_path: Path
) -> None:
    assert "neither a checkout" in bare("translations", "stats", "--folder", tmp_path).err
    found = bare("translations", "export", "xx", "--folder", tree)
    assert (found.code, "Languages: fr" in found.err) == (2, True)


def test_the_folder_of_one_plugin_is_enough(bare: Run, tree: Path) -> None:
    folder = tree / "plugins" / "lakes"
    found = bare("translations", "extract", "--folder", folder, "--json").json
    assert [one["messages"] for one in found["templates"]] == [1]
    assert messages(folder / "uptake_lakes" / "translations" / "messages.pot") == {"The lake is dry.": ("",)}
