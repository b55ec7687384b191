"""Whatever a file holds, an importer answers with drafts and findings, or says of the whole file what is wrong."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uptake.toolkit import Draft, FileInfo, Finding, Invalid, ReadOptions
from uptake_uhri.export_json import UhriJson
from uptake_uhri.search_records import UhriSearchRecords

KEYS = (
    "AnnotationId", "DocumentId", "Symbol", "Body", "AnnotationType", "Countries", "Regions", "PublicationDate",
    "PublicationDateOnUhri", "Text", "Themes", "AffectedPersons", "Sdgs", "UprCycle", "UprPositions",
    "UprRecommendingCountry", "UprRecommendingRegions", "UprSession",
)  # fmt: skip
SEARCH_KEYS = (
    "annotationId", "symbol", "documentId", "publicationDate", "annotationType", "countryIds", "affectedPersonIds",
    "themesIds", "sdgsIds", "uprPositionIds", "uprSessionIds", "uprRecommendingCountryIds", "bodyId", "uprCycle",
    "numberInDocument", "en", "fr", "es", "ar", "ru", "zh",
)  # fmt: skip

TYPE_ID = "aa43335f-ec93-415e-bd4a-87ec91225983"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"  \r\n", "is empty"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'{"AnnotationId": "x", "Text": "y"}', "one JSON object"),
        (b"PK\x03\x04", "not JSON"),
        (b'[{"Text": "a"},{"Text": "b', "breaks off in record 2"),
        (b'[{"Text": "a"},{"Text" "b", "Symbol": "x"}]', "damaged in record 2"),
        (b'[{"Text": "a"}] more', "goes on behind"),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_says_why(content, message, read_json) -> None:
    with pytest.raises(Invalid, match=message):
        read_json(content)


@pytest.mark.parametrize("cut", [1, 2, 100, 1500, 2200])
def test_a_truncated_download_is_never_taken_for_whole(cut, generated, read_json) -> None:
    with pytest.raises(Invalid):
        read_json(generated.path.read_bytes()[:-cut])


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (7, "not-a-record"),
        (None, "not-a-record"),
        ("text", "not-a-record"),
        ([], "not-a-record"),
        ({}, "no-text"),
        ({"Text": None}, "no-text"),
        ({"Text": "  "}, "no-text"),
        ({"Text": 5}, "bad-value"),
        ({"Text": ["a"]}, "bad-value"),
        ({"Text": "a", "AnnotationId": ["x"]}, "bad-value"),
        ({"Text": "a", "Symbol": {}}, "bad-value"),
        ({"Text": "a", "Body": ["- CRC"]}, "bad-value"),
        ({"Text": "a", "AnnotationType": 1}, "bad-value"),
        ({"Text": "a", "Countries": {"a": 1}}, "bad-value"),
        ({"Text": "a", "Themes": [["x"]]}, "bad-value"),
        ({"Text": "a", "Sdgs": [True]}, "bad-value"),
        ({"Text": "a", "PublicationDate": "2025-02-31"}, "bad-date"),
        ({"Text": "a", "PublicationDate": "soon"}, "bad-date"),
        ({"Text": "a", "PublicationDate": ["2025-02-12"]}, "bad-date"),
        ({"Text": "a", "PublicationDate": {}}, "bad-date"),
    ],
)
def test_a_record_that_cannot_be_taken_is_refused_and_the_next_one_is_read(record, code, read_json) -> None:
    finding, draft = read_json([record, {"Text": "fine"}])
    assert (finding.where, finding.code, finding.severity) == ("record 1", code, "refused")
    assert finding.message.format_map(finding.values)
    assert draft.texts == {"en": "fine"}


def test_a_bad_date_is_named_with_its_key_and_value(read_json) -> None:
    [finding] = read_json([{"Text": "a", "PublicationDate": "2025-02-31T00:00:00"}])
    shown = finding.message.format_map(finding.values)
    assert "PublicationDate is not a date: 2025-02-31T00:00:00." in shown


def test_null_lists_are_empty(read_json) -> None:
    lists = ("Countries", "Themes", "AffectedPersons", "Sdgs", "UprPositions", "UprRecommendingCountry", "UprSession")
    [draft] = read_json([{"Text": "a"} | dict.fromkeys(lists)])
    assert (draft.states, draft.tags, draft.positions, draft.recommenders) == ([], [], [], [])
    assert (draft.session, draft.findings) == (None, [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
LIKELY = st.sampled_from(
    ["- CRC", "-", "2025-02-12T00:00:00", "2025-02-31", "35th Session", "Cycle 2", "16.2 - x", " Peru "]
) | st.lists(
    st.sampled_from(["Peru", "1 - NO POVERTY", "12th Session", "Noted", "", "aa43335f-ec93-415e-bd4a-87ec91225983"])
)


def records(keys: tuple[str, ...]) -> st.SearchStrategy[object]:
    return JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(keys, JSON | LIKELY))


@settings(deadline=None)
@given(st.lists(records(KEYS), min_size=1, max_size=4))
def test_the_json_importer_never_raises_for_a_whole_array(items) -> None:
    check_reading(UhriJson(), items)


@settings(deadline=None)
@given(st.lists(records(SEARCH_KEYS), min_size=1, max_size=4))
def test_the_search_importer_never_raises_for_a_whole_array(items) -> None:
    check_reading(UhriSearchRecords(), items)


def check_reading(importer, items) -> None:
    data = json.dumps(items).encode()
    found = list(importer.read(io.BytesIO(data), ReadOptions(path=Path("x.json"))))
    assert all(type(item) in {Draft, Finding} for item in found)
    assert [item.where for item in found] == [f"record {number}" for number in range(1, len(items) + 1)]


@given(st.binary(max_size=300))
def test_recognising_never_raises(head) -> None:
    file = FileInfo(path=Path("missing"), name="x.json", size=len(head), head=head, members=())
    assert not UhriJson().recognises(file)
    assert not UhriSearchRecords().recognises(file)
