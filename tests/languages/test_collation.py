"""Lists are sorted as each language sorts them: by ICU where it is installed, else by our own keys."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from babel import Locale
from uptake import i18n
from uptake.languages import collation
from uptake.languages.noting import Notes

ORDERS = {
    "en": ["Côte d’Ivoire", "Croatia", "cuba", "Östersund", "Oz"],
    "es": ["Nepal", "nube", "Ñandú", "Omán", "Perú"],
    "fr": ["Éclair", "école", "Zoé"],
    "ar": ["أفغانستان", "إيران", "بلجيكا", "تركيا", "مصر"],
    "ru": ["Индия", "Йемен", "Кения"],
    "zh": ["阿富汗", "巴西", "中国"],
}


@pytest.fixture(params=["icu", "own"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Both ways to sort."""
    if request.param == "icu":
        pytest.importorskip("icu", reason="PyICU (the extra “icu”) is not installed: ICU's own order is not looked at")
    else:
        monkeypatch.setattr(collation, "icu", None)
    collation.key_function.cache_clear()
    yield request.param
    collation.key_function.cache_clear()


@pytest.mark.parametrize("code", ORDERS)
def test_names_stand_in_the_order_of_their_language(way: str, code: str) -> None:
    i18n.set_locale(code)
    assert sorted(set(ORDERS[code]), key=i18n.sort_key) == ORDERS[code]


def test_a_language_that_nobody_knows_is_sorted_too(way: str) -> None:
    i18n.set_locale("sm")
    assert sorted(["Uiti", "Tonga", "ana"], key=i18n.sort_key) == ["ana", "Tonga", "Uiti"]


def test_marks_of_a_translator_change_no_order(way: str) -> None:
    notes = Notes()
    words = [notes.note(f"m{n}", word) for n, word in enumerate(["c", "a", "b"])]
    assert [word.strip("\ue000\ue001\ue002")[-1] for word in sorted(words, key=i18n.sort_key)] == ["a", "b", "c"]


@pytest.mark.parametrize("code", ["zh", "ar", "es", "fr", "ru", "pt"])
def test_our_own_order_of_states_is_nearly_that_of_icu(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    icu = pytest.importorskip(
        "icu", reason="PyICU (the extra “icu”) is not installed: there is nothing to compare with"
    )
    monkeypatch.setattr(collation, "icu", None)
    collation.key_function.cache_clear()
    names = [name for iso2, name in Locale(code).territories.items() if len(iso2) == 2]
    theirs = icu.Collator.createInstance(icu.Locale(code)).getSortKey
    ours = sorted(names, key=collation.key_function(code))
    collation.key_function.cache_clear()
    wrong = [(one, other) for one, other in pairwise(ours) if theirs(one) > theirs(other)]
    assert len(wrong) < 12, wrong
