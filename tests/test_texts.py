"""Official texts are cleaned and cut without losing a word, and labels fold to one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uptake.texts import clean, cut, fold, normalise_number, order_key, slugify, unprintable


@pytest.mark.parametrize(
    ("raw", "heading", "number", "text"),
    [
        ("132.90 Ratify the Convention (France);", None, "132.90", "Ratify the Convention (France)"),
        ("132-90 Ratify", None, "132.90", "Ratify"),
        ("132. 90. Ratify", None, "132.90", "Ratify"),
        ("١٣٢-٩٠ التصديق على الاتفاقية", None, "132.90", "التصديق على الاتفاقية"),
        ("24.The Committee recommends", None, "24", "The Committee recommends"),
        ("Right to education24.The Committee recommends", "Right to education", "24", "The Committee recommends"),
        ("Violence against women 24. The State party", "Violence against women", "24", "The State party"),
        ("Data collectionThe Committee recommends", "Data collection", None, "The Committee recommends"),
        ("12 months after its adoption, publish", None, None, "12 months after its adoption, publish"),
        ("2030 Agenda: adopt it", None, None, "2030 Agenda: adopt it"),
        ("In line with article 12. The State", None, None, "In line with article 12. The State"),
        ("Ratify ;", None, None, "Ratify"),
        (";", None, None, ";"),
    ],
)  # fmt: skip
def test_heading_number_and_text_are_cut_apart(raw: str, heading: str | None, number: str | None, text: str) -> None:
    found = cut(raw)
    assert (found.heading, found.number, found.text) == (heading, number, text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>the State&rsquo;s&nbsp;duty</p>", "the State’s duty"),
        ("one<br/>two<li>three", "one two three"),
        ("a\u00a0b\u200bc\u00add", "a bcd"),
        ("more than 3 < 5 & 7 > 2", "more than 3 < 5 & 7 > 2"),
        ("  two  blanks \r\n and a line ", "two blanks and a line"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("Chad%u2019s debt", "Chad’s debt"),
        ("a half pair %ud83d and 100%until", "a half pair %ud83d and 100%until"),
    ],
)
def test_a_text_is_cleaned_of_tags_entities_and_invisible_characters(raw: str, text: str) -> None:
    assert clean(raw) == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=200))
def test_cutting_any_text_loses_no_letter(raw: str) -> None:
    found = cut(raw)
    kept = f"{found.heading or ''}{found.number or ''}{found.text}"
    assert [char for char in clean(raw) if char.isalpha()] == [char for char in kept if char.isalpha()]


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing_more(label: str) -> None:
    assert fold(fold(label)) == fold(label)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Türkiye", "TURKIYE"), ("Côte d'Ivoire", "cote d’ivoire"), ("- CRC", "crc"), ("Timor-Leste", "Timor Leste"),
        ("State of Palestine*", "State of Palestine"), ("  Lao   PDR ", "lao pdr"),
    ],
)  # fmt: skip
def test_labels_that_differ_in_case_accents_and_marks_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_numbers_are_normalised_whatever_the_digits_and_dashes() -> None:
    assert {normalise_number(text) for text in ("132.90", "132-90", "132–90", "132. 90", "١٣٢-٩٠", "۱۳۲.۹۰")} == {
        "132.90"
    }


def test_paragraphs_sort_as_people_count() -> None:
    assert sorted(["118.21", "10", "118.9", "2", "16 a", None], key=order_key) == [
        "2",
        "10",
        "16 a",
        "118.9",
        "118.21",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "found"), [("a\x00b", "U+0000"), ("a\ud800", "U+D800"), ("a\uffff", "U+FFFF"), ("a\n\tb", None)]
)
def test_a_character_that_no_document_can_hold_is_named(text: str, found: str | None) -> None:
    assert unprintable(text) == found


def test_slugs_are_short_whole_words() -> None:
    assert slugify("Right to health & well-being!") == "right-to-health-well-being"
    assert slugify("a" * 80) == "a" * 50
    assert slugify("one " * 40).endswith("one")
    assert slugify("***") == "x"
