"""Every installed plugin keeps to what plugins keep to; and each check finds what it looks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner
from uptake.cli import main
from uptake.hooks.contributions import Tables
from uptake.hooks.loader import GROUP
from uptake.testing.checks.subject import Check, Subject
from uptake.testing.checks.tables import public_columns
from uptake.testing.conformance import CHECKS, examine, subject_of

MakePlugin = Callable[..., None]
INSTALLED = sorted(point.name for point in entry_points(group=GROUP))
UNTIMED = [check for check in CHECKS if check.name != "cost"]  # what it costs, `uptake plugin check` says

READER = """
class Reader(Importer):
    name, title, source = "moon", "Moon list", "moon"
    def recognises(self, file): {recognises}
    def read(self, stream, options): {read}

@hookimpl
def register_importers(): return [Reader]
"""
SPEAKS = "import socket\nsocket.socket().close()\n"
PAGES = """
from flask import Blueprint
pages = Blueprint("moon", __name__)
@hookimpl
def register_pages(): return [pages]
"""
PANEL = """
from uptake.toolkit import Panel
def load(context): raise RuntimeError("no moon tonight")
@hookimpl
def register_panels(): return [Panel("home", "moon.phase", "Moon", "moon/phase.html", load)]
"""
EXPORTER = """
from uptake.toolkit import Exporter
class Writer(Exporter):
    name, title, suffix, media_type = "moon", "Moon", "moon", "text/plain"
    def write(self, records, stream):
        for record in records:
            stream.write(record.symbol.encode())
