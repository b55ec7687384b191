"""Notices: each says one sentence in the reader's language, leads somewhere on this site, and is one's own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from uptake.db import session, transaction
from uptake.errors import NotFound, Refused
from uptake.i18n import set_locale
from uptake.models.notices import Notice
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.services.importing.sources import HUMAN, source_id
from uptake.services.permissions import NOBODY, Person
from uptake.services.telling import notice_pages, notice_words, notices
from uptake.services.telling.notice_words import sentences
from uptake.testing.people import make_actor, token_of


def tell(person: Person, kind: str = "update_to_approve", path: str = "/work", **options: Any) -> int:
    with transaction() as current:
        notices.tell(current, [person.id or 0], kind, path, **options)
    return session().query(Notice.id).order_by(Notice.id.desc()).limit(1).scalar() or 0


def said() -> list[str]:
    return sentences(session(), session().query(Notice).order_by(Notice.id))


def test_a_sentence_is_filled_from_ids_and_escapes_nothing_away(app: Flask, person_with: Any) -> None:
    person, actor = person_with("coordinator"), make_actor("Ministry of <Law>")
    with transaction() as current:
        human = source_id(current, HUMAN)
        one = Recommendation(uuid=uuid4(), source_id=human, kind="recommendation", order_key="")
        current.add(one)
        current.flush()
        text = "Ratify the Optional Protocol without reservations and in consultation with civil society, at last."
        words = {"raw": text, "cleaned": text, "origin": "human", "source_id": human, "untranslated": False}
        current.add(RecommendationText(recommendation_id=one.id, language="en", **words))
        recommendation = one.id
    tell(person, "assignment.assigned", values={"actor": actor.id, "recommendation": recommendation, "count": 1})
    tell(person, "assignment.assigned", values={"actor": actor.id, "count": 2500})
    tell(person, "membership.given", values={"institution": "Ministry of <Law>", "role": "validator"})
    tell(person, "membership.given", values={"institution": None, "role": "observer"})
    tell(person, "nobody.knows.this", values={"reason": "secret words"})
    assert said() == [
        "Ministry of <Law> is asked to answer: Ratify the Optional Protocol without reservations and in consultation with civil…",
        "Ministry of <Law> is asked to answer 2,500 recommendations.",
        "You have a new role in Ministry of <Law>: Validator.",
        "You have a new role in this site: Observer.",
        "There is something new for you.",
    ]


def test_broken_values_break_no_page(app: Flask, person_with: Any, sign_in: Any) -> None:
    person = person_with("coordinator")
    tell(person, "due.soon", values={"recommendation": "no number", "day": "{day.__class__}", "count": "many"})
    tell(person, "assignment.assigned", values={"actor": 10**9, "recommendation": 10**9, "count": -3})
    assert sign_in(person).get("/notices").status_code == 200


def test_others_may_add_their_sentences(app: Flask, person_with: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_words, "_table", dict(notice_words._table))
    notices.register("test.kind", "One {name}", "{count} of {name}")
    tell(person_with("coordinator"), "test.kind", values={"name": "thing", "count": 3})
    assert said() == ["3 of thing"]


def test_the_same_thing_is_told_once(app: Flask, person_with: Any) -> None:
    one, other = person_with("coordinator"), person_with("coordinator")
    tell(one, once="x")
    with transaction() as current:
        notices.tell(current, [one.id, other.id], "due.soon", "/work", once="x")
    assert [notice.user_id for notice in session().query(Notice).order_by(Notice.id)] == [one.id, other.id]


def test_the_bell_counts_and_reading_empties_it(app: Flask, person_with: Any, sign_in: Any) -> None:
    person = person_with("coordinator")
    client = sign_in(person)
    assert "Nothing yet" in client.get("/notices").text
    first, second, third = tell(person), tell(person, urgent=True), tell(person)
    assert "<strong>3</strong>" in client.get("/about").text
    answer = client.get(f"/notices/{first}")
    assert (answer.status_code, answer.location) == (303, "/work")
    assert notice_pages.unread_count(session(), person) == 2
    assert client.post("/notices/read", data={"csrf_token": token_of(client), "until": str(second)}).status_code == 303
    assert notice_pages.unread_count(session(), person) == 1, "what came after the page was made is still new"
    assert client.get(f"/ar/notices/{third}").location == "/ar/work"
    assert notice_pages.unread_count(session(), person) == 0
    assert client.get(f"/notices/{third}").status_code == 303


def test_notices_are_ones_own(app: Flask, person_with: Any, sign_in: Any) -> None:
    person, other = person_with("coordinator"), person_with("administrator")
    notice = tell(person)
    assert sign_in(other).get(f"/notices/{notice}").status_code == 404
    with pytest.raises(NotFound):
        notice_pages.open_notice(notice, person=other)
    for act in (
        lambda: notice_pages.read_all(notice, person=NOBODY),
        lambda: notice_pages.open_notice(1, person=NOBODY),
    ):
        with pytest.raises(Refused):
            act()
    assert notice_pages.read_all(notice, person=other) == 0
    assert notice_pages.unread_count(session(), person) == 1
    assert "/sign-in?next=" in app.test_client().get("/notices").location


def test_a_notice_leads_nowhere_else(app: Flask, person_with: Any) -> None:
    person = person_with("coordinator")
    for path in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert notice_pages.open_notice(tell(person, path=path), person=person) == "/work"


def test_pages_of_notices_in_arabic(app: Flask, person_with: Any, sign_in: Any) -> None:
    person = person_with("coordinator", language="ar")
    for _ in range(31):
        tell(person, "update_to_approve", values={"actor": make_actor(f"A{_}").id})
    set_locale("en")
    page = notice_pages.listing(session(), 2, person=person)
    assert (len(page.lines), page.pages, page.unread) == (1, 2, 31)
    assert 'dir="rtl"' in sign_in(person).get("/ar/notices?page=2").text
