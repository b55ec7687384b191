from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from docx import Document
from uptake.toolkit import Draft, ExportRecord, Finding, Invalid, PositionDraft, Progress
from uptake_upr import matrix_export
from uptake_upr.matrix import UprMatrix
from uptake_upr.matrix_export import WordCycle3, WordCycle3Filled, WordCycle4
from uptake_upr.matrix_out import text_cell

Read = Callable[..., tuple[list[Draft], list[Finding]]]


def record(number: int = 1, **values: object) -> ExportRecord:
    given = {
        "uuid": UUID(int=number), "kind": "recommendation", "states": {"SVN": "Slovenia"}, "mechanism": "UPR",
        "symbol": "A/HRC/59/15", "document": UUID(int=99), "document_title": None, "paragraph": f"140.{number}",
        "date": None, "cycle": 4, "session": "48", "position": "supported", "positions": ("Supported",),
        "recommenders": {"PER": "Peru"}, "texts": {"en": f"140.{number} Sign it & ratify <all> (Peru);"},
        "external_ids": {}, "terms": {"uhri-themes": [("x", "Right to health")], "uhri-groups": [("y", "Youth")],
                                      "sdg": [("16", "PEACE"), ("3.8", "Health coverage")]},
        "stated": PositionDraft("Supported", None, "A/HRC/59/15/Add.1", "3"),
        "status": "In progress", "progress": [Progress("Ministry of Health", datetime.date(2026, 5, 1), "", "A law was passed.")],
    }  # fmt: skip
    return ExportRecord(**(given | values))  # type: ignore[arg-type]


def written(exporter: type, *records: ExportRecord) -> bytes:
    stream = io.BytesIO()
    exporter().write(iter(records), stream)
    return stream.getvalue()


def cells(data: bytes) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in Document(io.BytesIO(data)).tables]


def test_the_layout_of_cycle_4() -> None:
    ((head, theme, row),) = cells(written(WordCycle4, record()))
    assert head == [
        "Recommendation and recommending State", "Position of the State under review",
        "Human rights themes and groups of persons", "Relevant SDGs",
    ]  # fmt: skip
    assert set(theme) == {"Theme: Right to health"}
    assert row == [
        "140.1 Sign it & ratify <all> (Peru);\nSource of position: A/HRC/59/15/Add.1 - Para. 3", "Supported",
        "- Right to health\nGroups of Persons:\n- Youth", "- 16 - PEACE\n- 3.8 - Health coverage",
    ]  # fmt: skip


def test_the_layout_of_cycles_2_and_3_has_an_assessment_that_is_empty_or_filled() -> None:
    coded = record(cycle=2, session="20", terms={"ohchr-themes-2013": [("A12", "Acceptance of norms")]})
    for exporter, assessment in (
        (WordCycle3, ""),
        (WordCycle3Filled, "In progress\nMinistry of Health, 2026-05-01: A law was passed."),
    ):
        ((head, _theme, row),) = cells(written(exporter, coded))
        assert head == [
            "Recommendation",
            "Position",
            "Full list of themes",
            "Assessment/comments on level of implementation",
        ]
        assert (row[2], row[3]) == ("A12 Acceptance of norms", assessment)


def test_what_a_machine_suggests_is_no_part_of_it() -> None:
    ((_head, _theme, row),) = cells(written(WordCycle4, record(suggested={("sdg", "16")})))
    assert row[3] == "- 3.8 - Health coverage"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"texts": {"en": "Sign it"}, "stated": None}, "140.1 Sign it (Peru)"),
        ({"texts": {"ar": "التوقيع"}, "recommenders": {}, "stated": None}, "140.1 التوقيع"),
        ({"stated": PositionDraft("Noted", None, "A/HRC/1/1", None)}, "140.1 Sign it & ratify <all> (Peru);"),
    ],
)
def test_number_and_states_are_added_where_the_source_has_them_elsewhere(values: dict[str, object], text: str) -> None:
    assert text_cell(record(**values)) == text


def test_several_reviews_stand_on_pages_of_their_own_and_are_not_read_as_one(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "several.docx"
    other = record(2, states={"PER": "Peru"}, cycle=3, session="28", symbol="A/HRC/37/8", stated=None)
    body = record(3, mechanism="CEDAW", cycle=None, session=None, position=None, stated=None)
    for records, heads in (
        ([record(), other], ["UPR of Slovenia (4th Cycle – 48th Session)", "UPR of Peru (3rd Cycle – 28th Session)"]),
        ([record(), body], ["UPR of Slovenia (4th Cycle – 48th Session)", "Recommendations to Slovenia by CEDAW"]),
    ):
        path.write_bytes(written(WordCycle4, *records))
        sections = Document(str(path)).sections
        assert [section.header.paragraphs[0].text.split(" · ")[0] for section in sections] == heads
        with pytest.raises(Invalid, match="several reviews"):
            read(UprMatrix(), path)


def test_a_matrix_is_read_again_field_by_field(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "again.docx"
    path.write_bytes(
        written(WordCycle4, record(), record(2, texts={"en": "140.2 Do (a)\tfirst;\n(b) then (Peru) (Chad)"}))
    )
    (first, second), findings = read(UprMatrix(), path)
    assert findings == []
    assert (first.key, first.states, first.cycle, first.session) == ("A/HRC/59/15#140.1", ("Slovenia",), 4, "48")
    assert first.texts == {"en": "140.1 Sign it & ratify <all> (Peru);"}
    assert second.texts == {"en": "140.2 Do (a)\tfirst;\n(b) then (Peru) (Chad)"}
    assert [(one.raw, one.symbol, one.paragraph) for one in first.positions] == [
        ("Supported", "A/HRC/59/15/Add.1", "3")
    ]
    assert [(tag.vocabulary, tag.label) for tag in first.tags] == [
        ("uhri-themes", "Right to health"), ("uhri-groups", "Youth"), ("sdg", "16"), ("sdg", "3.8"),
    ]  # fmt: skip


def test_too_many_for_word_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix_export, "MOST", 2)
    with pytest.raises(Invalid, match="takes 2 recommendations at most") as caught:
        written(WordCycle3, *map(record, range(3)))
    assert "Excel" in str(caught.value.remedy)
