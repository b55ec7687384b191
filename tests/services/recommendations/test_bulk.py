"""Many recommendations are changed as one, and put back as long as nobody has gone on from there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from uptake.db import db, session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.imports import ImportRun
from uptake.models.notices import Notice
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import BulkChange, FollowUp
from uptake.models.vocabularies import Tag, Term
from uptake.search import index
from uptake.services.audit import verify
from uptake.services.importing.undo import undo_import
from uptake.services.lists import searching
from uptake.services.permissions import Person
from uptake.services.recommendations import bulk, bulk_wishes
from uptake.services.recommendations.editing import set_tag
from uptake.services.recommendations.history import of_recommendation
from uptake.services.responsibility import assignment_rows
from uptake.services.responsibility.assignments import assign
from uptake.services.responsibility.clusters import create
from uptake.services.responsibility.follow_ups import Schedule, plan, schedule
from uptake.testing.dumps import index_dump
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor


class Scene:
    def __init__(self, person_with: PersonWith) -> None:
        self.person = person_with("coordinator")
        self.ids = list(session().scalars(select(Recommendation.id).order_by(Recommendation.id).limit(6)))
        self.term = session().scalars(select(Term).where(Term.slug == "water-and-sanitation")).first() or self._rare()
        self.key = f"tag/{self.term.id}"
        self.slug = self.term.slug

    def _rare(self) -> Term:
        counts = select(Tag.term_id).group_by(Tag.term_id).order_by(func.count(), Tag.term_id).limit(1)
        return session().get_one(Term, session().scalar(counts))

    def apply(self, wishes: dict[str, object], **more: str) -> int:
        change = bulk.apply(self.ids, wishes, person=self.person, **more)
        assert change is not None
        return change

    def due(self) -> list[str | None]:
        session().rollback()
        return [day.isoformat() if (day := schedule(session(), id_).due) else None for id_ in self.ids]


@pytest.fixture
def scene(demo: Flask, person_with: PersonWith) -> Scene:
    return Scene(person_with)


@pytest.fixture
def queries(demo: Flask) -> Iterator[list[str]]:
    """The statements that are sent; one that carries many rows counts once."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def tagged(slug: str) -> set[int]:
    session().rollback()
    rows = select(Tag.recommendation_id).join(Term, Term.id == Tag.term_id)
    return set(session().scalars(rows.where(Term.slug == slug, Tag.rejected.is_(False))))


def found(slug: str) -> int:
    session().rollback()
    return searching.find(session(), searching.build_query(f'"{slug}"'), 1, 100)[0].count


def test_everything_is_set_at_once_searchable_recorded_and_undone(scene: Scene) -> None:
    actor = make_actor("justice").id
    cluster = create("Prisons", person=scene.person)
    before = (tagged(scene.slug), index_dump(session()))
    change = scene.apply(
        {scene.key: "on", f"cluster/{cluster}": "on", f"actor/{actor}": "lead", "due": "2030-01-31",
         "priority": ["high", "needs_law", None]}, reason="Plan of 2030",
    )  # fmt: skip
    assert tagged(scene.slug) >= set(scene.ids)
    assert scene.due() == ["2030-01-31"] * 6
    assert all(actor in parts for parts in assignment_rows.load(session(), scene.ids).values())
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "bulk.apply")).one()
    assert (entry.subject, entry.reason) == (f"bulk_change/{change}", "Plan of 2030")
    said = {row["key"]: row["recommendations"] for row in entry.data["changes"]}
    assert said["due"] == sorted(scene.ids)
    undone = bulk.undo(change, person=scene.person)
    assert (undone.restored, undone.refused) == (6, [])
    assert (tagged(scene.slug), index_dump(session())) == before
    assert scene.due() == [None] * 6
    assert not any(assignment_rows.load(session(), scene.ids).values())
    assert verify(session()) is None


def test_the_index_is_what_a_rebuild_makes_of_it(scene: Scene) -> None:
    scene.apply({scene.key: "on", f"actor/{make_actor('justice').id}": "support"})
    kept = index_dump(session())
    with transaction() as current:
        index.rebuild(current)
    assert index_dump(session()) == kept


