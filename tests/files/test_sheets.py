"""Tables open whatever their writing, and what is no table says so."""

from __future__ import annotations

import csv
import datetime
import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from uptake.errors import Invalid
from uptake.files.sheets import Sheet, open_sheet

EXTRACTS = {"2008": 1024, "2009": 4195, "2010": 6044, "2011": 8629, "2012": 4222}
BOMB = 120_000_000
CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n\r",;\t|'), max_size=12)
FRENCH = "État,Texte\nCôte d’Ivoire,Assurer l’égalité à l’école où les élèves français étaient réservés\n"
SPANISH = "País;Texto\nPerú;Garantizar la protección de los niños, ¿cómo? según los derechos económicos de la mujer\n"
SLOVENE = "Država;Besedilo\nSlovenija;Varstvo človekovih pravic, še posebej žensk in otrok, čim prej\n"
RUSSIAN = "Страна;Текст\nЧад;Принять меры по защите прав человека, в том числе прав женщин\n"


def of(content: bytes, name: str = "table.csv", **options: object) -> Sheet:
    return open_sheet(io.BytesIO(content), name, **options)  # type: ignore[arg-type]


def refused(content: bytes, name: str = "table.csv", **options: object) -> str:
    with pytest.raises(Invalid) as caught:
        list(of(content, name, **options).rows())
    assert name in str(caught.value)
    assert caught.value.remedy
    return str(caught.value)


def workbook(rows: list[list[object]], *, names: tuple[str, ...] = ("Data",)) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheets = [book.add_worksheet(name) for name in names]
        for at, row in enumerate(rows):
            sheets[-1].write_row(at, 0, row)
    return stream.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(("year", "count"), EXTRACTS.items())
def test_the_report_extracts_have_their_rows(shared_data: Path, year: str, count: int) -> None:
    path = shared_data / "upr-report-extracts" / f"upr_report_recommendations_{year}.csv"
    with path.open("rb") as stream:
        sheet = open_sheet(stream, path.name)
        rows = list(sheet.rows())
    assert sheet.header == ("text", "to", "decision", "From", "year", "notes")
    assert len(rows) == count
    assert [row.number for row in rows if row.blank] == ([5557] if year == "2011" else [])
    assert sheet.line_end == {"2008": "CR", "2009": "CRLF", "2010": "mixed", "2011": "CRLF", "2012": "CR"}[year]


@pytest.mark.parametrize("year", ["2009", "2011"])
def test_mac_roman_is_told_by_its_apostrophes(shared_data: Path, year: str) -> None:
    path = shared_data / "upr-report-extracts" / f"upr_report_recommendations_{year}.csv"
    with path.open("rb") as stream:
        sheet = open_sheet(stream, path.name)
        texts = " ".join(str(row.cells[0]) for row in sheet.rows() if not row.blank)
    assert (sheet.encoding, sheet.encoding_certain) == ("mac_roman", True)
    assert "women’s" in texts


@pytest.mark.parametrize("year", ["2008", "2010", "2012"])
def test_an_apostrophe_that_no_encoding_knows_is_not_certain(shared_data: Path, year: str) -> None:
    path = shared_data / "upr-report-extracts" / f"upr_report_recommendations_{year}.csv"
    with path.open("rb") as stream:
        sheet = open_sheet(stream, path.name)
    assert not sheet.encoding_certain
    assert len(sheet.apostrophes) == 1


@pytest.mark.parametrize(
    ("name", "count", "word"),
    [
        ("recommendations_sessions_1-5", 6094, "Habré"),
        ("recommendations_sessions_6-9", 8343, "Guaraní"),
        ("recommendations_sessions_10-13", 9047, "Violência Doméstica"),
        ("voluntary_pledges", 947, "Côte d'Ivoire"),
    ],
)
def test_the_upr_info_files_are_mac_roman(shared_data: Path, name: str, count: int, word: str) -> None:
    path = shared_data / "upr-info-database-2014" / f"upr_info_{name}.csv"
    with path.open("rb") as stream:
        sheet = open_sheet(stream, path.name)
        rows = list(sheet.rows())
    assert (sheet.encoding, sheet.encoding_certain, sheet.line_end) == ("mac_roman", True, "CR")
    assert len(rows) == count
    assert any(word in str(cell) for row in rows for cell in row.cells)


