"""A file that cannot be taken: words that name it, the place and the remedy, exit code 2, and nothing half applied."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

Run = Callable[..., Any]
COLUMNS = ["Text", "State", "Cycle", "Paragraph", "Symbol", "Session"]
GOOD = {"AnnotationId": "a", "Symbol": "X/1", "Body": "- CEDAW", "Countries": ["Peru"], "Text": "1.Good."}


def workbook(header: list[str], rows: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for number, row in enumerate([header, *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def bomb() -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as member,
    ):
        for _ in range(400):
            member.write(b"0" * (1 << 20))
    return stream.getvalue()


def broken_directory() -> bytes:
    data = bytearray(workbook(COLUMNS, [["Text", "Peru"]]))
    at = data.index(b"PK\x01\x02")
    data[at : at + 4] = b"PK\x07\x07"
    return bytes(data)


def array(*changes: dict[str, object] | object) -> bytes:
    records = [GOOD, *(GOOD | {"AnnotationId": "b"} | one if isinstance(one, dict) else one for one in changes)]
    return json.dumps(records).encode()


WHOLE = {
    "truncated.json": (array({"Text": "2.Cut off here."})[:-25], "breaks off in record 2", "Download it again"),
    "page.json": (b"<!doctype html><title>503</title>", "holds a web page", "Download it again"),
    "empty.json": (b"", "is empty", "Download it again"),
    "blank.json": (b"  \n ", "blank.json", ""),
    "object.json": (json.dumps({"AnnotationId": "a"}).encode(), "a JSON object", "full export"),
    "deep.json": (b'[{"AnnotationId":' + b"[" * 200_000, "record 1", ""),
    "deep_object.json": (b'[{"AnnotationId":1,"a":' * 50_000, "record 1", ""),
    "garbage.json": (b'[{"AnnotationId": "a", "Text" "x"}, {"AnnotationId": "b"}]', "damaged in record 1", "Download"),
    "bytes.json": (b'[{"AnnotationId": "a", "Text": "\xff\xfe"', "bytes.json", ""),
    "tail.json": (array() + b"{}", "goes on behind the end", "Download it again"),
    "bomb.xlsx": (bomb, "unpacks to more than", "CSV"),
    "text.xlsx": (b"this is no workbook at all", "text.xlsx", ""),
    "cut.xlsx": (workbook(COLUMNS, [["Text", "Peru"]])[:900], "cut.xlsx", ""),
    "directory.xlsx": (broken_directory, "directory.xlsx", ""),
    "columns.xlsx": (workbook(["Wording", "Country"], [["Ratify", "Peru"]]), "Text", "mapping"),
    "package.zip": (workbook(COLUMNS, [["Text", "Peru"]])[:900], "was cut short", "fetch the file again"),
    "noise.bin": (bytes(range(256)) * 9, "No importer recognises", "--importer"),
}  # fmt: skip

RECORDS: dict[str, tuple[object, str, str]] = {
    "number": (17, "record 2", "a number"),
    "null": (None, "record 2", "nothing"),
    "list": (["x"], "record 2", "a list"),
    "day": ({"PublicationDate": "2025-02-31T00:00:00"}, "record 2", "2025-02-31"),
    "no_text": ({"Text": ""}, "record 2", "no Text"),
    "long_text": ({"Text": "2." + "x" * 10_000_000}, "record 2", "1,000,000"),
    "control": ({"Text": "2.A\x07bell"}, "record 2", "U+0007"),
    "surrogate": ({"Text": "2.Half \ud83d of a pair"}, "record 2", "U+D83D"),
    "surrogate_body": ({"Body": "\ud83d"}, "record 2", ""),
    "nul_body": ({"Body": "a\0b"}, "record 2", ""),
    "nul_kind": ({"AnnotationType": "a\0b"}, "record 2", ""),
    "surrogate_position": ({"UprPositions": ["\udc00"]}, "record 2", ""),
    "surrogate_session": ({"UprSession": ["\udc00"]}, "record 2", ""),
    "nul_document": ({"Symbol": None, "DocumentId": "a\0b"}, "record 2", ""),
    "nul_state": ({"Countries": ["a\0b"]}, "record 2", ""),
    "long_symbol": ({"Symbol": "A/" + "1" * 300}, "record 2", "200"),
    "long_session": ({"UprSession": ["x" * 100]}, "record 2", "60"),
    "long_id": ({"AnnotationId": "x" * 300}, "record 2", "200"),
    "object_text": ({"Text": {"en": "x"}}, "record 2", "an object"),
    "number_body": ({"Body": 7}, "record 2", "a number"),
}  # fmt: skip


def check_refused(ran: Any, *words: str) -> None:
    assert ran.code == 2
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err
    assert isinstance(ran.json, dict), "standard output holds one JSON document"


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_cannot_be_read_is_refused_with_words(uptake: Run, dump: Run, tmp_path: Path, name: str) -> None:
    content, what, remedy = WHOLE[name]
    path = tmp_path / name
    path.write_bytes(content() if callable(content) else content)
    before = dump()
    mapping = ["--mapping", tmp_path / "m.toml"] if name.endswith(".xlsx") else []
    (tmp_path / "m.toml").write_text('[columns]\ntext = "Text"\nstate = "State"\n')
    check_refused(uptake("import", path, *mapping, "--json"), name, what, remedy)
    assert dump() == before


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_cannot_be_taken_is_named_and_nothing_is_imported(
    uptake: Run, dump: Run, tmp_path: Path, name: str
) -> None:
    change, place, what = RECORDS[name]
    path = tmp_path / f"{name}.json"
    path.write_bytes(array(change, {"AnnotationId": "c"}))
    before = dump()
    ran = uptake("import", path, "--json")
    check_refused(ran, path.name, place, what, "--skip-refused")
    assert (ran.json["refused"], ran.json["run"], ran.json["applied"]) == (1, None, False)
    assert ran.json["findings"][0]["places"] == [place]
    assert dump() == before


def test_the_good_records_are_taken_where_a_person_wants_it(uptake: Run, tmp_path: Path) -> None:
    path = tmp_path / "mixed.json"
    path.write_bytes(array(*(change for change, _, _ in RECORDS.values())))
    ran = uptake("import", path, "--skip-refused", "--json")
    assert (ran.code, ran.json["new"], ran.json["refused"], ran.json["applied"]) == (0, 1, len(RECORDS), True)


TABLE = {
    "cycle": ("9" * 40, "row 3"), "paragraph": ("12 " * 40, "row 3"), "symbol": ("A/" * 200, "row 3"),
    "session": ("s" * 100, "row 3"), "state": ("a\0b", "line 3"), "text": ("half \0 a text", "line 3"),
}  # fmt: skip


@pytest.mark.parametrize("field", TABLE)
def test_a_row_that_cannot_be_taken_is_named(uptake: Run, dump: Run, tmp_path: Path, field: str) -> None:
    value, place = TABLE[field]
    row = {"text": "Ratify", "state": "Peru", "cycle": "3", "paragraph": "1", "symbol": "X/1", "session": "9"} | {
        field: value
    }
    lines = [",".join(COLUMNS), "Good text,Peru,3,1,X/1,9", ",".join(row[name.lower()] for name in COLUMNS)]
    (tmp_path / "list.csv").write_text("\n".join(lines))
    (tmp_path / "m.toml").write_text("[columns]\n" + "\n".join(f'{name.lower()} = "{name}"' for name in COLUMNS))
    before = dump()
    check_refused(
        uptake("import", tmp_path / "list.csv", "--mapping", tmp_path / "m.toml", "--json"), "list.csv", place
    )
    assert dump() == before


def test_a_missing_file_and_a_folder_are_refused(uptake: Run, tmp_path: Path) -> None:
    check_refused(uptake("import", tmp_path / "nothing.json", "--json"), "There is no file", "Check the path")
    check_refused(uptake("import", tmp_path, "--json"), str(tmp_path))


def test_a_file_whose_name_is_no_text_is_imported(uptake: Run, tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"export-\xe9.json")
    with open(path, "wb") as stream:
        stream.write(array())
    ran = uptake("import", os.fsdecode(path), "--json")
    assert (ran.code, ran.json["new"]) == (0, 1)


def test_an_unknown_importer_mapping_state_or_run_is_refused_with_what_there_is(uptake: Run, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(array())
    check_refused(
        uptake("import", tmp_path / "good.json", "--importer", "x", "--json"), "no importer named x", "uhri-json"
    )
    check_refused(
        uptake("import", tmp_path / "good.json", "--mapping", "x", "--json"), "no mapping x", "upr-report-extracts"
    )
    check_refused(uptake("import", tmp_path / "good.json", "--state", "XQX", "--json"), "XQX", "alpha-3")
    check_refused(uptake("import", "--undo", 77, "--json"), "no import run 77")
    check_refused(uptake("import", "--json"), "Name one file")
