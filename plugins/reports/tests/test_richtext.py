"""Bodies come in from browsers, Word and bad people; what is stored is small, safe and stable."""

from __future__ import annotations

import pytest
from uptake_reports.document import Document, Heading, ListBlock, Paragraph, Run, Source, Table
from uptake_reports.richtext import clean_body, to_blocks, to_html


def test_every_kind_of_block_comes_back_as_it_was() -> None:
    blocks = [
        Heading(3, "A & B", "b-00000001"),
        Paragraph(
            (
                Run("Plain "),
                Run("bold", bold=True),
                Run("\nnext "),
                Run("said", source="s1"),
                Run("x", link="https://a.org/?a=1&b=2"),
            ),
            "b-00000002",
        ),
        ListBlock(((Run("one"),), (Run("two", italic=True),)), True, "b-00000003"),
        Table(((Run("Head"),), (Run("<Two>"),)), (((Run("1"),), ()),), "Caption", anchor="b-00000004", annex=True),
    ]
    assert to_blocks(to_html(blocks)) == blocks


def test_a_body_that_was_cleaned_stays_the_same_when_it_is_cleaned_again() -> None:
    once = clean_body(
        "Loose words\n\nsecond <b>paragraph</b><div>third</div><h1>Big</h1><ul><li>a<ul><li>b</li></ul></li></ul>"
    )
    assert clean_body(once) == once
    assert [type(block).__name__ for block in to_blocks(once)] == ["Paragraph"] * 3 + ["Heading", "ListBlock"]


@pytest.mark.parametrize(
    "evil",
    [
        '<p onclick="x()">Hi<script>alert(1)</script></p>',
        '<p><a href="javascript:alert(1)">Hi</a></p>',
        '<p id="x&quot;onload=1">Hi</p><img src=x onerror=alert(1)>',
        '<p>Hi<svg><style><img src="</style><img src=x onerror=alert(1)>"></svg></p>',
        "<cite data-source='\"><script>1</script>'>Hi</cite>",
        "<table><tr><td>Hi<td><table><tr><td><iframe src=//evil></table>",
    ],
)
def test_nothing_that_runs_is_kept(evil: str) -> None:
    kept = clean_body(evil)
    assert "Hi" in kept
    assert not any(bad in kept for bad in ("<script", "onclick=", "onerror", "javascript:", "<img", "<svg", "<iframe"))
    assert clean_body(kept) == kept


def test_ids_are_unique_and_kept_where_they_are_good() -> None:
    ids = [block.anchor for block in to_blocks('<p id="b-12345678">a</p><p id="b-12345678">b</p><p id="evil">c</p>')]
    assert ids[0] == "b-12345678"
    assert len(set(ids)) == 3
    assert all(one.startswith("b-") for one in ids)


def test_notes_are_numbered_as_they_are_first_named() -> None:
    runs = (Run("b", source="two"), Run("a", source="one"), Run("b", source="two"), Run("c", source="gone"))
    document = Document("T", "en", blocks=(Paragraph(runs),), sources={k: Source(k, k) for k in ("one", "two")})
    assert [note.key for note in document.notes()] == ["two", "one"]