def test_an_xls_that_strict_readers_call_damaged_opens_with_its_repeated_names(shared_data: Path) -> None:
    path = shared_data / "upr-info-database-2014" / "upr_info_recommendations_sessions_1-5.xls"
    with path.open("rb") as stream:
        sheet = open_sheet(stream, path.name)
        rows = list(sheet.rows())
    assert (sheet.kind, sheet.sheet_names, len(rows)) == ("xls", ("UPR Info database export",), 6094)
    assert (sheet.column("Org"), sheet.column("org (2)")) == (2, 6)
    assert rows[0].number == 2
    assert rows[0].cells[4:7] == ("Austria", "WEOG", "EU")


def test_semicolons_and_a_byte_order_mark(shared_data: Path) -> None:
    path = shared_data / "reference" / "unsd_m49_countries_and_regions.csv"
    with path.open("rb") as stream:
        sheet = open_sheet(stream, path.name)
        namibia = [row for row in sheet.rows() if row.cells[sheet.column("country or  AREA")] == "Namibia"]
    assert sheet.header[0] == "Global Code"
    assert sheet.separator == ";"
    assert namibia[0].cells[sheet.column("ISO-alpha2 Code")] == "NA"


def test_a_title_row_above_the_header_is_passed_over(shared_data: Path) -> None:
    path = shared_data / "ratification" / "ohchr_dashboard_underlying_data_ICESCR.xls"
    with path.open("rb") as stream:
        sheet = open_sheet(stream, path.name)
        first = next(sheet.rows())
    assert sheet.header[0] == "Country"
    assert (first.number, first.cells[:3]) == (3, ("Afghanistan", "", datetime.date(1983, 1, 24)))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6))
def test_what_was_written_is_read(separator: str, line_end: str, rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    sheet = of(text.getvalue().encode(), separator=separator)
    assert [list(row.cells) for row in sheet.rows()] == rows
    assert [row.number for row in sheet.rows()] == list(range(2, len(rows) + 2))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separator_and_line_end_are_found(separator: str, line_end: str) -> None:
    lines = [["Text", "State", "Year"], ['"Ratify, sign; and | act\tnow"', "Chad", "2020"], ["Act", "Fiji", "2021"]]
    sheet = of(line_end.join(separator.join(line) for line in lines).encode())
    assert (sheet.separator, sheet.line_end) == (separator, {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}[line_end])
    assert [row.cells[1] for row in sheet.rows()] == ["Chad", "Fiji"]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *[(FRENCH, encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman")],
        *[(SPANISH, encoding) for encoding in ("cp1252", "latin-1", "mac_roman", "cp850")],
        (SLOVENE, "cp1250"),
        *[(RUSSIAN, encoding) for encoding in ("cp1251", "koi8-r", "utf-16-be")],
    ],
)
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    sheet = of(text.encode(encoding))
    assert sheet.encoding_certain
    assert ",".join(sheet.header) == text.splitlines()[0].replace(";", ",")
    assert "".join(map(str, next(sheet.rows()).cells))[-30:] in text


def test_quoted_line_feeds_and_blank_rows_survive() -> None:
    sheet = of(b'a,b\n"one\ntwo",1\n\n,\nNA,"say ""no"""\n')
    assert [(row.number, row.cells, row.blank) for row in sheet.rows()] == [
        (2, ("one\ntwo", "1"), False),
        (3, ("", ""), True),
        (4, ("", ""), True),
        (5, ("NA", 'say "no"'), False),
    ]


def test_excel_may_name_the_separator_in_a_first_line() -> None:
    sheet = of(b"sep=|\r\na|b\r\n1,2|3\r\n")
    assert (sheet.header, next(sheet.rows()).number) == (("a", "b"), 3)


def test_short_rows_are_filled_and_long_ones_kept() -> None:
    assert [row.cells for row in of(b"a,b\n1\n1,2,3\n1,2,,\n").rows()] == [("1", ""), ("1", "2", "3"), ("1", "2")]


def test_names_match_loosely() -> None:
    sheet = of(b"Etat,Recommending State\n")
    assert (sheet.column("ÉTAT"), sheet.column(" recommending  state ")) == (0, 1)
    with pytest.raises(Invalid, match=r"no column “Recomending State”.*Nearest.*Recommending State"):
        sheet.column("Recomending State")


def test_a_workbook_keeps_its_kinds_of_cell() -> None:
    rows = [["Text", "Year", "Date", "Done"], ["NA", 2020, datetime.date(2020, 2, 29), True], ["", 1.5, "", False]]
    sheet = of(workbook(rows, names=("Empty", "Data")), "book.xlsx")
    assert (sheet.kind, sheet.sheet_names) == ("xlsx", ("Empty", "Data"))
    first, second = sheet.rows()
    assert first.cells == ("NA", 2020, datetime.date(2020, 2, 29), True)
    assert (second.number, second.cells[1]) == (3, 1.5)


def test_a_sheet_that_is_not_there_is_named() -> None:
    assert "It has: Data" in refused(workbook([["a", "b"]]), "book.xlsx", sheet="Other")


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b" " * BOMB})


