"""One recommendation stays one, whichever sources it arrives through; two stay two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from uptake.db import session
from uptake.hooks.kinds import Draft, PositionDraft
from uptake.models.imports import Source
from uptake.models.recommendations import ExternalId, Position, Recommendation, RecommendationText, Recommender
from uptake.search.engine import Engine, Query
from uptake.services.importing.matching import comparable, near_identical
from uptake.services.importing.run import ImportReport

Make = Callable[..., dict[str, Any]]
Import = Callable[..., ImportReport]
FIRST = "Ratify the First Optional Protocol to the International Covenant on Civil and Political Rights (Chad)"
SECOND = FIRST.replace("First", "Second")


def draft(text: str, number: str | None = None, **given: Any) -> Draft:
    facts: dict[str, Any] = {"states": ["SVN"], "mechanism": "UPR", "cycle": 3, "recommenders": ["Chad"]}
    return Draft(f"row {number}", {"en": text}, paragraph=number, **(facts | given))


def count() -> int:
    return session().scalar(select(func.count()).select_from(Recommendation)) or 0


def codes(report: ImportReport) -> set[str]:
    return {str(one["code"]) for one in report.findings}


def sources_of_only() -> set[str]:
    assert count() == 1
    rows = session().scalars(select(Source.code).join(ExternalId, ExternalId.source_id == Source.id))
    return set(rows)


def test_one_recommendation_through_three_sources_is_one_with_all_sources(
    upr: Make, import_records: Import, import_drafts: Import
) -> None:
    import_records([upr(Text=f"112.7 {FIRST};", UprRecommendingCountry=["Chad"])])
    matrix = draft(f"112.7 {FIRST} (Fiji)", "112.7", symbol="A/HRC/43/15", key="m7", recommenders=["Chad", "Fiji"],
                   positions=[PositionDraft("supported", symbol="A/HRC/43/15/Add.1", paragraph="4")])  # fmt: skip
    assert import_drafts("matrix", [matrix]).matched == 1
    info = draft(
        FIRST.removesuffix(" (Chad)").replace("Ratify", "ratify") + ".",
        session="34",
        positions=[PositionDraft("Accepted")],
    )
    report = import_drafts("info", [info])
    assert (report.matched, report.new) == (1, 0)
    assert sources_of_only() == {"uhri", "matrix", "info"}
    assert session().scalar(select(func.count(func.distinct(Recommender.state_id)))) == 2
    assert session().scalar(select(func.count()).select_from(Position)) == 3


def test_a_source_that_only_says_the_same_can_be_searched_for(import_drafts: Import) -> None:
    for source in ("one", "other"):
        import_drafts(source, [Draft("row 1", {"en": "Build homes"}, states=["SVN"], mechanism="CEDAW")])
    assert sources_of_only() == {"one", "other"}
    session().rollback()
    for source in ("one", "other"):
        assert Engine(session()).answer(Query(filters={"source": (source,)})).count == 1


def test_importing_every_source_again_changes_nothing(
    upr: Make, import_records: Import, import_drafts: Import, dump: Callable[[], object]
) -> None:
    records, drafts = [upr(Text=f"112.7 {FIRST};")], [draft(FIRST), draft(SECOND)]
    import_records(records)
    import_drafts("info", drafts)
    before = dump()
    assert import_drafts("info", drafts).same == 2
    assert import_records(records).same == 1
    assert dump() == before


def test_the_first_and_the_second_optional_protocol_are_two(import_drafts: Import) -> None:
    import_drafts("one", [draft(FIRST)])
    report = import_drafts("other", [draft(SECOND)])
    assert (report.matched, report.new, count()) == (0, 1, 2)


@pytest.mark.parametrize(
    "given", [{"states": ["PER"]}, {"mechanism": "CEDAW"}, {"cycle": 2}, {"recommenders": ["Fiji"]}]
)
def test_equal_words_to_another_state_by_another_body_in_another_cycle_are_two(
    import_drafts: Import, given: dict[str, Any]
) -> None:
    import_drafts("one", [draft(FIRST)])
    import_drafts("other", [draft(FIRST, **given)])
    assert count() == 2


def test_equal_words_in_two_places_of_two_documents_are_two(import_drafts: Import) -> None:
    import_drafts("one", [draft(FIRST, "12", symbol="A/HRC/1/1")])
    import_drafts("other", [draft(FIRST, "12", symbol="A/HRC/2/2"), draft(FIRST, "13", symbol="A/HRC/1/1")])
    assert count() == 3


def test_one_paragraph_with_two_texts_is_two_and_a_finding(import_drafts: Import) -> None:
    import_drafts("one", [draft("Build homes for older persons in every town", "12.3", symbol="A/HRC/1/1")])
    other = draft(
        "Abolish capital punishment without delay or exception", "12.3", symbol="A/HRC/1/1", recommenders=["Fiji"]
    )
    report = import_drafts("other", [other])
    assert (count(), codes(report)) == (2, {"same-paragraph-other-text"})


def test_a_paragraph_whose_wording_was_edited_is_still_one(import_drafts: Import) -> None:
    import_drafts(
        "one", [draft("Build homes for older persons in every town of the country", "12.3", symbol="A/HRC/1/1")]
    )
    import_drafts(
        "other", [draft("Build homes for the elderly in every town of the country", "12-3", symbol="a/hrc/1/1")]
    )
    assert count() == 1
    assert session().scalars(select(RecommendationText.raw)).one().startswith("Build homes for older")
    kept = session().scalars(select(ExternalId.raw).where(ExternalId.raw.is_not(None))).one()
    assert kept.startswith("Build homes for the elderly")


def test_two_records_of_one_source_never_merge(import_drafts: Import) -> None:
    import_drafts("one", [draft(FIRST)])
    report = import_drafts("other", [draft(FIRST, key="a"), draft(FIRST, key="b")])
    assert (report.matched, report.new, count()) == (1, 1, 2)
    report = import_drafts("other", [draft(FIRST, key="c")])
    assert (report.matched, count()) == (0, 3)


def test_two_records_of_one_file_never_merge_however_alike(import_drafts: Import) -> None:
    import_drafts("one", [draft(FIRST, "1", key="a"), draft(FIRST + ".", "1", key="b")])
    assert count() == 2


def test_other_symbols_of_a_document_come_from_a_plugin(import_drafts: Import) -> None:
    import_drafts("one", [draft("Build homes for older persons in every town", "12.3", symbol="A/HRC/1/1")])
    report = import_drafts(
        "other", [draft("Build homes for older persons in all towns", "12.3", symbol="A/HRC/1/1/Add.1")]
    )
    assert report.matched == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ratify the Convention", "ratify Convention.", True),
        ("Ratify by 2025", "Ratify by 2030", False),
        ("Organise centres for women", "Organize centers for women", True),
        ("Abolish the death penalty", "Retain the death penalty", False),
        ("Accept individual complaints", "Accept no individual complaints", False),
        ("Ratify it (France) (Chad);", "Ratify it", True),
    ],
)
def test_texts_are_near_identical_only_where_nothing_but_spelling_differs(one: str, other: str, same: bool) -> None:
    assert near_identical(comparable(one), comparable(other)) is same
