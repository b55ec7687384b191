from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from uptake.toolkit import Draft, FileInfo, Finding, ReadOptions, TagDraft
from uptake_upr.matrix import UprMatrix

Read = Callable[..., tuple[list[Draft], list[Finding]]]
MakeWord = Callable[..., Path]
Info = Callable[[Path], FileInfo]

FOLDER = "upr-thematic-lists"
CODED = ["Recommendation", "Position", "Full list of themes", "Assessment/comments on level of implementation"]
NUMBERED = ["Recommendation", "Recommending state/s", "Position", "Full list of rights/affected persons"]
LABELLED = [
    "Recommendation and recommending State",
    "Position of the State under review",
    "Human rights themes and groups of persons",
    "Relevant SDGs",
]
SOURCE = "Source of position: A/HRC/40/7/Add.1 - Para. 4"
ROW = [f"9.1 Sign it (Peru);\n{SOURCE}", "Supported", "A12 Acceptance of international norms", ""]


@pytest.mark.parametrize(
    ("name", "state", "count", "positions", "report", "session", "cycle", "compound"),
    [
        ("china_2013_cycle2_coded_themes", "China", 252, {"Supported": 204, "Noted": 48}, "A/HRC/25/5", "17", 2, 14),
        (
            "egypt_2014_cycle2_numbered_themes",
            "Egypt",
            300,
            {"Supported": 224, "Noted": 53, "Supported/Noted": 23},
            "A/HRC/28/16",
            None,
            2,
            2,
        ),
        (
            "slovenia_2014_cycle2_coded_themes",
            "Slovenia",
            163,
            {"Supported": 142, "Noted": 21},
            "A/HRC/28/15",
            "20",
            2,
            3,
        ),
        (
            "slovenia_2025_cycle4_themes_and_sdgs",
            "Slovenia",
            254,
            {"Supported": 217, "Noted": 37},
            "A/HRC/59/15",
            "48",
            4,
            0,
        ),
    ],
)
def test_every_recommendation_of_a_real_matrix_is_read(
    shared_data: Path,
    file_info: Info,
    read: Read,
    name: str,
    state: str,
    count: int,
    positions: dict[str, int],
    report: str,
    session: str | None,
    cycle: int,
    compound: int,
) -> None:
    path = shared_data / FOLDER / f"{name}.docx"
    assert UprMatrix().recognises(file_info(path))
    drafts, findings = read(UprMatrix(), path)
    assert [finding.code for finding in findings if finding.severity != "info"] == []
    assert len(drafts) == len({draft.key for draft in drafts}) == count
    assert Counter(draft.positions[0].raw for draft in drafts) == positions
    assert {(draft.states, draft.symbol, draft.session, draft.cycle) for draft in drafts} == {
        ((state,), report, session, cycle)
    }
    assert all(draft.recommenders and draft.tags and draft.paragraph for draft in drafts)
    assert sum(bool(draft.components) for draft in drafts) == compound


def test_one_egyptian_recommendation_has_no_source_and_takes_the_report_of_the_others(
    shared_data: Path, read: Read
) -> None:
    drafts, findings = read(UprMatrix(), shared_data / FOLDER / "egypt_2014_cycle2_numbered_themes.docx")
    (lone,) = [draft for draft in drafts if draft.positions[0].symbol is None]
    assert (lone.where, lone.key) == ("row 18", "A/HRC/28/16#166.16")
    assert [(finding.where, finding.code) for finding in findings] == [("row 18", "comment")]


def test_the_same_number_by_ten_states_has_ten_wordings(shared_data: Path, read: Read) -> None:
    drafts, _ = read(UprMatrix(), shared_data / FOLDER / "china_2013_cycle2_coded_themes.docx")
    (draft,) = [draft for draft in drafts if draft.paragraph == "186.1"]
    assert [part.recommenders for part in draft.components][-2:] == [("Sierra Leone",), ("France",)]
    assert len(draft.components) == 10
    assert draft.recommenders.count("Maldives") == 1


def test_a_row_becomes_a_draft_with_all_that_stands_in_it(make_word: MakeWord, read: Read) -> None:
    themes = "A12 Acceptance of international norms\nB32 Racial discrimination\nAffected persons:\n- women\n- general"
    row = [f"9.1. Sign it &amp; ratify (Peru);\n{SOURCE}", "Supported", themes, ""]
    path = make_word([CODED, ["Theme: A22 Cooperation with treaty bodies"] * 4, row])
    (draft,), findings = read(UprMatrix(), path)
    assert findings == []
    assert draft.texts == {"en": "9.1. Sign it &amp; ratify (Peru);"}
    assert (draft.key, draft.symbol, draft.paragraph) == ("A/HRC/40/7#9.1", "A/HRC/40/7", "9.1")
    assert (draft.states, draft.session, draft.cycle, draft.where) == (("Chad",), "31", 3, "row 3")
    (position,) = draft.positions
    assert (position.raw, position.symbol, position.paragraph) == ("Supported", "A/HRC/40/7/Add.1", "4")
    assert [(tag.vocabulary, tag.label) for tag in draft.tags] == [
        ("ohchr-themes-2013", "A22"),
        ("ohchr-themes-2013", "A12"),
        ("ohchr-themes-2013", "B32"),
        ("uhri-groups", "women"),
        ("uhri-groups", "general"),
    ]


