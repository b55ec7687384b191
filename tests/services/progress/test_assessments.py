"""Others assess, each on a scale of theirs; whoever answers for the follow-up writes and changes nothing of it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import session
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.mechanisms import Mechanism
from uptake.models.notices import Notice
from uptake.models.progress import Assessment
from uptake.services.permissions import Person
from uptake.services.progress import scales
from uptake.services.progress.assessment_pages import listing, published
from uptake.services.progress.assessments import Draft, edit, withdraw, write
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor
from uptake.testing.progress import make_assignment, make_recommendation

TODAY = datetime.date.today()


class Scene:
    """A recommendation for which justice answers, its own human-rights institution, and the people of both."""

    def __init__(self, person_with: PersonWith) -> None:
        self.ministry = make_actor("MOJ")
        self.nhri = make_actor("NHRI", "nhri", parent=self.ministry.id)
        self.focal = person_with("focal_point", actor=self.ministry.id)
        self.ombud = person_with("focal_point", actor=self.nhri.id)
        self.member = person_with("member", actor=self.nhri.id)
        self.coordinator = person_with("coordinator")
        code = session().scalars(select(Mechanism.code).order_by(Mechanism.id)).first() or ""
        self.one = make_recommendation(mechanism="ODIHR" if session().scalar(
            select(Mechanism.id).where(Mechanism.code == "ODIHR")) else code)  # fmt: skip
        make_assignment(self.one, self.ministry)
        self.draft = Draft(str(self.nhri.id), "simple:partly", "Half of it is done.", "en", TODAY.isoformat())
        self.grade = replace(self.draft, by="mechanism", grade="odihr:mostly")

    def write(self, person: Person, draft: Draft | None = None, publish: bool = True) -> Assessment:
        return write(self.one.uuid, draft or self.draft, publish=publish, person=person)


@pytest.fixture
def scene(app: Flask, person_with: PersonWith) -> Scene:
    return Scene(person_with)


def count() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Assessment)) or 0


def test_what_an_institution_publishes_everybody_reads_signed_and_dated(scene: Scene) -> None:
    scene.write(scene.ombud)
    (shown,) = published(session(), scene.one.id)
    assert (shown.by, shown.grade_name, shown.scale_name) == ("NHRI", "Partly implemented", "Implemented or not")
    assert (shown.text, shown.date, shown.mechanism) == ("Half of it is done.", TODAY, False)
    told = set(session().scalars(select(Notice.user_id).where(Notice.kind == "assessment.published")))
    assert told == {scene.focal.id, scene.coordinator.id}


def test_the_mechanisms_grade_is_entered_by_the_coordinator_alone(scene: Scene) -> None:
    scene.write(scene.coordinator, scene.grade)
    (shown,) = published(session(), scene.one.id)
    assert (shown.mechanism, shown.grade_name) == (True, "Mostly implemented")
    for person in (scene.ombud, scene.focal, scene.member):
        with pytest.raises(Refused):
            scene.write(person, scene.grade)
    assert count() == 1


def test_a_ministry_never_writes_or_changes_one_even_from_above(scene: Scene) -> None:
    kept = scene.write(scene.ombud, publish=False)
    for by in (scene.ministry.id, scene.nhri.id):
        with pytest.raises(Refused):
            scene.write(scene.focal, replace(scene.draft, by=str(by), text="Other words."))
    with pytest.raises(Refused):
        edit(kept.uuid, scene.draft, version=1, publish=True, person=scene.focal)
    with pytest.raises(Refused):
        withdraw(kept.uuid, "Unwelcome.", person=scene.focal)
    assert count() == 1
    assert session().get_one(Assessment, kept.id).state == "draft"


@pytest.mark.parametrize("by", ["", "0", "-1", "x", "99999999999999999999", "4 or 1=1"])
def test_nobody_speaks_for_what_is_not_theirs(scene: Scene, by: str) -> None:
    for person in (scene.ombud, scene.member, scene.coordinator):
        with pytest.raises(Refused):
            scene.write(person, replace(scene.draft, by=by))


def test_the_coordinator_does_not_write_in_the_name_of_others(scene: Scene) -> None:
    with pytest.raises(Refused):
        scene.write(scene.coordinator)


def test_sent_twice_it_is_there_once(scene: Scene) -> None:
    assert scene.write(scene.ombud).id == scene.write(scene.ombud).id
    assert count() == 1


def test_a_draft_is_only_for_its_own_until_it_is_published(scene: Scene) -> None:
    draft = scene.write(scene.ombud, publish=False)
    assert published(session(), scene.one.id) == []
    assert listing(session(), 1, "en", person=scene.ombud).count == 1
    assert listing(session(), 1, "en", person=scene.focal).count == 0
    done = edit(draft.uuid, replace(scene.draft, grade="simple:fully"), version=1, publish=True, person=scene.ombud)
    assert (done.state, done.grade, done.version) == ("published", "fully", 2)
    assert len(published(session(), scene.one.id)) == 1


def test_a_stale_form_changes_nothing(scene: Scene) -> None:
    draft = scene.write(scene.ombud, publish=False)
    edit(draft.uuid, replace(scene.draft, text="First."), version=1, publish=False, person=scene.ombud)
    with pytest.raises(Conflict, match="since you opened it"):
        edit(draft.uuid, replace(scene.draft, text="Second."), version=1, publish=True, person=scene.ombud)
    session().rollback()
    assert session().get_one(Assessment, draft.id).text == "First."


def test_published_it_is_not_changed_but_withdrawn_with_a_reason_and_kept(scene: Scene) -> None:
    one = scene.write(scene.ombud)
    with pytest.raises(Conflict):
        edit(one.uuid, scene.draft, version=1, publish=True, person=scene.ombud)
    with pytest.raises(Invalid) as caught:
        withdraw(one.uuid, " ", person=scene.ombud)
    assert "reason" in caught.value.fields
    for _ in range(2):
        withdraw(one.uuid, "The figures were wrong.", person=scene.ombud)
    assert published(session(), scene.one.id) == []
    assert count() == 1
    entries = session().scalars(select(AuditEntry).where(AuditEntry.action == "assessment.withdraw")).all()
    assert [(entry.reason, entry.data["state"]) for entry in entries] == [
        ("The figures were wrong.", ["published", "withdrawn"])
    ]


@pytest.mark.parametrize(("field", "value"), [
    ("grade", "simple:great"), ("grade", ""), ("grade", "odihr:fully"), ("grade", "nothing:A"), ("text", "x" * 20_001),
    ("text", "a\x00b"), ("language", "klingon!"), ("language", ""), ("date", ""), ("date", "yesterday"), ("date", "1900-01-01"),
    ("date", (TODAY + datetime.timedelta(days=2)).isoformat()), ("source", "javascript:alert(1)"),
])  # fmt: skip
def test_mistakes_are_told_at_their_field(scene: Scene, field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        scene.write(scene.ombud, replace(scene.draft, **{field: value}))
    assert list(caught.value.fields) == [field]
    assert count() == 0


def test_a_recommendation_whose_mechanism_is_unknown_gets_no_grade(scene: Scene) -> None:
    nameless = make_recommendation()
    with pytest.raises(Invalid) as caught:
        write(nameless.uuid, replace(scene.grade, grade="simple:fully"), publish=True, person=scene.coordinator)
    assert list(caught.value.fields) == ["by"]


def test_what_does_not_exist_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        write(uuid4(), scene.draft, publish=True, person=scene.ombud)
    with pytest.raises(NotFound):
        withdraw(uuid4(), "", person=scene.ombud)


def test_every_scale_names_its_source_and_its_grades_in_all_languages() -> None:
    for scale in scales.scales().values():
        assert scale.source
        assert scale.grades
        for names in (scale.names, *scale.grades.values()):
            assert {"en", "fr", "ar"} <= names.keys()
            assert all(names.values())
    assert "ministry" not in scales.assessors()
