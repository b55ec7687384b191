"""Finds what fits a query's tree: words in the texts and in the labels of tags, and facts by field."""

from __future__ import annotations

import re

from pyroaring import BitMap
from sqlalchemy import select

from uptake.models.recommendations import Recommendation
from uptake.search import fulltext
from uptake.search.nodes import All, Any_, Field, Node, Not, Phrase, Word
from uptake.search.tokens import FIELDS
from uptake.search.view import NONE, Bits, View, intersection, union
from uptake.search.words import fold, words
from uptake.texts import normalise_number

_PARAGRAPH = re.compile(r"\d{1,3}([.\-–]\d{1,3}){1,3}")
_DOCUMENT = re.compile(r"DOCUMENT:(\d+)")
_POSTED = {"body": "mechanism"}


def found(view: View, node: Node) -> Bits:
    """What fits a tree."""
    if isinstance(node, All):
        wanted: list[Bits] = [found(view, part) for part in node.parts if not isinstance(part, Not)]
        unwanted: list[Bits] = [found(view, part.part) for part in node.parts if isinstance(part, Not)]
        return (intersection(wanted) if wanted else view.everything) - union(unwanted)
    if isinstance(node, Any_):
        return union([found(view, part) for part in node.parts])
    if isinstance(node, Not):
        return view.everything - found(view, node.part)
    if isinstance(node, Field):
        return by_field(view, node.name, node.value)
    return view.snapshot.remember(node, lambda: _by_words(view, node))


def by_value(view: View, name: str, value: str) -> Bits:
    """What carries a value: as the index writes it, else as a person may write it."""
    if name not in {"symbol", "paragraph"}:
        bits = view.postings(_POSTED.get(name, name)).get(value)
        if bits is not None:
            return bits
    return by_field(view, name, value) if name in FIELDS else BitMap()


def by_field(view: View, name: str, value: str) -> Bits:
    """What has a fact, by code or by name in any language."""
    if name == "symbol":
        return _by_symbol(view, value)
    if name == "paragraph":
        return view.snapshot.remember((name, value), lambda: _by_paragraph(view, value))
    if name == "year":
        return _by_years(view, value)
    if value.lower() == NONE:
        return view.posting(_POSTED.get(name, name), NONE)
    return union([view.posting(field, code) for field, code in view.labels.values(name, value)])


def text_of(view: View, node: Node) -> fulltext.Expression | None:
    """The part of a query that text can answer, for the ranking; exclusions and facts do not rank."""
    if isinstance(node, (Word, Phrase)):
        return _terms(view, node)
    if isinstance(node, (All, Any_)):
        parts = tuple(part for part in (text_of(view, part) for part in node.parts) if part)
        if len(parts) < 2:
            return next(iter(parts), None)
        return fulltext.Both(parts) if isinstance(node, All) else fulltext.Either(parts)
    return None


def in_texts(view: View, expression: fulltext.Expression) -> Bits:
    """The recommendations whose text itself fits."""
    if isinstance(expression, fulltext.Terms):
        return view.snapshot.remember(expression, lambda: fulltext.matching(view.session, expression) & view.everything)
    sets = [in_texts(view, part) for part in expression.parts]
    return intersection(sets) if isinstance(expression, fulltext.Both) else union(sets)


def _by_words(view: View, node: Word | Phrase) -> BitMap:
    terms = _terms(view, node)
    sets: list[Bits] = [in_texts(view, terms)] if terms else []
    sets += [view.posting(name, value) for name, value in view.labels.find(node)]
    if "/" in node.text and " " not in node.text:
        sets.append(_under_symbol(view, node))
    if isinstance(node, Word) and _PARAGRAPH.fullmatch(number := fold(node.text)):
        sets.append(by_field(view, "paragraph", number))
    return BitMap(union(sets) & view.everything)


def _terms(view: View, node: Word | Phrase) -> fulltext.Terms | None:
    tokens = tuple(words(node.text))
    if not tokens:
        return None
    if isinstance(node, Phrase) or node.prefix or _is_cjk(tokens):
        return fulltext.Terms("words", (tokens,), isinstance(node, Word) and node.prefix)
    return fulltext.Terms("stems", tuple(sorted(view.labels.stemmed(tokens, view.postings("language")))))


def _by_paragraph(view: View, value: str) -> BitMap:
    number = normalise_number(fold(value)) if value.isprintable() else ""
    there = (Recommendation.paragraph == number, Recommendation.parent_id.is_(None))
    ids = view.session.scalars(select(Recommendation.id).where(*there)) if number else ()
    return BitMap(ids) & view.everything


def _by_years(view: View, wanted: str) -> Bits:
    if wanted.lower() == NONE:
        return view.posting("year", NONE)
    first, to, last = re.sub(r"\.\.+|[–—]", "-", fold(wanted).replace(" ", "")).partition("-")
    end = last or ("9999" if to else first)
    return union([bits for year, bits in view.postings("year").items() if first <= year <= end and year != NONE])


def _by_symbol(view: View, wanted: str) -> Bits:
    """What stands in documents of that symbol; with an asterisk, in all whose symbol begins so."""
    pattern = wanted.strip().upper()
    if pattern == NONE.upper():
        return view.posting("document", NONE)
    if by_id := _DOCUMENT.fullmatch(pattern):
        return view.posting("document", by_id[1])
    prefix = pattern.removesuffix("*")
    return union([
        view.posting("document", str(id_))
        for id_, symbol in view.symbols().items()
        if symbol == pattern or (prefix != pattern and symbol.startswith(prefix))
    ])  # fmt: skip


def _under_symbol(view: View, node: Word | Phrase) -> Bits:
    """A symbol typed as a word finds its document and those below it: A/HRC/5 finds A/HRC/5/3, not A/HRC/58."""
    start = node.text.upper()
    if isinstance(node, Word) and node.prefix:
        return _by_symbol(view, start + "*")
    end = len(start)
    return union([
        view.posting("document", str(id_))
        for id_, symbol in view.symbols().items()
        if symbol.startswith(start) and not symbol[end : end + 1].isalnum()
    ])  # fmt: skip


def _is_cjk(tokens: tuple[str, ...]) -> bool:
    return any("\u3040" <= token[0] <= "\u9fff" for token in tokens)
