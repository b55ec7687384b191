"""Imports through the API: a file is sent, tried, imported, taken back; and whatever gets in the way changes nothing."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from uptake.db import db, session, transaction
from uptake.models.imports import ImportFinding, ImportMapping, ImportRun
from uptake.models.jobs import Job
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.models.recommendations import Recommendation
from uptake.models.tokens import ApiToken
from uptake.testing.api import Program
from uptake.testing.files import HTML, PDF
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_actor, make_person
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

CSV = b"""Number,Recommendation,Country,Body
1,Ratify the Optional Protocol without delay,Peru,CEDAW
2,Train judges on equality before the law,Peru,CEDAW
"""
LATER = (
    CSV.replace(b"Train judges", b"Train all judges") + b"3,Count hate crimes every year,Peru,CEDAW\n4,,Peru,CEDAW\n"
)
COLUMNS = {"Number": "key", "Recommendation": "text", "Country": "state", "Body": "mechanism"}
WISH = {"mapping": "our-list", "columns": COLUMNS, "language": "en"}


class Scene:
    """A coordinator's program, and what it does step by step."""

    def __init__(self, app: Flask) -> None:
        self.app, self.person = app, make_person("coordinator")
        self.program = Program(app, self.person)

    def send(
        self, data: bytes = CSV, name: str = "list.csv", program: Program | None = None, **fields: Any
    ) -> TestResponse:
        boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name), **fields})
        kind = f"multipart/form-data; boundary={boundary}"
        return (program or self.program).ask("POST", "imports/files", data=body, content_type=kind)

    def tried(self, data: bytes = CSV, **wish: Any) -> dict[str, Any]:
        path = f"imports/files/{self.send(data).json['id']}/trials"
        return self.ended(self.program.send("POST", path, {**WISH, **wish}))

    def ended(self, started: TestResponse) -> dict[str, Any]:
        assert started.status_code == 202, started.text
        assert started.json["state"] == "waiting"
        run_jobs(self.app)
        found: dict[str, Any] = self.program.get(started.headers["Location"]).json
        return found

    def apply(self, trial: dict[str, Any], **more: Any) -> TestResponse:
        return self.program.send("POST", f"imports/jobs/{trial['id']}/apply", more)

    def waiting(self) -> int:
        return len(list((self.app.extensions["uptake"].instance / "uploads").glob("*")))


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene(app)


def count(model: Any) -> int:
    session().rollback()
    return int(session().scalar(select(func.count()).select_from(model)) or 0)


def test_from_a_file_to_the_register_and_back(scene: Scene) -> None:
    sent = scene.send()
    assert sent.status_code == 201, sent.text
    assert (sent.json["importer"], sent.json["size"], sent.json["name"]) == ("table", len(CSV), "list.csv")
    assert [one["title"] for one in sent.json["columns"]] == list(COLUMNS)
    assert {"title": "Recommendation", "meaning": "text"} in sent.json["columns"]
    assert scene.program.get(sent.headers["Location"]).json == sent.json
    trial = scene.tried()
    assert (trial["kind"], trial["state"], trial["applied"], trial["run"]) == ("trial", "done", False, None), trial
    assert (trial["counts"]["new"], len(trial["new"]), trial["error"]) == (2, 2, None)
    assert count(Recommendation) == count(ImportRun) == 0
    done = scene.ended(scene.apply(trial))
    assert (done["kind"], done["state"], done["applied"], done["counts"]["new"]) == ("import", "done", True, 2)
    assert count(Recommendation) == 2
    run = scene.program.get(f"imports/{done['run']}").json
    assert (run["status"], run["file"], run["counts"]["new"]) == ("applied", "list.csv", 2)
    assert Program(scene.app).get("recommendations").json["count"] == 2

    undone = scene.ended(scene.program.send("POST", f"imports/{done['run']}/undo", {"reason": "The wrong list."}))
    assert (undone["kind"], undone["counts"]) == ("undo", {"removed": 2, "restored": 0})
    assert scene.program.get(f"imports/{done['run']}").json["status"] == "undone"
    assert count(Recommendation) == 0
    again = scene.program.send("POST", f"imports/{done['run']}/undo", {"reason": "Once more."})
    assert (again.status_code, again.json["detail"]) == (409, "Only an import that was applied can be taken back.")


