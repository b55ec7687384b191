"""The file holds what the screen counts, in each format."""

from __future__ import annotations

import csv
import datetime
import io
import json
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from uptake import db
from uptake.errors import Invalid
from uptake.files import sheet_writer
from uptake.files.csv_writer import RISKY
from uptake.files.sheet_writer import LONGEST_CELL
from uptake.i18n import set_locale
from uptake.services.lists import exporting, searching
from uptake.services.lists.cards import Card
from uptake.services.names import Names
from uptake.web.params import query_from
from werkzeug.datastructures import MultiDict

SEARCHES = (
    "",
    "q=women",
    "mechanism=UPR&position=noted",
    "not.mechanism=UPR&sort=oldest",
    "from=2023&to=2023",
    "q=nothingatall",
)


def counted(query: str) -> int:
    found, error = query_from(MultiDict(parse_qsl(query)))
    assert error is None
    return searching.find(db.session(), found)[0].count


def card(**values: Any) -> Card:
    given: dict[str, Any] = {
        "id": 1, "uuid": uuid.UUID(int=1), "kind": "recommendation", "paragraph": "12",
        "date": datetime.date(2024, 1, 31), "position": None,
        "cycle": 4, "session": "46", "states": ["XMV"], "mechanism": "UPR", "family": "upr",
        "symbol": "A/HRC/1", "document": None, "document_title": None,
    }  # fmt: skip
    return Card(**(given | values))


def written(cards: list[Card], format: str) -> bytes:
    stream = io.BytesIO()
    assert exporting.write(cards, Names(db.session()), format, stream, "https://x.example") == len(cards)
    return stream.getvalue()