@hookimpl
def register_exporters(): return [Writer]
"""
WRONG = {
    "imports": ("from uptake.db import session", "imports uptake.db; a plugin imports uptake.toolkit only"),
    "imports of others": ("import uptake_upr.plugin", "imports uptake_upr.plugin, which is another plugin"),
    "cost": ("import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass", "the most is 200"),
    "cost of talk": (SPEAKS, "importing it opens a socket (socket.__new__)"),
    "loads": ("raise RuntimeError('far away')", "alone it does not run: cannot be imported: RuntimeError: far away"),
    "loads beside others": (
        "@hookimpl\ndef register_vocabularies(): return [VocabularySpec('sdg', 'sdg', {'en': 'SDG'}, ())]",
        "beside it uhri does not run any more: uhri: the vocabulary sdg exists already",
    ),
    "hooks": ("", "implements no hook"),
    "words": (
        "@hookimpl\ndef register_mechanisms(): return [MechanismSpec('MOON', 'regional', {'fr': 'Lune'})]",
        "mechanisms MOON: it has no name in English",
    ),
    "words of commands": (
        "import click\n@click.command()\ndef wax(): pass\n@hookimpl\ndef register_commands(): return [wax]",
        "the command wax has no help",
    ),
    "recognition": (READER.format(recognises="return file.head[9] == 1", read="yield"), "raised IndexError"),
    "recognition of all": (READER.format(recognises="return True", read="yield"), "claims to recognise noise.bin"),
    "damage": (
        READER.format(recognises="return False", read="yield Draft('row 1', {'en': stream.read().decode()})"),
        "raised UnicodeDecodeError",
    ),
    "damage of lists": (READER.format(recognises="return False", read="return []"), "read returned list, not an iterator"),
    "damage of kinds": (READER.format(recognises="return False", read="yield 7"), "gave 7, neither Draft nor Finding"),
    "site": (PAGES + "@pages.before_app_request\ndef stop(): pass", "its pages reach beyond /moon"),
    "site with panels": (PANEL, "panel moon.phase failed: RuntimeError: no moon tonight"),
    "site with formats": (EXPORTER, "the format moon fails with 1 records: AttributeError"),
}  # fmt: skip


@pytest.mark.parametrize("plugin", INSTALLED)
@pytest.mark.parametrize("check", UNTIMED, ids=[check.name for check in UNTIMED])
def test_every_installed_plugin_conforms(plugin: str, check: Check) -> None:
    assert list(check.run(subject_of(plugin))) == []


@pytest.mark.parametrize("case", WRONG)
def test_each_check_finds_what_it_looks_for(make_plugin: MakePlugin, case: str) -> None:
    source, words = WRONG[case]
    make_plugin("moon", source, module="uptake_moon")
    subject = Subject("moon")
    [check] = [one for one in CHECKS if one.name == case.split()[0]]
    assert any(words in fault for fault in check.run(subject)), list(check.run(subject))


def test_metadata_that_says_too_little_is_named(make_plugin: MakePlugin) -> None:
    make_plugin("moon", "")
    found = examine(Subject("moon"))["metadata"]
    assert [fault for fault in found if "must be called uptake_moon" in fault]
    assert [fault for fault in found if "has no description" in fault]
    assert [fault for fault in found if "does not name uptake among its dependencies" in fault]


def test_a_hook_in_a_module_that_nobody_imports_is_named(make_plugin: MakePlugin, tmp_path: Path) -> None:
    make_plugin("moon", "", module="uptake_moon")
    (tmp_path / "site" / "uptake_moon.py").unlink()
    package = tmp_path / "site" / "uptake_moon"
    package.mkdir()
    (package / "__init__.py").touch()
    hook = "from uptake.toolkit import hookimpl\n@hookimpl\ndef {name}(): return []\n"
    (package / "more.py").write_text(hook.format(name="register_importers") + hook.format(name="register_moons"))
    found = examine(Subject("moon"))["hooks"]
    assert "more.py:3 register_importers is never called: import it into uptake_moon" in found
    assert [fault for fault in found if "register_moons is no hook" in fault]


def test_tests_that_look_into_the_core_are_named(make_plugin: MakePlugin, tmp_path: Path) -> None:
    make_plugin("moon", "", module="uptake_moon")
    (tmp_path / "site" / "uptake_moon.py").unlink()
    for folder in ("uptake_moon", "tests"):
        (tmp_path / "site" / folder).mkdir()
    (tmp_path / "site" / "uptake_moon" / "__init__.py").touch()
    source = (
        "from uptake.testing.people import make_person\nfrom uptake.toolkit import may\nfrom uptake.db import session\n"
    )
    (tmp_path / "site" / "tests" / "test_moon.py").write_text(source)
    found = examine(Subject("moon"))["imports"]
    assert found == ["tests/test_moon.py:3 imports uptake.db; tests import uptake.toolkit and uptake.testing only"]


def test_the_command_says_what_is_wrong_and_ends_with_2(make_plugin: MakePlugin) -> None:
    make_plugin("moon", "raise RuntimeError('far away')")
    result = CliRunner().invoke(main, ["plugin", "check", "moon"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "wrong  loads" in result.stderr
    assert "RuntimeError: far away" in result.stderr
    result = CliRunner().invoke(main, ["plugin", "check", "moon", "--json"])
    assert (result.exit_code, json.loads(result.stdout)["checks"].keys()) == (2, {"metadata", "loads"})


def test_the_command_finds_nothing_wrong_with_a_good_plugin() -> None:
    result = CliRunner().invoke(main, ["plugin", "check", "treaty-bodies", "--json"])
    assert (result.exit_code, json.loads(result.stdout)["faults"]) == (0, 0)
    assert "treaty-bodies: nothing is wrong." in result.stderr


def test_the_command_knows_which_plugins_there_are() -> None:
    result = CliRunner().invoke(main, ["plugin", "check", "nobody"])
    assert result.exit_code == 2
    assert "There is no plugin called nobody." in result.stderr
    assert "uhri" in result.stderr


TABLES = """
from uptake.toolkit import Tables
@hookimpl
def register_tables(): return [Tables("uptake_moon.migrations")]
"""
REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "moon_1", None, None, None

def upgrade():
    op.create_table("{name}", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("to_id", sa.Integer, sa.ForeignKey("{to}.id"{ending})))

def downgrade():
    {down}
"""
CASCADE, DROP = ', ondelete="CASCADE"', 'op.drop_table("moon_phase")'
MIGRATIONS = {
    "right": (("moon_phase", "state", CASCADE, DROP), []),
    "to itself": (("moon_phase", "moon_phase", "", DROP), []),
    "name": (("phase", "state", CASCADE, 'op.drop_table("phase")'), ["the table phase must begin with moon_"]),
    "ending": (
        ("moon_phase", "state", "", DROP),
        ["moon_phase.to_id refers to state and must say ondelete CASCADE or SET NULL"],
    ),
    "to another": (
        ("moon_phase", "sun_spot", CASCADE, DROP),
        ["moon_phase.to_id refers to sun_spot, which is neither the core's nor the plugin's"],
    ),
    "left": (
        ("moon_phase", "state", CASCADE, "pass"),
        ["downgrade leaves the table moon_phase", "its migrations fail"],
    ),
    "fails": (("moon_phase", "state", CASCADE, "raise ValueError('no')"), ["its migrations fail: ValueError: no"]),
}