@pytest.mark.parametrize(
    ("line", "symbol", "paragraph"),
    [
        ("Source of position: A/HRC/40/7/Add.1 - Para. 3", "A/HRC/40/7/Add.1", "3"),
        ("Source of Position: A/HRC/40/7/Add.1 - Para.3vv", "A/HRC/40/7/Add.1", "3"),
        ("Source of position: A/HRC/40/7/Add.1 - Para 121", "A/HRC/40/7/Add.1", "121"),
        ("Source of position: A/HRC/40/7/Add.1, para. 4 - Para. 4", "A/HRC/40/7/Add.1", "4"),
        ("Source of position: A/HRC/40/7/Add.1 - Para. 9.1. ", "A/HRC/40/7/Add.1", "9.1"),
        ("Source of position: A/HRC/40/7/Add.1", "A/HRC/40/7/Add.1", None),
        ("Source of position:", None, None),
    ],
)
def test_the_source_of_the_position_is_read_however_it_is_written(
    make_word: MakeWord, read: Read, line: str, symbol: str | None, paragraph: str | None
) -> None:
    (draft,), _ = read(UprMatrix(), make_word([CODED, [f"9.1 Sign it (Peru);\n{line}", "Noted", "", ""]]))
    assert draft.texts == {"en": "9.1 Sign it (Peru);"}
    assert (draft.positions[0].symbol, draft.positions[0].paragraph) == (symbol, paragraph)


def test_columns_are_found_by_their_names_in_any_order(make_word: MakeWord, read: Read) -> None:
    cells = [
        "Noted",
        "Peru\nIran (Islamic Republic of)\n",
        "2.1. Acceptance of norms\n99.9. New theme",
        "9.1. Sign it (Peru)",
    ]
    header = [NUMBERED[2], NUMBERED[1], NUMBERED[3], NUMBERED[0]]
    (draft,), _ = read(UprMatrix(), make_word([header, cells], head="UPR of the Niger - Second Cycle"))
    assert (draft.states, draft.cycle, draft.session) == (("Niger",), 2, None)
    assert draft.recommenders == ("Peru", "Iran (Islamic Republic of)")
    assert list(draft.tags) == [TagDraft("ohchr-themes-2014", "2.1"), TagDraft("ohchr-themes-2014", "99.9. New theme")]


def test_the_layout_of_2025_has_labels_groups_and_sdgs(make_word: MakeWord, read: Read) -> None:
    row = [
        "9.1 Sign it (Peru) (Chad);",
        "Noted",
        "- Right to health\n- Members of minorities\nGroups of Persons: \n- Youth",
        "- 5 - EQUALITY\n- 16.2 - Children",
    ]
    (draft,), _ = read(UprMatrix(), make_word([LABELLED, ["Theme: Right to life"], row]))
    assert [(tag.vocabulary, tag.label) for tag in draft.tags] == [
        ("uhri-themes", "Right to life"),
        ("uhri-themes", "Right to health"),
        ("uhri-groups", "Minorities/ racial, ethnic, linguistic, religious or descent-based groups"),
        ("uhri-groups", "Youth"),
        ("sdg", "5"),
        ("sdg", "16.2"),
    ]


def test_a_recommendation_under_two_themes_is_one_with_both(make_word: MakeWord, read: Read) -> None:
    drafts, findings = read(UprMatrix(), make_word([CODED, ROW, ["Theme: B32 Racial discrimination"], ROW]))
    assert [tag.label for tag in drafts[0].tags] == ["A12", "B32"]
    assert (len(drafts), findings[0].code, findings[0].values) == (1, "stands-again", {"place": "row 4"})


def test_one_number_on_two_texts_is_told(make_word: MakeWord, read: Read) -> None:
    drafts, findings = read(UprMatrix(), make_word([CODED, ROW, [ROW[0].replace("Sign", "Keep"), *ROW[1:]]]))
    assert [draft.key for draft in drafts] == ["A/HRC/40/7#9.1", None]
    assert [finding.code for finding in findings] == ["number-twice"]


def test_rows_that_are_nothing_are_told_with_their_place(make_word: MakeWord, read: Read) -> None:
    rows = [CODED, ["", ""], ["A note about the table"], ROW, [*ROW[:3], "done in 2015"]]
    drafts, findings = read(UprMatrix(), make_word(rows, [["too", "short"]]))
    assert len(drafts) == 1
    assert [(finding.where, finding.code) for finding in findings][:3] == [
        ("row 2", "blank-row"),
        ("row 3", "row-unread"),
        ("table 2, row 1", "row-unread"),
    ]


def test_an_unknown_state_is_kept_and_told(make_word: MakeWord, read: Read) -> None:
    (draft,), findings = read(UprMatrix(), make_word([CODED, ["9.1 Sign it (Atlantis);", "Noted", "", "done"]]))
    assert (draft.recommenders, draft.unresolved) == ((), {"recommenders": "Atlantis"})
    assert [finding.code for finding in findings] == ["no-recommender", "assessment"]


def test_the_same_row_gives_the_same_bytes_whatever_its_blanks(make_word: MakeWord, read: Read) -> None:
    (one,), _ = read(UprMatrix(), make_word([CODED, ROW]))
    (two,), _ = read(UprMatrix(), make_word([CODED, [f"{cell} \n" for cell in ROW]]))
    (three,), _ = read(UprMatrix(), make_word([CODED, [ROW[0], "Noted", *ROW[2:]]]))
    assert one.raw == two.raw != three.raw


def test_a_matrix_of_an_unwanted_state_is_passed_over(make_word: MakeWord) -> None:
    path = make_word([CODED, ROW])
    options = ReadOptions(path, wants=lambda labels, symbol: "Peru" in labels)
    with path.open("rb") as stream:
        assert list(UprMatrix().read(stream, options)) == []
    assert options.skipped == 1