def test_a_tag_taken_off_is_rejected_by_the_person_and_comes_back_with_undo(scene: Scene) -> None:
    slug, id_ = session().execute(
        select(Term.slug, Tag.recommendation_id).join(Tag, Tag.term_id == Term.id).where(Tag.rejected.is_(False)).limit(1)
    ).one()  # fmt: skip
    term = session().scalars(select(Term.id).where(Term.slug == slug)).one()
    change = bulk.apply([id_], {f"tag/{term}": "off"}, person=scene.person)
    assert id_ not in tagged(slug)
    rows = list(session().scalars(select(Tag).where(Tag.recommendation_id == id_, Tag.term_id == term)))
    assert [(row.rejected, row.confirmed_by) for row in rows] == [(True, scene.person.mark)] * len(rows)
    bulk.undo(change or 0, person=scene.person)
    assert id_ in tagged(slug)


def test_undo_refuses_rows_that_changed_since_and_names_them(scene: Scene) -> None:
    change = scene.apply({"due": "2030-01-31", scene.key: "on"})
    first, second = scene.ids[:2]
    plan(first, Schedule(due=None, version=schedule(session(), first).version), person=scene.person)
    version = session().get_one(Recommendation, second).version
    set_tag(second, scene.slug, on=False, actor="Ana", version=version)
    undone = bulk.undo(change, person=scene.person)
    assert (undone.restored, undone.refused) == (4, [first, second])
    assert scene.due() == [None, "2030-01-31", None, None, None, None]
    assert bulk.undo(change, person=scene.person) == bulk.Undone(0, [first, second])
    assert session().get_one(BulkChange, change).what["refused"] == [first, second]


def test_undo_never_makes_two_leads(scene: Scene) -> None:
    justice, health = make_actor("justice").id, make_actor("health").id
    one = scene.ids[0]
    assign(one, justice, "lead", person=scene.person)
    change = bulk.apply([one], {f"actor/{justice}": "off"}, person=scene.person)
    assign(one, health, "lead", person=scene.person)
    with pytest.raises(Conflict):
        bulk.undo(change or 0, person=scene.person)
    assert assignment_rows.load(session(), [one])[one][justice].state == "ended"


def test_a_new_lead_for_many_keeps_one_lead_each_and_tells_once(scene: Scene, person_with: PersonWith) -> None:
    justice, health = make_actor("justice").id, make_actor("health").id
    focal = person_with("focal_point", actor=health)
    assign(scene.ids[0], justice, "lead", person=scene.person)
    change = scene.apply({f"actor/{health}": "lead"})
    parts = assignment_rows.load(session(), scene.ids)
    assert (parts[scene.ids[0]][justice].role, parts[scene.ids[0]][health].role) == ("support", "lead")
    notices = list(session().scalars(select(Notice).where(Notice.user_id == focal.id)))
    assert [(notice.kind, notice.values["count"]) for notice in notices] == [("assignment.assigned", 6)]
    bulk.undo(change, person=scene.person)
    assert assignment_rows.load(session(), scene.ids)[scene.ids[0]][justice].role == "lead"


def test_what_is_so_already_is_no_change(scene: Scene) -> None:
    scene.apply({"due": "2030-01-31"})
    assert bulk.apply(scene.ids, {"due": "2030-01-31"}, person=scene.person) is None
    assert session().scalar(select(func.count()).select_from(BulkChange)) == 1


def test_a_preview_that_is_no_longer_true_is_not_applied(scene: Scene) -> None:
    seen = bulk.digest(bulk.plan(session(), scene.ids, {"due": "2030-01-31"}, scene.person))
    plan(scene.ids[0], Schedule(due=None, priority="low"), person=scene.person)
    assert bulk.digest(bulk.plan(session(), scene.ids, {"due": "2030-01-31"}, scene.person)) == seen
    bulk.apply(scene.ids[:1], {"due": "2029-01-01"}, person=scene.person)
    with pytest.raises(Conflict):
        bulk.apply(scene.ids, {"due": "2030-01-31"}, person=scene.person, seen=seen)
    assert scene.due()[1] is None


