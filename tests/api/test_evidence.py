"""Evidence through the API: put behind drafts by those who write them, and given out as its update is protected."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from uptake.db import db, session, transaction
from uptake.models.documents import Document
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.models.progress import Evidence, StoredFile, Update
from uptake.models.tokens import ApiToken
from uptake.testing.api import Program
from uptake.testing.files import HTML, PDF
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_update
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

ADDRESS = "https://gazette.example.org/2026/5"


class Scene:
    """A draft of the ministry of justice and programs of people."""

    def __init__(self, app: Flask) -> None:
        self.app, self.justice, self.health = app, make_actor("MOJ"), make_actor("MOH")
        self.author = make_person("focal_point", actor=self.justice.id)
        self.draft = make_update(self.justice, self.author)
        self.path = f"updates/{self.draft.uuid}/evidence"
        self.program, self.visitor = Program(app, self.author), Program(app)

    def put(self, state: str) -> None:
        with transaction() as current:
            current.get_one(Update, self.draft.id).state = state

    def send(self, data: bytes = PDF, name: str = "law.pdf", program: Program | None = None, **fields: Any) -> Any:
        boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(data), name), **fields})
        kind = f"multipart/form-data; boundary={boundary}"
        return (program or self.program).ask("POST", f"{self.path}/files", data=body, content_type=kind)

    def count(self, model: Any = Evidence) -> int:
        session().rollback()
        return int(session().scalar(select(func.count()).select_from(model)) or 0)


def _padded(size: int) -> bytes:
    return PDF[:9] + b"%" + b"0" * size + b"\n" + PDF[9:]


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene(app)


def test_file_link_and_document_are_added_listed_downloaded_and_taken_away(scene: Scene) -> None:
    with transaction() as current:
        current.add(Document(uuid=uuid4(), key="A/HRC/99/1", symbol="A/HRC/99/1", title="Report"))
    file = scene.send(title="The law")
    assert file.status_code == 201, file.text
    assert (file.json["title"], file.json["media_type"], file.json["size"]) == ("The law", "application/pdf", len(PDF))
    assert scene.send(name="again.pdf").json["id"] == file.json["id"], "the same twice is there once"
    link = scene.program.send("POST", f"{scene.path}/links", {"address": ADDRESS})
    assert (link.status_code, link.json["href"]) == (201, ADDRESS), link.text
    assert scene.program.send("POST", f"{scene.path}/links", {"address": ADDRESS}).json == link.json
    document = scene.program.send("POST", f"{scene.path}/documents", {"symbol": "a/hrc/99/1"})
    assert (document.status_code, document.json["title"]) == (201, "A/HRC/99/1 · Report"), document.text
    listed = scene.program.get(scene.path).json
    assert listed == {"items": [file.json, link.json, document.json], "next": None}
    assert scene.program.get(f"updates/{scene.draft.uuid}").json["evidence"] == listed["items"]

    address = f"{scene.path}/{file.json['id']}/file"
    given = scene.program.get(address)
    assert (given.data, given.mimetype) == (PDF, "application/pdf")
    assert given.headers["Cache-Control"] == "no-store"
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert given.headers["Content-Disposition"].startswith('attachment; filename="law.pdf"')
    known = scene.program.get(address, headers={"If-None-Match": given.headers["ETag"]})
    assert (known.status_code, known.data) == (304, b"")
    assert scene.program.get(f"{scene.path}/{link.json['id']}/file").status_code == 404

    left = scene.program.ask("DELETE", f"{scene.path}/{link.json['id']}")
    assert (left.status_code, left.json["items"]) == (200, [file.json, document.json]), left.text
    assert scene.program.ask("DELETE", f"{scene.path}/{link.json['id']}").status_code == 200, "gone already"


def test_a_file_is_protected_as_its_update_is(scene: Scene) -> None:
    address = f"{scene.path}/{scene.send().json['id']}/file"
    stranger = Program(scene.app, make_person("focal_point", actor=scene.health.id))
    blind = Program(scene.app, scene.author, "updates:write")
    colleague = Program(scene.app, make_person("member", actor=scene.justice.id))
    for path in (scene.path, address):
        for program, status in ((scene.visitor, 404), (stranger, 404), (blind, 404), (colleague, 200)):
            assert program.get(path).status_code == status, path
    scene.put("published")
    given = scene.visitor.get(address)
    assert (given.status_code, given.data) == (200, PDF)
    assert given.headers["Cache-Control"].startswith("public")
    elsewhere = make_update(scene.justice, scene.author, state="published")
    assert scene.visitor.get(address.replace(str(scene.draft.uuid), str(elsewhere.uuid))).status_code == 404
    assert scene.send(data=PDF + b"%").status_code == 409, "what is published keeps its evidence"
    assert scene.program.ask("DELETE", address.removesuffix("/file")).status_code == 409
    assert scene.count() == 1


def test_bad_input_says_so_and_changes_nothing(scene: Scene) -> None:
    path = f"{scene.path}/files"
    for answer, status, field in (
        (scene.program.send("POST", path, {"file": "x"}), 415, ""), (scene.program.ask("POST", path, data={"title": "x"}), 415, ""),
        (scene.program.ask("POST", path, data={"title": "x"}, content_type="multipart/form-data"), 422, "file"),
        (scene.program.ask("POST", path, data={"file": "no file"}, content_type="multipart/form-data"), 422, "file"),
        (scene.send(colour="red"), 422, "colour"), (scene.send(title="x" * 301), 422, "title"),
        (scene.send(title="a\0b"), 422, ""), (scene.send(data=b""), 422, "file"), (scene.send(HTML, "a.html"), 422, "file"),
        (scene.program.send("POST", f"{scene.path}/links", {"address": "javascript:x"}), 422, "address"),
        (scene.program.send("POST", f"{scene.path}/links", {}), 422, "address"),
        (scene.program.send("POST", f"{scene.path}/documents", {"symbol": "A/HRC/0/0"}), 422, "symbol"),
    ):  # fmt: skip
        assert answer.status_code == status, answer.text
        assert answer.mimetype == "application/problem+json"
        assert field in answer.json.get("errors", {"": ""}), answer.text
    with transaction() as current:
        for token in current.scalars(select(ApiToken)):
            token.expires = datetime.now(UTC) - timedelta(seconds=1)
    assert scene.send().json["detail"].startswith("This token was valid until ")
    assert scene.send(program=scene.visitor).status_code == 401
    assert scene.count() == scene.count(StoredFile) == 0


def test_a_file_that_is_too_large_is_refused_before_it_is_read(scene: Scene) -> None:
    object.__setattr__(scene.app.extensions["uptake"], "limits", {"evidence_mb": 5})
    big = _padded(5_000_000)
    assert scene.send(data=_padded(4_200_000)).status_code == 201, "more than a form may hold"
    slightly, far = scene.send(data=big), scene.send(data=_padded(6_000_000))
    assert (slightly.status_code, list(slightly.json["errors"])) == (422, ["file"])
    assert (far.status_code, far.mimetype) == (413, "application/problem+json")
    assert "5 MB" in far.json["remedy"]
    for program in (
        scene.visitor,
        Program(scene.app, scene.author, "read"),
        Program(scene.app, make_person("observer")),
    ):
        assert scene.send(data=_padded(6_000_000), program=program).status_code in (401, 403), "who comes first"
    link = scene.program.ask(
        "POST", f"{scene.path}/links", data=b'"' + b"0" * 4_000_001, content_type="application/json"
    )
    assert link.status_code == 413
    assert scene.count() == 1


@pytest.mark.parametrize("role", [*SITE_ROLES, *ACTOR_ROLES])
def test_each_role_adds_what_it_adds_on_the_pages(scene: Scene, role: str) -> None:
    sees = role != "translator"
    for actor in (scene.justice, scene.health):
        program = Program(scene.app, make_person(role, actor=None if role in SITE_ROLES else actor.id))
        site = role in SITE_ROLES
        writes = role == "coordinator" or (actor is scene.justice and role in ("focal_point", "alternate", "member"))
        drafts = role in ("coordinator", "focal_point", "alternate", "member")
        refused = 404 if drafts and not (site or actor is scene.justice) else 403
        body = {"address": f"{ADDRESS}/{role}/{actor.code}"}
        link = program.send("POST", f"{scene.path}/links", body)
        assert link.status_code == (201 if writes else refused), link.text
        assert scene.send(program=program).status_code == (201 if writes else refused)
        document = program.send("POST", f"{scene.path}/documents", {"symbol": "none"})
        assert document.status_code == (422 if writes else refused)
        removed = program.ask("DELETE", f"{scene.path}/{link.json['id'] if writes else 1}")
        assert removed.status_code == (200 if writes else refused)
        reached = sees and (site or actor is scene.justice)
        assert program.get(scene.path).status_code == (200 if reached else 404)


def test_fifty_pieces_take_as_many_queries_as_five(scene: Scene) -> None:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    counts = []
    for more in (5, 0, 45):
        with transaction() as current:
            for number in range(more):
                address = f"{ADDRESS}/{len(counts)}/{number}"
                current.add(
                    Evidence(
                        update_id=scene.draft.id, kind="link", title="x", address=address, created=datetime.now(UTC)
                    )
                )
        statements.clear()
        scene.program.get(scene.path)
        counts.append(len(statements))
    assert counts[1] == counts[2] <= 10, statements