def test_a_later_file_shows_what_would_change_and_what_is_refused(scene: Scene) -> None:
    first = scene.ended(scene.apply(scene.tried()))
    trial = scene.tried(LATER)
    assert (trial["counts"]["changed"], trial["counts"]["new"], trial["counts"]["refused"]) == (1, 1, 1), trial[
        "counts"
    ]
    (changed,) = trial["changed"]
    assert [(one["field"], one["after"]) for one in changed["fields"]] == [
        ("text.en", "Train all judges on equality before the law")
    ]
    assert any(one["severity"] == "refused" for one in trial["findings"])
    refused = scene.apply(trial)
    assert (refused.status_code, refused.json["detail"]) == (
        409,
        "Some records would be refused, so nothing is imported.",
    )
    done = scene.ended(scene.apply(trial, skip_refused=True))
    assert (done["applied"], count(Recommendation)) == (True, 3)
    listed = scene.program.get(f"imports/{done['run']}/findings?severity=refused").json["items"]
    assert [one["severity"] for one in listed] == ["refused"]
    assert scene.program.get(f"imports/{first['run']}/findings?severity=refused").json["items"] == []
    assert [one["id"] for one in scene.program.get("imports").json["items"]] == [done["run"], first["run"]]


def test_a_trial_is_applied_once(scene: Scene) -> None:
    trial = scene.tried()
    first, second = scene.apply(trial), scene.apply(trial)
    assert first.json["id"] == second.json["id"], "two requests are one import"
    run = scene.ended(second)["run"]
    late = scene.apply(trial)
    assert (late.status_code, late.json["detail"]) == (409, f"This trial was applied already: it is import {run}.")
    assert (count(ImportRun), count(Recommendation), count(Job)) == (1, 2, 2)
    undone = [scene.program.send("POST", f"imports/{run}/undo", {"reason": "x"}) for _ in range(2)]
    assert undone[0].json["id"] == undone[1].json["id"]


def test_bad_files_are_refused_and_nothing_is_kept_of_them(scene: Scene) -> None:
    object.__setattr__(scene.app.extensions["uptake"], "limits", {"import_mb": 5})
    for data, name, said in (
        (PDF, "report.pdf", "No importer recognises report.pdf."), (HTML, "list.html", "list.html holds a web page"),
        (b'{"error": 1}', "export.json", "No importer recognises export.json."),
        (b"PK\x03\x04 torn", "list.xlsx", "No importer recognises list.xlsx."), (b"", "list.csv", "list.csv is empty."),
        (CSV + b"5,x,Peru,CEDAW\n" * 350_000, "list.csv", "The file is larger than 5 MB."),
    ):  # fmt: skip
        answer = scene.send(data, name)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), answer.text
        assert said in answer.text, answer.text
        assert scene.waiting() == 0, name
    far = scene.send(CSV + b"0" * 6_000_000)
    assert (far.status_code, far.mimetype) == (413, "application/problem+json")
    unknown = scene.send(PDF, "a.pdf", importer="magic")
    assert list(unknown.json["errors"]) == ["importer"]
    assert scene.program.send("POST", "imports/files", {"file": "x"}).status_code == 415
    assert scene.waiting() == 0
    forced = scene.send(PDF, "a.pdf", importer="uhri-json")
    assert (forced.status_code, forced.json["importer"]) == (201, None)
    path = f"imports/files/{forced.json['id']}"
    assert scene.program.send("POST", f"{path}/trials", {}).status_code == 422
    failed = scene.ended(scene.program.send("POST", f"{path}/trials", {"importer": "uhri-json"}))
    assert failed["state"] == "failed"
    assert failed["error"]
    assert scene.apply(failed).json["detail"] == "There is no finished trial to import from."
    assert scene.program.ask("DELETE", path).status_code == 204
    assert scene.program.ask("DELETE", path).status_code == 204, "gone already"
    assert (scene.waiting(), scene.program.get(path).status_code) == (0, 404)
    assert count(ImportRun) == 0


