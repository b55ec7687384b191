"""An import in the browser: upload, choose, look, confirm, follow, take back; and whatever gets in the way of it."""

from __future__ import annotations

import io
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uptake import db
from uptake.db import session
from uptake.models.imports import ImportRun
from uptake.models.jobs import Job
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.services.audit import verify
from uptake.services.importing.import_preview import preview
from uptake.services.importing.report import ImportOptions
from uptake.services.storing import uploads
from uptake.testing.jobs import run_jobs
from uptake.testing.people import token_of

CSV = b"""Number,Recommendation,Country,Body,Theme
1,Ratify the <b>Optional</b> Protocol without delay,Peru,CEDAW,Health
2,Train judges on equality before the law,Peru,CEDAW,Justice
"""
LATER = CSV.replace(b"Train judges", b"Train all judges and prosecutors").replace(
    b"law,Peru,CEDAW,Justice", b"law,Peru,CEDAW,Justice\n3,Count hate crimes every year,Peru,CEDAW,"
)
COLUMNS = {"column.0": "key", "column.1": "text", "column.2": "state", "column.3": "mechanism", "column.4": "themes"}


@pytest.fixture
def browser(app: Flask, person_with: Any, sign_in: Any) -> FlaskClient:
    return sign_in(person_with("coordinator"))  # type: ignore[no-any-return]


def send(browser: FlaskClient, path: str, **fields: Any) -> Any:
    return browser.post(path, data={"csrf_token": token_of(browser), **fields})


def upload(browser: FlaskClient, content: bytes = CSV, name: str = "list.csv") -> str:
    answer = send(browser, "/imports/new", file=(io.BytesIO(content), name))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def trial(app: Flask, browser: FlaskClient, content: bytes = CSV, **more: str) -> str:
    path = upload(browser, content)
    answer = send(browser, path, importer="table", name="our-list", language="en", **COLUMNS, **more)
    assert answer.status_code == 303, answer.text
    run_jobs(app)
    return str(answer.location)


def apply(app: Flask, browser: FlaskClient, path: str, **more: str) -> str:
    answer = send(browser, f"{path}/apply", **more)
    assert answer.status_code == 303, answer.text
    run_jobs(app)
    return str(answer.location)


def count(model: Any) -> int:
    session().rollback()
    return int(session().scalar(select(func.count()).select_from(model)) or 0)


def waiting(app: Flask) -> list[Path]:
    """The files that are kept, whatever their folders are called."""
    found = (app.extensions["uptake"].instance / uploads.FOLDER).glob("*/*")
    return [path for path in found if path.name != uploads.NOTE]


def test_from_upload_to_the_register_and_back(app: Flask, browser: FlaskClient) -> None:
    page = browser.get(upload(browser)).text
    assert "&lt;b&gt;Optional" in page
    assert re.search(r'<option value="table"\s+selected', page)
    path = trial(app, browser)
    assert count(Recommendation) == 0
    assert "Train judges on equality" in browser.get(path).text
    done = apply(app, browser, path)
    assert count(Recommendation) == 2
    assert "The import is done" in browser.get(done).text
    run = session().scalars(select(ImportRun)).one()
    page = browser.get(f"/imports/{run.id}").text
    assert "SHA-256" in page
    assert "Person" in page
    answer = send(browser, f"/imports/{run.id}/undo", reason="The wrong list")
    run_jobs(app)
    assert "2 recommendations removed" in browser.get(answer.location).text
    assert count(Recommendation) == 0
    assert "The wrong list" in browser.get("/imports").text
    assert verify(session()) is None


def test_a_trial_shows_what_would_change_field_by_field(app: Flask, browser: FlaskClient) -> None:
    apply(app, browser, trial(app, browser))
    page = browser.get(trial(app, browser, LATER)).text
    assert "<ins>all </ins>" in page or "<ins>all" in page
    assert "prosecutors" in page
    assert "Count hate crimes every year" in page
    assert "Optional" not in page.split("What would change")[1]
    texts = session().scalars(select(RecommendationText.cleaned)).all()
    assert not any("prosecutors" in text for text in texts)


