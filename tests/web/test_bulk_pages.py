"""Out of the list: choose, look, change, undo; what is shown before is what happens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import session
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import BulkChange, FollowUp
from uptake.services.lists import searching
from uptake.services.permissions import Person
from uptake.services.recommendations.bulk import apply
from uptake.testing.fixtures import PersonWith, SignInAs
from uptake.testing.people import make_actor, token_of
from werkzeug.test import TestResponse

WOMEN = {"scope": "all", "q": "women", "due_do": "set", "due": "2030-01-31"}


@pytest.fixture
def coordinator(demo: Flask, person_with: PersonWith) -> Person:
    return person_with("coordinator")


@pytest.fixture
def boss(coordinator: Person, sign_in: SignInAs) -> FlaskClient:
    return sign_in(coordinator)


def women() -> int:
    session().rollback()
    return searching.find(session(), searching.build_query("women"))[0].count


def seen_in(page: TestResponse) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page.text)
    assert found is not None
    return found[1]


def apply_all(client: FlaskClient, **more: Any) -> TestResponse:
    seen = seen_in(client.get("/bulk/preview", query_string=WOMEN))
    return client.post("/bulk/apply", data={"csrf_token": token_of(client), "seen": seen, **WOMEN, **more})


def dated() -> int:
    session().rollback()
    return len(list(session().scalars(select(FollowUp).where(FollowUp.due.is_not(None)))))


def test_only_those_who_may_have_boxes_to_tick(boss: FlaskClient, client: FlaskClient) -> None:
    assert client.get("/recommendations?q=women").text.count('name="pick"') == 0
    page = boss.get("/recommendations?q=women&theme=right-to-health&not.kind=concern").text
    assert page.count('name="pick"') > 0
    form = page[page.index('id="bulk"') :]
    for kept in ('name="q" value="women"', 'name="theme" value="right-to-health"', 'name="not.kind" value="concern"'):
        assert kept in form[:1500]


def test_all_of_a_search_are_changed_and_undone(boss: FlaskClient) -> None:
    count = women()
    assert f"Change {count} recommendations" in boss.get("/bulk", query_string=WOMEN).text
    answer = apply_all(boss, reason="Plan")
    assert dated() == count
    page = boss.get(answer.location).text
    assert "Undo this change" in page
    assert "Plan" in page
    boss.post(f"{answer.location}/undo", data={"csrf_token": token_of(boss)})
    assert dated() == 0
    assert "Undone on" in boss.get(answer.location).text
    assert boss.get("/bulk/changes").text.count("Undone") == 1


def test_the_same_form_sent_twice_acts_once(boss: FlaskClient) -> None:
    apply_all(boss)
    again = boss.post("/bulk/apply", data={"csrf_token": token_of(boss), "seen": "0" * 16, **WOMEN})
    assert again.location == "/recommendations?q=women"
    assert len(list(session().scalars(select(BulkChange)))) == 1


def test_a_preview_that_is_old_is_shown_anew_and_not_applied(boss: FlaskClient, coordinator: Person) -> None:
    seen = seen_in(boss.get("/bulk/preview", query_string=WOMEN))
    one = searching.find(session(), searching.build_query("women"))[0].cards[0].id
    apply([one], {"due": "2029-12-31"}, person=coordinator)
    answer = boss.post("/bulk/apply", data={"csrf_token": token_of(boss), "seen": seen, **WOMEN})
    assert answer.status_code == 409
    assert "have changed meanwhile" in answer.text
    assert seen_in(answer) != seen
    assert dated() == 1


def test_the_form_has_three_states(boss: FlaskClient, coordinator: Person) -> None:
    ids = list(session().scalars(select(Recommendation.id).order_by(Recommendation.id).limit(3)))
    justice, health = make_actor("justice").id, make_actor("health").id
    apply(ids, {f"actor/{justice}": "lead"}, person=coordinator)
    apply(ids[:1], {f"actor/{health}": "support"}, person=coordinator)
    page = boss.get("/bulk", query_string={"pick": ids}).text
    for actor, words in ((justice, "all have it"), (health, "1 of 3 have it")):
        row = page[: page.index(f'name="actor/{actor}"')].rpartition("<tr>")[2]
        assert words in row


@pytest.mark.parametrize(
    ("wish", "field"),
    [({}, ""), ({"due_do": "set", "due": "never"}, "due"), ({"add_tag": "999999"}, "add_tag"), ({"add_actor": "999999"}, "add_actor"),
     ({"priority": "urgent"}, "priority_reason")],
)  # fmt: skip
def test_what_is_missing_is_told_at_its_field(boss: FlaskClient, wish: dict[str, str], field: str) -> None:
    answer = boss.get("/bulk/preview", query_string={"pick": "1", **wish})
    assert answer.status_code == 422
    assert "Please look at this again" in answer.text
    assert f'href="#f-{field}"' in answer.text or not field


def test_nothing_chosen_leads_back_to_the_list(boss: FlaskClient) -> None:
    answer = boss.get("/bulk?q=women")
    assert answer.location == "/recommendations?q=women"
    assert "Choose at least one" in boss.get(answer.location).text


def test_undo_names_what_was_left(boss: FlaskClient, coordinator: Person) -> None:
    path = apply_all(boss).location
    one = searching.find(session(), searching.build_query("women"))[0].cards[0]
    apply([one.id], {"due": None}, person=coordinator)
    boss.post(f"{path}/undo", data={"csrf_token": token_of(boss)})
    page = boss.get(path).text
    assert "1 recommendation was left as it is" in page
    assert str(one.uuid) in page
