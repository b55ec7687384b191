"""Files on the web: protected as their update is, never shown inside the site, and bounded before anything reads them."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.actors import Actor
from uptake.models.progress import Evidence, StoredFile, Update
from uptake.services.permissions import SYSTEM
from uptake.services.progress import evidence
from uptake.services.storing import storage
from uptake.testing.files import HTML, PDF
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.people import make_actor, token_of
from uptake.testing.progress import make_update
from uptake.web.progress.evidence import disposition


class Scene:
    """A draft with a file behind it, and browsers of several people."""

    def __init__(self, client: FlaskClient, person_with: PersonWith, sign_in: SignInAs) -> None:
        justice, health = make_actor("MOJ"), make_actor("MOH")
        author = person_with("focal_point", actor=justice.id)
        self.visitor = client
        self.author = sign_in(author)
        self.colleague = sign_in(person_with("validator", actor=justice.id))
        self.observer = sign_in(person_with("observer"))
        self.stranger = sign_in(person_with("focal_point", actor=health.id))
        self.draft = make_update(justice, author)
        self.base = f"/updates/{self.draft.uuid}/evidence"
        evidence.add_file(self.draft.uuid, io.BytesIO(PDF), "Loi “5”.pdf", person=author)
        self.path = evidence.of(session(), [self.draft.id])[self.draft.id][0].href

    def put(self, state: str) -> None:
        with transaction() as current:
            current.get_one(Update, self.draft.id).state = state

    def send(self, browser: FlaskClient, data: bytes, name: str) -> int:
        sent = browser.post(
            f"{self.base}/files", data={"csrf_token": token_of(browser), "file": (io.BytesIO(data), name)}
        )
        return sent.status_code


@pytest.fixture
def scene(client: FlaskClient, person_with: PersonWith, sign_in: SignInAs) -> Scene:
    return Scene(client, person_with, sign_in)


@pytest.mark.parametrize("state", ["draft", "submitted", "confirmed", "approved", "withdrawn"])
def test_a_file_that_is_not_published_is_found_only_by_those_inside(scene: Scene, state: str) -> None:
    scene.put(state)
    for browser in (scene.visitor, scene.stranger):
        assert browser.get(scene.path).status_code == 404
        assert browser.get("/ar" + scene.path).status_code == 404
    for browser in (scene.author, scene.colleague, scene.observer):
        answer = browser.get(scene.path)
        assert (answer.status_code, answer.data) == (200, PDF)
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_published_file_is_everybodys_and_harmless(scene: Scene) -> None:
    scene.put("published")
    answer = scene.visitor.get(scene.path)
    assert answer.data == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    with scene.visitor.head(scene.path) as head:
        assert (head.status_code, head.data) == (200, b"")


@pytest.mark.parametrize(("name", "header"), [
    ("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"),
    ("تقرير.pdf", "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%D8%AA%D9%82%D8%B1%D9%8A%D8%B1.pdf"),
    ('a"\r\nX: y;.pdf', "attachment; filename=\"a___X: y_.pdf\"; filename*=UTF-8''a%22%0D%0AX%3A%20y%3B.pdf"),
])  # fmt: skip
def test_the_name_is_safe_in_its_header(name: str, header: str) -> None:
    assert disposition(name) == header


def test_a_file_behind_nothing_is_found_by_nobody(scene: Scene) -> None:
    with transaction() as current:
        loose = storage.store(current, io.BytesIO(b"waiting"), "a.txt", SYSTEM)
    assert scene.author.get(f"/files/{loose.uuid}/a.txt").status_code == 404


def test_a_mandate_is_for_those_who_see_institutions(scene: Scene) -> None:
    with transaction() as current:
        file = storage.store(current, io.BytesIO(b"The mandate."), "mandate.txt", SYSTEM)
        current.scalars(select(Actor).where(Actor.code == "MOH")).one().mandate_file_id = file.id
    path = f"/files/{file.uuid}/mandate.txt"
    assert scene.visitor.get(path).status_code == 404
    assert scene.author.get(path).headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("path", ["/files/x/a.pdf", "/files/00000000-0000-0000-0000-000000000007/a.pdf",
                                  "/files/00000000-0000-0000-0000-000000000007/..%2f..%2fuptake.db", "/files/uptake.db"])  # fmt: skip
def test_other_addresses_lead_to_no_file(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_adds_and_removes_without_scripts(scene: Scene) -> None:
    token = token_of(scene.author)
    for path, data in (
        ("links", {"address": "https://x.org/a", "title": "<b>bold</b>"}),
        ("links", {"address": "https://x.org/a"}),
    ):
        assert scene.author.post(f"{scene.base}/{path}", data={"csrf_token": token, **data}).status_code == 303
    assert scene.send(scene.author, b"a;b\n", "t.csv") == 303
    page = scene.author.get(scene.base).text
    assert page.count("</li>\n") >= 3
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<b>bold" not in page
    one = session().scalars(select(Evidence.id).order_by(Evidence.id)).first()
    assert scene.author.post(f"{scene.base}/{one}/remove", data={"csrf_token": token}).status_code == 303
    session().rollback()
    assert len(evidence.of(session(), [scene.draft.id])[scene.draft.id]) == 2


def test_mistakes_keep_what_was_typed_and_say_what_is_wrong(scene: Scene) -> None:
    token = token_of(scene.author)
    answer = scene.author.post(
        f"{scene.base}/links", data={"csrf_token": token, "address": "javascript:x", "title": "T"}
    )
    assert answer.status_code == 422
    assert 'value="javascript:x"' in answer.text
    assert 'value="T"' in answer.text
    assert "full web address" in answer.text
    assert scene.send(scene.author, HTML, "a.pdf") == 422
    assert scene.send(scene.author, b"", "") == 422
    wrong = scene.author.post(f"{scene.base}/documents", data={"csrf_token": token, "symbol": "X/1"})
    assert wrong.status_code == 422


def test_strangers_and_forms_without_a_token_change_nothing(scene: Scene) -> None:
    for browser, expected in ((scene.stranger, 403), (scene.observer, 403)):
        assert browser.get(scene.base).status_code == (200 if browser is scene.observer else 403)
        assert scene.send(browser, PDF, "a.pdf") == expected
        token = token_of(browser)
        for path in ("links", "documents", "1/remove"):
            assert browser.post(f"{scene.base}/{path}", data={"csrf_token": token}).status_code == expected
    assert scene.author.post(f"{scene.base}/links", data={"address": "https://x.org"}).status_code == 400
    session().rollback()
    assert len(session().scalars(select(StoredFile)).all()) == 1


def _with(body: Unread, size: int, content_type: str) -> dict[str, object]:
    return {"wsgi.input": body, "CONTENT_LENGTH": str(size), "CONTENT_TYPE": content_type}


class Unread(io.RawIOBase):
    """A body that says when somebody reads it."""

    touched = 0

    def readinto(self, buffer: object) -> int:
        self.touched += 1
        return 0

    def readable(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("who", "size", "status"), [("author", 200_000_000, 413), ("visitor", 90_000_000, 403), ("visitor", 10, 403)]
)
def test_a_huge_upload_is_refused_before_a_byte_of_it_is_read(scene: Scene, who: str, size: int, status: int) -> None:
    body = Unread()
    browser: FlaskClient = getattr(scene, who)
    answer = browser.post(f"{scene.base}/files", environ_overrides=_with(body, size, "multipart/form-data; boundary=x"))
    assert answer.status_code == status
    assert body.touched == 0
    if status == 413:
        assert "At most 100 MB" in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/recommendations", "/assessments"])
def test_other_addresses_take_little(app: Flask, path: str) -> None:
    body = Unread()
    answer = app.test_client().post(path, environ_overrides=_with(body, 5_000_000, "text/plain"))
    assert answer.status_code in {405, 413}
    assert body.touched == 0
