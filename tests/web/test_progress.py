"""Reporting in the browser: the whole way through all roles, and everything that must not happen on it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uptake.db import session
from uptake.models.progress import Update
from uptake.testing.fixtures import SignInAs
from uptake.testing.reporting import Scene, hidden, post
from werkzeug.test import TestResponse

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def begin(browser: FlaskClient, scene: Scene, do: str = "submit", **values: Any) -> TestResponse:
    page = browser.get(f"/updates/new?r={scene.one}").text
    said = {
        "done": "The law was passed.",
        "language": "en",
        "once": hidden(page, "once"),
        "r": str(scene.one),
        **values,
    }
    return post(browser, "/updates/new", actor=hidden(page, "actor"), version=hidden(page, "version"), do=do, **said)


def step(browser: FlaskClient, path: str, name: str, **values: Any) -> TestResponse:
    return post(browser, f"{path}/{name}", version=hidden(browser.get(path).text, "version"), **values)


def count() -> int:
    session().rollback()
    return session().scalar(select(func.count(Update.id))) or 0


def test_an_update_goes_all_the_way_to_the_public_page(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    focal, validator, coordinator = (sign_in(one) for one in (scene.focal, scene.validator, scene.coordinator))
    path = begin(focal, scene, claim="implemented").location
    public = f"/recommendations/{scene.one}"
    assert "It waits for the validator of health." in focal.get(path).text
    assert "The law was passed." not in client.get(public).text
    assert "Confirm that this is the word of your institution." in validator.get(path).text
    assert step(validator, path, "confirm").status_code == 303
    assert "Approve it for publication." in coordinator.get(path).text
    assert step(coordinator, path, "approve", how="at_once").status_code == 303
    page = client.get(public).text
    assert "The law was passed." in page
    assert "Unverified: no evidence" in page
    assert "Last confirmed" in page
    assert f'href="{path}"' in page
    assert "The law was passed." in client.get(path).text
    assert scene.focal.name not in client.get(path).text
    assert scene.focal.name in coordinator.get(path).text


def test_the_history_says_stages_and_claims_in_words(scene: Scene, sign_in: SignInAs) -> None:
    focal = sign_in(scene.focal)
    update = scene.published(claim="stalled", claim_reason="No budget").uuid
    address = re.search(r"/history/update/\d+", focal.get(f"/updates/{update}").text)
    assert address
    page = focal.get(address[0]).text
    assert '<th scope="row">Stage</th>' in page
    assert '<td dir="auto">Submitted</td>' in page
    assert '<td dir="auto">Stalled</td>' in page
    assert "State under review" not in page


def test_it_is_sent_back_corrected_and_submitted_again(scene: Scene, sign_in: SignInAs) -> None:
    focal, validator = sign_in(scene.focal), sign_in(scene.validator)
    path = begin(focal, scene).location
    refused = step(validator, path, "return", comment=" ")
    assert refused.status_code == 422
    assert "Write what has to be changed" in refused.text
    assert step(validator, path, "return", comment=f"Name the law. {MARKUP}").status_code == 303
    page = focal.get(path).text
    assert "It was sent back to you" in page
    assert "Name the law." in page
    assert MARKUP not in page
    form = focal.get(f"{path}/edit").text
    sent = post(
        focal,
        f"{path}/edit",
        r=str(scene.one),
        version=hidden(form, "version"),
        done="Law 12",
        language="en",
        do="submit",
    )
    assert sent.status_code == 303
    assert "Law 12" in validator.get(path).text


def test_the_form_starts_from_what_is_known(scene: Scene, sign_in: SignInAs) -> None:
    scene.published(claim="stalled", claim_reason="No budget", period_to="2026-03-31")
    page = sign_in(scene.focal).get(f"/updates/new?r={scene.one}").text
    assert 'value="2026-03-31"' in page
    assert '<option value="stalled" selected>' in page
    assert '<option value="en" selected>' in page
    assert "Has nothing changed since?" in page


def test_a_draft_saves_itself_and_the_form_goes_on_with_it(scene: Scene, sign_in: SignInAs) -> None:
    focal = sign_in(scene.focal)
    page = focal.get(f"/updates/new?r={scene.one}").text
    once, values = hidden(page, "once"), {"r": str(scene.one), "actor": scene.health, "language": "en"}
    saved = post(focal, "/updates/new", do="autosave", once=once, version="", done="The la", **values)
    assert saved.status_code == 200
    assert "Saved" in saved.text
    again = post(
        focal, "/updates/new", do="autosave", once=once, version=hidden(saved.text, "version"), done="The law", **values
    )
    sent = post(
        focal,
        "/updates/new",
        do="submit",
        once=once,
        version=hidden(again.text, "version"),
        done="The law was",
        **values,
    )
    assert sent.status_code == 303
    assert count() == 1
    assert "The law was" in focal.get(sent.location).text


def test_what_cannot_be_saved_yet_is_said_while_typing(scene: Scene, sign_in: SignInAs) -> None:
    saved = begin(sign_in(scene.focal), scene, "autosave", period_from="31.12.")
    assert saved.status_code == 200
    assert "Not saved yet" in saved.text
    assert count() == 0


def test_the_same_form_sent_twice_makes_one_update(scene: Scene, sign_in: SignInAs) -> None:
    focal = sign_in(scene.focal)
    first, second = (begin(focal, scene, once="token") for _ in range(2))
    assert first.location == second.location
    assert count() == 1


def test_the_same_step_sent_twice_is_one_step(scene: Scene, sign_in: SignInAs) -> None:
    focal, validator = sign_in(scene.focal), sign_in(scene.validator)
    path = begin(focal, scene).location
    version = hidden(validator.get(path).text, "version")
    for _ in range(2):
        assert post(validator, f"{path}/confirm", version=version).status_code == 303
    assert validator.get(path).text.count("Confirmed by the institution") == 1


def test_errors_stand_at_their_field_and_nothing_typed_is_lost(scene: Scene, sign_in: SignInAs) -> None:
    focal = sign_in(scene.focal)
    refused = begin(focal, scene, claim="stalled", done=f"Typed {MARKUP}")
    assert refused.status_code == 422
    assert 'href="#f-claim_reason"' in refused.text
    assert "Typed &lt;script&gt;" in refused.text
    assert begin(focal, scene, done="").status_code == 422
    assert count() == 0


def test_two_who_write_see_both_versions(scene: Scene, sign_in: SignInAs) -> None:
    focal, member = sign_in(scene.focal), sign_in(scene.member)
    path = begin(focal, scene, "save").location
    version = hidden(focal.get(path).text, "version")
    values = {"r": str(scene.one), "version": version, "language": "en", "do": "save"}
    assert post(focal, path, done="What the first wrote", **values).status_code == 303
    both = post(member, path, done="What the second wrote", **values)
    assert both.status_code == 409
    assert "What the first wrote" in both.text
    assert both.text.count("What the second wrote") >= 2
    values["version"] = hidden(both.text, "version")
    assert post(member, path, done="What both agreed on", **values).status_code == 303
    typed = post(focal, path, done="Typed later", **{**values, "do": "autosave"})
    assert "press “Save the draft”" in typed.text


def test_a_draft_is_there_for_those_involved_alone(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    draft = f"/updates/{scene.draft(done='Secret words').uuid}"
    assert client.get(draft).status_code == 302
    other = sign_in(scene.other)
    for path in (draft, f"{draft}/edit"):
        assert other.get(path).status_code == 404
    assert post(other, f"{draft}/edit", r=str(scene.one), version="1", done="x", language="en").status_code == 403
    for name in ("submit", "withdraw", "confirm", "approve"):
        assert post(other, f"{draft}/{name}", version="1").status_code == 403
    assert "Secret words" not in client.get(f"/recommendations/{scene.one}").text
    assert "Secret words" not in client.get(f"/recommendations/{scene.one}.json").text
    assert "Secret words" in sign_in(scene.observer).get(draft).text


def test_another_institutions_ids_are_refused(scene: Scene, sign_in: SignInAs) -> None:
    other = sign_in(scene.other)
    values = {"r": str(scene.one), "language": "en", "done": "x", "once": "token", "do": "submit"}
    for actor, status in ((scene.health, 403), (scene.justice, 403), ("", 422), ("99999", 403)):
        assert post(other, "/updates/new", actor=actor, **values).status_code == status
    assert post(other, "/updates/no-change", r=str(scene.one), actor=scene.health).status_code == 403
    assert post(other, "/updates/no-change", r=str(scene.one)).status_code == 404
    assert count() == 0


@pytest.mark.parametrize("r", ["", "nonsense", str(UUID(int=0))])
def test_what_is_not_there_is_no_reason_to_fail(scene: Scene, sign_in: SignInAs, r: str) -> None:
    focal = sign_in(scene.focal)
    assert focal.get(f"/updates/new?r={r}").status_code in {404, 422}
    assert post(focal, "/updates/new", r=r, actor=scene.health, language="en", once="a").status_code in {404, 422}
    assert focal.get(f"/updates/{uuid4()}").status_code == 404


def test_visitors_and_readers_write_nothing(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    assert client.get("/updates").status_code == 302
    assert client.get(f"/updates/new?r={scene.one}").status_code == 302
    observer = sign_in(scene.observer)
    assert observer.get("/updates").status_code == 200
    assert observer.get(f"/updates/new?r={scene.one}").status_code == 403
    assert observer.post("/updates/new", data={"r": str(scene.one)}).status_code == 400


def test_stored_markup_is_shown_as_it_was_typed(scene: Scene, client: FlaskClient) -> None:
    texts: dict[str, Any] = {
        name: f"{name} {MARKUP}" for name in ("done", "effect", "obstacles", "next_step", "claim_reason")
    }
    update = scene.published(claim="stalled", **texts)
    for path in (f"/recommendations/{scene.one}", f"/updates/{update.uuid}"):
        page = client.get(path).text
        assert MARKUP not in page
        assert all(f"{name} &lt;script&gt;" in page for name in texts)


def test_no_change_is_one_click_and_leads_back(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    scene.published(claim="planned")
    focal = sign_in(scene.focal)
    for target, lands in (("/work", "/work"), ("//evil.example", "/updates/"), ("https://evil.example", "/updates/")):
        said = post(focal, "/updates/no-change", r=str(scene.one), next=target)
        assert said.status_code == 303
        assert said.location.startswith(lands)
    assert count() == 2


def test_a_set_is_gathered_and_released(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    coordinator, validator = sign_in(scene.coordinator), sign_in(scene.validator)
    path = begin(sign_in(scene.focal), scene).location
    step(validator, path, "confirm")
    assert step(coordinator, path, "approve", how="by_set", gate=" ").status_code == 422
    assert step(coordinator, path, "approve", how="by_set", gate=f"Report {MARKUP}").status_code == 303
    assert client.get(path).status_code == 302
    page = coordinator.get("/updates/sets").text
    assert "Report &lt;script&gt;" in page
    assert validator.get("/updates/sets").status_code == 403
    assert post(coordinator, "/updates/sets/release", set=f"Report {MARKUP}").status_code == 303
    assert client.get(path).status_code == 200


def test_the_list_is_filtered_and_paged(scene: Scene, sign_in: SignInAs) -> None:
    for _ in range(31):
        scene.draft()
    focal = sign_in(scene.focal)
    assert "31 updates" in focal.get("/updates").text
    assert "31 updates" in focal.get(f"/updates?state=draft&institution={scene.health}&mine=1&page=2").text
    assert "0 updates" in focal.get("/updates?state=published&page=999").text
    assert "0 updates" in sign_in(scene.other).get("/updates").text


def test_withdrawn_words_leave_the_public_page(scene: Scene, client: FlaskClient, sign_in: SignInAs) -> None:
    update = scene.published(done="Words to be withdrawn")
    path = f"/updates/{update.uuid}"
    assert step(sign_in(scene.coordinator), path, "withdraw").status_code == 303
    assert client.get(path).status_code == 302
    assert "Words to be withdrawn" not in client.get(f"/recommendations/{scene.one}").text


def test_machines_read_the_claim_too(scene: Scene, client: FlaskClient) -> None:
    scene.published(claim="implemented", effect="All are registered.")
    found = client.get(f"/recommendations/{scene.one}.json").json
    assert found is not None
    assert (found["progress"]["status"], found["progress"]["unverified"]) == ("implemented", True)
    [update] = found["progress"]["updates"]
    assert (update["done"], update["effect"], update["institution"]) == (
        "The law was passed.",
        "All are registered.",
        "health",
    )
