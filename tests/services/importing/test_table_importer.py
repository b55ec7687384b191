"""Rows of any table become drafts, and what cannot be read is reported by row and column."""

from __future__ import annotations

import datetime
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from uptake.errors import Invalid
from uptake.files.mapping import builtin_mappings
from uptake.hooks.kinds import Draft, FileInfo, Finding, ReadOptions, TagDraft
from uptake.services.importing.table_importer import TableImporter

TEXT = {"text": "Text", "state": "State"}


def read(
    content: str | bytes, columns: dict[str, object], wants: Callable[..., bool] | None = None, **spec: object
) -> list[Draft | Finding]:
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    options = ReadOptions(Path("list.csv"), mapping={"columns": columns, **spec}, wants=wants)
    return list(TableImporter().read(stream, options))


def draft(content: str | bytes, columns: dict[str, object], **spec: object) -> Draft:
    [only] = read(content, columns, **spec)
    assert isinstance(only, Draft)
    return only


def finding(content: str | bytes, columns: dict[str, object], **spec: object) -> Finding:
    [only] = [item for item in read(content, columns, **spec) if isinstance(item, Finding)]
    return only


def test_without_a_mapping_it_says_how_to_make_one() -> None:
    with pytest.raises(Invalid, match="uptake mapping preview FILE; save a mapping with: uptake mapping save NAME"):
        TableImporter().read(io.BytesIO(b"a,b\n"), ReadOptions(Path("list.csv")))


def test_a_row_becomes_a_draft() -> None:
    header = "Nr,State,Text,Texte,Symbol,Date,Session,Cycle,Position,From,Themes,SDG,Id\n"
    row = '12.1,Chad,Ratify,Ratifier,A/HRC/1,2020-02-29,5,2,YES,"Fiji, Iran (Islamic Republic of)",Health;Food,1.4,x1\n'
    columns: dict[str, object] = {
        "paragraph": "Nr", "state": "State", "text": "Text", "text.fr": "Texte", "symbol": "Symbol", "date": "Date",
        "session": "Session", "cycle": "Cycle", "position": "Position", "recommenders": "From", "themes": "Themes",
        "sdgs": "SDG", "key": "Id",
    }  # fmt: skip
    made = draft(
        header + row, columns, constants={"mechanism": "UPR"}, values={"position": {"yes": "supported"}},
        vocabularies={"themes": "own"},
    )  # fmt: skip
    assert made.where == "row 2"
    assert made.texts == {"en": "Ratify", "fr": "Ratifier"}
    assert (made.states, made.mechanism, made.symbol, made.paragraph) == (["Chad"], "UPR", "A/HRC/1", "12.1")
    assert (made.date, made.session, made.cycle, made.key) == (datetime.date(2020, 2, 29), "5", 2, "x1")
    assert made.positions[0].raw == "supported"
    assert made.recommenders == ["Fiji", "Iran (Islamic Republic of)"]
    assert made.tags == [TagDraft("own", "Health"), TagDraft("own", "Food"), TagDraft("sdg", "1.4")]


def test_without_a_paragraph_column_the_core_cuts_it_from_the_text() -> None:
    assert draft("Text,State\n12.1 Ratify,Chad\n", TEXT).paragraph is None


def test_constants_stand_for_columns() -> None:
    made = draft("Text\nRatifier\n", {"text": "Text"}, constants={"state": "SVN", "language": "fr", "session": 20})
    assert (made.states, made.texts, made.session) == (["SVN"], {"fr": "Ratifier"}, "20")


def test_several_columns_of_one_field_are_joined() -> None:
    made = draft("A,B,T1,T2\nRatify,it,Health,Food\n", {"text": ["A", "B"], "themes": ["T1", "T2"]})
    assert made.texts == {"en": "Ratify\nit"}
    assert [tag.label for tag in made.tags] == ["Health", "Food"]


@pytest.mark.parametrize(("row", "code", "severity"), [("", "blank-row", "info"), (",Chad", "no-text", "refused")])
def test_rows_without_content_are_reported(row: str, code: str, severity: str) -> None:
    found = finding(f"Text,State\nRatify,Chad\n{row}\nSign,Chad\n", TEXT)
    assert (found.where, found.code, found.severity) == ("row 3", code, severity)


@pytest.mark.parametrize("date", ["2025-02-31", "soon", "31/31/2020"])
def test_a_date_that_cannot_be_read_refuses_its_row(date: str) -> None:
    found = finding(f"Text,Adopted\nRatify,{date}\n", {"text": "Text", "date": "Adopted"})
    assert (found.where, found.code, found.severity) == ("row 2", "unreadable-date", "refused")
    assert found.values == {"column": "Adopted", "value": date}


def test_a_row_with_more_cells_than_columns_is_refused() -> None:
    found = finding("Text,State\nRatify, sign,Chad\n", TEXT)
    assert (found.where, found.code, found.severity) == ("row 2", "too-many-cells", "refused")


def test_recommending_states_may_stand_in_the_text() -> None:
    content = 'Text,State\n"Ratify (Spain, Fiji) (Iran (Islamic Republic of));",Chad\n'
    made = draft(content, {**TEXT, "recommenders": "(text)"})
    assert made.recommenders == ["Spain", "Fiji", "Iran (Islamic Republic of)"]
    assert made.texts["en"].endswith("(Iran (Islamic Republic of));")


