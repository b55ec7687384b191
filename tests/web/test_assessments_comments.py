"""Assessments and comments on their pages: who sees which, markup shown as text, both versions after a stale form."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uptake.db import session
from uptake.models.progress import Assessment, Comment
from uptake.models.recommendations import Recommendation
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.people import make_actor, token_of
from uptake.testing.progress import make_assignment, make_update

MARKUP = "<img src=x onerror=alert(1)>"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;"


class Scene:
    """A recommendation of the demo country, an NHRI, the ministry in the lead, and their browsers."""

    def __init__(self, client: FlaskClient, person_with: PersonWith, sign_in: SignInAs) -> None:
        self.one = session().scalars(select(Recommendation).where(Recommendation.parent_id.is_(None))).first()
        assert self.one is not None
        justice, self.nhri = make_actor("MOJ"), make_actor("NHRI", "nhri")
        make_assignment(self.one, justice)
        focal = person_with("focal_point", actor=justice.id)
        self.visitor, self.focal = client, sign_in(focal)
        self.ombud = sign_in(person_with("focal_point", actor=self.nhri.id))
        self.coordinator = sign_in(person_with("coordinator"))
        self.update = make_update(justice, focal, self.one)
        self.path = f"/recommendations/{self.one.uuid}"

    def assess(self, browser: FlaskClient, *, by: object = None, **given: str) -> tuple[int, str]:
        values = {"by": by or self.nhri.id, "grade": "simple:partly", "text": MARKUP, "language": "en", "publish": "1"}
        form = {"csrf_token": token_of(browser), "date": datetime.date.today().isoformat(), **values, **given}
        answer = browser.post(f"{self.path}/assess", data=form)
        return answer.status_code, answer.text

    def comment(self, browser: FlaskClient, text: str, path: str = "", **given: str) -> tuple[int, str]:
        form = {"csrf_token": token_of(browser), "text": text, **given}
        answer = browser.post(f"{path or self.path}/comments", data=form)
        return answer.status_code, answer.text


@pytest.fixture
def scene(demo: Flask, client: FlaskClient, person_with: PersonWith, sign_in: SignInAs) -> Scene:
    return Scene(client, person_with, sign_in)


def rows(table: type[Assessment] | type[Comment]) -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(table)) or 0


def test_an_assessment_goes_from_the_form_to_the_public_page(scene: Scene) -> None:
    assert "Write an assessment" in scene.ombud.get(scene.path).text
    assert "Write an assessment" not in scene.focal.get(scene.path).text
    form = scene.ombud.get(f"{scene.path}/assess")
    assert form.text.count("<h1") == 1
    assert scene.assess(scene.ombud)[0] == 303
    page = scene.visitor.get(scene.path).text
    assert "Partly implemented" in page
    assert ESCAPED in page
    assert MARKUP not in page
    assert scene.visitor.get(f"/ar{scene.path}").status_code == 200
    assert scene.visitor.get(f"{scene.path}.json").json["assessments"][0]["text"] == MARKUP
    assert ESCAPED in scene.focal.get("/assessments").text


def test_the_wrong_people_get_neither_form_nor_effect(scene: Scene) -> None:
    assert scene.focal.get(f"{scene.path}/assess").status_code == 403
    assert scene.assess(scene.focal)[0] == 403
    assert scene.assess(scene.focal, by="mechanism", grade="simple:fully")[0] == 403
    assert scene.assess(scene.coordinator)[0] == 403
    assert scene.visitor.get(f"{scene.path}/assess").status_code == 302
    assert scene.visitor.get("/assessments").status_code == 302
    assert rows(Assessment) == 0


def test_the_mechanisms_grade_stands_in_its_own_place(scene: Scene) -> None:
    assert scene.assess(scene.coordinator, by="mechanism", grade="simple:fully", text="")[0] == 303
    found = scene.visitor.get(f"{scene.path}.json").json["assessments"]
    assert [(one["mechanism"], one["grade"]) for one in found] == [(True, "fully")]


def test_a_mistake_keeps_what_was_typed(scene: Scene) -> None:
    status, page = scene.assess(scene.ombud, grade="", source="javascript:x")
    assert status == 422
    assert ESCAPED in page
    assert "Choose a grade." in page
    assert "full web address" in page


def test_a_stale_form_shows_both_versions_and_can_be_sent_again(scene: Scene) -> None:
    form = {"publish": "", "text": "First."}
    data = {"csrf_token": token_of(scene.ombud), "by": scene.nhri.id, "grade": "simple:partly", "language": "en",
            "date": datetime.date.today().isoformat(), "keep": "1", "text": form["text"]}  # fmt: skip
    assert scene.ombud.post(f"{scene.path}/assess", data=data).status_code == 303
    uuid = session().scalars(select(Assessment.uuid)).one()
    path = f"/assessments/{uuid}/edit"
    assert 'name="version" value="1"' in scene.ombud.get(path).text
    assert scene.ombud.post(path, data={**data, "version": "1", "text": "Second."}).status_code == 303
    answer = scene.ombud.post(path, data={**data, "version": "1", "text": "Third."})
    assert answer.status_code == 409
    assert "Second." in answer.text
    assert "Third." in answer.text
    assert 'name="version" value="2"' in answer.text
    assert scene.ombud.post(path, data={**data, "version": "2", "text": "Third."}).status_code == 303
    assert scene.focal.get(path).status_code == 403
    assert "Third." not in scene.visitor.get(scene.path).text


def test_withdrawing_asks_for_a_reason_and_takes_it_from_the_public_page(scene: Scene) -> None:
    scene.assess(scene.ombud)
    path = f"/assessments/{session().scalars(select(Assessment.uuid)).one()}/withdraw"
    token = token_of(scene.ombud)
    assert scene.ombud.get(path).status_code == 200
    assert scene.ombud.post(path, data={"csrf_token": token, "reason": ""}).status_code == 422
    assert scene.focal.post(path, data={"csrf_token": token_of(scene.focal), "reason": "x"}).status_code == 403
    assert scene.ombud.post(path, data={"csrf_token": token, "reason": "Wrong figures"}).status_code == 303
    assert "Partly implemented" not in scene.visitor.get(scene.path).text
    assert rows(Assessment) == 1


def test_a_comment_is_never_in_anything_public(scene: Scene) -> None:
    words = f"Internal-words {MARKUP}"
    assert scene.comment(scene.focal, words)[0] == 303
    assert scene.comment(scene.focal, words, f"/updates/{scene.update.uuid}")[0] == 303
    inside = scene.coordinator.get(scene.path).text
    assert ESCAPED in inside
    assert MARKUP not in inside
    assert "Internal-words" in scene.coordinator.get(f"/updates/{scene.update.uuid}").text
    for path in (scene.path, f"{scene.path}.json", "/recommendations.atom", "/recommendations.json", "/recommendations.csv",
                 "/recommendations?q=Internal-words", f"/ar{scene.path}"):  # fmt: skip
        answer = scene.visitor.get(path)
        assert answer.status_code == 200, path
        assert "onerror" not in answer.text, path
    assert "Internal-words" not in scene.visitor.get(scene.path).text
    assert "Internal-words" not in scene.coordinator.get(f"{scene.path}.json").text


def test_strangers_neither_read_nor_write_comments(scene: Scene) -> None:
    scene.comment(scene.focal, "Internal-words")
    for path in (scene.path, f"/updates/{scene.update.uuid}"):
        assert scene.ombud.get(f"{path}/comments").status_code == 403
        assert scene.comment(scene.ombud, "Hello", path)[0] == 403
        assert scene.visitor.get(f"{path}/comments").status_code == 302
    assert "Internal-words" not in scene.ombud.get(scene.path).text
    assert rows(Comment) == 1


def test_a_comment_is_withdrawn_by_its_author_only(scene: Scene) -> None:
    scene.comment(scene.focal, "Taken back")
    path = f"/comments/{session().scalars(select(Comment.id)).one()}/withdraw"
    assert scene.ombud.post(path, data={"csrf_token": token_of(scene.ombud)}).status_code == 404
    assert scene.focal.post(path, data={}).status_code == 400
    assert scene.focal.post(path, data={"csrf_token": token_of(scene.focal)}).status_code == 303
    page = scene.coordinator.get(scene.path).text
    assert "This comment was withdrawn." in page
    assert "Taken back" not in page


def test_a_comment_is_read_aloud_and_laid_out_in_its_language(scene: Scene) -> None:
    assert '<option value="ar" selected>' in scene.focal.get(f"/ar{scene.path}").text
    assert scene.comment(scene.focal, "أين القانون؟", language="ar")[0] == 303
    assert '<p class="words" lang="ar" dir="rtl">أين القانون؟</p>' in scene.coordinator.get(scene.path).text
    status, page = scene.comment(scene.focal, "kept words", language="klingonese")
    assert status == 422
    assert "Choose a language." in page
    assert "kept words" in page


def test_an_empty_comment_is_told_and_a_long_one_kept_in_the_form(scene: Scene) -> None:
    assert scene.comment(scene.focal, " ")[0] == 422
    status, page = scene.comment(scene.focal, MARKUP * 300)
    assert status == 422
    assert ESCAPED in page
