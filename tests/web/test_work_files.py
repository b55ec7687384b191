"""Worklists as files: the rows of the screen, for those who may see them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from docx import Document
from flask import Flask
from python_calamine import CalamineWorkbook
from uptake.services.work.worklists import STATES
from uptake.testing.people import signed_in
from uptake.testing.reporting import Scene

LIST = "/work/recommendations"


def test_every_format_holds_the_rows_of_the_list(app: Flask) -> None:
    scene = Scene()
    for _ in range(3):
        scene.recommendation()
    scene.published(done="Done.", claim="in_progress")
    focal = signed_in(app, scene.focal)
    for asked, count in (("?state=open", 4), ("?state=unreported", 3), (f"?institution={scene.health}&page=1", 4)):
        assert f"{count} recommendations" in focal.get(f"{LIST}{asked}").text
        rows = list(csv.DictReader(io.StringIO(focal.get(f"{LIST}.csv{asked}").data.decode("utf-8-sig"), newline="")))
        sheet = (
            CalamineWorkbook.from_filelike(io.BytesIO(focal.get(f"{LIST}.xlsx{asked}").data))
            .get_sheet_by_index(0)
            .to_python()
        )
        page = focal.get(f"{LIST}.json{asked}").get_json()
        lines = [json.loads(line) for line in focal.get(f"{LIST}.jsonl{asked}").text.splitlines()]
        document = Document(io.BytesIO(focal.get(f"{LIST}.docx{asked}").data))
        assert len(rows) == len(sheet) - 1 == page["count"] == len(lines) == len(document.tables[0].rows) - 1 == count
        assert page["items"] == lines
        assert f"{count} recommendations" in "\n".join(paragraph.text for paragraph in document.paragraphs)
        assert focal.get(f"{LIST}.pdf{asked}").data.startswith(b"%PDF-")
    assert {row["status"] for row in rows} == {"In progress", "Received"}
    chosen = focal.get(f"{LIST}.csv?column=due,text&state=open").data.decode("utf-8-sig").splitlines()
    assert chosen[0] == "text,due"


@pytest.mark.parametrize("format", ["csv", "pdf"])
def test_nobody_takes_out_what_they_may_not_see(app: Flask, format: str) -> None:
    scene = Scene()
    other = signed_in(app, scene.other)
    assert other.get(f"{LIST}.{format}?institution={scene.health}").status_code == 403
    assert other.get(f"{LIST}.json").get_json() == {"items": [], "count": 0}
    assert app.test_client().get(f"{LIST}.{format}").status_code in {302, 401, 403}


def test_what_cannot_be_made_is_said(app: Flask) -> None:
    focal = signed_in(app, Scene().focal)
    assert focal.get(f"{LIST}.csv?state=sideways").status_code == 422
    assert "no column x" in focal.get(f"{LIST}.xlsx?column=x").text
    assert all(focal.get(f"{LIST}.json?state={state}").status_code == 200 for state in STATES)
