"""Our reader of .po files finds what Babel's finds, and nothing in a file can stop it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st
from uptake.languages import po

WORDS = st.text(
    st.one_of(st.sampled_from('ab "\\\n\t\r{}%#~é…ق中'), st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])),
    min_size=1,
    max_size=90,
)
ENTRY = st.tuples(WORDS, st.none() | WORDS, st.lists(WORDS | st.just(""), min_size=6, max_size=6), st.booleans())


@st.composite
def files(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file of a language, written by Babel in one of its ways."""
    language = draw(st.sampled_from(["fr", "ar", "zh", "ru"]))
    catalog = Catalog(locale=language)
    for msgid, plural, forms, fuzzy in draw(st.lists(ENTRY, max_size=6, unique_by=lambda entry: entry[0])):
        catalog.add(
            (msgid, plural) if plural else msgid,
            tuple(forms[: catalog.num_plurals]) if plural else forms[0],
            locations=[("core/uptake/a.py", 7)],
            flags=["fuzzy"] if fuzzy else [],
            user_comments=["a “word” to translators"],
        )
    out = BytesIO()
    write_po(out, catalog, width=draw(st.sampled_from([0, 20, 76])), sort_output=draw(st.booleans()))
    return language, out.getvalue()


@given(files())
def test_what_babel_writes_is_read_as_babel_reads_it(file: tuple[str, bytes]) -> None:
    language, raw = file
    theirs = read_po(BytesIO(raw), locale=language)
    ours = po.read(raw.decode())
    assert {entry.msgid: (entry.plural, entry.forms, entry.fuzzy) for entry in ours.entries} == {
        (msg.id if isinstance(msg.id, str) else msg.id[0]): (
            None if isinstance(msg.id, str) else msg.id[1],
            (msg.string,) if isinstance(msg.string, str) else tuple(msg.string),
            msg.fuzzy,
        )
        for msg in theirs
        if msg.id
    }
    assert ours.problems == []
    assert ours.nplurals == theirs.num_plurals
    rule = ours.rule()
    assert rule is not None


@given(st.text())
def test_no_text_stops_the_reader(text: str) -> None:
    found = po.read(text)
    lines = text.count("\n") + 1
    assert all(1 <= line <= lines for line, _problem in found.problems)
    assert all(isinstance(entry.is_whole(found.nplurals), bool) for entry in found.entries)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('msgid "a"\nmsgstr "b"\nhello', 3, "hello"),
        ('msgid "a"\nmsgstr "b', 2, "quotation mark"),
        ('"lost"', 1, "cannot be understood"),
        ('msgid "a"\n\nmsgid "b"\nmsgstr "c"', 1, "without msgstr"),
        ('msgstr "c"', 1, "without msgid"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(text: str, line: int, words: str) -> None:
    ((at, problem), *_) = po.read(text).problems
    assert at == line
    assert words in problem


def test_a_file_that_is_not_utf8_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "messages.po"
    path.write_bytes('msgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr "é"\n'.encode("latin-1"))
    found = po.read_file(path)
    assert [entry.msgid for entry in found.entries] == ["a", "c"]
    assert found.problems == [(5, "this is not UTF-8")]


def test_entries_know_their_line_and_the_files_that_say_them() -> None:
    found = po.read('msgid ""\nmsgstr "Language: fr\\n"\n\n#: a.py b.html\n#: c.py\nmsgid "x"\nmsgstr "y"\n')
    assert found.header == {"language": "fr"}
    assert [(entry.line, entry.where) for entry in found.entries] == [(6, ("a.py", "b.html", "c.py"))]


@pytest.mark.parametrize(
    "expression", ["", "n >", "EXPRESSION", "n % 0", "0 - n", "__import__('os')", "(" * 500 + "n" + ")" * 500]
)
def test_a_plural_rule_that_cannot_be_trusted_is_none(expression: str) -> None:
    assert po.plural_rule(expression) is None


def test_the_arabic_rule_has_six_forms() -> None:
    rule = po.plural_rule("n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5")
    assert rule is not None
    assert [rule(n) for n in (0, 1, 2, 3, 11, 100)] == [0, 1, 2, 3, 4, 5]
