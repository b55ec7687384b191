import datetime
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from uptake.toolkit import Draft, PositionDraft, ReadOptions
from uptake_uhri.ids import read_ids
from uptake_uhri.search_records import UhriSearchRecords

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
UNKNOWN_ID = "acf979ef-4c5f-49d7-80b9-4b237abd0b7c"


@pytest.fixture(scope="module")
def search_file(shared_data) -> Path:
    return shared_data / "uhri-api-multilingual" / "uhri_search_records_6_languages.jsonl"


@pytest.fixture(scope="module")
def search_records(search_file):
    return [json.loads(line) for line in search_file.read_text(encoding="utf-8").split("\n") if line]


@pytest.fixture(scope="module")
def drafts(search_file, read_file):
    return read_file(UhriSearchRecords(), search_file)


def read(records, **options):
    data = io.BytesIO(json.dumps(records).encode())
    return list(UhriSearchRecords().read(data, ReadOptions(path=Path("search.json"), **options)))


def test_all_537_records_become_drafts(drafts) -> None:
    assert len(drafts) == 537
    assert all(type(draft) is Draft for draft in drafts)


def test_texts_stay_byte_for_byte_in_all_six_languages(drafts, search_records) -> None:
    for draft, record in zip(drafts, search_records, strict=True):
        assert draft.texts == {language: record[language] for language in LANGUAGES}


def test_known_ids_are_resolved(drafts) -> None:
    first = drafts[0]
    assert (first.key, first.symbol) == ("78c43f2c-391f-4c9c-bd54-3136afa36a57", "A/HRC/34/8")
    assert (first.states, first.recommenders) == (["ZWE"], ["NZL"])
    assert (first.mechanism, first.kind, first.cycle, first.session) == ("UPR", "recommendation", 2, "26")
    assert first.positions == [PositionDraft("Noted")]
    assert (first.date, first.order) == (datetime.date(2016, 12, 28), 232)


def test_unknown_ids_are_kept_and_reported_once_a_record(drafts, search_records) -> None:
    without_state = [draft for draft in drafts if "states" in draft.unresolved]
    known = read_ids().countries
    assert len(without_state) == sum(record["countryIds"][0] not in known for record in search_records)
    for draft, record in zip(drafts, search_records, strict=True):
        assert draft.unresolved.get("themes", "").split() == record["themesIds"]
        assert draft.unresolved.get("groups", "").split() == record["affectedPersonIds"]
        assert Counter(finding.code for finding in draft.findings) == Counter(["unknown-id"] * bool(draft.unresolved))


def test_findings_name_ids_only_where_a_table_exists(search_records) -> None:
    themes, country = read([search_records[0], search_records[0] | {"countryIds": [UNKNOWN_ID]}])
    assert themes.findings[0].values == {"list": "themesIds"}
    assert country.findings[0].values == {"list": "countryIds, themesIds", "id": UNKNOWN_ID}
    assert country.unresolved["states"] == UNKNOWN_ID


def test_the_json_array_of_the_same_records_gives_the_same_drafts(drafts, search_records) -> None:
    for of_lines, of_array in zip(drafts, read(search_records), strict=True):
        of_array.raw = of_lines.raw
        assert of_array == of_lines


def test_a_missing_or_blank_language_is_left_out_and_told(search_records) -> None:
    [draft] = read([search_records[0] | {"ar": " ", "zh": None}])
    assert list(draft.texts) == ["en", "fr", "es", "ru"]
    finding = next(finding for finding in draft.findings if finding.code == "missing-text")
    assert (finding.severity, finding.values) == ("info", {"languages": "ar, zh"})


def test_a_record_without_any_text_is_refused(search_records) -> None:
    [finding] = read([search_records[0] | dict.fromkeys(LANGUAGES)])
    assert (finding.code, finding.severity, finding.where) == ("no-text", "refused", "record 1")


def test_unknown_type_body_cycle_and_session_are_kept(search_records) -> None:
    keys = {"annotationType": UNKNOWN_ID, "bodyId": UNKNOWN_ID, "uprCycle": UNKNOWN_ID, "uprSessionIds": [UNKNOWN_ID]}
    [draft] = read([search_records[0] | keys])
    assert (draft.kind, draft.mechanism, draft.cycle, draft.session) == ("unspecified", None, None, None)
    assert {"kind", "mechanism", "cycle", "session"} <= set(draft.unresolved)


def test_the_cycle_follows_from_the_session(search_records) -> None:
    assert read([search_records[0] | {"uprCycle": None}])[0].cycle == 2


@pytest.mark.parametrize("order", ["232", None, True, -1, 10**30, [1]])
def test_an_order_that_is_no_number_is_left_out(order, search_records) -> None:
    assert read([search_records[0] | {"numberInDocument": order}])[0].order is None


def test_a_bad_date_is_refused(search_records) -> None:
    [finding] = read([search_records[0] | {"publicationDate": "2025-02-31"}])
    assert (finding.code, finding.values["value"]) == ("bad-date", "2025-02-31")


def test_records_of_other_states_are_passed_over(search_file) -> None:
    options = ReadOptions(path=search_file, wants=lambda labels, symbol: "ZWE" in labels)
    with search_file.open("rb") as stream:
        drafts = list(UhriSearchRecords().read(stream, options))
    assert drafts
    assert all(draft.states == ["ZWE"] for draft in drafts)
    assert options.skipped == 537 - len(drafts)


def test_it_recognises_lines_and_arrays(search_file, search_records, raw_record, info) -> None:
    importer = UhriSearchRecords()
    assert importer.recognises(info(search_file.read_bytes()[: 1 << 16]))
    assert importer.recognises(info(b"\xef\xbb\xbf" + json.dumps(search_records[:1]).encode()))
    assert not importer.recognises(info(json.dumps([raw_record]).encode()))
    assert importer.edition(info(b""), ReadOptions(path=search_file)) == "search"