def read_csv(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_sheet(data: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("query", SEARCHES)
def test_every_format_holds_what_the_screen_counts(demo: Flask, client: FlaskClient, query: str) -> None:
    count = counted(query)
    rows = read_csv(client.get(f"/recommendations.csv?{query}").data)
    sheet = read_sheet(client.get(f"/recommendations.xlsx?{query}").data)
    lines = client.get(f"/recommendations.jsonl?{query}").text.splitlines()
    page = client.get(f"/recommendations.json?{query}").get_json()
    assert len(rows) == len(sheet) - 1 == len(lines) == page["count"] == count
    ids = [row["id"] for row in rows]
    assert ids == [row[0] for row in sheet[1:]] == [json.loads(line)["id"] for line in lines]
    assert ids[:20] == [item["id"] for item in page["items"]]


def test_json_pages_lead_to_each_other_and_hold_everything(demo: Flask, client: FlaskClient) -> None:
    address, seen = "/recommendations.json?size=70&q=&unknown=1", []
    while address:
        page = client.get(address).get_json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == page["count"] == counted("")
    assert "page=2" in page["previous"]
    beyond = client.get("/recommendations.json?page=99999&size=70").get_json()
    assert beyond["items"] == []
    assert f"page={beyond['pages']}" in beyond["previous"]


def test_facets_come_when_asked_for(demo: Flask, client: FlaskClient) -> None:
    assert "facets" not in client.get("/recommendations.json").get_json()
    facets = client.get("/recommendations.json?facets=1").get_json()["facets"]
    assert sum(facets["mechanism"].values()) == counted("")


def test_the_columns_are_an_interface(app: Flask, client: FlaskClient) -> None:
    header = client.get("/recommendations.csv").data.decode("utf-8-sig")
    assert header == (
        "id,state,state_name,mechanism,mechanism_name,family,symbol,document_title,paragraph,kind,date,cycle,session,position,"
        "language,origin,heading,text,recommenders,themes,groups,sdgs,missing,url\r\n"
    )


@pytest.mark.parametrize("start", sorted(RISKY))
def test_no_csv_cell_can_run(app: Flask, start: str) -> None:
    (row,) = read_csv(written([card(text=f"{start}cmd|' /C calc'!A1", heading=f"{start}1")], "csv"))
    assert row["text"].startswith("'" + start)
    assert row["heading"] == f"'{start}1"
    assert row["cycle"] == "4"


def test_csv_keeps_quotes_and_line_breaks(app: Flask) -> None:
    text = 'He said "no",\r\nthen left;\n\u202bعربي\u202c 中文'
    data = written([card(text=text)], "csv")
    assert read_csv(data)[0]["text"] == text
    assert data.endswith(b"\r\n")


def test_a_sheet_has_texts_and_days_but_no_formulas_or_links(app: Flask) -> None:
    header, row = read_sheet(written([card(text="=1+1", heading="https://x.example", paragraph="007")], "xlsx"))
    values = dict(zip(header, row, strict=True))
    assert values["text"] == "=1+1"
    assert values["heading"] == "https://x.example"
    assert values["paragraph"] == "007"
    assert values["date"] == datetime.date(2024, 1, 31)
    assert values["url"] == f"https://x.example/recommendations/{uuid.UUID(int=1)}"


@pytest.mark.parametrize("text", ["a" * 40_000, "😀" * 20_000])
def test_a_sheet_says_which_text_it_cut(app: Flask, text: str) -> None:
    header, row, whole = read_sheet(written([card(text=text), card(text="a" * LONGEST_CELL)], "xlsx"))
    values = dict(zip(header, row, strict=True))
    assert values["text"].endswith("…")
    assert len(values["text"].encode("utf-16-le")) <= 2 * LONGEST_CELL
    assert "text" in values["note"]
    assert len(whole[header.index("text")]) == LONGEST_CELL
    assert not whole[header.index("note")]


def test_control_characters_do_not_break_a_sheet(app: Flask) -> None:
    assert len(read_sheet(written([card(text="a\x00\x01\x0b\ufffe]]>&<b>")], "xlsx"))) == 2


def test_several_values_are_joined_and_labelled(demo: Flask) -> None:
    terms = {"theme": ["right-to-adequate-standard-of-living"], "group": ["women-girls"], "sdg": ["5.a", "1.4"]}
    (row,) = read_csv(written([card(terms=terms, recommenders=["FRA", "PER"], missing=True)], "csv"))
    assert (row["sdgs"], row["recommenders"], row["missing"]) == ("5.a; 1.4", "FRA; PER", "yes")
    assert row["themes"] not in ("", "right-to-adequate-standard-of-living")


def test_one_json_document_ends_with_its_count(app: Flask) -> None:
    for number in range(3):
        document = json.loads(written([card()] * number, "json"))
        assert document["count"] == len(document["items"]) == number


def test_a_sheet_runs_from_right_to_left_in_arabic(app: Flask) -> None:
    set_locale("ar")
    try:
        data = written([card()], "xlsx")
    finally:
        set_locale("en")
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b'rightToLeft="1"' in sheet
    assert b"<autoFilter" in sheet
    assert b'state="frozen"' in sheet


def test_an_unknown_format_is_refused(app: Flask) -> None:
    with pytest.raises(Invalid, match="no format odt"):
        exporting.write([], Names(db.session()), "odt", io.BytesIO())


def test_a_wrong_day_gives_no_file_but_its_reason(app: Flask, client: FlaskClient) -> None:
    response = client.get("/recommendations.csv?from=2025-02-31")
    assert response.status_code == 422
    assert "2025-02-31 is no day" in response.text
    error = client.get("/recommendations.json?sort=sideways").get_json()["error"]
    assert error["status"] == 422


def test_the_file_name_says_what_is_in_it(demo: Flask, client: FlaskClient) -> None:
    response = client.get("/recommendations.csv?mechanism=CEDAW&q=rural+women")
    name = f"uptake-recommendations-cedaw-rural-women-{datetime.date.today().isoformat()}.csv"
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert response.mimetype == "text/csv"


def test_a_file_is_sent_while_it_is_read_and_outlives_the_request(demo: Flask) -> None:
    with demo.test_request_context():
        pieces = exporting.stream(db.db.engine, searching.build_query(), "jsonl")
        first = next(pieces)
    db.db.session.remove()
    assert (first + b"".join(pieces)).count(b"\n") == counted("")


@pytest.mark.parametrize("ext", ["csv", "jsonl", "xlsx"])
def test_a_file_gives_its_connection_back_even_when_the_reader_leaves(demo: Flask, ext: str) -> None:
    """In a thread of its own, where no context of the test stands behind the request's."""
    pool = db.db.engine.pool
    before = pool.checkedout()  # type: ignore[attr-defined]

    def download(whole: bool) -> int:
        response = demo.test_client().get(f"/recommendations.{ext}", headers={"Accept-Encoding": "br"}, buffered=False)
        size = sum(map(len, response.response)) if whole else len(next(iter(response.response)))
        response.close()
        return size

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(download, True).result() > 1000
        assert thread.submit(download, False).result() > 0
    assert pool.checkedout() == before  # type: ignore[attr-defined]


def test_more_rows_than_a_sheet_holds_are_refused_and_nothing_stays_behind(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_writer, "MOST_ROWS", 2)
    with pytest.raises(Invalid, match="at most 2 rows"):
        written([card()] * 3, "xlsx")
    assert not list(Path(gettempdir()).glob("uptake-sheet-*"))


def test_head_makes_no_file(demo: Flask, client: FlaskClient) -> None:
    response = client.head("/recommendations.xlsx")
    assert (response.status_code, response.data) == (200, b"")
    assert not {"ETag", "Content-Length"} & set(response.headers.keys())


def test_a_text_that_looks_like_markup_stays_a_text(app: Flask) -> None:
    texts = ["<r>rich</r>", "_x000D_ & \r\n <b>", " kept ", "a\ud800b"]
    rows = read_sheet(written([card(text=text) for text in texts], "xlsx"))
    at = rows[0].index("text")
    assert [row[at] for row in rows[1:]] == ["<r>rich</r>", "_x000D_ & \r\n <b>", " kept ", "a?b"]
