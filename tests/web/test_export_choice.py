"""The reader's choice of columns and formats: paper, and large files that are made in the background."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock
from zipfile import ZipFile

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from uptake.db import session, transaction
from uptake.files import pdf_writer
from uptake.models.jobs import Job
from uptake.models.progress import StoredFile
from uptake.services.lists import export_columns, export_jobs, searching
from uptake.services.running import periodic
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_person, signed_in, token_of

CHOICE = "column=paragraph&column=text,position&q=women"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def table_of(data: bytes) -> list[list[str]]:
    (table,) = Document(io.BytesIO(data)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_every_format_holds_the_chosen_columns_and_no_others(demo: Flask, client: FlaskClient) -> None:
    count = searching.find(session(), searching.build_query("women"))[0].count
    rows = list(
        csv.reader(io.StringIO(client.get(f"/recommendations.csv?{CHOICE}").data.decode("utf-8-sig"), newline=""))
    )
    assert rows[0] == ["paragraph", "position", "text"]
    sheet = client.get(f"/recommendations.xlsx?{CHOICE}").data
    found = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert [[*map(str, row[:3])] for row in found] == rows
    lines = [json.loads(line) for line in client.get(f"/recommendations.jsonl?{CHOICE}").text.splitlines()]
    items = client.get(f"/recommendations.json?{CHOICE}&size=500").get_json()["items"]
    assert items == lines
    assert [[line["paragraph"] or "", line["position"] or "", line["text"]] for line in lines] == [
        [row[0], row[1], row[2].removeprefix("'")] for row in rows[1:]
    ]
    paper = table_of(client.get(f"/recommendations.docx?{CHOICE}").data)
    assert paper[0] == ["Paragraph", "Position of the State", "Recommendation"]
    assert [row[2] for row in paper[1:]] == [line["text"] for line in lines]
    assert len(rows) - 1 == len(lines) == len(paper) - 1 == count
    told = client.get("/recommendations.csv?column=sideways")
    assert (told.status_code, "no column sideways" in told.text) == (422, True)
    assert (
        client.get(f"/recommendations.pdf?{'&'.join(f'column={name}' for name in export_columns.COLUMNS)}").status_code
        == 422
    )


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_word_and_pdf_open_again_and_run_from_the_right_side(demo: Flask, client: FlaskClient, locale: str) -> None:
    data = client.get(f"/{locale}/recommendations.docx?mechanism=CEDAW").data
    parts = ZipFile(io.BytesIO(data))
    body = parts.read("word/document.xml")
    assert (b"<w:bidiVisual/>" in body, b"<w:rtl/>" in body) == ((True, True) if locale == "ar" else (False, False))
    assert b"<w:tblHeader/>" in body
    document = Document(io.BytesIO(data))
    assert document.core_properties.title
    assert document.core_properties.author == ""
    pdf = client.get(f"/{locale}/recommendations.pdf?mechanism=CEDAW").data
    assert pdf.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in pdf
    assert b"pdfuaid" in pdf


def test_the_list_of_documents_is_a_file_as_well(demo: Flask, client: FlaskClient) -> None:
    for asked in ("?q=", "?mechanism=CEDAW", "?q=nothingatall"):
        count = client.get(f"/documents.json{asked}").get_json()["count"]
        lines = [json.loads(line) for line in client.get(f"/documents.jsonl{asked}").text.splitlines()]
        text = client.get(f"/documents.csv{asked}").data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        paper = table_of(client.get(f"/documents.docx{asked}&column=symbol").data)
        assert len(lines) == len(rows) == len(paper) - 1 == count
        assert [row["symbol"] for row in rows] == [row[0] for row in paper[1:]]


def test_paper_has_room_for_some_and_says_so(demo: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for format in ("docx", "pdf"):
        monkeypatch.setitem(export_jobs.exporting.LONGEST, format, 5)
        told = client.get(f"/recommendations.{format}")
        assert told.status_code == 422
        assert "5 at most" in told.text
        assert "Narrow the list" in told.text


def test_a_site_without_the_extra_says_which(demo: Flask, client: FlaskClient) -> None:
    with mock.patch.object(pdf_writer, "can_write", return_value=False):
        told = client.get("/recommendations.pdf?mechanism=CEDAW")
        form = client.get("/recommendations/export?mechanism=CEDAW").text
    assert told.status_code == 501
    assert "uptake[pdf]" in told.text
    assert "disabled" in form
    assert "uptake[pdf]" in form


def test_the_form_keeps_the_search_and_its_choice(demo: Flask, client: FlaskClient) -> None:
    assert "/recommendations/export?" in client.get("/recommendations?mechanism=CEDAW&not.kind=concern").text
    form = client.get("/recommendations/export?mechanism=CEDAW&not.kind=concern&column=text").text
    assert '<input type="hidden" name="mechanism" value="CEDAW">' in form
    assert '<input type="hidden" name="not.kind" value="concern">' in form
    assert form.count(" checked") == 1


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(export_jobs.LARGE, "xlsx", 10)
    return None


def ask(client: FlaskClient, query: str = "mechanism=CEDAW&column=id&format=xlsx") -> Any:
    return client.post(f"/recommendations/export?{query}", data={"csrf_token": token_of(client)})


def test_a_large_file_is_made_in_the_background_and_kept_for_who_asked(
    demo: Flask, client: FlaskClient, small: None, tmp_path: Path
) -> None:
    led = client.get("/recommendations.xlsx?mechanism=CEDAW&column=id", headers=BROWSER)
    assert (led.status_code, "format=xlsx" in led.location) == (303, True)
    assert "is large" in client.get(led.location).text
    assert client.get("/recommendations.xlsx?mechanism=CEDAW").status_code == 200, "a program is given the file at once"
    place = ask(client).location
    assert "being made" in client.get(place).text
    assert client.get(f"{place}/file").status_code == 404
    assert run_jobs(demo) == 1
    page = client.get(place).text
    count = searching.find(session(), searching.build_query(filters=[("mechanism", "CEDAW")]))[0].count
    assert f"The file is made: {count} recommendations." in page
    answer = client.get(f"{place}/file")
    found = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert len(found) - 1 == count
    assert answer.mimetype.endswith("spreadsheetml.sheet")
    assert "cedaw" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    others = demo.test_client(), signed_in(demo, make_person("administrator"))
    assert [other.get(f"{place}{more}").status_code for other in others for more in ("", "/file")] == [404] * 4
    with transaction() as current:
        current.execute(
            update(Job).where(Job.kind == export_jobs.KIND).values(finished=datetime.now(UTC) - timedelta(days=2))
        )
    periodic.start_due()
    run_jobs(demo)
    assert client.get(f"{place}/file").status_code == 404
    assert session().scalars(select(StoredFile)).all() == []


def test_somebody_signed_in_finds_the_file_from_another_browser_and_asks_for_a_few_at_a_time(
    demo: Flask, small: None
) -> None:
    person = make_person("observer")
    place = ask(signed_in(demo, person)).location
    other = signed_in(demo, person)
    assert other.get(place).status_code == 200
    assert [ask(other).status_code for _ in range(3)] == [303, 303, 409]


def test_visitors_together_wait_for_their_turn(demo: Flask, small: None) -> None:
    asked = [ask(demo.test_client()).status_code for _ in range(export_jobs.MOST_OF_VISITORS + 1)]
    assert asked == [303] * export_jobs.MOST_OF_VISITORS + [409]
    assert ask(demo.test_client(), "format=sideways").status_code == 422
