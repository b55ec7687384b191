"""Languages: the reader's choice, names, numbers and days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from uptake import i18n

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def own_folders() -> Iterator[None]:
    before = i18n.layers()
    i18n.use_folders([ROOT / "translations"])
    yield
    i18n.use_folders(before.folders, before.site)
    i18n.set_locale("en")


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


@pytest.mark.parametrize(("code", "comma"), [("en", ", "), ("ar", "، "), ("zh", "，"), ("zh_Hant", "，"), ("ru", ", ")])
def test_parts_of_a_line_are_divided_in_the_script_of_the_language(code: str, comma: str) -> None:
    i18n.set_locale(code)
    assert i18n.comma() == comma


def test_a_moment_is_told_in_universal_time_whatever_zone_a_database_answers_in() -> None:
    i18n.set_locale("en")
    noon = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    there = noon.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert i18n.moment(there) == i18n.moment(noon) == i18n.moment(noon.replace(tzinfo=None))
