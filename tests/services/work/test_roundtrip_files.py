"""Sheets that were altered, and files that are none: each row is judged by itself, each refusal says what to do."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from uptake.db import session
from uptake.errors import Invalid, NotFound
from uptake.i18n import set_locale
from uptake.services.storing import waiting_uploads
from uptake.services.work import roundtrip
from uptake.services.work.roundtrip_fields import FILL, GIVEN, ID, MARK
from uptake.testing.roundtrip import NAMES, Desk, fill, make_desk, problem


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk()


def rows_of(data: bytes) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(data))
    found = [[cell.value for cell in row] for row in book["Uptake"].iter_rows()]
    book.close()
    return found


def as_csv(data: bytes, separator: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(
        ["" if cell is None else cell for cell in row] for row in rows_of(data)
    )
    return text.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("name", [*GIVEN])
def test_an_altered_official_column_refuses_the_row(desk: Desk, name: str) -> None:
    found = desk.waiting(desk.sheet({(2, name): "altered", (2, "done"): "A"}))
    assert found.outcomes[0].what == "refused"
    assert "grey column" in problem(found)


def test_an_altered_hidden_column_refuses_the_row(desk: Desk) -> None:
    data = desk.sheet({(2, "done"): "A"})
    other = load_workbook(io.BytesIO(data))["Uptake"].cell(3, NAMES.index(ID) + 1).value
    mark = load_workbook(io.BytesIO(data))["Uptake"].cell(2, NAMES.index(MARK) + 1).value
    for cells in ({(2, ID): other}, {(2, MARK): "x"}, {(2, MARK): None}, {(2, MARK): str(mark).replace(";", ";9", 1)}):
        found = desk.waiting(fill(data, cells))
        assert (found.outcomes[0].what, "hidden" in problem(found)) == ("refused", True)
    for unknown in ("nothing", "00000000-0000-0000-0000-000000000000"):
        assert "no recommendation" in problem(desk.waiting(fill(data, {(2, ID): unknown})))


def test_a_file_that_is_too_large_or_not_ours_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid, match="not a spreadsheet of this site"):
        desk.outcomes(b"a,b\n1,2\n", "x.csv")
    with pytest.raises(Invalid, match="too large"):
        desk.outcomes(b"x" * (waiting_uploads.LARGEST + 1))
    with pytest.raises(NotFound):
        roundtrip.waiting(session(), "lost", person=desk.person)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"", "empty"), ("a.xlsx", b"%PDF-1.7 x", "PDF"), ("a.xlsx", b"<html><table>", "web page"),
        ("a.xlsx", b"PK\x03\x04 broken", "damaged|broken|opened|archive"), ("a.csv", b"\x00\x01\x02", "NUL|empty|names|read"),
    ],
)  # fmt: skip
def test_what_is_no_spreadsheet_is_refused_with_a_remedy(desk: Desk, name: str, data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as wrong:
        desk.outcomes(data, name)
    assert wrong.value.remedy


def test_a_csv_does_the_same_whatever_its_separator(desk: Desk) -> None:
    data = desk.sheet({(2, "done"): 'Law "12"; adopted,\nin force', (3, "period_to"): "31/12/2025"})
    for separator in ",;\t":
        found = desk.waiting(as_csv(data, separator), "mine.csv")
        assert [one.what for one in found.outcomes] == ["new", "new", "same"]
        assert found.outcomes[0].values["done"] == 'Law "12"; adopted,\nin force'
        assert found.outcomes[1].values["period_to"] == "2025-12-31"


def test_missing_columns_are_named(desk: Desk) -> None:
    rows = rows_of(desk.sheet({(2, "done"): "A"}))
    at = NAMES.index("obstacles")
    text = io.StringIO()
    csv.writer(text).writerows([[cell or "" for cell in (*row[:at], *row[at + 1 :])] for row in rows])
    with pytest.raises(Invalid, match="Obstacles"):
        desk.outcomes(text.getvalue().encode(), "x.csv")


def test_columns_may_be_moved_and_others_added(desk: Desk) -> None:
    rows = [["Note", *reversed(row)] for row in rows_of(desk.sheet({(2, "done"): "A"}))]
    text = io.StringIO()
    csv.writer(text).writerows([[cell or "" for cell in row] for row in rows])
    assert desk.outcomes(text.getvalue().encode(), "x.csv") == ["new", "same", "same"]


def test_a_formula_is_refused_with_its_cell(desk: Desk) -> None:
    found = desk.waiting(desk.sheet({(2, "done"): "=1+1", (3, "done"): "fine"}))
    assert [one.what for one in found.outcomes] == ["refused", "new", "same"]
    assert problem(found) == "Cell I2 holds a formula."


def test_merged_cells_refuse_the_rows_that_they_touch(desk: Desk) -> None:
    book = load_workbook(io.BytesIO(desk.sheet({(2, "done"): "A", (4, "done"): "B"})))
    book["Uptake"].merge_cells("I2:I3")
    stream = io.BytesIO()
    book.save(stream)
    found = desk.waiting(stream.getvalue())
    assert [one.what for one in found.outcomes] == ["refused", "refused", "new"]
    assert "I2:I3" in problem(found)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("period_from", "soon", "no day"), ("period_to", "2025-02-31", "no day"), ("claim", "Nearly", "no status"),
        ("claim", "Received", "no status"), ("evidence", "javascript:alert(1)", "no web address"),
        ("evidence", " ".join(f"https://a.b/{number}" for number in range(21)), "more than 20"),
        ("done", "x" * 20_001, "longer than"),
    ],
)  # fmt: skip
def test_a_wrong_cell_refuses_its_row_alone(desk: Desk, column: str, value: str, words: str) -> None:
    found = desk.waiting(desk.sheet({(2, column): value, (3, "done"): "fine"}))
    assert [one.what for one in found.outcomes] == ["refused", "new", "same"]
    assert words in problem(found)


def test_a_cell_of_ten_megabytes_is_refused(desk: Desk) -> None:
    rows = rows_of(desk.sheet())
    rows[1][NAMES.index("done")] = "x" * 10_000_000
    text = io.StringIO()
    csv.writer(text).writerows([[cell or "" for cell in row] for row in rows])
    with pytest.raises(Invalid, match="row 2"):
        desk.outcomes(text.getvalue().encode(), "x.csv")


def test_what_looks_like_a_formula_goes_out_and_comes_back_as_text(desk: Desk) -> None:
    desk.draft(done="=cmd|' /C calc'!A0", next_step="@SUM(1)")
    data = desk.sheet()
    book = load_workbook(io.BytesIO(data))
    cell = book["Uptake"].cell(2, NAMES.index("done") + 1)
    assert (cell.value, cell.data_type, cell.number_format) == ("=cmd|' /C calc'!A0", "s", "@")
    assert desk.outcomes(data) == ["same"] * 3


def test_the_workbook_locks_what_is_given_and_offers_the_scale(desk: Desk) -> None:
    book = load_workbook(io.BytesIO(desk.sheet()))
    sheet = book["Uptake"]
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "A2"
    assert not sheet.sheet_view.rightToLeft
    for name in NAMES:
        cell = sheet.cell(2, NAMES.index(name) + 1)
        assert cell.protection.locked is (name not in FILL), name
        (shape,) = [one for one in sheet.column_dimensions.values() if one.min <= cell.column <= one.max]
        assert shape.hidden is (name in {ID, MARK}), name
    lists = [each for each in sheet.data_validations.dataValidation if each.type == "list"]
    assert [str(each.sqref) for each in lists] == ["M2:M4"]
    offered = [cell.value for cell in book.worksheets[2]["A"]]
    assert "In progress" in offered
    assert "Received" not in offered
    assert book.worksheets[1].cell(1, 1).value


def test_in_arabic_it_reads_from_right_to_left_and_comes_back_in_any_language(desk: Desk) -> None:
    set_locale("ar")
    data = desk.sheet({(2, "done"): "تم", (2, "claim"): "in_progress"})
    assert load_workbook(io.BytesIO(data))["Uptake"].sheet_view.rightToLeft
    set_locale("en")
    assert desk.outcomes(data) == ["new", "same", "same"]


cell_values = st.one_of(
    st.none(), st.text(max_size=40), st.integers(-10, 10**12), st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(), st.dates(), st.sampled_from(["=1+1", "@SUM(A1)", "-", "https://", "https://a.b", "In progress", "2025-13-01"]),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.tuples(st.integers(1, 6), st.sampled_from(NAMES)), cell_values, max_size=8))
def test_whatever_is_done_to_the_sheet_it_is_judged_row_by_row(desk: Desk, cells: dict[tuple[int, str], Any]) -> None:
    """No altered sheet ends in anything but rows with an outcome or one clear refusal; applied twice it changes nothing."""
    from openpyxl.utils.exceptions import IllegalCharacterError

    try:
        data = desk.sheet(cells)
    except (IllegalCharacterError, ValueError):
        return
    try:
        found = desk.waiting(data)
    except Invalid:
        return
    assert all(one.problems for one in found.outcomes if one.what == "refused")
    done = roundtrip.apply(found.token, person=desk.person)
    assert done == found.counts
    again = desk.waiting(data)
    assert again.counts["new"] == again.counts["change"] == 0