def test_a_file_about_other_states_leads_back_to_the_choice(app: Flask, browser: FlaskClient) -> None:
    path = trial(app, browser, states="SVN")
    page = browser.get(path).text
    assert "Nothing in this file is addressed to Slovenia" in page
    assert "Read it another way" in page
    assert "Import now" not in page
    assert "Import now" in browser.get(trial(app, browser, states="PER")).text


def test_two_clicks_on_confirm_are_one_import(app: Flask, browser: FlaskClient) -> None:
    path = trial(app, browser)
    first, second = (send(browser, f"{path}/apply").location for _ in range(2))
    assert first == second
    run_jobs(app)
    assert send(browser, f"{path}/apply").location == first
    assert count(ImportRun) == 1


def test_a_file_that_is_uploaded_twice_waits_once(
    app: Flask, browser: FlaskClient, person_with: Any, sign_in: Any
) -> None:
    first = upload(browser)
    again = f"{first}?again=yes"
    assert upload(browser, name="the same.csv") == again
    assert "You have uploaded this file already: it waits here since" in browser.get(again).text
    assert "You have uploaded this file already" not in browser.get(first).text
    assert len(waiting(app)) == 1
    others = {first, upload(browser, LATER), upload(browser, name="list.txt")}
    others.add(upload(sign_in(person_with("coordinator"))))
    assert len(others) == len(waiting(app)) == 4
    send(browser, f"{first}/discard")
    assert upload(browser) == first, "what was thrown away does not wait"
    apply(app, browser, trial(app, browser))
    assert len(waiting(app)) == 3, "what was imported does not wait"
    assert upload(browser) == first


def test_of_two_uploads_at_once_one_is_kept(app: Flask, person_with: Any) -> None:
    instance, person, start = app.extensions["uptake"].instance, person_with("coordinator"), Barrier(6)

    def send_it(_number: int) -> Any:
        start.wait()
        return uploads.keep(instance, io.BytesIO(CSV * 1000), "list.csv", person=person)

    with ThreadPoolExecutor(6) as pool:
        kept = [*pool.map(send_it, range(6))]
    assert len({one.id for one in kept}) == 1
    assert sorted(one.known for one in kept) == [False, True, True, True, True, True]
    (there,) = waiting(app)
    assert there.read_bytes() == CSV * 1000


def test_refused_records_stop_the_import_unless_the_others_are_wanted(app: Flask, browser: FlaskClient) -> None:
    path = trial(app, browser, CSV + b"3,,Peru,CEDAW,Health\n")
    assert "1 record would be refused" in browser.get(path).text
    assert send(browser, f"{path}/apply").status_code == 409
    apply(app, browser, path, skip_refused="1")
    assert count(Recommendation) == 2
    run = session().scalars(select(ImportRun)).one().id
    found = browser.get(f"/imports/{run}/findings.csv?severity=refused")
    assert "no-text" in found.text
    assert found.text.startswith("\ufeffseverity,code")
    assert "no-text" not in browser.get(f"/imports/{run}/findings.csv?severity=warning").text
    assert "No finding fits" in browser.get(f"/imports/{run}?severity=info").text


