"""Whoever looks for one form of a word finds the others, in the language of the text; on both databases alike."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from uptake.search.words import stem_of

from tests.search.conftest import Find, Write

FORMS = [
    ("en", "woman", "women"), ("en", "child", "children"), ("en", "person", "people"), ("en", "people", "persons"),
    ("en", "indigenous peoples", "indigenous people"), ("en", "discriminate", "discrimination"),
    ("en", "detained", "detain"), ("en", "detained", "detains"), ("en", "detained", "detaining"),
    ("en", "detained", "detention"), ("en", "detention", "detainees"), ("en", "ratify", "ratification"),
    ("en", "accede", "accession"), ("en", "abolish", "abolition"), ("en", "criminalize", "criminalised"),
    ("en", "organisation", "organizations"), ("en", "programme", "programs"), ("en", "labor", "labour"),
    ("en", "crisis", "crises"), ("en", "criteria", "criterion"), ("en", "disability", "disabled"),
    ("en", "women's", "women"), ("en", "womens’", "womens"), ("en", "follow-up", "follow up"),
    ("en", "Türkiye", "Turkiye"), ("en", "Māori", "Maori"), ("en", "O'Brien", "O’Brien"), ("en", "O’Brien", "o ʼbrien"),
    ("fr", "femme", "femmes"), ("fr", "discriminer", "discriminée"), ("fr", "détenu", "détenus"), ("fr", "loi", "lois"),
    ("fr", "national", "nationaux"), ("fr", "égalité", "l'égalité"), ("fr", "d’accès", "accès"),
    ("fr", "egalite", "égalité"), ("fr", "jusqu’aujourd’hui", "aujourd’hui"), ("fr", "réfugié", "réfugiées"),
    ("fr", "œuvre", "oeuvres"),
    ("es", "mujer", "mujeres"), ("es", "niño", "ninas"), ("es", "discriminación", "discriminado"),
    ("es", "juzgar", "juzgados"),
    ("ru", "женщина", "женщинами"), ("ru", "российский", "российской"), ("ru", "ребёнка", "ребенка"),
    ("ru", "международный", "международных"),
    ("ar", "المرأة", "المراة"), ("ar", "المرأة", "مرأة"), ("ar", "نساء", "النِّساء"), ("ar", "نسا", "نساء"),
    ("ar", "أطفال", "الاطفال"),
    ("ar", "المـــرأة", "المرأة"), ("ar", "١٥", "15"), ("ar", "مسؤول", "مسوول"),
    ("ar", "إلى", "الي"),
    ("zh", "妇女", "保护妇女权利"), ("zh", "权利", "保护妇女权利"),
]  # fmt: skip


def test_every_form_finds_every_other(write: Write, find: Find) -> None:
    wrong = []
    for language, one, other in FORMS:
        ids = [write(**{language: f"xyz {one} xyz"}), write(**{language: f"xyz {other} xyz"})]
        wrong += [(language, word) for word in (one, other) if language != "zh" and not set(ids) <= find(word)]
        wrong += [(language, word) for word in (one,) if language == "zh" and not set(ids) <= find(word)]
    assert wrong == []


def test_different_words_stay_apart(write: Write, find: Find) -> None:
    access = write(en="Ensure access to justice.")
    accession = write(en="Consider accession to the Convention.")
    universal, university = write(en="A universal periodic review."), write(en="Open a university.")
    assert find("access") == {access}
    assert find("accession") == {accession}
    assert find("university") == {university}
    assert find("universal") == {universal}
    assert find("权女") == set()


def test_a_phrase_is_these_very_words(write: Write, find: Find) -> None:
    exact = write(en="Uphold the rule of law everywhere.")
    other = write(en="The law of rules; rules of laws; the rule, as of old, is law.")
    assert find('"rule of law"') == {exact}
    assert find("“Rule  of LAW”") == {exact}
    assert find("rule of law") == {exact, other}
    assert find('"rules"') == {other}


def test_a_phrase_crosses_neither_languages_nor_the_heading(write: Write, find: Find) -> None:
    id_ = write(heading="Rule", en="Of law and order", fr="Égalité")
    assert find('"of law"') == {id_}
    assert find('"rule of"') == set()
    assert find('"order egalite"') == set()
    assert find('"order rule"') == set()


def test_a_beginning_finds_what_begins_so(write: Write, find: Find) -> None:
    ids = {write(en="Democracy."), write(en="Democratic rule."), write(fr="La démocratie.")}
    write(en="Demography.")
    assert find("democra*") == ids
    assert find("DÉMOCRA*") == ids


def test_and_or_not_and_brackets(write: Write, find: Find) -> None:
    both, women, girls = write(en="women girls"), write(en="women"), write(en="girls")
    neither = write(en="boys")
    assert find("women girls") == find("women AND girls") == {both}
    assert find("women OR girls") == {both, women, girls}
    assert find("women -girls") == find("women NOT girls") == {women}
    assert find("NOT (women OR girls)") == find("-women -girls") == {neither}
    assert find('boys OR (women -"girls")') == {neither, women}
    assert find("") == find("women OR NOT women") == {both, women, girls, neither}
    assert find("xyzzy") == set()


def test_threads_that_stem_at_once_do_not_disturb_each_other() -> None:
    said = [
        f"{word}{ending}"
        for word in ("كتاب", "مدرس", "قانون", "حقوق", "تعذيب")
        for ending in ("", "ون", "ات", "ها", "هم")
    ] * 8
    alone = [stem_of("ar")(word) for word in said]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    for _ in range(20):
        stem_of.cache_clear()
        shared = stem_of("ar")
        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(shared, said)) == alone
    sys.setswitchinterval(before)
