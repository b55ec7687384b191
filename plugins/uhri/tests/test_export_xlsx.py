import datetime
import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from uptake.toolkit import Draft, Finding, Invalid, ReadOptions, TagDraft
from uptake_uhri.export_json import UhriJson
from uptake_uhri.export_xlsx import COLUMNS, REQUIRED, UhriXlsx, dash_list

HEADERS = {**COLUMNS, "Regions": "Regions Concerned", "UprRecommendingRegions": "Recommending Regions",
           "PublicationDateOnUhri": "Date of publication on UHRI"}  # fmt: skip
DATES = ("PublicationDate", "PublicationDateOnUhri")
EPOCH = datetime.datetime(1899, 12, 30)
MEMBERS = ("[Content_Types].xml", "xl/workbook.xml")


def write(path: Path, records, headers=HEADERS, *, dates_as_numbers=True) -> Path:
    """The records as UHRI's own XLSX has them: dash lists, Excel dates, no document id and no cycle."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet()
        day = None if dates_as_numbers else book.add_format({"num_format": "yyyy-mm-dd"})
        for column, (key, title) in enumerate(headers.items()):
            sheet.write_string(0, column, title)
            for row, record in enumerate(records, 1):
                write_cell(sheet, row, column, key, record.get(key), day)
    return path


def write_cell(sheet, row, column, key, value, day) -> None:
    if key in DATES and isinstance(value, str):
        sheet.write_number(row, column, (datetime.datetime.fromisoformat(value) - EPOCH) / datetime.timedelta(1), day)
    elif isinstance(value, list):
        sheet.write_string(row, column, "\n".join(f"- {item}" for item in value) or "-")
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write(row, column, value)


def read(path: Path, **options) -> list[Draft | Finding]:
    with path.open("rb") as stream:
        return list(UhriXlsx().read(stream, ReadOptions(path=path, **options)))


def shuffled(headers):
    items = list(headers.items())
    random.Random(3).shuffle(items)
    return dict(items)


RESPELLED = {key: title.replace("Reccomending", "Recommending") for key, title in HEADERS.items()}
LOOSE = {key: f" {title.upper().replace(' ', '  ')} " for key, title in HEADERS.items()}


@pytest.mark.parametrize("headers", [HEADERS, shuffled(RESPELLED), LOOSE], ids=["ohchr", "respelled", "loose"])
@pytest.mark.parametrize("dates_as_numbers", [True, False])
def test_the_workbook_gives_the_drafts_of_the_json(headers, dates_as_numbers, generated, read_file, tmp_path) -> None:
    path = write(tmp_path / "export.xlsx", generated.records, headers, dates_as_numbers=dates_as_numbers)
    from_json = read_file(UhriJson(), generated.path)
    from_xlsx = read(path)
    for row, (expected, draft) in enumerate(zip(from_json, from_xlsx, strict=True), 2):
        assert isinstance(draft, Draft)
        assert draft.where == f"row {row}"
        same = {"where": "", "raw": b"", "document_key": None, "findings": []}
        assert replace(draft, **same) == replace(expected, **same)
        assert [finding.code for finding in draft.findings] == [finding.code for finding in expected.findings]


def test_the_raw_of_a_row_changes_with_its_cells_only(raw_record, tmp_path) -> None:
    changed = raw_record | {"Themes": ["Right to health"]}
    first, same, other = read(write(tmp_path / "a.xlsx", [raw_record, raw_record, changed]))
    [moved] = read(write(tmp_path / "b.xlsx", [raw_record], shuffled(HEADERS)))
    assert first.raw == same.raw == moved.raw
    assert first.raw != other.raw


def test_two_states_in_one_item_are_both_given(raw_record, tmp_path) -> None:
    record = raw_record | {"Countries": ["South Sudan - Sudan"], "UprRecommendingCountry": ["Timor-Leste", "A - B"]}
    [draft] = read(write(tmp_path / "a.xlsx", [record]))
    assert draft.states == ["South Sudan", "Sudan"]
    assert draft.recommenders == ["Timor-Leste", "A", "B"]


def test_the_cycle_follows_from_the_session(raw_record, tmp_path) -> None:
    [draft] = read(write(tmp_path / "a.xlsx", [raw_record | {"UprSession": ["36th Session (2-13 November 2020)"]}]))
    assert (draft.session, draft.cycle) == ("36", 3)


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("", ()),
        ("-", ()),
        ("- ", ()),
        ("- CRC", ("CRC",)),
        ("CRC", ("CRC",)),
        ("- a\n- b", ("a", "b")),
        ("- a\r\n- b\r\n", ("a", "b")),
        ("- 1.4 - Equal rights\n- Guinea-Bissau", ("1.4 - Equal rights", "Guinea-Bissau")),
        ("- a\nb - c\n\n- d", ("a b - c", "d")),
        ("-\n- a", ("a",)),
    ],
)
def test_a_dash_list_is_split_at_the_start_of_lines_only(cell, items) -> None:
    assert dash_list(cell) == items


@pytest.mark.parametrize("number", [1, 2, 1.5])
def test_the_first_days_of_1900_mean_unknown(number, raw_record, tmp_path) -> None:
    [draft] = read(write(tmp_path / "a.xlsx", [raw_record | {"PublicationDate": number}]))
    assert draft.date is None


def test_dates_written_as_text_are_read(raw_record, tmp_path) -> None:
    headers = {**HEADERS, "PublicationDate": "Ignored", "AsText": "Document Publication Date"}
    iso, local = read(
        write(tmp_path / "a.xlsx", [{**raw_record, "AsText": d} for d in ("2025-02-12", "12/02/2025")], headers)
    )
    assert iso.date == local.date == datetime.date(2025, 2, 12)


@pytest.mark.parametrize(
    ("key", "cell", "code"),
    [
        ("PublicationDate", -5, "bad-date"),
        ("PublicationDate", True, "bad-date"),
        ("Text", 5, "bad-value"),
        ("Text", None, "no-text"),
        ("Symbol", 5, "bad-value"),
        ("AnnotationId", 5, "bad-value"),
        ("Countries", True, "bad-value"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_and_the_next_one_is_read(key, cell, code, raw_record, tmp_path) -> None:
    finding, draft = read(write(tmp_path / "a.xlsx", [raw_record | {key: cell}, raw_record]))
    assert (finding.where, finding.code, finding.severity) == ("row 2", code, "refused")
    assert draft.where == "row 3"


def test_blank_rows_are_passed_over(raw_record, tmp_path) -> None:
    drafts = read(write(tmp_path / "a.xlsx", [raw_record, {}, raw_record]))
    assert [draft.where for draft in drafts] == ["row 2", "row 4"]


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_column_is_named_with_those_that_are_there(key, raw_record, tmp_path) -> None:
    headers = {other: title for other, title in HEADERS.items() if other != key}
    path = write(tmp_path / "a.xlsx", [raw_record], headers)
    with pytest.raises(Invalid, match=f"lacks the column {HEADERS[key]}.*UPR Session"):
        read(path)


def test_a_missing_column_that_can_be_spared_is_told(raw_record, tmp_path) -> None:
    headers = {key: title for key, title in HEADERS.items() if key != "Sdgs"}
    finding, draft = read(write(tmp_path / "a.xlsx", [raw_record], headers))
    assert (finding.code, finding.severity, finding.values) == ("missing-column", "warning", {"column": "Sdgs"})
    assert TagDraft("sdg", "16.2") not in draft.tags


def test_rows_of_other_states_are_passed_over(generated, tmp_path) -> None:
    path = write(tmp_path / "a.xlsx", generated.records)
    options = ReadOptions(path=path, wants=lambda labels, symbol: "Peru" in labels)
    with path.open("rb") as stream:
        drafts = list(UhriXlsx().read(stream, options))
    assert len(drafts) == generated.counts["country Peru"]
    assert options.skipped == generated.counts["records"] - len(drafts)


def test_it_recognises_workbooks_with_its_columns(raw_record, tmp_path, info) -> None:
    full = write(tmp_path / "a.xlsx", [raw_record], RESPELLED)
    thin = write(tmp_path / "b.xlsx", [raw_record], {"Text": "text", "Countries": "Countries concerned"})
    other = write(tmp_path / "c.xlsx", [raw_record], {"Text": "Text", "Themes": "Themes"})
    found = [UhriXlsx().recognises(info(b"PK", path.name, path, MEMBERS)) for path in (full, thin, other)]
    assert found == [True, True, False]


def test_recognising_a_damaged_or_missing_workbook_says_no(raw_record, tmp_path, info) -> None:
    path = write(tmp_path / "a.xlsx", [raw_record])
    path.write_bytes(path.read_bytes()[:2000])
    assert not UhriXlsx().recognises(info(b"PK", path.name, path, MEMBERS))
    assert not UhriXlsx().recognises(info(b"PK", "b.xlsx", tmp_path / "b.xlsx", MEMBERS))
    assert not UhriXlsx().recognises(info(b"PK", path.name, path, ("word/document.xml",)))


def test_a_file_that_is_no_table_says_why() -> None:
    with pytest.raises(Invalid):
        list(UhriXlsx().read(io.BytesIO(b""), ReadOptions(path=Path("a.xlsx"))))


def test_the_edition_is_its_own(info) -> None:
    assert UhriXlsx().edition(info(b""), ReadOptions(path=Path("a.xlsx"))) == "xlsx-en"
    assert UhriXlsx().edition(info(b""), ReadOptions(path=Path("a.xlsx"), language="es")) == "xlsx-es"
