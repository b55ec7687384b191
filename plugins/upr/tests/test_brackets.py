from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uptake_upr.brackets import last_bracket, wordings
from uptake_upr.states import find_state, read_states

PIECES = st.sampled_from(
    [
        "(",
        ")",
        ";",
        " ",
        "/",
        "Peru",
        "(Peru)",
        "(Chad)",
        "(Iran (Islamic Republic of))",
        "Act",
        " and ",
        ",",
        "\n",
        "(No. 29)",
    ]
)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("1.1 Sign it (Peru);", ("Peru",)),
        ("1.2 Sign it (Peru) (Chad) (Cabo Verde).", ("Peru", "Chad", "Cabo Verde")),
        ("1.3 Sign it (Peru); (Chad); (Niger); ", ("Peru", "Chad", "Niger")),
        ("1.4 Sign it (Spain, Tunisia, Portugal);", ("Spain", "Tunisia", "Portugal")),
        ("1.5 Sign it (Iran (Islamic Republic of));", ("Iran (Islamic Republic of)",)),
        ("1.6 Sign it (Bolivarian Republic of Venezuela);", ("Bolivarian Republic of Venezuela",)),
        (
            "1.7 Sign it (Peru, Venezuela (Bolivarian Republic of),Chad);",
            ("Peru", "Venezuela (Bolivarian Republic of)", "Chad"),
        ),
        ("1.8 Apply the Convention of 1930 (No. 29) (Trinidad and Tobago)", ("Trinidad and Tobago",)),
        ("1.9 Ratify the treaty (ICRMW);", ()),
        ("1.10 Help the people of Kirkuk (Iraq) and of Mosul (Spain);", ("Spain",)),
        ("1.11 Close the bracket (of this (Niger);", ("Niger",)),
        ("1.12 Do a) this and b) that (Niger);", ("Niger",)),
    ],
)
def test_states_are_read_from_the_brackets_at_the_end(text: str, states: tuple[str, ...]) -> None:
    assert [part.states for part in wordings(text)] == [states]


def test_two_wordings_under_one_number_are_cut_apart() -> None:
    first, second = wordings("7.1 Complete it (Ukraine); Increase the effort (Slovakia) ;")
    assert (first.text, first.states) == ("7.1 Complete it ", ("Ukraine",))
    assert (second.text, second.states) == ("Increase the effort ", ("Slovakia",))


def test_slash_merged_wordings_stay_whole_with_all_their_states() -> None:
    (part,) = wordings("joining (Algeria)/signing it (Egypt)/doing both (Peru);")
    assert part.states == ("Algeria", "Egypt", "Peru")


def test_what_follows_the_last_states_is_a_wording_without_states() -> None:
    assert [part.states for part in wordings("Do this (Peru); do that")] == [("Peru",), ()]


@pytest.mark.parametrize(
    ("label", "state"),
    [
        ("Sierra Le one", "Sierra Leone"),
        ("Bolivia (Plurinational S tate of)", "Bolivia (Plurinational State of)"),
        ("the Netherlands", "Netherlands"),
        ("Côte d’Ivoire", "Côte d’Ivoire"),
        ("Namibia", "Namibia"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_state_is_known_by_any_of_its_names(label: str, state: str | None) -> None:
    assert find_state(label) == state


def test_a_list_with_a_part_that_is_no_state_is_no_list() -> None:
    assert read_states("Peru, Iran, Islamic Republic of and Chad") == ("Peru", "Iran, Islamic Republic of", "Chad")
    assert read_states("Peru, article 5") == ()


def test_the_last_bracket_is_told_where_the_text_ends_with_one() -> None:
    assert last_bracket("Do it (Atlantis (Kingdom of)) ;") == "Atlantis (Kingdom of)"
    assert last_bracket("Do it (Atlantis) soon") is None


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_nothing_is_lost_and_nothing_raises(text: str) -> None:
    parts = wordings(text)
    assert "".join(part.text + part.tail for part in parts) == text
    assert all(find_state(state) for part in parts for state in part.states)


@pytest.mark.parametrize(
    "text", ["(" * 50_000, "(Peru)" * 5_000, "(Peru)" + " " * 200_000 + "x (Chad)", "(Peru); x" * 5_000]
)
def test_strange_texts_take_no_long_time(text: str) -> None:
    start = time.perf_counter()
    wordings(text)
    assert time.perf_counter() - start < 2
