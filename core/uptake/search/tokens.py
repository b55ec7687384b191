"""Cuts a query into operators, brackets, words, phrases and fields; tells what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum

from uptake.i18n import N_
from uptake.search.nodes import Field, Phrase, Word
from uptake.search.words import words

FIELDS = ("state", "mechanism", "body", "symbol", "paragraph", "year", "theme", "group", "sdg", "position", "kind",
          "language", "recommender", "cycle", "family", "source", "status", "institution", "grade")  # fmt: skip


class Sign(Enum):
    """What stands between the things looked for."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    SHUT = ")"


Token = Sign | Word | Phrase | Field
Problem = Callable[..., None]
_TOKEN = re.compile(
    r"""\s*(?:(?P<minus>(?<![^\s(])-+(?=[\w"(]))"""
    r"""|(?P<field>[A-Za-z]+)\s?:(?:\s?(?P<quote>")(?P<quoted>[^"]*)(?P<end>")?"""
    r"""|(?!\s(?:AND|OR|NOT)\b)\s?(?P<plain>[^\s()":][^\s()"]*)|(?=[\s()":]|$))"""
    r"""|(?P<open_quote>")(?P<phrase>[^"]*)(?P<close>")?|(?P<open>\()|(?P<shut>\))|(?P<word>[^\s()"]+))"""
)
_SIGNS = {"AND": Sign.AND, "OR": Sign.OR, "NOT": Sign.NOT, "&": Sign.AND, "|": Sign.OR}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_UNWRITTEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")
_SAME = str.maketrans(
    dict.fromkeys("“”„‟«»＂「」『』", '"') | {"（": "(", "）": ")", "：": ":", "＊": "*", "－": "-", "−": "-"}
)


def tokens(text: str, problem: Problem) -> Iterator[Token]:
    """The tokens of a query; ``problem(message, **values)`` is told of each that cannot be taken as written."""
    for found in _TOKEN.finditer(_UNWRITTEN.sub(" ", text).translate(_SAME)):
        if found["minus"]:
            yield Sign.NOT
        elif found["field"]:
            if found["quote"] and not found["end"]:
                problem(N_("A quotation mark is not closed."))
            yield from _field(found["field"], found["quoted"] or found["plain"] or "", problem)
        elif found["open_quote"]:
            if not found["close"]:
                problem(N_("A quotation mark is not closed."))
            if words(found["phrase"]):
                yield Phrase(" ".join(found["phrase"].split()))
        elif found["open"] or found["shut"]:
            yield Sign.OPEN if found["open"] else Sign.SHUT
        elif found["word"]:
            yield from _word(found["word"], problem)


def _field(name: str, value: str, problem: Problem) -> Iterator[Token]:
    known = name.lower() in FIELDS
    if known and value.strip():
        yield Field(name.lower(), " ".join(value.split()))
    elif known:
        problem(N_("The field {field} has no value."), field=name.lower())
    else:
        problem(N_("There is no field {field}; the fields are {fields}."), field=name, fields=", ".join(FIELDS))
        yield from tokens(f"{name} {value}", problem)


def _word(word: str, problem: Problem) -> Iterator[Token]:
    if word in _SIGNS:
        yield _SIGNS[word]
        return
    plain = word.rstrip("*")
    if not words(plain):
        if "*" in word:
            problem(N_("An asterisk needs the beginning of a word before it."))
        return
    if "*" in plain:
        problem(N_("An asterisk can only stand at the end of a word."))
    pieces = [piece for part in plain.replace("*", "").split(":") if words(piece := _EDGES.sub("", part))]
    for number, piece in enumerate(pieces, 1):
        text = piece.lower() if piece in _SIGNS else piece
        yield Word(text, prefix=word.endswith("*") and number == len(pieces))