def test_a_failed_import_can_be_tried_again(app: Flask, browser: FlaskClient) -> None:
    path = trial(app, browser)
    folder = next((app.extensions["uptake"].instance / uploads.FOLDER).glob("*/list.csv"))
    kept = folder.read_bytes()
    folder.unlink()
    failed = apply(app, browser, path)
    assert "no longer here" in browser.get(failed).text
    folder.write_bytes(kept)
    again = apply(app, browser, path)
    assert again != failed
    assert count(Recommendation) == 2


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "list.csv", "is empty"),
        (b"x", "", "No file was chosen"),
        (b"x" * 1_100_000, "big.csv", "larger than 1 MB"),
    ],
)
def test_what_cannot_be_kept_is_said_and_leaves_nothing(
    app: Flask, browser: FlaskClient, content: bytes, name: str, words: str, person_with: Any
) -> None:
    with pytest.raises(Exception, match=words):
        uploads.keep(
            app.extensions["uptake"].instance,
            io.BytesIO(content),
            name,
            person=person_with("coordinator"),
            limit=1_000_000,
        )
    assert not list((app.extensions["uptake"].instance).glob("uploads/*"))
    if not content:
        answer = send(browser, "/imports/new", file=(io.BytesIO(content), name))
        assert answer.status_code == 422
        assert words in answer.text


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x.csv", "/abs/olute.csv", "a\0b.csv", "." * 300 + "csv", "ا" * 300]
)
def test_a_name_leads_nowhere(name: str) -> None:
    plain = uploads.safe_name(name)
    assert plain not in ("", ".", "..")
    assert "/" not in plain
    assert "\\" not in plain
    assert "\0" not in plain
    assert len(plain) < 120


def test_old_uploads_are_thrown_away_and_that_is_said(app: Flask, browser: FlaskClient) -> None:
    path = upload(browser)
    uploads.sweep(app.extensions["uptake"].instance, datetime.now(UTC) + timedelta(days=4))
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Upload it again" in answer.text


def test_a_web_page_and_a_table_without_text_are_explained(app: Flask, browser: FlaskClient) -> None:
    path = upload(browser, b"<!doctype html><p>503</p>", "export.json")
    assert "web page" in browser.get(path).text
    path = upload(browser)
    answer = send(browser, path, importer="table", name="x", **{"column.0": "key"})
    assert answer.status_code == 422
    assert "Choose the column" in answer.text
    answer = send(browser, path, importer="table", name=" ", **COLUMNS)
    assert answer.status_code == 422
    assert "Give the mapping a name" in answer.text


def test_only_those_who_may_import_get_in(
    app: Flask, browser: FlaskClient, client: FlaskClient, person_with: Any, sign_in: Any
) -> None:
    path = trial(app, browser)
    outsider = sign_in(person_with("observer"))
    for address in ("/imports", "/imports/new", path, "/imports/1"):
        assert outsider.get(address).status_code == 403
        assert client.get(address).status_code == 302
    assert send(outsider, f"{path}/apply").status_code == 403
    assert send(outsider, "/imports/new", file=(io.BytesIO(CSV), "a.csv")).status_code == 403
    assert send(client, f"{path}/apply").status_code == 403
    assert browser.post(f"{path}/apply").status_code == 400


def test_the_trial_bounds_what_it_shows(app: Flask, person_with: Any, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("Number,Text\n" + "".join(f"{i},Do the thing number {i} well\n" for i in range(450)))
    found = preview(
        app.extensions["uptake_registry"], path, person=person_with("coordinator"), importer_name="table",
        options=ImportOptions(mapping={"columns": {"key": "Number", "text": "Text"}}, mapping_name="m"),
    )  # fmt: skip
    assert found["new"] == 450
    assert len(found["new_samples"]) == 200
    assert count(Recommendation) == count(ImportRun) == 0


def test_whoever_edits_while_an_import_writes_is_told(
    app: Flask, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has one writer")
    path = trial(app, browser)
    monkeypatch.setattr(db, "PATIENCE", 0.05)
    other = sqlite3.connect(db.db.engine.url.database or "", isolation_level=None)
    other.execute("begin immediate")
    try:
        answer = send(browser, f"{path}/apply")
    finally:
        other.close()
    assert answer.status_code == 409
    assert "try again in a minute" in answer.text
    assert session().scalar(select(func.count()).select_from(Job).where(Job.kind == "import.apply")) == 0
