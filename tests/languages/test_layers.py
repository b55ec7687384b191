"""Layers: core, plugins, packs and the site's own folder, merged message by message."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from uptake import i18n
from uptake.languages.layers import Layers, chain

Catalogue = Callable[..., Path]
ARABIC = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
DAYS = 'msgid "{count} day"\nmsgid_plural "{count} days"\n'
SIX = DAYS + "\n".join(f'msgstr[{n}] "form{n}"' for n in range(6))


def said(code: str, *messages: str) -> list[str]:
    i18n.set_locale(code)
    return [i18n.gettext(message) for message in messages]


def counted(code: str, *counts: int) -> list[str]:
    i18n.set_locale(code)
    return [i18n.ngettext("{count} day", "{count} days", count) for count in counts]


def test_a_later_layer_overrides_message_by_message_and_the_sites_own_is_the_uppermost(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    low = catalogue(tmp_path / "low", "fr", *(f'msgid "{key}"\nmsgstr "{key} bas"' for key in "abc"))
    high = catalogue(tmp_path / "high", "fr", *(f'msgid "{key}"\nmsgstr "{key} haut"' for key in "bc"))
    site = catalogue(tmp_path / "site", "fr", 'msgid "c"\nmsgstr "c du site"')
    i18n.use_folders([low, high], site)
    assert said("fr", "a", "b", "c", "d") == ["a bas", "b haut", "c du site", "d"]


def test_arabic_keeps_its_six_forms_when_the_last_layer_lacks_the_language(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    i18n.use_folders([catalogue(tmp_path / "low", "ar", SIX, rule=ARABIC), catalogue(tmp_path / "high", "fr")])
    assert counted("ar", 0, 1, 2, 3, 11, 100) == [f"form{n}" for n in range(6)]


def test_a_layer_with_another_rule_or_none_does_not_spoil_the_others(tmp_path: Path, catalogue: Catalogue) -> None:
    low = catalogue(tmp_path / "low", "ar", SIX, rule=ARABIC)
    high = catalogue(tmp_path / "high", "ar", 'msgid "a"\nmsgstr "ا"', rule="nplurals=2; plural=n != 1;")
    i18n.use_folders([low, high], catalogue(tmp_path / "site", "ar", SIX.replace("form", "own"), rule=""))
    assert counted("ar", 1, 2) == ["own0", "own1"]
    i18n.use_folders([low, high])
    assert counted("ar", 0, 3, 100) == ["form0", "form3", "form5"]


def test_a_regional_language_falls_back_to_its_base_and_then_to_english(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = catalogue(tmp_path, "pt_BR", 'msgid "a"\nmsgstr "BR"')
    catalogue(folder, "pt", 'msgid "a"\nmsgstr "PT"', 'msgid "b"\nmsgstr "pt"')
    i18n.use_folders([folder], catalogue(tmp_path / "site", "en", 'msgid "c"\nmsgstr "the site’s own word"'))
    assert said("pt_BR", "a", "b", "c", "d") == ["BR", "pt", "the site’s own word", "d"]
    assert chain("pt_BR") == ["pt_BR", "pt", "en"]


def test_an_untranslated_fuzzy_or_half_translated_message_shows_in_english(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    half = DAYS + 'msgstr[0] "jour"\nmsgstr[1] ""'
    unsure, empty = '#, fuzzy\nmsgid "a"\nmsgstr "peut-être"', 'msgid "b"\nmsgstr ""'
    i18n.use_folders([catalogue(tmp_path, "fr", unsure, empty, half)])
    assert said("fr", "a", "b") == ["a", "b"]
    assert counted("fr", 1, 2) == ["1 day", "2 days"]


def test_placeholders_that_do_not_fit_never_break_a_page(tmp_path: Path, catalogue: Catalogue) -> None:
    i18n.use_folders([catalogue(tmp_path, "fr", 'msgid "{count} found"\nmsgstr "{compte} trouvés"')])
    i18n.set_locale("fr")
    assert i18n.gettext("{count} found", count=3) == "{compte} trouvés"


def test_a_language_that_cldr_does_not_know_works(tmp_path: Path, catalogue: Catalogue) -> None:
    pack = catalogue(
        tmp_path, "sm", 'msgid "State"\nmsgstr "Malo"', DAYS + 'msgstr[0] "aso e {count}"\nmsgstr[1] "{count} aso"'
    )
    i18n.use_folders([pack], names={"sm": "Gagana Sāmoa"})
    assert said("sm", "State") == ["Malo"]
    assert counted("sm", 1, 2) == ["aso e 1", "2 aso"]
    assert i18n.language_name("sm", "sm") == "Gagana Sāmoa"
    assert i18n.language_name("sm", "en") == "Samoan"
    assert i18n.number(1234.5) == "1,234.5"
    assert i18n.territory_name("WS", None, "WSM") == "Samoa"
    assert i18n.direction("sm") == "ltr"
    assert i18n.direction("dv") == "rtl"


def test_a_damaged_file_never_stops_a_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(b'\xff\xfe\x00msgid "a"\nmsgstr "b"\n<<<<<<< HEAD\nmsgid "c"\nmsgstr "d"\n')
    i18n.use_folders([tmp_path])
    assert said("fr", "c") == ["d"]
    assert "messages.po, line 3" in caplog.text


def test_a_change_of_the_sites_own_layer_shows_at_once_in_its_language_and_in_those_that_fall_back_to_it(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    site = tmp_path / "site"
    i18n.use_folders([catalogue(tmp_path / "pack", "pt", 'msgid "a"\nmsgstr "pack"')], site)
    assert said("pt_BR", "a") == ["pack"]
    for words in ("first", "other"):
        catalogue(tmp_path / "new", "pt", f'msgid "a"\nmsgstr "{words}"')
        (site / "pt" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
        os.replace(tmp_path / "new" / "pt" / "LC_MESSAGES" / "messages.po", site / "pt" / "LC_MESSAGES" / "messages.po")
        assert said("pt", "a") == said("pt_BR", "a") == [words]
    (site / "pt" / "LC_MESSAGES" / "messages.po").unlink()
    assert said("pt_BR", "a") == ["pack"]


def test_the_languages_of_the_layers_are_those_that_a_site_may_offer(tmp_path: Path, catalogue: Catalogue) -> None:
    catalogue(tmp_path / "pack", "pt")
    (tmp_path / "pack" / "..odd" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "pack" / "..odd" / "LC_MESSAGES" / "messages.po").write_text("")
    i18n.use_folders([tmp_path / "pack"], catalogue(tmp_path / "site", "sm"))
    assert i18n.layers().languages() == {"en", "pt", "sm"}
    spoken = [code for code in ("en", "pt", "pt_BR", "sm", "fr", "en_XA", "ar_XB") if i18n.can_speak(code)]
    assert spoken == ["en", "pt", "pt_BR", "sm", "en_XA", "ar_XB"]


def test_one_folder_that_two_name_counts_once(tmp_path: Path) -> None:
    assert Layers([tmp_path, tmp_path / "x", tmp_path]).folders == [tmp_path, tmp_path / "x"]


def test_the_pseudo_locale_marks_what_the_templates_hold_and_nothing_else(tmp_path: Path) -> None:
    template = 'msgid "{count} <b>day</b>"\nmsgid_plural "{count} days"\nmsgstr[0] ""\nmsgstr[1] ""\n\nmsgid "Home"\nmsgstr ""\n'
    (tmp_path / "messages.pot").write_text(template, encoding="utf-8")
    i18n.use_folders([tmp_path])
    assert said("en_XA", "Home", "Not extracted") == ["⟦Ĥóḿé~⟧", "Not extracted"]
    assert i18n.ngettext("{count} <b>day</b>", "{count} days", 1) == "⟦1 <b>ďáý</b>~⟧"
    assert i18n.ngettext("{count} <b>day</b>", "{count} days", 2) == "⟦2 ďáýś~⟧"
    assert (i18n.direction("en_XA"), i18n.direction("ar_XB")) == ("ltr", "rtl")