def test_a_zip_bomb_is_not_opened(bomb: bytes) -> None:
    assert len(bomb) < BOMB / 500
    assert "unpacks to more than" in refused(bomb, "bomb.xlsx")


def test_a_zip_bomb_cannot_lie_about_its_size(bomb: bytes) -> None:
    lying = bomb.replace(struct.pack("<I", BOMB), struct.pack("<I", 10))
    assert lying != bomb
    assert "unpacks to more than" in refused(lying, "bomb.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"<!DOCTYPE html><html><table><tr><td>a</td></tr></table>", "a web page"),
        (b'[{"text": "a"}]', "JSON"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"a,b\n1,2\n3,\x004\n", "NUL character in line 3"),
        (b'a,b\n1,2\n3,"never closed\n5,6\n7,8\n', "row 3: a quotation mark opens"),
        (b'a,b\n1,"' + b"x" * 140_000 + b'"\n', "row 2: field larger"),
        ("a,b\nété,à\nél,ü\nçà,ö\nê,î\n".encode() * 9 + b"e\xe9e,x\n", "line 46 holds bytes that are not"),
    ],
)
def test_bad_text_files_are_told(content: bytes, words: str) -> None:
    assert words in refused(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"readme.txt": b"hello"}), "a zip archive, not a workbook"),
        (zipped({"word/document.xml": b"<w/>"}), "a Word document, not a workbook"),
        (zipped({"xl/workbook.xml": b"<workbook"}), "cannot be opened as a workbook"),
        (workbook([["a", "b"], ["1", "2"]])[:3000], "damaged"),
        (b"PK\x03\x04", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "cannot be opened as a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (workbook([]), "holds no column names in its first rows"),
        (b"<html><body>Error 500</body></html>", "a web page"),
    ],
)
def test_bad_workbooks_are_told(content: bytes, words: str) -> None:
    assert words in refused(content, "book.xlsx")


def test_an_encrypted_zip_is_told() -> None:
    content = bytearray(zipped({"xl/workbook.xml": b"x" * 100}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "protected by a password" in refused(bytes(content), "book.xlsx")


def test_the_row_of_the_column_names_can_be_named() -> None:
    sheet = of(b"List,of 2020\nText,State\nRatify,Chad\n", header_row=2)
    assert (sheet.header, [row.number for row in sheet.rows()]) == (("Text", "State"), [3])
    assert "no column names in row 9" in refused(b"Text,State\nRatify,Chad\n", header_row=9)


def test_named_options_are_checked() -> None:
    assert "no encoding 'klingon'" in refused(b"a,b\n", encoding="klingon")
    assert "line 2 holds bytes" in refused("a,b\né,1\n".encode("cp1252"), encoding="utf-8")
    assert "not one character" in refused(b"a,b\n", separator="::")
