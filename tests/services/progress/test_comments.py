"""Comments are for those involved; people who are named hear of it, and nobody else ever reads them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake import i18n
from uptake.db import session
from uptake.errors import Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.notices import Notice
from uptake.models.progress import Comment
from uptake.services.permissions import NOBODY, Person
from uptake.services.progress import comments
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor
from uptake.testing.progress import make_assignment, make_recommendation, make_update


class Scene:
    """A recommendation with justice in the lead, an update of justice, and people inside and outside."""

    def __init__(self, person_with: PersonWith) -> None:
        self.justice, health = make_actor("MOJ"), make_actor("MOH")
        self.focal = person_with("focal_point", actor=self.justice.id, name="Amina Focal")
        self.member = person_with("member", actor=self.justice.id, name="Ben Member")
        self.stranger = person_with("focal_point", actor=health.id, name="Clara Stranger")
        self.coordinator = person_with("coordinator", name="Dalia Coordinator")
        self.observer = person_with("observer", name="Emil Observer")
        self.administrator = person_with("administrator")
        self.one = make_recommendation()
        make_assignment(self.one, self.justice)
        self.update = make_update(self.justice, self.member, self.one)

    def say(self, person: Person, text: str = "Where is the law?", *mentions: Person) -> Comment:
        return comments.write(text, [one.id or 0 for one in mentions], recommendation=self.one.uuid, person=person)

    def panel(self, person: Person) -> comments.Panel | None:
        session().rollback()
        return comments.of(session(), person, recommendation_id=self.one.id)


@pytest.fixture
def scene(app: Flask, person_with: PersonWith) -> Scene:
    return Scene(person_with)


def told(person: Person) -> list[str]:
    session().rollback()
    return list(session().scalars(select(Notice.kind).where(Notice.user_id == person.id).order_by(Notice.id)))


def count() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Comment)) or 0


def test_those_involved_write_and_read_and_nobody_else_sees_that_there_is_any(scene: Scene) -> None:
    scene.say(scene.focal)
    for person in (scene.focal, scene.member, scene.coordinator, scene.observer, scene.administrator):
        panel = scene.panel(person)
        assert panel is not None
        assert [(one.author, one.text) for one in panel.comments] == [("Amina Focal", "Where is the law?")]
    assert scene.panel(scene.stranger) is None
    assert scene.panel(NOBODY) is None
    watching = scene.panel(scene.observer)
    assert watching is not None
    assert not watching.may_write


@pytest.mark.parametrize("who", ["stranger", "observer", "administrator"])
def test_others_write_nothing(scene: Scene, who: str) -> None:
    with pytest.raises(Refused):
        scene.say(getattr(scene, who))
    with pytest.raises(Refused):
        comments.write("x", recommendation=scene.one.uuid, person=NOBODY)
    assert count() == 0


def test_on_an_update_only_its_institution_and_the_coordinator(scene: Scene) -> None:
    comments.write("Add the decree.", update=scene.update.uuid, person=scene.coordinator)
    assert told(scene.member) == ["comment.new"]
    assert comments.of(session(), scene.stranger, update_id=scene.update.id) is None
    with pytest.raises(Refused):
        comments.write("x", update=scene.update.uuid, person=scene.stranger)
    panel = comments.of(session(), scene.focal, update_id=scene.update.id)
    assert panel is not None
    assert len(panel.comments) == 1
    beside = scene.panel(scene.focal)
    assert beside is not None
    assert beside.comments == []


def test_who_is_named_hears_of_it_and_who_wrote_before_too(scene: Scene) -> None:
    scene.say(scene.member)
    scene.say(scene.coordinator, "Amina, please. @Amina Focal", scene.coordinator)
    assert told(scene.focal) == ["comment.mention"]
    assert told(scene.member) == ["comment.reply"]
    assert told(scene.coordinator) == []
    panel = scene.panel(scene.focal)
    assert panel is not None
    assert panel.comments[1].mentions == ["Amina Focal"]


def test_only_those_involved_can_be_picked_and_named(scene: Scene) -> None:
    panel = scene.panel(scene.focal)
    assert panel is not None
    assert [name for _id, name, _place in panel.people] == ["Ben Member", "Dalia Coordinator"]
    one = scene.say(scene.focal, "Hello @Clara Stranger", scene.stranger, scene.observer, scene.member)
    assert one.mentions == [scene.member.id]
    assert told(scene.stranger) == told(scene.observer) == []


def test_the_institutions_of_components_are_involved_in_the_whole(scene: Scene, person_with: PersonWith) -> None:
    part, school = make_recommendation(parent=scene.one.id), make_actor("MOE")
    make_assignment(part, school, "support")
    teacher = person_with("focal_point", actor=school.id)
    assert scene.panel(teacher) is not None
    declined = make_actor("MOD")
    make_assignment(scene.one, declined, "support", "declined")
    assert scene.panel(person_with("focal_point", actor=declined.id)) is None


def test_the_same_words_twice_are_one_comment(scene: Scene) -> None:
    assert scene.say(scene.focal).id == scene.say(scene.focal).id
    assert count() == 1


def test_withdrawn_by_its_author_or_the_coordinator_its_words_are_gone_and_it_stays(scene: Scene) -> None:
    one, two = scene.say(scene.focal), scene.say(scene.member, "Another.")
    for person in (scene.member, scene.observer):
        with pytest.raises(Refused):
            comments.withdraw(one.id, person=person)
    with pytest.raises(NotFound):
        comments.withdraw(one.id, person=scene.stranger)
    comments.withdraw(one.id, person=scene.focal)
    comments.withdraw(two.id, person=scene.coordinator)
    panel = scene.panel(scene.member)
    assert panel is not None
    assert [(shown.text, shown.withdrawn) for shown in panel.comments] == [("", True), ("", True)]
    assert count() == 2


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 5001, "a\x00b"])
def test_mistakes_are_told_at_their_field(scene: Scene, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        scene.say(scene.focal, text)
    assert list(caught.value.fields) == ["text"]


def test_the_trail_tells_that_somebody_commented_but_not_what(scene: Scene) -> None:
    scene.say(scene.focal, "A secret of Ben Member", scene.member)
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "comment.write")).one()
    named = [scene.member.id]
    assert entry.data == {"recommendation": [None, scene.one.id], "language": [None, "en"], "mentions": [None, named]}


def test_a_comment_knows_its_language_and_takes_that_of_the_pages_where_none_is_named(scene: Scene) -> None:
    i18n.set_locale("ar")
    scene.say(scene.focal, "أين القانون؟")
    i18n.set_locale("en")
    comments.write("Où est la loi ?", language="fr", recommendation=scene.one.uuid, person=scene.focal)
    panel = scene.panel(scene.member)
    assert panel is not None
    assert [one.language for one in panel.comments] == ["ar", "fr"]
    with pytest.raises(Invalid) as caught:
        comments.write("x", language="no language", recommendation=scene.one.uuid, person=scene.focal)
    assert list(caught.value.fields) == ["language"]


def test_what_does_not_exist_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        comments.write("x", recommendation=uuid4(), person=scene.coordinator)
    with pytest.raises(NotFound):
        comments.withdraw(999_999, person=scene.coordinator)
    assert comments.of(session(), scene.coordinator, recommendation_id=999_999) is None