def test_a_file_that_is_sent_twice_waits_once(scene: Scene) -> None:
    first, second = scene.send(), scene.send(name="again.csv")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == first.json
    assert second.headers["Location"] == first.headers["Location"]
    assert scene.waiting() == 1
    refused = scene.send(importer="magic")
    assert (refused.status_code, scene.waiting()) == (422, 1), "what waited before stays"
    scene.send(program=Program(scene.app, make_person("coordinator")))
    assert scene.waiting() == 2
    job = scene.program.send("POST", f"imports/files/{first.json['id']}/trials", WISH)
    scene.ended(scene.apply(scene.ended(job)))
    assert scene.send().status_code == 201


def test_a_wish_that_makes_no_sense_starts_nothing(scene: Scene) -> None:
    path = f"imports/files/{scene.send().json['id']}/trials"
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "columns"), ({"mapping": "nowhere"}, "mapping"), ({**WISH, "mapping": ""}, "mapping"),
        ({**WISH, "importer": "x"}, "importer"),
        ({**WISH, "importer": "uhri-json"}, "mapping"), ({**WISH, "states": ["PER", "ZZZ"]}, "states"),
        ({**WISH, "columns": {"Country": "state"}}, "columns"), ({**WISH, "columns": {"Nothing": "text"}}, "columns.Nothing"),
        ({**WISH, "columns": {"Country": "colour"}}, "columns.Country"), ({**WISH, "constants": {"colour": "x"}}, "constants.colour"),
        ({**WISH, "language": "english please"}, "language"), ({**WISH, "complete": "maybe"}, "complete"), ({"x": 1}, "x"),
    ]  # fmt: skip
    for wish, field in wrong:
        answer = scene.program.send("POST", path, wish)
        assert (answer.status_code, list(answer.json.get("errors", {}))) == (422, [field]), (wish, answer.text)
    assert count(Job) == count(ImportMapping) == 0
    assert scene.program.send("POST", f"imports/files/{uuid4()}/trials", WISH).status_code == 404
    assert scene.program.send("POST", f"imports/jobs/{uuid4()}/apply", {}).status_code == 404
    assert scene.program.send("POST", "imports/7/undo", {"reason": "x"}).status_code == 404
    assert scene.program.send("POST", "imports/7/undo", {}).json["errors"] == {"reason": "This is missing."}
    assert scene.program.get("imports/7/findings").status_code == 404
    trial = scene.ended(scene.program.send("POST", path, WISH))
    assert scene.program.send("POST", f"imports/jobs/{trial['id']}/apply", {"skip_refused": "yes"}).status_code == 422
    saved = scene.ended(scene.program.send("POST", path, {"mapping": "our-list", "states": ["PER"]}))
    assert saved["counts"]["new"] == 2


def _asked(scene: Scene, program: Program, run: int, trial: str, file: str) -> dict[str, int]:
    """What a program is answered to everything that is about imports."""
    wanted: list[tuple[str, str, Any]] = [
        ("GET", "imports", None), ("GET", f"imports/{run}", None), ("GET", f"imports/{run}/findings", None),
        ("GET", f"imports/files/{file}", None), ("GET", f"imports/jobs/{trial}", None),
        ("POST", f"imports/files/{file}/trials", WISH), ("POST", f"imports/jobs/{trial}/apply", {}),
        ("POST", f"imports/{run}/undo", {"reason": "x"}), ("DELETE", f"imports/files/{file}", None),
    ]  # fmt: skip
    answers = {"upload": scene.send(program=program).status_code}
    for method, path, body in wanted:
        more = {} if body is None else {"json": body}
        answers[f"{method} {path}"] = program.ask(method, path, **more).status_code
    return answers


