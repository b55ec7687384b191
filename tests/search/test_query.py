"""The query language: every text is read, and what was read, written out and read again, is the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uptake.search.query import LONGEST, TOO_LONG, All, Any_, Field, Node, Not, Phrase, Word, read

PIECES = st.sampled_from(
    ["AND", "OR", "NOT", "(", ")", '"', "“", "«", "-", "--", "*", ":", "&", "|", "state:", "foo:", "year:2015..2017",
     "a", "women*", "wo*men", "#foo:bar", ".AND.", "O'Brien", "l’égalité", "CRC/C/PER/CO/6-7", "妇女", "ء",
     "state:\"x y\"", "theme:(a)", "-state:SVN", "\x00", "\ud800", "\\", "_", " ", "   ", "\t", "：", "（", "NEAR", "^",
     "{a}", "stems :"]
)  # fmt: skip
LISTS = st.lists(PIECES, max_size=40)
TEXTS = st.one_of(st.text(max_size=200), LISTS.map(" ".join), LISTS.map("".join))


def node(text: str) -> Node | None:
    reading = read(text)
    assert reading.problems == []
    return reading.node


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("women girls", All((Word("women"), Word("girls")))),
        ("women AND girls", All((Word("women"), Word("girls")))),
        ("women & girls", All((Word("women"), Word("girls")))),
        ("women OR girls NOT boys", Any_((Word("women"), All((Word("girls"), Not(Word("boys"))))))),
        ("(women OR girls) NOT boys", All((Any_((Word("women"), Word("girls"))), Not(Word("boys"))))),
        ("women -girls", All((Word("women"), Not(Word("girls"))))),
        ('women -"rule of law"', All((Word("women"), Not(Phrase("rule of law"))))),
        ("-(a b)", Not(All((Word("a"), Word("b"))))),
        ("-state:SVN", Not(Field("state", "SVN"))),
        ("NOT NOT women", Word("women")),
        ("follow-up", Word("follow-up")),
        ('"rule of law"', Phrase("rule of law")),
        ("« état  de droit »", Phrase("état de droit")),
        ("democra*", Word("democra", prefix=True)),
        ("CRC/C/PER/CO/6-7", Word("CRC/C/PER/CO/6-7")),
        ("State:SVN", Field("state", "SVN")),
        ('theme : "right to health"', Field("theme", "right to health")),
        ("state:“Iran (Islamic Republic of)”", Field("state", "Iran (Islamic Republic of)")),
        ("symbol:A/HRC/5*", Field("symbol", "A/HRC/5*")),
        ("year:2015..2017", Field("year", "2015..2017")),
        ("（妇女　OR　儿童）", Any_((Word("妇女"), Word("儿童")))),
        ("women, girls.", All((Word("women"), Word("girls")))),
        ("", None),
        ("  –  ", None),
    ],
)
def test_what_is_written_well_is_read_so(text: str, tree: Node | None) -> None:
    assert node(text) == tree


@pytest.mark.parametrize(
    ("text", "problem", "nearest"),
    [
        ("(women OR girls", "A bracket is not closed.", "women OR girls"),
        ("women) girls", "A closing bracket has no opening one.", "women girls"),
        ('"rule of law', "A quotation mark is not closed.", '"rule of law"'),
        ('state:"Viet Nam', "A quotation mark is not closed.", 'state:"Viet Nam"'),
        ("women AND", "AND needs something on both sides.", "women"),
        ("OR women", "OR needs something on both sides.", "women"),
        ("women NOT", "NOT needs something behind it.", "women"),
        ("women () girls", "A pair of brackets is empty.", "women girls"),
        ("* women", "An asterisk needs the beginning of a word before it.", "women"),
        ("wo*men", "An asterisk can only stand at the end of a word.", "women"),
        ("state: OR theme:", "The field {field} has no value.", ""),
        ("theme:(health)", "The field {field} has no value.", "health"),
        ("colour:red", "There is no field {field}; the fields are {fields}.", "colour red"),
        ("colour:state:SVN", "There is no field {field}; the fields are {fields}.", "colour state:SVN"),
        ("(" * 11 + "women" + ")" * 11, "The brackets are nested too deeply.", "women"),
    ],
)
def test_what_is_wrong_is_told_with_the_nearest_reading(text: str, problem: str, nearest: str) -> None:
    reading = read(text)
    assert problem in [message for message, _ in reading.problems]
    assert str(reading) == nearest


def test_a_long_query_is_cut_and_says_so() -> None:
    reading = read("women " * 1000)
    assert reading.problems == [(TOO_LONG, {"limit": str(LONGEST)})]


@given(TEXTS)
@example("a (b OR c (d OR e (f OR g (h OR i)))) ) OR (j")
@example("-a " * 400)
@example("(a OR b) " * 110)
@example('state:":')
@settings(max_examples=1500, deadline=None)
def test_every_text_is_read_and_its_reading_is_stable(text: str) -> None:
    reading = read(text)
    again = read(str(reading))
    assert again.node == reading.node
    assert again.problems == []
