from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from uptake.toolkit import Draft, FileInfo, Finding, Invalid, ReadOptions
from uptake_upr.upr_info import UprInfo

Read = Callable[..., tuple[list[Draft], list[Finding]]]
Info = Callable[[Path], FileInfo]
FOLDER = "upr-info-database-2014"
HEADER = "To,To-Rgrp,To-Org,Text,From,From-Rgrp,From-Org,Response,Action,Issue,Session"


@pytest.fixture
def make_csv(tmp_path: Path) -> Callable[..., Path]:
    def make(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "export.csv"
        path.write_bytes("\r".join([header, *rows, ""]).encode("mac_roman"))
        return path

    return make


def row(
    text: str,
    sender: str,
    state: str = "Chad",
    response: str = "Accepted",
    action: str = "5",
    issue: str = "Justice",
    session: str = "13",
) -> str:
    return f'{state},Africa,AU,"{text}",{sender},WEOG,EU,{response},{action},"{issue}",{session}'


@pytest.mark.parametrize(
    ("name", "rows", "drafts", "joint", "positions"),
    [
        ("recommendations_sessions_1-5.csv", 6094, 5626, 296, {"Accepted": 3811, "Noted": 1815}),
        ("recommendations_sessions_1-5.xls", 6094, 5626, 296, {"Accepted": 3811, "Noted": 1815}),
        ("recommendations_sessions_6-9.csv", 8343, 8176, 107, {"Accepted": 6106, "Noted": 2070}),
        ("recommendations_sessions_10-13.csv", 9047, 8892, 95, {"Accepted": 6890, "Noted": 2002}),
        ("voluntary_pledges.csv", 947, 944, 0, {}),
    ],
)
def test_every_row_of_a_real_export_is_read(
    shared_data: Path,
    file_info: Info,
    read: Read,
    name: str,
    rows: int,
    drafts: int,
    joint: int,
    positions: dict[str, int],
) -> None:
    path = shared_data / FOLDER / f"upr_info_{name}"
    assert UprInfo().recognises(file_info(path))
    found, findings = read(UprInfo(), path)
    assert len(found) == len({draft.key for draft in found}) == drafts
    assert sum(len(draft.recommenders) > 1 for draft in found) == joint
    assert Counter(position.raw for draft in found for position in draft.positions) == positions
    assert max(int(draft.where.split()[1]) for draft in found) == rows + 1
    assert not [finding for finding in findings if finding.severity == "refused"]
    assert all(draft.cycle and draft.session and draft.tags for draft in found)


def test_every_row_of_the_three_exports_is_accounted_for(shared_data: Path, read: Read) -> None:
    total = 0
    for sessions in ("1-5", "6-9", "10-13"):
        path = shared_data / FOLDER / f"upr_info_recommendations_sessions_{sessions}.csv"
        drafts, findings = read(UprInfo(), path)
        other = sum(finding.code in {"sender-unknown", "row-repeated"} for finding in findings)
        total += sum(len(draft.recommenders) for draft in drafts) + other
    assert total == 23_484


def test_the_workbook_after_the_csv_changes_nothing(shared_data: Path, read: Read) -> None:
    first, second = (
        read(UprInfo(), shared_data / FOLDER / f"upr_info_recommendations_sessions_1-5.{kind}")[0]
        for kind in ("csv", "xls")
    )
    assert [(draft.key, draft.raw, draft.where) for draft in first] == [
        (draft.key, draft.raw, draft.where) for draft in second
    ]


def test_namibia_reviews_and_is_reviewed(shared_data: Path, read: Read) -> None:
    drafts, _ = read(UprInfo(), shared_data / FOLDER / "upr_info_recommendations_sessions_10-13.csv")
    assert any(draft.states == ("Namibia",) for draft in drafts)
    assert any("Namibia" in draft.recommenders for draft in drafts)


def test_one_text_by_several_states_is_one_recommendation(make_csv: Callable[..., Path], read: Read) -> None:
    path = make_csv(
        row("Ratify CED", "Spain"), row("Abolish it", "Peru"), row("ratify CED. ", "NA", issue="Justice,Women's rights")
    )
    (joint, single), findings = read(UprInfo(), path)
    assert findings == []
    assert (joint.texts, joint.recommenders, joint.where) == ({"en": "Ratify CED"}, ("Spain", "NA"), "row 2")
    assert [(tag.vocabulary, tag.label) for tag in joint.tags] == [
        ("upr-info-action", "5"),
        ("upr-info-issues", "Justice"),
        ("upr-info-issues", "Women's rights"),
    ]
    assert (joint.states, joint.mechanism, joint.kind, joint.session, joint.cycle) == (
        ("Chad",),
        "UPR",
        "recommendation",
        "13",
        2,
    )
    assert single.recommenders == ("Peru",)


def test_a_pledge_has_neither_recommender_nor_position(make_csv: Callable[..., Path], read: Read) -> None:
    path = make_csv(row("Build schools", "Chad", response="Voluntary Pledge"), row("Build schools", "Peru"))
    (pledge, recommendation), _ = read(UprInfo(), path)
    assert (pledge.kind, pledge.recommenders, pledge.positions) == ("pledge", (), ())
    assert recommendation.kind == "recommendation"
    assert pledge.key != recommendation.key


def test_rows_that_contradict_each_other_are_all_kept_and_told(make_csv: Callable[..., Path], read: Read) -> None:
    path = make_csv(row("Sign", "Spain"), row("Sign", "Peru", response="Noted", action="4"), row("Sign", "Peru"))
    (draft,), findings = read(UprInfo(), path)
    assert [position.raw for position in draft.positions] == ["Accepted", "Noted"]
    assert [tag.label for tag in draft.tags if tag.vocabulary == "upr-info-action"] == ["5", "4"]
    assert [finding.code for finding in findings] == ["rows-differ", "rows-differ", "row-repeated"]


def test_rows_without_text_or_state_are_refused_and_blank_ones_told(make_csv: Callable[..., Path], read: Read) -> None:
    path = make_csv(
        row("", "Spain"), ",,,,,,,,,,", row("Sign", "Spain", state=""), row("Sign", "Spain", session="soon")
    )
    (draft,), findings = read(UprInfo(), path)
    assert (draft.session, draft.cycle) == (None, None)
    assert [(finding.where, finding.code, finding.severity) for finding in findings] == [
        ("row 2", "row-incomplete", "refused"),
        ("row 3", "blank-row", "info"),
        ("row 4", "row-incomplete", "refused"),
        ("row 5", "session-unread", "warning"),
    ]


@pytest.mark.parametrize("text", ["Chad’s debt", "Chad's  debt ", "Chad%u2019s debt", "Chad&#39;s debt"])
def test_the_key_and_the_bytes_do_not_depend_on_spelling(make_csv: Callable[..., Path], read: Read, text: str) -> None:
    (plain,), _ = read(UprInfo(), make_csv(row("Chad's debt", "Spain")))
    (other,), _ = read(UprInfo(), make_csv(row(text, "Spain")))
    assert (plain.key, plain.raw) == (other.key, other.raw)


@pytest.mark.parametrize(
    ("session", "cycle"), [("12", 1), ("13", 2), ("27", 3), ("41", 4), ("44 - November 2023", 4), ("99", None)]
)
def test_the_cycle_follows_from_the_session(
    make_csv: Callable[..., Path], read: Read, session: str, cycle: int | None
) -> None:
    (draft,), _ = read(UprInfo(), make_csv(row("Sign", "Spain", session=session)))
    assert draft.cycle == cycle


def test_the_labels_of_the_database_of_today_are_read(
    make_csv: Callable[..., Path], read: Read, file_info: Info
) -> None:
    header = "Title,State under review,Recommendation,Recommending state,Response,Action category,Issues,Session,Cycle"
    path = make_csv(
        "x,Chad,Sign it,Peru,Not Supported,5 - Specific action,Justice|Labour,44 - November 2023,4", header=header
    )
    assert UprInfo().recognises(file_info(path))
    (draft,), _ = read(UprInfo(), path)
    assert [tag.label for tag in draft.tags] == ["5", "Justice", "Labour"]
    assert (draft.positions[0].raw, draft.session) == ("Not Supported", "44")


def test_a_review_whose_rows_do_not_stand_together_is_refused_with_what_to_do(
    make_csv: Callable[..., Path], read: Read
) -> None:
    path = make_csv(row("Sign", "Spain"), row("Sign", "Spain", state="Mali"), row("Sign", "Peru"))
    with pytest.raises(Invalid, match=r"row 4.*Chad.*Sort the table"):
        read(UprInfo(), path)


def test_a_table_of_something_else_is_not_recognised(
    make_csv: Callable[..., Path], read: Read, file_info: Info
) -> None:
    path = make_csv("1,2,3", header="Text,From,To")
    assert not UprInfo().recognises(file_info(path))
    with pytest.raises(Invalid, match="Response, Session"):
        read(UprInfo(), path)


def test_only_wanted_states_are_read_and_the_others_counted(make_csv: Callable[..., Path]) -> None:
    path = make_csv(row("Sign", "Spain"), row("Sign", "Peru"), row("Sign", "Spain", state="Mali"))
    options = ReadOptions(path, wants=lambda labels, symbol: "Mali" in labels)
    with path.open("rb") as stream:
        (draft,) = UprInfo().read(stream, options)
    assert (draft.states, options.skipped) == (("Mali",), 1)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files_end_in_an_error_for_people_or_in_findings(
    tmp_path: Path, file_info: Info, read: Read, seed: int
) -> None:
    rng = random.Random(seed)
    content = bytearray("\r".join([HEADER, *(row(f"Text {n}", "Spain") for n in range(30))]).encode())
    for _ in range(seed):
        content[rng.randrange(len(content))] = rng.randrange(256)
    path = tmp_path / "export.csv"
    path.write_bytes(content[: rng.randrange(len(content))] if seed % 2 else content)
    UprInfo().recognises(file_info(path))
    said, drafts = "", []
    try:
        drafts, _findings = read(UprInfo(), path)
    except Invalid as error:
        said = str(error)
    assert not said or "export.csv" in said
    assert all(draft.texts and draft.where for draft in drafts)