def test_each_role_imports_as_on_the_pages(scene: Scene) -> None:
    run = scene.ended(scene.apply(scene.tried(LATER), skip_refused=True))["run"]
    trial, file, actor = scene.tried()["id"], scene.send().json["id"], make_actor("MOJ").id
    for role in (*SITE_ROLES, *ACTOR_ROLES):
        if role not in ("administrator", "coordinator"):
            program = Program(scene.app, make_person(role, actor=None if role in SITE_ROLES else actor))
            assert set(_asked(scene, program, run, trial, file).values()) == {403}, role
    assert set(_asked(scene, Program(scene.app), run, trial, file).values()) == {401}
    administrator = Program(scene.app, make_person("administrator"))
    answers = list(_asked(scene, administrator, run, trial, file).values())
    assert answers == [201, 200, 200, 200, 200, 200, 202, 202, 202, 204]


def test_a_narrow_token_imports_and_reads_its_imports_and_nothing_else(scene: Scene) -> None:
    narrow, reading = Program(scene.app, scene.person, "imports:write"), Program(scene.app, scene.person, "read")
    sent = scene.send(program=narrow)
    job = narrow.send("POST", f"imports/files/{sent.json['id']}/trials", WISH)
    for path in ("imports", f"imports/files/{sent.json['id']}", f"imports/jobs/{job.json['id']}"):
        assert narrow.get(path).status_code == reading.get(path).status_code == 200, path
        refused = Program(scene.app, scene.person, "updates:write").get(path)
        assert (refused.status_code, refused.json["detail"]) == (403, "This token lacks the scope read.")
    assert scene.send(program=reading).json["detail"] == "This token lacks the scope imports:write."
    assert reading.send("POST", f"imports/jobs/{job.json['id']}/apply").status_code == 403
    assert narrow.send("POST", "institutions", {}).status_code == 403
    before = scene.waiting()
    with transaction() as current:
        for token in current.scalars(select(ApiToken)):
            token.expires = datetime.now(UTC) - timedelta(seconds=1)
    late = scene.send(program=narrow)
    assert (late.status_code, late.json["detail"][:27]) == (401, "This token was valid until ")
    assert scene.waiting() == before


def test_fifty_findings_take_as_many_queries_as_five(scene: Scene) -> None:
    run = scene.ended(scene.apply(scene.tried()))["run"]
    with transaction() as current:
        for number in range(60):
            current.add(ImportFinding(
                run_id=run, severity="info", code="odd", message="Odd {what}.", values={"what": str(number)}, count=1, places=[],
            ))  # fmt: skip
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    counts = []
    for limit in (5, 5, 5, 50):
        statements.clear()
        found = scene.program.get(f"imports/{run}/findings?severity=info&limit={limit}").json
        assert len(found["items"]) == limit
        assert found["next"]
        counts.append(len(statements))
    assert counts[2] == counts[3] <= 10, statements
    assert found["items"][-1]["message"].startswith("Odd ")


def test_the_demo_export_goes_in_as_on_the_page(scene: Scene) -> None:
    from importlib.resources import as_file, files

    with as_file(files("uptake.demo").joinpath("export-full-en.json")) as path:
        sent = scene.send(Path(path).read_bytes(), "export-full-en.json")
    assert (sent.json["importer"], sent.json["columns"]) == ("uhri-json", [])
    job = scene.ended(scene.program.send("POST", f"imports/files/{sent.json['id']}/trials", {}))
    assert (job["state"], job["importer"], len(job["new"])) == ("done", "uhri-json", min(200, job["counts"]["new"]))