@pytest.mark.parametrize("case", MIGRATIONS)
def test_tables_that_do_not_keep_to_the_rules_are_named(make_plugin: MakePlugin, tmp_path: Path, case: str) -> None:
    (name, to, ending, down), wanted = MIGRATIONS[case]
    make_plugin("moon", TABLES, module="uptake_moon")
    site = tmp_path / "site"
    versions = site / "uptake_moon" / "migrations" / "versions"
    versions.mkdir(parents=True)
    (site / "uptake_moon.py").rename(site / "uptake_moon" / "__init__.py")
    (versions.parent / "__init__.py").touch()
    (versions / "moon_1.py").write_text(REVISION.format(name=name, to=to, ending=ending, down=down))
    [check] = [one for one in CHECKS if one.name == "tables"]
    found = list(check.run(Subject("moon")))
    assert len(found) == len(wanted), found
    assert all(fault.startswith(words) for fault, words in zip(found, wanted, strict=True)), found


def test_columns_that_no_public_package_could_bring_are_named() -> None:
    public = {"plans_plan": ("code", "version", "moon"), "plans_action": ("due",), "plans_moon": ()}
    assert list(public_columns(Tables("uptake_plans.migrations", public))) == [
        "Tables.public names plans_plan.moon, and there is none",
        "plans_plan.code is left out of public packages: it must be allowed to be empty, or have a default",
        "Tables.public names plans_moon, and there is no model of it",
    ]


CATALOGUE = """
msgid ""
msgstr ""
"Language: sw\\\\n"
"Content-Type: text/plain; charset=utf-8\\\\n"
{head}

msgid "{{count}} days of the moon"
msgstr "{words}"
"""
PLURAL = '"Plural-Forms: nplurals=2; plural=(n != 1);\\\\n"'


@pytest.mark.parametrize(
    ("head", "words", "fault"),
    [
        (PLURAL, "Siku {count} za mwezi", ""),
        (PLURAL, "Siku {days} za mwezi", "the words in braces must be {count}"),
        ("", "Siku {count} za mwezi", "the header has no plural rule that works"),
        (PLURAL, 'Siku {count} za mwezi"\nnonsense "', "nonsense"),
    ],
)
def test_catalogues_that_are_broken_are_named(
    make_plugin: MakePlugin, tmp_path: Path, head: str, words: str, fault: str
) -> None:
    make_plugin("moon", "", module="uptake_moon")
    site = tmp_path / "site"
    folder = site / "uptake_moon" / "translations" / "sw" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (site / "uptake_moon.py").rename(site / "uptake_moon" / "__init__.py")
    (folder / "messages.po").write_text(CATALOGUE.format(head=head, words=words).replace("\\\\", "\\"))
    [check] = [one for one in CHECKS if one.name == "catalogues"]
    found = list(check.run(Subject("moon")))
    assert bool(found) == bool(fault), found
    assert all(fault in one for one in found[:1])