def test_the_number_of_queries_does_not_grow_with_the_rows(scene: Scene, queries: list[str]) -> None:
    wishes = {scene.key: "on", f"actor/{make_actor('justice').id}": "lead", "due": "2030-01-31"}
    ids = list(session().scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None)).limit(150)))
    queries.clear()
    bulk.apply(ids[:10], wishes, person=scene.person)
    few = len(queries)
    queries.clear()
    bulk.apply(ids[10:], wishes, person=scene.person)
    assert len(queries) <= few + 2


def test_an_import_is_not_undone_over_tags_that_people_changed(scene: Scene) -> None:
    run = session().scalars(select(ImportRun.id).order_by(ImportRun.id.desc())).first() or 0
    change = scene.apply({scene.key: "on"})
    with pytest.raises(Conflict) as told:
        undo_import(run)
    assert told.value.values["count"] == 6
    bulk.undo(change, person=scene.person)
    assert sum(undo_import(run).values()) > 0


def test_history_finds_the_changes_of_many(scene: Scene) -> None:
    change = scene.apply({"due": "2030-01-31"})
    assert [(row.id, what) for row, what in bulk.changes_of(session(), scene.ids[0])] == [
        (change, {"due": [None, "2030-01-31"]})
    ]
    assert bulk.changes_of(session(), max(scene.ids) + 1) == []


def test_the_history_of_each_says_what_a_change_of_many_did_to_it(scene: Scene) -> None:
    justice = make_actor("justice").id
    assign(scene.ids[0], justice, "support", person=scene.person)
    scene.apply({scene.key: "on", f"actor/{justice}": "lead", "due": "2030-01-31"}, reason="Plan")
    uuid = session().get_one(Recommendation, scene.ids[0]).uuid
    newest, older = of_recommendation(session(), uuid, person=scene.person).changes[:2]
    assert (newest.action, newest.reason, older.action) == ("bulk.apply", "Plan", "assignment.assign")
    said = {name: (before, after) for name, before, after in newest.fields}
    assert said == {
        f"term.{scene.slug}": (False, True), "due": (None, "January 31, 2030"),
        "justice": ("Support: Has not answered yet", "Lead: Has not answered yet"),
    }  # fmt: skip
    public = of_recommendation(session(), uuid, person=Person()).changes[0]
    assert (public.fields, public.who) == ([[f"term.{scene.slug}", False, True]], "")


def test_priority_of_many_and_back(scene: Scene) -> None:
    change = scene.apply({"priority": ["urgent", "other", "Court ruling"]})
    row = session().get_one(FollowUp, scene.ids[0])
    assert (row.priority, row.priority_reason, row.priority_note) == ("urgent", "other", "Court ruling")
    bulk.undo(change, person=scene.person)
    assert schedule(session(), scene.ids[0]).priority == "normal"


def test_addresses_say_what_is_wanted() -> None:
    pairs = [("tag/5", "on"), ("tag/6", ""), ("actor/7", "off"), ("add_actor", "8"), ("add_role", "lead"),
             ("due_do", "set"), ("due", "2030-01-31"), ("priority", "high"), ("priority_reason", "deadline"),
             ("tag/9", "drop table"), ("evil/1", "on")]  # fmt: skip
    assert bulk_wishes.read(pairs) == {
        "tag/5": "on", "actor/7": "off", "actor/8": "lead", "due": "2030-01-31", "priority": ["high", "deadline", None],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        ([("due_do", "set"), ("due", "31 January")], "due"),
        ([("priority", "high")], "priority_reason"),
        ([("actor/1", "lead"), ("actor/2", "lead")], "add_actor"),
    ],
)
def test_what_cannot_be_done_is_told_at_its_field(pairs: list[tuple[str, str]], field: str) -> None:
    with pytest.raises(Invalid) as told:
        bulk_wishes.read(pairs)
    assert list(told.value.fields) == [field]


def test_only_those_who_may_and_not_too_many(scene: Scene, person_with: PersonWith) -> None:
    with pytest.raises(Refused):
        bulk.apply(scene.ids, {"due": None}, person=person_with("observer"))
    with pytest.raises(Invalid):
        bulk.plan(session(), range(bulk.MOST + 1), {"due": None}, scene.person)
    with pytest.raises(NotFound):
        bulk.undo(99, person=scene.person)
