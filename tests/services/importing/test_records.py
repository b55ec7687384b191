"""What a record becomes: nothing is dropped, and what no table knows waits in the source's own words."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from uptake.db import session
from uptake.hooks.kinds import Draft
from uptake.models.recommendations import ExternalId, OtherState, Recommendation, RecommendationText, Recommender
from uptake.models.states import State
from uptake.models.vocabularies import Tag, Term
from uptake.services.importing.run import ImportReport

Make = Callable[..., dict[str, Any]]
Import = Callable[..., ImportReport]


def only() -> Recommendation:
    return session().scalars(select(Recommendation).options(selectinload(Recommendation.texts))).one()


def iso(id_: int | None) -> str | None:
    return session().scalar(select(State.iso3).where(State.id == id_))


def codes(report: ImportReport) -> dict[str, int]:
    return {str(one["code"]): int(str(one["count"])) for one in report.findings}


def test_heading_number_and_text_are_cut_apart_and_the_raw_text_stays(record: Make, import_records: Import) -> None:
    raw = "<p>Data collection24.The Committee&nbsp;recommends  that it count;</p>"
    import_records([record(Text=raw)])
    text = only().texts[0]
    assert (text.raw, text.heading, text.number) == (raw, "Data collection", "24")
    assert (text.cleaned, only().paragraph) == ("The Committee recommends that it count", "24")


def test_records_without_id_are_kept_under_a_derived_one_and_reported(record: Make, import_records: Import) -> None:
    records = [record(1, AnnotationId=""), record(2, AnnotationId=None), record(3, AnnotationId="  ")]
    report = import_records(records)
    assert (report.new, codes(report)) == (3, {"empty-id": 3})
    assert report.findings[0]["places"] == ["record 1", "record 2", "record 3"]
    keys = list(session().scalars(select(ExternalId.value)))
    assert len(set(keys)) == 3
    assert all(key.startswith("~") for key in keys)
    assert import_records(records).same == 3


def test_a_repeated_id_keeps_both_records_and_is_reported(record: Make, import_records: Import, dump: Any) -> None:
    key = record(1)["AnnotationId"]
    records = [record(1), record(2, AnnotationId=key), record(3)]
    report = import_records(records)
    assert (report.new, codes(report)) == (3, {"repeated-id": 1})
    assert report.findings[0]["places"] == ["record 2"]
    before = dump()
    assert import_records(records).same == 3
    assert dump() == before


def test_a_record_that_stands_twice_is_one(record: Make, import_records: Import) -> None:
    report = import_records([record(1), record(1)])
    assert (report.read, report.new, report.same) == (2, 1, 1)


@pytest.mark.parametrize("countries", [[], None, [""], [" "]])
def test_a_missing_state_is_recovered_from_the_symbol(record: Make, import_records: Import, countries: object) -> None:
    report = import_records([record(Countries=countries, Symbol="CRC/C/PER/CO/6-7")])
    assert iso(only().state_id) == "PER"
    assert codes(report) == {"state-from-symbol": 1}


def test_a_record_without_any_state_is_kept_and_reported(record: Make, import_records: Import) -> None:
    report = import_records([record(Countries=[], Symbol="A/HRC/10/5")])
    assert (only().state_id, codes(report)) == (None, {"no-state": 1})


def test_what_no_table_knows_is_kept_in_its_own_words_and_queued(upr: Make, import_records: Import) -> None:
    changes = {"Body": "- Committee on Moons", "Countries": ["Ruritania"], "UprPositions": ["Perhaps"],
               "UprRecommendingCountry": ["Freedonia", "Chad"], "Symbol": "MOON/1"}  # fmt: skip
    report = import_records([upr(**changes)])
    one = only()
    assert one.unresolved == {"mechanism": "Committee on Moons", "states": ["Ruritania"], "position": "Perhaps",
                              "recommenders": ["Freedonia"]}  # fmt: skip
    assert (one.mechanism_id, one.state_id, one.position) == (None, None, None)
    assert set(codes(report)) == {"unknown-mechanism", "unknown-state", "unknown-position", "unknown-recommender"}
    assert [iso(id_) for id_ in session().scalars(select(Recommender.state_id))] == ["TCD"]


def test_equal_findings_are_counted_with_their_first_places(record: Make, import_records: Import) -> None:
    report = import_records([record(number, Body="- Committee on Moons", Symbol="M/1") for number in range(1, 9)])
    [finding] = report.findings
    assert (finding["count"], finding["places"]) == (8, [f"record {number}" for number in range(1, 6)])


def test_a_record_on_several_states_stands_in_each_of_them(record: Make, import_records: Import) -> None:
    records = [record(Countries=["Slovenia", "Peru", "Slovenia", "Chad"])]
    import_records(records)
    others = session().scalars(select(OtherState.state_id))
    assert (iso(only().state_id), {iso(id_) for id_ in others}) == ("SVN", {"PER", "TCD"})
    assert import_records(records).same == 1


@pytest.mark.parametrize(
    ("written", "day"),
    [("1900-01-01T00:00:00", None), (None, None), ("", None), ("2023-02-28T00:00:00", datetime.date(2023, 2, 28))],
)
def test_the_first_of_january_1900_means_that_the_day_is_unknown(
    record: Make, import_records: Import, written: object, day: datetime.date | None
) -> None:
    import_records([record(PublicationDate=written)])
    assert only().date == day


def test_a_joint_recommendation_is_one_with_all_recommending_states(upr: Make, import_records: Import) -> None:
    import_records([upr(UprRecommendingCountry=["Chad", "Namibia", "Türkiye", "Chad"])])
    states = session().scalars(select(Recommender.state_id).where(Recommender.recommendation_id == only().id))
    assert {iso(id_) for id_ in states} == {"TCD", "NAM", "TUR"}


def test_three_languages_of_one_record_are_one_recommendation(record: Make, import_records: Import) -> None:
    import_records([record()])
    import_records([record(Text="1.Donner un budget à chaque foyer.", Themes=["Violence contre les femmes"])], "fr")
    import_records([record(Text="١. تخصيص ميزانية لكل مأوى")], "ar")
    one = only()
    assert [(text.language, text.number) for text in one.texts] == [("ar", "1"), ("en", "1"), ("fr", "1")]
    assert [session().get(Term, tag.term_id).labels["en"] for tag in session().scalars(select(Tag))] != []  # type: ignore[union-attr]
    assert not session().scalars(select(Term).where(Term.reviewed.is_(False))).all()


def test_a_translation_that_is_the_english_text_again_is_marked(record: Make, import_drafts: Import) -> None:
    report = import_drafts(
        "six", [Draft("record 1", {"en": "Ratify it.", "fr": "Ratify it.", "es": "Ratificar"}, states=["SVN"])]
    )
    marks = dict(session().execute(select(RecommendationText.language, RecommendationText.untranslated)).all())
    assert marks == {"en": False, "fr": True, "es": False}
    assert codes(report)["untranslated"] == 1
