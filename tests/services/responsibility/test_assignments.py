"""Institutions are made responsible, accept or decline with a reason, and there is one lead at the most."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.notices import Notice
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.services.audit import verify
from uptake.services.lists import searching
from uptake.services.permissions import Person
from uptake.services.responsibility.assignments import accept, assign, decline, end
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor


class Scene:
    """A recommendation, three institutions, a coordinator, and the focal point of the first institution."""

    def __init__(self, person_with: PersonWith) -> None:
        self.one = int(session().scalars(select(Recommendation.id).order_by(Recommendation.id)).first() or 0)
        self.justice, self.health, self.police = (make_actor(code).id for code in ("justice", "health", "police"))
        self.coordinator = person_with("coordinator")
        self.focal = person_with("focal_point", actor=self.justice)
        self.other = person_with("focal_point", actor=self.health)

    def row(self, actor: int) -> Assignment:
        session().rollback()
        where = (Assignment.recommendation_id == self.one, Assignment.actor_id == actor)
        return session().scalars(select(Assignment).where(*where)).one()

    def parts(self) -> dict[int, tuple[str, str]]:
        session().rollback()
        rows = session().scalars(select(Assignment).where(Assignment.recommendation_id == self.one))
        return {row.actor_id: (row.role, row.state) for row in rows}

    def notices(self, person: Person) -> list[Notice]:
        session().rollback()
        return list(session().scalars(select(Notice).where(Notice.user_id == person.id).order_by(Notice.id)))


@pytest.fixture
def scene(demo: Flask, person_with: PersonWith) -> Scene:
    return Scene(person_with)


def count(code: str) -> int:
    session().rollback()
    return searching.find(session(), searching.build_query("", [("institution", code)]))[0].count


def last_entry() -> AuditEntry:
    return session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_an_institution_is_assigned_told_recorded_and_found_by_it(scene: Scene) -> None:
    assert assign(scene.one, scene.justice, "lead", person=scene.coordinator, reason="It drafts the law")
    assert scene.parts() == {scene.justice: ("lead", "assigned")}
    assert [notice.kind for notice in scene.notices(scene.focal)] == ["assignment.assigned"]
    assert count("justice") == 1
    entry = last_entry()
    assert (entry.action, entry.subject) == ("assignment.assign", f"recommendation/{scene.one}")
    assert entry.data == {f"actor/{scene.justice}": [None, "lead, assigned"]}
    assert verify(session()) is None


def test_the_same_assignment_twice_acts_once(scene: Scene) -> None:
    assert assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    assert not assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    assert len(scene.notices(scene.focal)) == 1


def test_a_new_lead_turns_the_old_into_support(scene: Scene) -> None:
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    accept(scene.row(scene.justice).id, person=scene.focal, version=1)
    assign(scene.one, scene.health, "lead", person=scene.coordinator)
    assert scene.parts() == {scene.justice: ("support", "accepted"), scene.health: ("lead", "assigned")}


def test_or_ends_it_where_the_coordinator_says_so(scene: Scene) -> None:
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    assign(scene.one, scene.health, "lead", person=scene.coordinator, old_lead="end")
    assert scene.parts() == {scene.justice: ("lead", "ended"), scene.health: ("lead", "assigned")}
    assert count("justice") == 0


def test_support_may_be_many(scene: Scene) -> None:
    for actor, role in ((scene.justice, "lead"), (scene.health, "support"), (scene.police, "support")):
        assign(scene.one, actor, role, person=scene.coordinator)
    assert sorted(role for role, _state in scene.parts().values()) == ["lead", "support", "support"]


def test_what_is_declined_returns_to_the_coordinator_with_its_reason(scene: Scene) -> None:
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    assert decline(scene.row(scene.justice).id, "It is a matter of health.", person=scene.focal, version=1)
    row = scene.row(scene.justice)
    assert (row.state, row.reason) == ("declined", "It is a matter of health.")
    assert row.answered is not None
    notice = scene.notices(scene.coordinator)[-1]
    assert (notice.kind, notice.values["reason"]) == ("assignment.declined", "It is a matter of health.")
    assert count("justice") == 0
    assign(scene.one, scene.health, "lead", person=scene.coordinator)
    assert scene.parts()[scene.justice] == ("lead", "ended")


@pytest.mark.parametrize("reason", ["", "   "])
def test_declining_needs_a_reason(scene: Scene, reason: str) -> None:
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    with pytest.raises(Invalid) as told:
        decline(scene.row(scene.justice).id, reason, person=scene.focal, version=1)
    assert list(told.value.fields) == ["reason"]
    assert scene.parts()[scene.justice] == ("lead", "assigned")


def test_answering_twice_acts_once_and_a_stale_answer_is_refused(scene: Scene) -> None:
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    id_ = scene.row(scene.justice).id
    assert accept(id_, person=scene.focal, version=1)
    assert not accept(id_, person=scene.focal, version=1)
    with pytest.raises(Conflict):
        decline(id_, "Too late", person=scene.focal, version=1)
    assert scene.parts()[scene.justice] == ("lead", "accepted")


def test_only_the_institution_itself_answers(scene: Scene) -> None:
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    id_ = scene.row(scene.justice).id
    for answer in (lambda: accept(id_, person=scene.other, version=1),
                   lambda: decline(id_, "No", person=scene.other, version=1)):  # fmt: skip
        with pytest.raises(Refused):
            answer()
    assert scene.parts()[scene.justice] == ("lead", "assigned")


def test_only_the_coordinator_assigns_and_ends(scene: Scene) -> None:
    with pytest.raises(Refused):
        assign(scene.one, scene.justice, "lead", person=scene.focal)
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    with pytest.raises(Refused):
        end(scene.row(scene.justice).id, person=scene.focal, version=1)


def test_what_has_ended_stays_as_a_memory_and_can_be_given_again(scene: Scene) -> None:
    assign(scene.one, scene.justice, "lead", person=scene.coordinator)
    assert end(scene.row(scene.justice).id, person=scene.coordinator, version=1, reason="Closed")
    assert scene.parts() == {scene.justice: ("lead", "ended")}
    with pytest.raises(Conflict):
        accept(scene.row(scene.justice).id, person=scene.focal, version=2)
    assert assign(scene.one, scene.justice, "support", person=scene.coordinator)
    assert scene.parts() == {scene.justice: ("support", "assigned")}
    assert [notice.kind for notice in scene.notices(scene.focal)] == [
        "assignment.assigned", "assignment.ended", "assignment.assigned",
    ]  # fmt: skip


def test_wrong_ids_and_roles_are_refused(scene: Scene) -> None:
    with pytest.raises(NotFound):
        assign(999_999, scene.justice, "lead", person=scene.coordinator)
    for actor, role, field in ((999_999, "lead", "actor"), (scene.justice, "owner", "role")):
        with pytest.raises(Invalid) as told:
            assign(scene.one, actor, role, person=scene.coordinator)
        assert list(told.value.fields) == [field]
    with pytest.raises(NotFound):
        accept(999_999, person=scene.focal, version=1)