def test_rows_that_repeat_a_text_are_merged_where_the_mapping_says_so() -> None:
    content = "Text,State,From\nA,Chad,Fiji\nA,Chad,Peru\nA,Mali,Peru\n\nA,Mali,Cuba\n"
    columns = {**TEXT, "recommenders": "From"}
    apart, together = read(content, columns), read(content, columns, group=True)
    assert [item.where for item in apart] == ["row 2", "row 3", "row 4", "row 5", "row 6"]
    assert [item.where for item in together] == ["rows 2–3", "row 4", "row 5", "row 6"]
    assert isinstance(together[0], Draft)
    assert together[0].recommenders == ["Fiji", "Peru"]


def test_differing_positions_of_merged_rows_are_reported() -> None:
    content = "Text,State,From,Said\nA,Chad,Fiji,noted\nA,Chad,Peru,supported\n"
    made = draft(content, {**TEXT, "recommenders": "From", "position": "Said"}, group=True)
    assert ([said.raw for said in made.positions], made.findings[0].code) == (["noted"], "differing-position")


def test_unwanted_states_are_counted_and_passed_over() -> None:
    options = ReadOptions(Path("list.csv"), mapping={"columns": TEXT}, wants=lambda states, symbol: "Chad" in states)
    drafts = list(TableImporter().read(io.BytesIO(b"Text,State\nA,Chad\nB,Mali\n"), options))
    assert (len(drafts), options.skipped) == (1, 1)


def test_a_changed_cell_and_a_changed_mapping_change_what_identifies_the_row() -> None:
    one = draft("Text,State\nA,Chad\n", TEXT).raw
    assert one == draft("Text,State\nA,Chad\n", TEXT).raw
    assert one != draft("Text,State\nA,Mali\n", TEXT).raw
    assert one != draft("Text,State\nA,Chad\n", TEXT, constants={"mechanism": "UPR"}).raw


def test_numbers_of_a_workbook_read_as_people_see_them() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Text", "Nr", "Year", "Session"])
        sheet.write_row(1, 0, ["Ratify", 12.1, 2020, 5])
    made = draft(stream.getvalue(), {"text": "Text", "paragraph": "Nr", "date": "Year", "session": "Session"})
    assert (made.paragraph, made.date, made.session) == ("12.1", datetime.date(2020, 1, 1), "5")
    assert made.findings[0].code == "paragraph-is-a-number"


def test_an_uncertain_encoding_is_reported_once_and_put_right_by_the_mapping() -> None:
    content = ("Text,State\n" + "the women?s rights,Chad\n" * 9).encode().replace(b"?", b"\xcd")
    found = finding(content, TEXT)
    assert (found.where, found.code, found.severity) == ("list.csv", "encoding-uncertain", "warning")
    first = read(content, TEXT, encoding="mac_roman", replace={"Õ": "’"})[0]
    assert isinstance(first, Draft)
    assert first.texts == {"en": "the women’s rights"}


@pytest.mark.parametrize(
    ("year", "rows", "drafts"),
    [("2008", 1024, 867), ("2009", 4195, 3818), ("2010", 6044, 5904), ("2011", 8629, 8490), ("2012", 4222, 4179)],
)
def test_the_report_extracts_fit_their_mapping(shared_data: Path, year: str, rows: int, drafts: int) -> None:
    path = shared_data / "upr-report-extracts" / f"upr_report_recommendations_{year}.csv"
    spec = builtin_mappings()["upr-report-extracts"]
    with path.open("rb") as stream:
        items = list(TableImporter().read(stream, ReadOptions(path, mapping=spec)))
    made = [item for item in items if isinstance(item, Draft)]
    assert len(made) == drafts
    assert [item.code for item in items if isinstance(item, Finding)] == (["blank-row"] if year == "2011" else [])
    assert sum(_rows_of(item) for item in items) == rows
    assert all(one.states and one.recommenders and one.mechanism == "UPR" for one in made)
    assert {one.date for one in made} == {datetime.date(int(year), 1, 1)}
    said = Counter(one.positions[0].raw for one in made if one.positions)
    assert set(said) <= {"support", "consider", "implemented", "reject", "noted"}
    texts = " ".join(one.texts["en"] for one in made)
    assert "women’s rights" in texts
    assert not set(texts) & set("ÕÍÓÒ™ª")


def _rows_of(item: Draft | Finding) -> int:
    first, _, last = item.where.removeprefix("rows ").removeprefix("row ").partition("–")
    return int(last or first) - int(first) + 1


def test_the_old_upr_info_workbook_reads_by_its_repeated_names(shared_data: Path) -> None:
    path = shared_data / "upr-info-database-2014" / "upr_info_recommendations_sessions_1-5.xls"
    columns = {"text": "Recommendation", "state": "SuR", "recommenders": "RS", "themes": "Issue", "groups": "Org (2)"}
    with path.open("rb") as stream:
        items = list(TableImporter().read(stream, ReadOptions(path, mapping={"columns": columns})))
    assert len(items) == 6094
    assert isinstance(items[0], Draft)
    assert [tag.label for tag in items[0].tags] == ["Rights of the Child", "Women's rights", "EU"]


@pytest.mark.parametrize(
    ("name", "head", "members", "expected"),
    [
        ("list.csv", b"anything", (), True),
        ("list.txt", b"a;b;c\n1;2;3\n4;5;6\n", (), True),
        ("list.bin", b"PK\x03\x04", ("xl/workbook.xml",), True),
        ("list.bin", b"PK\x03\x04", ("word/document.xml",), False),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (), True),
        ("list.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (), False),
        ("list.json", b'[{"a": 1, "b": 2}]', (), False),
        ("list.txt", b"One line of prose.\n", (), False),
        ("empty", b"", (), False),
    ],
)
def test_tables_are_recognised(name: str, head: bytes, members: tuple[str, ...], expected: bool) -> None:
    assert TableImporter().recognises(FileInfo(Path(name), name, len(head), head, members)) is expected
