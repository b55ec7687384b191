"""From PO to XLIFF and back nothing is lost; what is no XLIFF is refused."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uptake.errors import Invalid
from uptake.languages import po, po_write, xliff
from uptake.languages.po import Entry, PoFile

LEGAL = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
WORDS = st.text(st.one_of(st.sampled_from("a <>&\"'\t\r\n{}]"), LEGAL), min_size=1, max_size=60)
FORMS = st.lists(WORDS | st.just(""), min_size=1, max_size=6).map(tuple)
HEAD = "Language: ar\nPlural-Forms: nplurals=6; plural=0;\n"


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Messages with different ids, with and without plural forms."""
    found = []
    for msgid in draw(st.lists(WORDS, max_size=5, unique=True)):
        plural = draw(st.none() | WORDS)
        forms = draw(FORMS) if plural else (draw(WORDS | st.just("")),)
        found.append(Entry(msgid, plural, forms, fuzzy=draw(st.booleans()) and all(forms)))
    return found


def bare(found: list[Entry]) -> list[tuple[object, ...]]:
    return sorted((one.msgid, one.plural or "", one.forms, one.fuzzy) for one in found)


@given(entries())
def test_po_becomes_xliff_and_po_again(made: list[Entry]) -> None:
    first = po.read(po_write.write(PoFile(HEAD, entries=made)))
    document = xliff.write(first.entries, "pt_BR")
    found = xliff.read(document.encode())
    assert found.language == "pt_BR"
    again = po.read(po_write.write(PoFile(HEAD, entries=found.entries)))
    assert first.problems == again.problems == []
    assert bare(first.entries) == bare(again.entries) == bare(made)


def test_the_document_is_what_tools_expect() -> None:
    days = Entry("{count} day", "{count} days", ("يوم", "{count} أيام"), where=("core/uptake/a.html",))
    root = ElementTree.fromstring(xliff.write([Entry("Home", None, ("",)), days], "ar"))
    space = {"x": xliff.NAMESPACE}
    (file,) = root.findall("x:file", space)
    assert (root.get("version"), file.get("source-language"), file.get("target-language")) == ("1.2", "en", "ar")
    assert [unit.findtext("x:target", None, space) for unit in root.iterfind(".//x:trans-unit", space)] == [
        None,
        "يوم",
        "{count} أيام",
    ]
    (group,) = root.iterfind(".//x:group", space)
    assert group.get("restype") == "x-gettext-plurals"
    assert [unit.get("id", "")[-3:] for unit in group.iterfind("x:trans-unit", space)] == ["[0]", "[1]"]
    assert [note.text for note in group.findall("x:note", space)][-1] == "core/uptake/a.html"


DOCUMENT = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:x="urn:x"><file original="a" source-language="en"
 target-language="fr-CA" datatype="po"><header><note>ignored</note></header><body>
<trans-unit id="1"><source>Home</source><target state="{state}">Ac<g id="1">cu</g>eil</target>
<alt-trans><target>Maison</target></alt-trans><x:more>noise</x:more></trans-unit>
<group id="g"><trans-unit id="2"><source>Back</source></trans-unit></group>
<group id="p" restype="x-gettext-plurals"><trans-unit id="p[0]"><source>day</source><target>jour</target></trans-unit>
<trans-unit id="p[1]"><source>days</source><target>jours</target></trans-unit></group>
</body></file></xliff>"""


@pytest.mark.parametrize(
    ("state", "fuzzy"), [("final", False), ("translated", False), ("needs-review-translation", True)]
)
def test_what_other_tools_write_is_read(state: str, fuzzy: bool) -> None:
    found = xliff.read(DOCUMENT.replace("{state}", state).encode())
    assert found.language == "fr_CA"
    assert [(one.msgid, one.plural, one.forms, one.fuzzy) for one in found.entries] == [
        ("Home", None, ("Accueil",), fuzzy),
        ("Back", None, ("",), False),
        ("day", "days", ("jour", "jours"), False),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<xliff", "no XML"),
        ("<html></html>", "no XLIFF"),
        ('<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0"></xliff>', "no XLIFF 1.2"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type"),
    ],
)
def test_anything_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        xliff.read(text.encode())


@given(st.binary(max_size=200))
def test_no_file_stops_the_reader(raw: bytes) -> None:
    with pytest.raises(Invalid):
        xliff.read(raw)
