"""The way of an update: each step by whom it is asked of, sent back with a comment, passed over."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.notices import Notice
from uptake.models.people import Membership
from uptake.models.progress import Evidence, Update, UpdateStep
from uptake.services import site_settings
from uptake.services.audit import verify
from uptake.services.permissions import NOBODY, Person
from uptake.services.progress import update_pages, workflow
from uptake.services.progress.workflow_moves import asked
from uptake.services.progress.workflow_told import reaching
from uptake.testing.people import make_actor, make_person
from uptake.testing.reporting import Scene


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def choose(scene: Scene, **values: object) -> None:
    site_settings.change(values, person=scene.coordinator)


def steps(update: Update) -> list[tuple[str, int | None]]:
    rows = session().execute(
        select(UpdateStep.step, UpdateStep.user_id).where(UpdateStep.update_id == update.id).order_by(UpdateStep.id)
    )
    return [(step, user) for step, user in rows]


def notices(person: Person) -> list[str]:
    session().rollback()
    return list(session().scalars(select(Notice.kind).where(Notice.user_id == person.id).order_by(Notice.id)))


def test_the_whole_way(scene: Scene) -> None:
    update = scene.draft()
    for name, person, state in (
        ("submit", scene.focal, "submitted"),
        ("confirm", scene.validator, "confirmed"),
        ("approve", scene.coordinator, "published"),
    ):
        update = scene.take(update, name, person)
        assert update.state == state
    assert update.published is not None
    assert steps(update) == [
        ("drafted", scene.focal.id),
        ("submitted", scene.focal.id),
        ("confirmed", scene.validator.id),
        ("approved", scene.coordinator.id),
        ("published", None),
    ]
    assert verify(session()) is None


def test_each_step_tells_those_of_whom_the_next_is_asked(scene: Scene) -> None:
    update = scene.published()
    assert notices(scene.validator) == ["update_to_confirm"]
    assert notices(scene.coordinator) == ["update_to_approve"]
    assert notices(scene.focal) == ["update_published"]
    assert notices(scene.other) == notices(scene.observer) == []
    assert session().scalars(select(Notice.path)).first() == f"/updates/{update.uuid}"


def test_where_nobody_validates_those_of_the_institution_above_are_told(scene: Scene) -> None:
    below = make_actor("clinic", parent=scene.health).id
    assert reaching(session(), below, "validator") == {scene.validator.id}
    assert reaching(session(), scene.justice, "validator") == set()


@pytest.mark.parametrize(
    ("state", "name", "role"),
    [
        ("draft", "submit", "member"),
        ("draft", "submit", "validator"),
        ("submitted", "confirm", "focal"),
        ("submitted", "confirm", "coordinator"),
        ("confirmed", "approve", "validator"),
        ("confirmed", "return", "validator"),
        ("submitted", "withdraw", "observer"),
        ("submitted", "confirm", "other"),
        ("published", "withdraw", "other"),
    ],
)
def test_nobody_takes_a_step_that_is_anothers(scene: Scene, state: str, name: str, role: str) -> None:
    update = scene.draft()
    for step, person in (("submit", scene.focal), ("confirm", scene.validator), ("approve", scene.coordinator)):
        if update.state == state:
            break
        update = scene.take(update, step, person)
    with pytest.raises(Refused):
        scene.take(update, name, getattr(scene, role), comment="No")
    assert scene.fresh(update).state == state


def test_a_validator_of_another_institution_confirms_nothing(scene: Scene) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    with pytest.raises(Refused):
        scene.take(update, "confirm", make_person("validator", actor=scene.justice))
    with pytest.raises(Refused):
        scene.take(update, "confirm", NOBODY)


@pytest.mark.parametrize(
    ("upto", "by"), [("submit", "validator"), ("submit", "coordinator"), ("confirm", "coordinator")]
)
def test_it_is_sent_back_with_a_comment(scene: Scene, upto: str, by: str) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    if upto == "confirm":
        update = scene.take(update, "confirm", scene.validator)
    person = getattr(scene, by)
    for comment in ("", "  ", "x" * 4001, "a\x00"):
        with pytest.raises(Invalid) as caught:
            scene.take(update, "return", person, comment=comment)
        assert list(caught.value.fields) == ["comment"]
    update = scene.take(update, "return", person, comment="Name the law.\r\nPlease.")
    assert (update.state, update.returned) == ("draft", True)
    assert notices(scene.focal) == ["update_returned"]
    last = session().scalars(select(UpdateStep).order_by(UpdateStep.id.desc()).limit(1)).one()
    assert (last.step, last.comment) == ("returned", "Name the law.\nPlease.")
    assert not scene.take(update, "submit", scene.focal).returned


def test_withdrawing_keeps_everything_and_can_be_taken_back(scene: Scene) -> None:
    update = scene.published(evidence=True, claim="implemented")
    update = scene.take(update, "withdraw", scene.focal)
    assert update.state == "withdrawn"
    assert session().scalar(select(Evidence.title).where(Evidence.update_id == update.id)) == "The gazette"
    standing = scene.stand(scene.one)
    assert standing is not None
    assert standing.status == "received"
    assert scene.take(update, "restore", scene.focal).state == "draft"


def test_the_same_step_twice_is_taken_once(scene: Scene) -> None:
    update = scene.draft()
    version = update.version
    for _ in range(2):
        update = workflow.take(update.uuid, "submit", person=scene.focal, version=version)
    assert [step for step, _ in steps(update)] == ["drafted", "submitted"]


def test_a_step_on_an_old_version_is_a_conflict(scene: Scene) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    old = update.version
    scene.take(update, "return", scene.coordinator, comment="Name the law.")
    with pytest.raises(Conflict):
        workflow.take(update.uuid, "confirm", person=scene.validator, version=old)


def test_a_step_from_elsewhere_on_the_way_is_a_conflict(scene: Scene) -> None:
    with pytest.raises(Conflict):
        scene.take(scene.draft(), "approve", scene.coordinator)


def test_steps_that_are_switched_off_are_passed(scene: Scene) -> None:
    choose(scene, confirm_updates=False, approve_updates=False)
    update = scene.take(scene.draft(), "submit", scene.focal)
    assert update.state == "published"
    assert steps(update)[1:] == [
        ("submitted", scene.focal.id),
        ("confirmed", None),
        ("approved", None),
        ("published", None),
    ]
    assert notices(scene.validator) == notices(scene.coordinator) == []


def test_switching_a_step_off_lets_go_on_what_waits_there(scene: Scene) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    choose(scene, confirm_updates=False)
    assert workflow.pass_waiting(person=scene.coordinator) == 1
    assert scene.fresh(update).state == "confirmed"
    with pytest.raises(Refused):
        workflow.pass_waiting(person=scene.focal)


def test_what_is_asked_is_one_sentence_and_one_button(scene: Scene) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    mine = asked(update, workflow.moves_for(scene.validator, update), "Health")
    assert mine.sentence == "Confirm that this is the word of your institution."
    assert mine.move is not None
    assert mine.move.name == "confirm"
    others = asked(update, workflow.moves_for(scene.focal, update), "Health")
    assert (others.sentence, others.move) == ("It waits for the validator of Health.", None)


def test_where_nobody_can_confirm_that_is_said(scene: Scene) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    with transaction() as current:
        current.query(Membership).filter_by(user_id=scene.validator.id).update({"until": datetime.date(2021, 1, 1)})
    ask = update_pages.open_one(session(), update.uuid, person=scene.coordinator).ask
    assert ask is not None
    assert "There is none now" in ask.sentence


def test_publication_is_in_the_trail_with_what_follows_from_it(scene: Scene) -> None:
    update = scene.published(claim="in_progress")
    entry = session().scalars(select(AuditEntry).where(AuditEntry.action == "update.publish")).one()
    assert entry.subject == f"update/{update.id}"
    assert entry.data[f"status of recommendation/{scene.number(scene.one)}"] == ["received", "in_progress"]


def test_what_is_not_published_is_there_for_those_involved_alone(scene: Scene) -> None:
    update = scene.draft()
    for person in (scene.focal, scene.validator, scene.coordinator, scene.observer):
        assert update_pages.open_one(session(), update.uuid, person=person).inside
    with pytest.raises(NotFound):
        update_pages.open_one(session(), update.uuid, person=scene.other)
    with pytest.raises(Refused):
        update_pages.open_one(session(), update.uuid, person=NOBODY)
    assert not update_pages.open_one(session(), scene.published().uuid, person=NOBODY).inside


def test_the_list_shows_what_is_in_reach_and_what_waits_for_me(scene: Scene) -> None:
    scene.draft()
    scene.take(scene.draft(), "submit", scene.focal)

    def count(person: Person, *, mine: bool = False, states: tuple[str, ...] = (), actor: int | None = None) -> int:
        return update_pages.find(session(), states, actor, mine, 1, person=person).count

    assert [count(person) for person in (scene.focal, scene.coordinator, scene.other)] == [2, 2, 0]
    assert [count(person, mine=True) for person in (scene.focal, scene.validator, scene.observer)] == [1, 1, 0]
    assert count(scene.focal, states=("submitted", "nonsense")) == 1
    assert count(scene.other, actor=scene.health) == 0


def test_a_draft_that_says_nothing_is_not_submitted_by_its_step_either(scene: Scene) -> None:
    update = scene.draft()
    with transaction() as current:
        current.get_one(Update, update.id).done = " "
    update = workflow.load(session(), update.uuid)
    with pytest.raises(Invalid, match="cannot be submitted yet") as caught:
        scene.take(update, "submit", scene.focal)
    assert set(caught.value.fields) == {"done"}
    assert workflow.load(session(), update.uuid).state == "draft"
