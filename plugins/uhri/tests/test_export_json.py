import datetime
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from uptake.toolkit import Draft, Finding, PositionDraft, ReadOptions, TagDraft
from uptake_uhri.export_json import UhriJson

UNKNOWN_ID = "acf979ef-4c5f-49d7-80b9-4b237abd0b7c"


def test_the_real_record_becomes_a_draft_in_its_own_words(shared_data, raw_record, read_file) -> None:
    path = shared_data / "uhri-export-samples" / "full_export_one_raw_record.json"
    [draft] = read_file(UhriJson(), path)
    assert draft.where == "record 1"
    assert draft.key == "a9ceae8c-fe1c-40f9-a326-1529e0ab678f"
    assert draft.document_key == "41a0b08f-5a9a-4eb5-985f-05b47986ad82"
    assert (draft.symbol, draft.mechanism, draft.kind) == ("CRC/C/PER/CO/6-7", "CRC", "concern")
    assert draft.states == ["Peru"]
    assert draft.date == datetime.date(2025, 2, 12)
    assert draft.texts == {"en": raw_record["Text"]}
    assert draft.tags == [
        *(TagDraft("uhri-themes", label) for label in raw_record["Themes"]),
        *(TagDraft("uhri-groups", label) for label in raw_record["AffectedPersons"]),
        *(TagDraft("sdg", code) for code in ("16.2", "5.2", "16.9")),
    ]
    assert (draft.session, draft.cycle, draft.positions, draft.recommenders) == (None, None, [], [])
    assert (draft.unresolved, draft.findings) == ({}, [])
    assert json.loads(draft.raw) == raw_record


def test_nothing_of_a_generated_export_is_lost(generated, read_file) -> None:
    drafts = read_file(UhriJson(), generated.path)
    counts = generated.counts
    assert len(drafts) == counts["records"]
    assert all(type(draft) is Draft for draft in drafts)
    assert Counter(draft.mechanism or "" for draft in drafts) == tally(counts, "body ", lambda label: label[2:].strip())
    assert Counter("".join(draft.states) for draft in drafts) == tally(counts, "country ", str.strip)
    positions = Counter(position.raw for draft in drafts for position in draft.positions)
    assert positions == tally(counts, "position ", str)


def tally(counts, prefix, label_of) -> Counter[str]:
    labels: Counter[str] = Counter()
    for key, count in counts.items():
        if key.startswith(prefix):
            labels[label_of(key.removeprefix(prefix))] += count
    return labels


def test_every_generated_label_comes_without_outer_blanks(generated, read_file) -> None:
    for draft, record in zip(read_file(UhriJson(), generated.path), generated.records, strict=True):
        tags = Counter(tag.label for tag in draft.tags if tag.vocabulary != "sdg")
        assert tags == Counter(label.strip() for label in (*record["Themes"], *record["AffectedPersons"]))
        sdgs = [tag.label for tag in draft.tags if tag.vocabulary == "sdg"]
        assert sdgs == [label.split(" - ")[0] for label in record["Sdgs"]]
        assert draft.recommenders == record["UprRecommendingCountry"]


def test_reading_is_lazy(generated) -> None:
    with generated.path.open("rb") as stream:
        next(UhriJson().read(stream, ReadOptions(path=generated.path)))
        assert stream.tell() < generated.path.stat().st_size


def test_records_of_other_states_are_passed_over_and_counted(generated) -> None:
    options = ReadOptions(path=generated.path, wants=lambda labels, symbol: "Peru" in labels)
    with generated.path.open("rb") as stream:
        drafts = list(UhriJson().read(stream, options))
    assert len(drafts) == generated.counts["country Peru"]
    assert options.skipped == generated.counts["records"] - len(drafts)


def test_the_symbol_is_shown_to_wants_for_records_without_a_country() -> None:
    seen = []
    options = ReadOptions(path=Path("x.json"), wants=lambda labels, symbol: seen.append((labels, symbol)))
    data = json.dumps([{"Countries": [], "Symbol": "CRC/C/PER/CO/6", "Text": 5}]).encode()
    assert list(UhriJson().read(io.BytesIO(data), options)) == []
    assert seen == [([], "CRC/C/PER/CO/6")]


