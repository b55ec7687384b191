"""A word that means several things in English is translated for each of them, through every file that translators use."""

from __future__ import annotations

from pathlib import Path

import pytest
from uptake import i18n
from uptake.i18n import N_, NC_, gettext, pgettext
from uptake.languages import checkout, po, po_write, xliff
from uptake.languages.extract import messages_in
from uptake.languages.po import Entry, PoFile

HEAD = "Language: fr\nContent-Type: text/plain; charset=utf-8\nPlural-Forms: nplurals=2; plural=(n > 1);\n"
COUNTRY, CONDITION = NC_("country", "State"), NC_("condition", "State")
ROOT = Path(__file__).resolve().parents[2]


def catalogue(*entries: Entry) -> PoFile:
    return PoFile(HEAD, (), list(entries))


@pytest.fixture
def french(tmp_path: Path) -> Path:
    path = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    said = (Entry("State", None, ("Situation",)), Entry(COUNTRY, None, ("État",)), Entry("Home", None, ("Accueil",)))
    po_write.save(path, catalogue(*said))
    i18n.use_folders([tmp_path])
    i18n.set_locale("fr")
    return path


def test_each_meaning_has_its_words_and_falls_back_to_those_without_a_meaning(french: Path) -> None:
    assert pgettext("country", "State") == gettext(COUNTRY) == "État"
    assert pgettext("condition", "State") == gettext("State") == "Situation"
    assert pgettext("website", "Home") == "Accueil"
    assert pgettext("tool", "Hammer {size}", size=3) == "Hammer 3"
    i18n.set_locale("en")
    assert (pgettext("country", "State"), gettext(CONDITION)) == ("State", "State")
    i18n.set_locale("en_XA")
    assert "country" not in pgettext("country", "State")


def test_a_context_goes_through_po_and_xliff(french: Path) -> None:
    text = po_write.write(po.read_file(french))
    assert 'msgctxt "country"\nmsgid "State"\nmsgstr "État"' in text
    days = Entry(NC_("calendar", "{count} day"), "{count} days", ("{count} jour", "{count} jours"))
    entries = [*po.read(text).entries, days]
    back = xliff.read(xliff.write(entries, "fr").encode()).entries
    assert {(one.context, one.text): one.forms for one in back} == {
        (one.context, one.text): one.forms for one in entries
    }
    assert xliff.key_of(COUNTRY) != xliff.key_of("State")


def test_the_code_says_which_meaning_it_means(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text('{{ pgettext("condition", "State") }}{{ _("State") }}')
    (tmp_path / "said.py").write_text('A = NC_("country", "State")\nB = pgettext("country", "State")\n')
    found = messages_in(tmp_path, tmp_path)
    assert {key: entry.where for key, entry in found.items()} == {
        "State": ("templates/page.html",), CONDITION: ("templates/page.html",), COUNTRY: ("said.py",),
    }  # fmt: skip


def test_an_update_keeps_what_is_translated_and_remembers_what_is_gone(french: Path) -> None:
    template = catalogue(Entry(COUNTRY, None, ("",)), Entry(CONDITION, None, ("",)))
    assert checkout.update(french, template) == (1, 2)
    kept = {entry.msgid: entry.forms for entry in po.read_file(french).entries}
    assert kept == {COUNTRY: ("État",), CONDITION: ("",)}
    assert checkout.update(french, catalogue(Entry("State", None, ("",)))) == (1, 2)
    assert checkout.update(french, template) == (2, 1)
    assert {entry.msgid: entry.forms for entry in po.read_file(french).entries} == kept


@pytest.fixture(scope="module")
def meanings() -> set[str]:
    """What the core and the plugins say with a context."""
    folders = (ROOT / "core" / "uptake", *ROOT.glob("plugins/*/uptake_*"))
    return {key for folder in folders for key, entry in messages_in(folder, ROOT).items() if entry.context}


@pytest.mark.parametrize("code", ["ar", "es", "fr", "pt", "ru", "sm", "sw", "zh"])
def test_every_pack_tells_the_meanings_apart(code: str, meanings: set[str]) -> None:
    (path,) = ROOT.glob(f"plugins/lang-*/uptake_*/translations/{code}/LC_MESSAGES/messages.po")
    said = {entry.msgid: entry.forms[0] for entry in po.read_file(path).entries}
    assert len(meanings) > 20
    assert [key for key in meanings if not said.get(key)] == []
    assert said[NC_("country", "State")] != said[NC_("how it stands", "State")]
    assert N_("State") == "State"
