"""Who follows something is told once of what is new there, and of nothing that was there before."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import Invalid, NotFound, Refused
from uptake.models.notices import Follow, Notice
from uptake.models.people import User
from uptake.models.recommendations import Recommendation
from uptake.search import index
from uptake.services.permissions import NOBODY, Person
from uptake.services.progress import workflow
from uptake.services.responsibility import assignments
from uptake.services.telling import follows
from uptake.services.telling.notice_words import sentences
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_assignment, make_recommendation, make_update


@pytest.fixture
def reader(app: Flask) -> Person:
    return make_person("observer")


@pytest.fixture
def coordinator(app: Flask) -> Person:
    return make_person("coordinator")


def check() -> int:
    with transaction() as current:
        return follows.check(current)


def told(person: Person) -> list[tuple[str, str, int]]:
    rows = session().scalars(select(Notice).where(Notice.user_id == person.id).order_by(Notice.id))
    return [(one.kind, one.path, one.values.get("count", 1)) for one in rows]


def publish(coordinator: Person, actor: object, *recommendations: Recommendation) -> None:
    update = make_update(actor, None, *recommendations, state="approved")  # type: ignore[arg-type]
    workflow.take(update.uuid, "publish", person=coordinator, version=update.version)


def test_a_published_report_is_told_once(reader: Person, coordinator: Person) -> None:
    actor, one, other = make_actor("MOJ"), make_recommendation(), make_recommendation()
    publish(coordinator, actor, one)
    follows.follow("recommendation", str(one.id), person=reader)
    assert check() == 0
    publish(coordinator, actor, one, other)
    make_update(actor, None, one, state="submitted")
    assert check() == 1
    assert check() == 0
    assert told(reader) == [("follow.update", f"/recommendations/{one.uuid}", 1)]


def test_what_is_withdrawn_before_anybody_is_told_is_not_told(reader: Person, coordinator: Person) -> None:
    actor, one = make_actor("MOJ"), make_recommendation()
    follows.follow("recommendation", str(one.id), person=reader)
    update = make_update(actor, None, one, state="approved")
    update = workflow.take(update.uuid, "publish", person=coordinator, version=update.version)
    workflow.take(update.uuid, "withdraw", person=coordinator, version=update.version)
    assert check() == 0


def test_several_things_make_one_notice_for_each_kind(reader: Person, coordinator: Person) -> None:
    actor, one, other = make_actor("MOJ"), make_recommendation(), make_recommendation()
    follows.follow("actor", actor.code, person=reader)
    for each in (one, other):
        assignments.assign(each.id, actor.id, "lead", person=coordinator)
        publish(coordinator, actor, each)
    assert check() == 2
    path = "/institutions/MOJ"
    assert told(reader) == [("follow.actor_assignment", path, 2), ("follow.actor_update", path, 2)]
    listed = session().scalars(select(Notice).order_by(Notice.id)).all()
    assert sentences(session(), listed) == [
        "What MOJ answers for has changed: 2 recommendations.", "MOJ has published 2 reports.",
    ]  # fmt: skip
    assert check() == 0


def test_a_change_of_who_answers_is_told_and_a_proposal_is_not(reader: Person, coordinator: Person) -> None:
    actor, one = make_actor("MOJ"), make_recommendation()
    follows.follow("recommendation", str(one.id), person=reader)
    make_assignment(one, actor, state="proposed")
    assert check() == 0
    assignments.assign(one.id, actor.id, "lead", person=coordinator)
    assert check() == 1
    assert [kind for kind, _path, _count in told(reader)] == ["follow.assignment"]


def test_nobody_is_told_what_they_did_themselves(coordinator: Person) -> None:
    actor, one = make_actor("MOJ"), make_recommendation()
    follows.follow("recommendation", str(one.id), person=coordinator)
    assignments.assign(one.id, actor.id, "lead", person=coordinator)
    assert check() == 0


def test_a_search_tells_of_new_recommendations_that_fit(demo: Flask) -> None:
    reader = make_person("observer")
    one = follows.follow("search", "q=zebra&sort=newest&page=2", person=reader)
    follows.follow("search", "kind=pledge", person=reader)
    assert one.target == "q=zebra"
    assert check() == 0
    for text in ("The zebra must be protected.", "Ratify the treaty.", "More zebra crossings."):
        found = make_recommendation(text)
        with transaction() as current:
            index.lock(current)
            index.add(current, [found.id])
    assert check() == 1
    assert check() == 0
    assert told(reader) == [("follow.search", "/recommendations?q=zebra", 2)]
    notice = session().scalars(select(Notice)).one()
    assert sentences(session(), [notice]) == ["2 new recommendations in a search that you follow: zebra"]


def test_who_has_left_is_told_nothing(reader: Person, coordinator: Person) -> None:
    actor, one = make_actor("MOJ"), make_recommendation()
    follows.follow("recommendation", str(one.id), person=reader)
    publish(coordinator, actor, one)
    with transaction() as current:
        current.get_one(User, reader.id).active = False
    assert check() == 0


def test_following_twice_is_following_once_and_stopping_twice_is_stopping(reader: Person) -> None:
    one = make_recommendation()
    for _ in range(2):
        follows.follow("recommendation", str(one.id), person=reader)
        follows.follow("search", "q=a", person=reader)
    assert follows.marks(session(), person=reader) == {("recommendation", str(one.id)), ("search", "q=a")}
    listed = follows.followed(session(), person=reader)
    assert [(each.kind, each.name) for each in listed] == [("search", "a"), ("recommendation", "")]
    assert listed[1].row is not None
    for _ in range(2):
        follows.unfollow("search", "page=9&q=a", person=reader)
        follows.unfollow("recommendation", str(one.id), person=reader)
    assert session().scalars(select(Follow)).all() == []


@pytest.mark.parametrize(
    ("kind", "target"),
    [("recommendation", "99"), ("recommendation", "x"), ("actor", "99"), ("actor", "1" * 30), ("user", "1"), ("", "")],
)
def test_only_what_is_there_can_be_followed(reader: Person, kind: str, target: str) -> None:
    with pytest.raises(NotFound):
        follows.follow(kind, target, person=reader)


def test_a_search_must_not_be_endless_and_a_visitor_follows_nothing(reader: Person) -> None:
    with pytest.raises(Invalid):
        follows.follow("search", "q=" + "x" * 900, person=reader)
    for attempt in (
        lambda: follows.follow("search", "q=a", person=NOBODY),
        lambda: follows.unfollow("search", "q=a", person=NOBODY),
        lambda: follows.followed(session(), person=NOBODY),
    ):
        with pytest.raises(Refused):
            attempt()
