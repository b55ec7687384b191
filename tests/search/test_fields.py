"""A fact is asked by its code or by its name in any language, in the text and as a filter."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from uptake.search.engine import Engine, Query

from tests.search.conftest import Find, Write

ASKED = [
    ("state", ["SVN", "svn", "Slovenia", "Slovénie", "Eslovenia", "سلوفينيا", "Словения", "斯洛文尼亚", "slovenie"]),
    ("mechanism", ["CRC", "crc", "Committee on the Rights of the Child", "Comité des droits de l'enfant",
                   "comite des droits de l’enfant", "لجنة حقوق الطفل", "treaty-body", "Treaty bodies"]),
    ("body", ["CRC", "Committee on the Rights of the Child"]),
    ("family", ["treaty-body", "treaty bodies"]),
    ("symbol", ["CRC/C/SVN/CO/6-7", "crc/c/svn/co/6-7", "CRC/C/SVN*"]),
    ("paragraph", ["12.3", "12-3", "١٢-٣", "12–3"]),
    ("year", ["2016", "2015-2017", "2015..2017", "2015–2017", "..2017", "-2017", "٢٠١٦"]),
    ("theme", ["right-to-health", "Right to health", "droit à la santé", "health", "santé"]),
    ("group", ["women-girls", "Women & girls", "femmes et filles", "girl", "النساء والفتيات"]),
    ("sdg", ["16", "16.2", "violence against children"]),
    ("position", ["supported_in_part", "supported in part", "partially accepted"]),
    ("kind", ["concern", "Concern", "concern or observation"]),
    ("language", ["fr", "French", "français", "Francés", "الفرنسية", "法语"]),
    ("recommender", ["FRA", "France", "francia", "法国"]),
    ("cycle", ["3"]),
    ("source", ["table"]),
]  # fmt: skip


@pytest.fixture
def pair(write: Write) -> tuple[int, int]:
    """One that has all the facts, and one that has others."""
    one = write(
        en="Care for all.", fr="Prendre soin.", state="SVN", mechanism="CRC", symbol="CRC/C/SVN/CO/6-7",
        paragraph="12.3", day="2016-02-29", kind="concern", position="supported_in_part", cycle=3,
        recommenders=("FRA",), terms=("right-to-health", "women-girls", "16.2"),
    )  # fmt: skip
    other = write(
        en="Something else.", state="SVK", mechanism="UPR", symbol="A/HRC/58/1", paragraph="12.30", day="2018-01-01",
        position="noted", cycle=4, recommenders=("ITA",), terms=("right-to-education", "children", "4.1"),
    )  # fmt: skip
    return one, other


@pytest.mark.usefixtures("app")
def test_every_field_by_code_and_by_name(pair: tuple[int, int], find: Find) -> None:
    for name, values in ASKED:
        for value in values:
            wanted = set(pair) if name == "source" else {pair[0]}
            assert find(f'{name}:"{value}"') == wanted, f"{name}:{value}"
            assert find(**{name: value}) == wanted, f"{name}={value}"
        assert find(f"{name}:zzz") == set()


def test_none_is_a_value(pair: tuple[int, int], write: Write, find: Find) -> None:
    bare = write(en="Nothing is known.")
    for name in ("state", "mechanism", "symbol", "year", "theme", "group", "sdg", "position", "recommender"):
        assert find(f"{name}:none") == find(**{name: "none"}) == {bare}, name
    assert find("-state:none") == set(pair)


def test_an_open_range_of_years(pair: tuple[int, int], find: Find) -> None:
    assert find("year:2016-") == find("year:2016..") == set(pair)
    assert find("year:2017-") == {pair[1]}
    assert find("year:2018-2016") == find("year:zzz") == set()


def test_a_goal_includes_its_targets_and_a_theme_its_links(pair: tuple[int, int], write: Write, find: Find) -> None:
    linked = write(en="Linked.", terms=("upr-info-issues.right-to-health",))
    assert find("sdg:16") == {pair[0]}
    assert find("sdg:4") == {pair[1]}
    assert find('theme:"right to health"') == {pair[0], linked}


def test_words_find_what_is_only_tagged_so(pair: tuple[int, int], write: Write, find: Find) -> None:
    tagged = write(en="Repeal the law.", terms=("lgbti-persons",))
    assert find("LGBTQ") == find("lgbt*") == {tagged}
    assert find("Slovénie") == {pair[0]}
    assert find("girls") == {pair[0]}
    assert find('"right to health"') == {pair[0]}


def test_a_word_finds_a_mechanism_by_its_code_a_phrase_by_its_name(pair: tuple[int, int], find: Find) -> None:
    assert find("CRC") == {pair[0]}
    assert find("UPR") == {pair[1]}
    assert find('"Rights of the Child"') == {pair[0]}
    assert find("committee") == set()


def test_symbols_and_paragraphs_typed_as_words(pair: tuple[int, int], write: Write, find: Find) -> None:
    below = write(en="Below.", symbol="A/HRC/5/3/Add.1")
    assert find("CRC/C/SVN/CO/6-7") == find('"CRC/C/SVN/CO/6-7"') == find("crc/c/svn") == {pair[0]}
    assert find("A/HRC/5") == find("A/HRC/5/3") == {below}
    assert find("A/HRC/5*") == {below, pair[1]}
    assert find("CRC/C/SVN/CO/6-7 12.3") == {pair[0]}
    assert find("12.3") == find("١٢-٣") == {pair[0]}


def test_several_values_widen_and_without_excludes(pair: tuple[int, int], session: Session, app: Flask) -> None:
    engine = Engine(session)
    both = Query(filters={"state": ("SVN", "Slovaquie")})
    assert set(engine.answer(both).ids) == set(pair)
    assert set(engine.answer(Query(without={"state": ("slovaquie",)})).ids) == {pair[0]}
