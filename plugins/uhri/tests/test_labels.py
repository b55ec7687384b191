import json

import pytest
from uptake.toolkit import TagDraft
from uptake_uhri.ids import read_ids
from uptake_uhri.labels import cycle_of_session, read_cycle, read_kind, read_session, sdg_tag, undash


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("16 - PEACE, JUSTICE AND STRONG INSTITUTIONS", "16"),
        ("16.2 - Protect children from abuse, exploitation, trafficking and violence", "16.2"),
        ("16 - Paz, Justicia e Instituciones Sólidas", "16"),
        ("١٦.٢ - حماية الأطفال", "16.2"),
        ("\u200f16 – السلام", "16"),
        ("1. No poverty", "1"),
        ("1.A - Mobilise resources", "1.a"),
        ("5.2", "5.2"),
        (" 8 ", "8"),
    ],
)
def test_a_goal_or_target_is_found_by_the_code_in_front_of_its_label_in_any_language(label: str, code: str) -> None:
    assert sdg_tag(label) == TagDraft("sdg", code)


@pytest.mark.parametrize("label", ["Reduce poverty at least by 50%", "18 - Unknown", "50 - x", "3-5 years", "0 - x"])
def test_a_label_without_a_code_of_a_goal_stays_as_it_is(label: str) -> None:
    assert sdg_tag(label) == TagDraft("sdg", label)


def test_every_goal_and_target_of_the_filter_list_gives_its_code(shared_data) -> None:
    path = shared_data / "uhri-api-multilingual" / "uhri_filterlist_sdgs_goals_and_targets.jsonl"
    items = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [sdg_tag(item["text"]).label for item in items] == [read_ids().sdgs[item["id"]] for item in items]


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("- Recommendations", "recommendation"),
        ("- Concerns/Observations", "concern"),
        ("Concerns/Observations", "concern"),
        ("- Others", "other"),
        ("-", "unspecified"),
        ("aa43335f-ec93-415e-bd4a-87ec91225983", "recommendation"),
        ("- 3AE2EEA6-6C4D-4B81-974F-48EC985BC330", "concern"),
    ],
)
def test_an_annotation_type_is_known_by_label_or_id(label: str, kind: str) -> None:
    assert read_kind(label)[1:] == (kind, True)


def test_an_unknown_annotation_type_is_unspecified_and_not_known() -> None:
    assert read_kind("acf979ef-4c5f-49d7-80b9-4b237abd0b7c")[1:] == ("unspecified", False)


@pytest.mark.parametrize(
    ("label", "session"),
    [
        ("35th Session", "35"),
        ("36th Session (2-13 November 2020)", "36"),
        ("Session 7", "7"),
        ("44", "44"),
        ("special", "special"),
        ("d7735138-52b8-4083-b6b6-9d166bfb21ad", "5"),
    ],
)
def test_a_session_is_its_number_else_its_label(label: str, session: str) -> None:
    assert read_session(label)[1:] == (session, True)


def test_a_session_by_an_unknown_id_is_none_and_not_a_number_cut_from_the_id() -> None:
    assert read_session("00000000-0012-4083-b6b6-9d166bfb21ad")[1:] == (None, False)


@pytest.mark.parametrize("label", ["Cycle 3", "3", "3rd cycle", "Ciclo 3", "ba74bb92-48ea-4f60-9830-31285065b54e"])
def test_a_cycle_is_read_from_text_number_and_id(label: str) -> None:
    assert read_cycle(label)[1:] == ("3", True)


@pytest.mark.parametrize("label", ["third", "0", "2008", "00000000-0012-4083-b6b6-9d166bfb21ad"])
def test_a_cycle_that_is_none_is_not_known(label: str) -> None:
    assert read_cycle(label)[1:] == (None, False)


@pytest.mark.parametrize(
    ("session", "cycle"),
    [("1", 1), ("12", 1), ("13", 2), ("26", 2), ("27", 3), ("40", 3), ("41", 4), ("52", 4), ("0", None), ("x", None)],
)
def test_the_cycle_follows_from_the_session(session: str, cycle: int | None) -> None:
    assert cycle_of_session(session) == cycle


@pytest.mark.parametrize(
    ("label", "bare"), [("- CRC", "CRC"), ("CRC", "CRC"), ("-", None), ("- IE  Albinism", "IE  Albinism"), ("-1", "-1")]
)
def test_the_dash_in_front_goes_and_a_lone_dash_is_nothing(label: str, bare: str | None) -> None:
    assert undash(label) == bare
