"""A cell may list several values, and a text end with States in brackets."""

from __future__ import annotations

import pytest
from uptake.files.cells import closing_brackets, split_cell


@pytest.mark.parametrize(
    ("text", "separator", "values"),
    [
        ("- Land & property rights\n- Health, food", "auto", ["Land & property rights", "Health, food"]),
        ("- Health, food", "dash", ["Health, food"]),
        ("Health, food", "dash", ["Health, food"]),
        ("Chad; Fiji", "auto", ["Chad", "Fiji"]),
        ("Chad|Fiji|Chad", "auto", ["Chad", "Fiji"]),
        ("Iran (Islamic Republic of, the), Fiji", "auto", ["Iran (Islamic Republic of, the)", "Fiji"]),
        ("Ecuador, Spain", "none", ["Ecuador, Spain"]),
        ("a // b", "//", ["a", "b"]),
        ("", "auto", []),
    ],
)
def test_cells_list_values(text: str, separator: str, values: list[str]) -> None:
    assert split_cell(text, separator) == values


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("140.7 Ratify it (Maldives) (Portugal);", ["Maldives", "Portugal"]),
        ("Ratify (art. 5) it now (Spain, Iran (Islamic Republic of)). );", ["Spain", "Iran (Islamic Republic of)"]),
        ("Ratify it", []),
    ],
)
def test_recommending_states_stand_in_the_closing_brackets(text: str, states: list[str]) -> None:
    assert closing_brackets(text) == states
