"""The grades of treaty bodies are there with their sources, for their own body alone."""

from __future__ import annotations

from flask import Flask
from uptake.services.progress import scales
from uptake_treaty_bodies.plugin import register_scales


def test_each_scale_is_one_body_s_own_and_says_where_it_stands() -> None:
    for scale in register_scales():
        assert scale.by == ("mechanism",)
        assert scale.mechanisms
        assert scale.source
        assert all(names["en"] for names in scale.grades.values())


def test_the_committee_grades_on_its_own_scale_first(app: Flask) -> None:
    codes = [one.code for one in scales.fitting("mechanism", "CCPR")]
    assert codes[0].startswith("ccpr-")
    assert "ced-2022" not in codes
    assert scales.grade_name("ccpr-2017", "A")
