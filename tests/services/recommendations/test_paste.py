"""A list pasted from a report: numbers and States are recognised, furniture goes, and no word is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from uptake.db import session
from uptake.errors import Refused
from uptake.services.recommendations.paste import MOST, read, read_for, split_states
from uptake.texts import normalise_number

STATES = {
    "slovenia": "SVN", "côte d'ivoire": "CIV", "peru": "PER", "bosnia and herzegovina": "BIH", "chad": "TCD",
    "united kingdom of great britain and northern ireland": "GBR", "iran (islamic republic of)": "IRN", "سلوفينيا": "SVN",
}  # fmt: skip


def state(label: str) -> str | None:
    return STATES.get(label.strip().casefold().replace("’", "'"))


def rows(text: str) -> list[tuple[str, str, list[str]]]:
    return [(row.number, row.text, row.recommenders) for row in read(text, state).rows]


def test_numbers_lines_and_states() -> None:
    assert rows(
        "6.1 Ratify the Optional Protocol to the Convention against\nTorture (Slovenia, Côte d’Ivoire);\n"
        "6.2. Abolish the death penalty (Bosnia and Herzegovina and Peru);\n"
        "132.90 Keep on (Iran (Islamic Republic of)) (Chad)."
    ) == [
        ("6.1", "Ratify the Optional Protocol to the Convention against Torture", ["SVN", "CIV"]),
        ("6.2", "Abolish the death penalty", ["BIH", "PER"]),
        ("132.90", "Keep on", ["IRN", "TCD"]),
    ]


def test_letters_hang_on_their_paragraph_and_bullets_stand_alone() -> None:
    assert rows("41. The Committee recommends:\n(a) Train judges;\n(b) Adopt a law;\n• Fund it") == [
        ("41", "The Committee recommends:", []), ("41(a)", "Train judges", []), ("41(b)", "Adopt a law", []), ("", "Fund it", []),
    ]  # fmt: skip


def test_arabic_digits_and_names() -> None:
    assert rows("١٣٢-٩٠ التصديق على البروتوكول (سلوفينيا)؛")[0][0] == "132.90"
    assert split_states("التصديق (سلوفينيا)", state) == ("التصديق", ["SVN"], [])


def test_page_furniture_is_dropped_and_shown() -> None:
    found = read("A/HRC/50/7\n6.1 Ratify the\n12 GE.22-12345\nA/HRC/50/7\nProtocol (Peru)\nPage 3 of 20\n", state)
    assert [row.text for row in found.rows] == ["Ratify the Protocol"]
    assert found.dropped == ["A/HRC/50/7", "12 GE.22-12345", "A/HRC/50/7", "Page 3 of 20"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Adopt it (see article 5)", ("Adopt it (see article 5)", [], [])),
        ("Adopt it (Peru, Atlantis)", ("Adopt it", ["PER"], ["Atlantis"])),
        ("Adopt it (the law), now", ("Adopt it (the law), now", [], [])),
        ("(Peru)", ("(Peru)", [], [])),
        ("Work (in Peru) on (Chad)", ("Work (in Peru) on", ["TCD"], [])),
        ("", ("", [], [])), (")))(((", (")))(((", [], [])),
    ],
)  # fmt: skip
def test_brackets(text: str, expected: Any) -> None:
    assert split_states(text, state) == expected


def test_years_and_amounts_begin_no_item() -> None:
    assert rows("6.1 Report by\n2030 on\n15 per cent of cases (Peru)") == [
        ("6.1", "Report by 2030 on 15 per cent of cases", ["PER"])
    ]


def words(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


WORDS = ["Ratify", "train", "judges", "the", "law", "in", "full", "without", "delay", "of", "2030", "courts"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=3, max_size=12).map(" ".join)
ITEMS = st.lists(
    st.tuples(TEXTS, st.lists(st.sampled_from(["Slovenia", "Peru", "Chad"]), unique=True, max_size=3)),
    min_size=1,
    max_size=8,
)


@given(items=ITEMS, chapter=st.integers(1, 199))
def test_what_was_written_is_read(items: list[tuple[str, list[str]]], chapter: int) -> None:
    lines = [_line(chapter, number, text, states) for number, (text, states) in enumerate(items, 1)]
    expected = [
        (f"{chapter}.{number}", text, [STATES[name.casefold()] for name in states])
        for number, (text, states) in enumerate(items, 1)
    ]
    assert rows("\n".join(lines)) == expected


def _line(chapter: int, number: int, text: str, states: list[str]) -> str:
    behind = f" ({', '.join(states)})" if states else ""
    return f"{chapter}.{number} {text}{behind};"


@settings(max_examples=200)
@given(text=st.text(alphabet=st.sampled_from("ab 12.()\n;•-–,é\tع٣"), max_size=120))
def test_no_word_is_lost_whatever_is_pasted(text: str) -> None:
    found = read(text, state)
    headings = dict.fromkeys(row.heading for row in found.rows)
    kept = "".join(row.number + row.text for row in found.rows) + "".join(headings) + "".join(found.dropped)
    letters = [char for char in words(text) if char.isalpha()]
    assert len([char for char in words(kept) if char.isalpha()]) >= len(letters) - _unused_headings(text, found)


def _unused_headings(text: str, found: Any) -> int:
    """Headings with nothing under them belong to no row."""
    lines = [line.strip() for line in text.split("\n")]
    inside = "".join(row.number + row.text + row.heading for row in found.rows) + "".join(found.dropped)
    return sum(len(words(line)) for line in lines if line and words(line) not in words(inside))


@given(st.text(max_size=300))
def test_nothing_breaks_it(text: str) -> None:
    for row in read(text, state).rows:
        assert row.text is not None
        assert normalise_number(row.number) == row.number or "(" in row.number


def test_a_long_list_is_cut_and_that_is_said() -> None:
    found = read("\n".join(f"{1 + n // 100}.{n % 100 + 1} Do it well" for n in range(MOST + 5)), state)
    assert found.cut
    assert len(found.rows) == MOST


def test_the_registers_own_states_and_only_for_coordinators(app: Flask, person_with: Any) -> None:
    text = "6.1 Ratify it (Slovenia, Côte d'Ivoire, Netherlands (Kingdom of the), Türkiye, Atlantis)"
    row = read_for(session(), text, person=person_with("coordinator")).rows[0]
    assert row.recommenders[:2] == ["SVN", "CIV"]
    assert {"NLD", "TUR"} <= set(row.recommenders)
    assert row.unknown == ["Atlantis"]
    with pytest.raises(Refused):
        read_for(session(), text, person=person_with("observer"))
