"""Pages of memory: entering, editing with both versions kept, pasting, histories, the audit trail, erasing."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.models.audit import AuditEntry
from uptake.models.people import User
from uptake.models.recommendations import Recommendation, Recommender
from uptake.services.audit import record_event, verify
from uptake.services.permissions import Person
from uptake.services.recommendations.manual_entry import Entry, create
from uptake.testing.people import make_actor, token_of

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def ana(app: Flask, person_with: Any) -> Person:
    return person_with("coordinator", name="Ana Novak")  # type: ignore[no-any-return]


@pytest.fixture
def browser(ana: Person, sign_in: Any) -> FlaskClient:
    return sign_in(ana)  # type: ignore[no-any-return]


@pytest.fixture
def one(ana: Person) -> UUID:
    return create(Entry({"en": "Train all judges on equality"}, state="PER", mechanism="CEDAW", symbol="CEDAW/C/PER/CO/9",
                        paragraph="12"), person=ana)  # fmt: skip


def send(browser: FlaskClient, path: str, **fields: Any) -> Any:
    return browser.post(path, data={"csrf_token": token_of(browser), **fields})


def facts(**more: Any) -> dict[str, Any]:
    return {
        "kind": "recommendation",
        "paragraph": "12",
        "version": "1",
        "text.en": "Train all judges on equality",
        **more,
    }


def test_one_is_entered_and_stored_markup_stays_text(browser: FlaskClient) -> None:
    form = {"key": str(uuid4()), "state": "PER", "mechanism": "CEDAW", "kind": "concern", "text.en": f"Ban it {EVIL}",
            "symbol": f"A/{EVIL}", "recommenders": "Slovenia; Chad", "paragraph": "7"}  # fmt: skip
    first, second = send(browser, "/recommendations/new", **form), send(browser, "/recommendations/new", **form)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert session().scalar(select(func.count()).select_from(Recommender)) == 2
    for path in (first.location, f"{first.location}/edit", f"{first.location}/history", "/audit"):
        page = browser.get(path)
        assert page.status_code == 200
        assert EVIL not in page.text


def test_what_is_wrong_stands_at_its_field_beside_what_was_typed(browser: FlaskClient) -> None:
    answer = send(browser, "/recommendations/new", **{"text.fr": "Mon texte", "kind": "concern", "date": "soon"})
    assert answer.status_code == 422
    assert "Write the day as" in answer.text
    assert "Mon texte" in answer.text
    answer = send(
        browser, "/recommendations/new", **{"text.fr": "Mon texte", "kind": "concern", "recommenders": "Atlantis"}
    )
    assert "No State is known as: Atlantis" in answer.text
    answer = send(browser, "/recommendations/new", **{"text.fr": "Mon texte", "kind": "concern"})
    assert "Choose the State" in answer.text


def test_the_slower_of_two_sees_both_versions_and_loses_nothing(browser: FlaskClient, one: UUID) -> None:
    path = f"/recommendations/{one}/edit"
    assert send(browser, path, **facts(kind="concern")).status_code == 303
    answer = send(browser, path, **facts(paragraph="13", reason="misread"))
    assert answer.status_code == 409
    assert "Somebody else has changed this while you were writing" in answer.text
    assert "Ana Novak" in answer.text
    row = re.search(r"<tr><th scope=\"row\">Kind of text</th>(.*?)</tr>", answer.text, re.DOTALL)
    assert row is not None
    assert "Concern" in row[1]
    assert 'value="13"' in answer.text
    assert 'value="misread"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert send(browser, path, **facts(paragraph="13", version="2")).status_code == 303


def test_split_withdraw_and_back(browser: FlaskClient, client: FlaskClient, one: UUID) -> None:
    path = f"/recommendations/{one}"
    assert send(browser, f"{path}/split", version="1", parts="one part only").status_code == 422
    assert send(browser, f"{path}/split", version="1", parts="Train judges\r\n\r\non equality").status_code == 303
    assert "It asks for several things" in client.get(path).text
    assert send(browser, f"{path}/withdraw", reason="").status_code == 422
    send(browser, f"{path}/withdraw", reason="Entered twice")
    part = session().scalars(select(Recommendation.uuid).where(Recommendation.parent_id.is_not(None))).first()
    assert client.get(path).status_code == client.get(f"/recommendations/{part}").status_code == 404
    assert "Entered twice" in browser.get(path).text
    assert "Train all judges" not in client.get("/recommendations").text
    send(browser, f"{path}/restore")
    assert client.get(path).status_code == 200


def test_a_pasted_list_is_looked_at_corrected_and_entered_once(browser: FlaskClient) -> None:
    shared = {"key": str(uuid4()), "state": "PER", "mechanism": "UPR", "symbol": "A/HRC/53/8", "language": "en",
              "kind": "recommendation", "cycle": "4"}  # fmt: skip
    text = f"6.1 Ratify the Protocol {EVIL} (Slovenia, Chad);\n6.2 Train judges (Atlantis, Peru);\n6.3 The following:"
    page = send(browser, "/recommendations/paste", text=text, **shared)
    assert page.status_code == 200
    assert "3 rows were recognised" in page.text
    assert "No State is known as Atlantis" in page.text
    assert EVIL not in page.text
    assert session().scalar(select(func.count()).select_from(Recommendation)) == 0
    rows = {"count": "3", "take.0": "1", "number.0": "6.1", "text.0": "Ratify the Protocol", "recommenders.0": "Slovenia, Chad",
            "take.1": "1", "number.1": "6.2", "text.1": "Train judges", "recommenders.1": "Atlantis, Peru"}  # fmt: skip
    answer = send(browser, "/recommendations/paste/enter", **shared, **rows)
    assert answer.status_code == 422
    assert "Row 2: no State is known as Atlantis" in answer.text
    assert 'value="Slovenia, Chad"' in answer.text
    for _twice in range(2):
        assert (
            send(browser, "/recommendations/paste/enter", **shared, **{**rows, "recommenders.1": "Peru"}).status_code
            == 303
        )
    session().rollback()
    assert sorted(session().scalars(select(Recommendation.paragraph))) == ["6.1", "6.2"]
    assert send(browser, "/recommendations/paste", text="", **shared).status_code == 422


def test_visitors_see_the_public_part_of_a_history(browser: FlaskClient, client: FlaskClient, one: UUID) -> None:
    send(browser, f"/recommendations/{one}/edit", **facts(kind="concern", reason="Said the minister"))
    with transaction() as current:
        number = current.scalars(select(Recommendation.id)).one()
        record_event(
            current, "user/1", "followup.edit", f"recommendation/{number}", {"priority": ["normal", "urgent"]}, "secret"
        )
    public, internal = (
        client.get(f"/recommendations/{one}/history").text,
        browser.get(f"/recommendations/{one}/history").text,
    )
    for words in ("Ana Novak", "Said the minister", "urgent", "Bring it back"):
        assert words.casefold() not in public.casefold()
        assert words.casefold() in internal.casefold()
    assert "Concern or observation" in public


def test_two_moments_are_compared_and_a_value_comes_back(browser: FlaskClient, one: UUID) -> None:
    path = f"/recommendations/{one}"
    send(browser, f"{path}/edit", **facts(kind="concern"))
    send(browser, f"{path}/edit", **facts(kind="pledge", version="2", paragraph="13"))
    keys = [
        f"e{id_}" for id_ in session().scalars(select(AuditEntry.id).where(AuditEntry.action == "recommendation.edit"))
    ]
    born = session().scalar(select(AuditEntry.id).where(AuditEntry.action == "recommendation.create"))
    page = browser.get(f"{path}/history?from=e{born}&to={max(keys)}").text
    compared = page.split("What differs")[1].split("</table>")[0]
    assert re.findall(r"<td dir=\"auto\">(.*?)</td>", compared) == ["Recommendation", "Voluntary pledge", "12", "13"]
    given = {"key": max(keys), "field": "kind", "version": "3"}
    assert send(browser, f"{path}/history", **given, reason="").status_code == 422
    assert send(browser, f"{path}/history", **{**given, "version": "1"}, reason="x").status_code == 409
    assert send(browser, f"{path}/history", **{**given, "field": "state"}, reason="x").status_code == 422
    assert send(browser, f"{path}/history", **given, reason="It was right").status_code == 303
    session().rollback()
    assert session().scalars(select(Recommendation.kind)).one() == "concern"
    assert "It was right" in browser.get(f"{path}/history").text


def test_histories_of_others_things_stay_closed(app: Flask, browser: FlaskClient, client: FlaskClient) -> None:
    actor = make_actor("MOH").id
    with transaction() as current:
        record_event(current, "user/1", "actor.edit", f"actor/{actor}", {"level": ["local", "national"]}, "why not")
    assert "why not" in browser.get(f"/history/institution/{actor}").text
    assert client.get(f"/history/institution/{actor}").status_code == 302
    for path in (
        "/history/institution/999",
        "/history/update/999",
        "/history/user/1",
        f"/recommendations/{uuid4()}/history",
    ):
        assert browser.get(path).status_code == 404


def test_the_trail_is_filtered_paged_exported_and_proved(browser: FlaskClient, client: FlaskClient, one: UUID) -> None:
    with transaction() as current:
        for number in range(60):
            record_event(current, "user/1" if number % 2 else "system", "thing.edit", f"thing/{number}", {"a": [1, 2]})
    page = browser.get("/audit?action=thing.edit").text
    assert page.count("<code>thing/") == 50
    older = html.unescape(re.findall(r'rel="next" href="([^"]+)"', page)[0])
    assert browser.get(older).text.count("<code>thing/") == 10
    assert browser.get("/audit?who=Ana&action=thing").text.count("<code>thing/") == 30
    assert "No entry fits" in browser.get("/audit?to=2000-01-01").text
    assert browser.get("/audit?from=x&before=y").status_code == 200
    lines = browser.get("/audit.jsonl?who=novak&subject=thing").text.splitlines()
    assert len(lines) == 30
    assert {json.loads(line)["who"] for line in lines} == {"Ana Novak"}
    assert browser.get("/audit.csv?subject=thing/7").text.count("\r\n") == 2
    answer = send(browser, "/audit/verify")
    assert "The audit trail is whole" in browser.get(answer.location).text
    assert client.get("/audit").status_code == 302
    assert client.get("/audit.csv").status_code in (302, 403)


def test_erasing_asks_twice_and_gives_the_data_first(
    browser: FlaskClient, person_with: Any, sign_in: Any, ana: Person
) -> None:
    admin = sign_in(person_with("administrator"))
    person_with("administrator")
    page = admin.get(f"/people/{ana.id}/erase").text
    assert "Ana Novak" in page
    assert admin.get(f"/people/{ana.id}/data.json").get_json()["account"]["name"] == "Ana Novak"
    assert browser.get("/account/data.json").get_json()["account"]["id"] == ana.id
    assert browser.get(f"/people/{ana.id}/erase").status_code == 403
    assert send(browser, f"/people/{ana.id}/erase", sure="1", reason="x").status_code == 403
    assert send(admin, f"/people/{ana.id}/erase", reason="asked").status_code == 422
    assert send(admin, f"/people/{ana.id}/erase", sure="1", reason="asked").status_code == 303
    session().rollback()
    assert session().get_one(User, ana.id).email.endswith("example.invalid")
    assert send(admin, f"/people/{ana.id}/erase", sure="1", reason="again").status_code == 404
    assert verify(session()) is None


@pytest.mark.parametrize("role", ["observer", "administrator", None])
def test_only_coordinators_enter_edit_and_restore(
    role: str | None, one: UUID, person_with: Any, sign_in: Any, client: FlaskClient
) -> None:
    other = sign_in(person_with(role)) if role else client
    closed = 403 if role else 302
    for path in ("/recommendations/new", "/recommendations/paste", f"/recommendations/{one}/edit"):
        assert other.get(path).status_code == closed
    for path in (
        "new",
        "paste",
        "paste/enter",
        f"{one}/edit",
        f"{one}/split",
        f"{one}/withdraw",
        f"{one}/restore",
        f"{one}/history",
    ):
        assert send(other, f"/recommendations/{path}", version="1").status_code == 403
