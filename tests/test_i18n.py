"""Languages: catalogues in layers, plural rules, fallbacks, names."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from uptake import i18n

ROOT = Path(__file__).resolve().parents[1]
COMPLETE = ("fr", "ar")
PLACEHOLDER = re.compile(r"\{\w+\}")


@pytest.fixture(autouse=True)
def own_folders() -> Iterator[None]:
    before = list(i18n._folders)
    i18n.use_folders([ROOT / "translations"])
    yield
    i18n.use_folders(before)
    i18n.set_locale("en")


def catalogue(folder: Path, code: str, *entries: str, rule: str = "nplurals=2; plural=(n != 1);") -> Path:
    target = folder / code / "LC_MESSAGES" / "messages.po"
    target.parent.mkdir(parents=True)
    head = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {rule}\\n"\n\n'
    target.write_text(head + "\n\n".join(entries), encoding="utf-8")
    return folder


ARABIC = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
SIX = 'msgid "{count} day"\nmsgid_plural "{count} days"\n' + "\n".join(f'msgstr[{n}] "form{n}"' for n in range(6))


def test_a_later_folder_overrides_message_by_message(tmp_path: Path) -> None:
    low = catalogue(tmp_path / "low", "fr", 'msgid "a"\nmsgstr "bas"', 'msgid "b"\nmsgstr "b bas"')
    high = catalogue(tmp_path / "high", "fr", 'msgid "a"\nmsgstr "haut"')
    i18n.use_folders([low, high])
    i18n.set_locale("fr")
    assert [i18n.gettext(word) for word in ("a", "b", "c")] == ["haut", "b bas", "c"]


def test_arabic_keeps_its_six_forms_when_the_last_folder_lacks_the_language(tmp_path: Path) -> None:
    i18n.use_folders([catalogue(tmp_path / "low", "ar", SIX, rule=ARABIC), catalogue(tmp_path / "high", "fr")])
    i18n.set_locale("ar")
    forms = [i18n.ngettext("{count} day", "{count} days", n) for n in (0, 1, 2, 3, 11, 100)]
    assert forms == [f"form{n}" for n in range(6)]


def test_a_regional_language_falls_back_to_its_base_and_then_to_english(tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "x", "pt_BR", 'msgid "a"\nmsgstr "BR"')
    i18n.use_folders([catalogue(folder, "pt", 'msgid "a"\nmsgstr "PT"', 'msgid "b"\nmsgstr "pt"')])
    i18n.set_locale("pt_BR")
    assert [i18n.gettext(word) for word in ("a", "b", "c")] == ["BR", "pt", "c"]


def test_an_untranslated_or_fuzzy_message_shows_in_english(tmp_path: Path) -> None:
    i18n.use_folders(
        [catalogue(tmp_path / "x", "fr", '#, fuzzy\nmsgid "a"\nmsgstr "peut-être"', 'msgid "b"\nmsgstr ""')]
    )
    i18n.set_locale("fr")
    assert [i18n.gettext(word) for word in ("a", "b")] == ["a", "b"]


def test_placeholders_that_do_not_fit_never_break_a_page(tmp_path: Path) -> None:
    i18n.use_folders([catalogue(tmp_path / "x", "fr", 'msgid "{count} found"\nmsgstr "{compte} trouvés"')])
    i18n.set_locale("fr")
    assert i18n.gettext("{count} found", count=3) == "{compte} trouvés"


@pytest.mark.parametrize(("wanted", "chosen"), [(["fr-CA"], "fr"), (["xx", "ar"], "ar"), (["de"], "en"), ([], "en")])
def test_the_first_wanted_language_that_is_offered_is_chosen(wanted: list[str], chosen: str) -> None:
    assert i18n.choose(wanted, ("en", "fr", "ar"), "en") == chosen


def test_names_numbers_and_days_follow_the_language() -> None:
    i18n.set_locale("fr")
    assert i18n.territory_name("SI", None, "SVN") == "Slovénie"
    assert i18n.territory_name(None, {"en": "Mirava"}, "XMV") == "Mirava"
    assert i18n.territory_name("XX", None, "XXX") == "XXX"
    assert i18n.number(1234.5).replace("\u202f", " ") == "1 234,5"
    assert i18n.day(date(2024, 3, 1)) == "1 mars 2024"
    assert i18n.day(None) == ""
    assert i18n.direction("ar") == "rtl"
    assert i18n.direction("nonsense") == "ltr"
    assert i18n.language_name("ar", "ar") == "العربية"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The messages as they stand in the code now."""
    path = tmp_path_factory.mktemp("pot") / "messages.pot"
    flags = re.search(r"^EXTRACT = (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert flags
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        *flags[1].split(),
        "-o",
        str(path),
        "core/uptake",
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    return path


def ids(path: Path) -> set[str]:
    with path.open("rb") as handle:
        return {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in read_po(handle) if entry.id}


def test_the_shipped_template_holds_every_message_of_the_code(template: Path) -> None:
    assert ids(ROOT / "translations" / "messages.pot") == ids(template)


@pytest.mark.parametrize("code", COMPLETE)
def test_a_catalogue_is_complete_and_its_placeholders_fit(code: str, template: Path) -> None:
    path = ROOT / "translations" / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as handle:
        entries = read_po(handle, locale=code)
    wrong = []
    for entry in entries:
        if not entry.id:
            continue
        originals = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        forms = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        whole = bool(forms) and all(forms) and (isinstance(entry.id, str) or len(forms) == entries.num_plurals)
        needed = set(PLACEHOLDER.findall(originals[-1]))
        fit = all(needed - {"{count}"} <= set(PLACEHOLDER.findall(form)) <= needed for form in forms)
        blanks = all(form[:1].isspace() == originals[0][:1].isspace() for form in forms)
        if entry.fuzzy or not (whole and fit and blanks):
            wrong.append(originals[0])
    assert wrong == []
    assert ids(path) == ids(template)