@pytest.mark.parametrize("cycle", ["Cycle 3", 3, 3.0, "3", "ba74bb92-48ea-4f60-9830-31285065b54e", ["Cycle 3"]])
def test_the_cycle_may_be_text_number_or_id(cycle, raw_record, read_json) -> None:
    [draft] = read_json([raw_record | {"UprCycle": cycle}])
    assert (draft.cycle, draft.findings) == (3, [])


def test_the_cycle_follows_from_the_session_where_it_is_missing(raw_record, read_json) -> None:
    [draft] = read_json([raw_record | {"UprSession": ["35th Session"], "UprPositions": ["Noted"]}])
    assert (draft.session, draft.cycle) == ("35", 3)
    assert draft.positions == [PositionDraft("Noted")]


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("AnnotationType", UNKNOWN_ID, "kind"),
        ("UprSession", [UNKNOWN_ID], "session"),
        ("UprCycle", UNKNOWN_ID, "cycle"),
    ],
)
def test_an_unknown_id_is_kept_and_reported(key, value, field, raw_record, read_json) -> None:
    [draft] = read_json([raw_record | {key: value}])
    assert draft.unresolved == {field: UNKNOWN_ID}
    assert [(finding.code, finding.severity) for finding in draft.findings] == [(f"unknown-{field}", "warning")]
    assert UNKNOWN_ID not in draft.findings[0].message


def test_a_lone_dash_is_no_mechanism_and_an_unspecified_kind(raw_record, read_json) -> None:
    [draft] = read_json([raw_record | {"Body": "-", "AnnotationType": "-", "AnnotationId": ""}])
    assert (draft.mechanism, draft.kind, draft.key, draft.findings) == (None, "unspecified", None, [])


def test_only_the_text_is_needed(read_json) -> None:
    [draft] = read_json([{"Text": "4.The Committee"}])
    assert draft == Draft("record 1", {"en": "4.The Committee"}, raw=b'{"Text": "4.The Committee"}', kind="unspecified",
                          states=[], tags=[], positions=[], recommenders=[])  # fmt: skip


@pytest.mark.parametrize(
    ("name", "language", "edition"),
    [
        ("export-full-es.json", None, "es"),
        ("export-full-fr (1).json", None, "fr"),
        ("Export-Full-AR.json", None, "ar"),
        ("uhri.json", None, "en"),
        ("export-full-es.json", "pt", "pt"),
    ],
)
def test_the_edition_is_the_language_of_the_export(name, language, edition, raw_record, info) -> None:
    options = ReadOptions(path=Path(name), language=language)
    assert UhriJson().edition(info(b"", name), options) == edition
    data = io.BytesIO(json.dumps([raw_record]).encode())
    [draft] = UhriJson().read(data, options)
    assert list(draft.texts) == [edition]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n\t"])
def test_it_recognises_its_files_behind_a_mark_or_blanks(start, raw_record, info) -> None:
    assert UhriJson().recognises(info(start + json.dumps([raw_record]).encode()))
    assert UhriJson().recognises(info(start + json.dumps([raw_record]).encode()[:3000]))


@pytest.mark.parametrize(
    "head",
    [b"", b"[]", b"<html>AnnotationId", b'{"AnnotationId": 1}', b'[{"annotationId": "x"}]', b"[1,2]", b"\x00\xff"],
)
def test_it_leaves_other_files_alone(head, info) -> None:
    assert not UhriJson().recognises(info(head, "export-full-en.json"))


def test_dates_of_1900_mean_unknown(raw_record, read_json) -> None:
    assert [item.date for item in read_json([raw_record | {"PublicationDate": "1900-01-01T00:00:00"}])] == [None]
    assert [item.date for item in read_json([raw_record | {"PublicationDate": " "}])] == [None]


def test_lists_with_blanks_numbers_and_nulls_give_their_labels(raw_record, read_json) -> None:
    [draft] = read_json([raw_record | {"Countries": [" Peru ", "", None, 7], "Themes": "Right to health "}])
    assert draft.states == ["Peru", "7"]
    assert draft.tags[0] == TagDraft("uhri-themes", "Right to health")


def test_findings_are_of_the_records_place(raw_record, read_json) -> None:
    items = read_json([raw_record, raw_record | {"Text": None}])
    assert [item.where for item in items] == ["record 1", "record 2"]
    assert isinstance(items[1], Finding)
