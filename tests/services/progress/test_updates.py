"""Updates are drafted, saved, answered for several recommendations, and said to be unchanged, by those who may."""

from __future__ import annotations

import datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.progress import Update
from uptake.models.responsibility import Assignment
from uptake.services.audit import verify
from uptake.services.permissions import NOBODY
from uptake.services.progress import updates, workflow
from uptake.services.progress.updates import Beginning
from uptake.testing.reporting import Scene


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def actions() -> list[str]:
    return list(session().scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_draft_holds_what_was_written(scene: Scene) -> None:
    update = scene.draft(
        effect=" More children\r\nare registered. ", claim="in_progress", period_from="2026-01-01", claim_reason=""
    )
    update = scene.fresh(update)
    assert (update.state, update.author_id, update.actor_id) == ("draft", scene.focal.id, scene.health)
    assert update.effect == "More children\nare registered."
    assert (update.claim, update.claim_reason) == ("in_progress", None)
    assert update.period_from == datetime.date(2026, 1, 1)
    assert workflow.items_of(session(), update) == [scene.number(scene.one)]
    assert verify(session()) is None


def test_the_same_form_twice_begins_one_update(scene: Scene) -> None:
    start = Beginning(scene.health, (scene.one,), "token")
    first = updates.create(start, {"done": "Built"}, person=scene.focal)
    assert updates.create(start, {"done": "Built"}, person=scene.focal).id == first.id
    assert session().scalar(select(func.count(Update.id))) == 1
    assert actions().count("update.create") == 1


def test_the_same_form_submitted_twice_is_submitted_once(scene: Scene) -> None:
    start = Beginning(scene.health, (scene.one,), "token")
    for _ in range(2):
        update = updates.create(start, {"done": "Built"}, person=scene.focal, submit=True)
    assert update.state == "submitted"
    assert actions().count("update.submit") == 1


def test_the_same_token_with_other_words_is_a_conflict(scene: Scene) -> None:
    start = Beginning(scene.health, (scene.one,), "token")
    updates.create(start, {"done": "Built"}, person=scene.focal)
    with pytest.raises(Conflict):
        updates.create(start, {"done": "Torn down"}, person=scene.focal)


def test_a_token_is_each_persons_own(scene: Scene) -> None:
    start = Beginning(scene.health, (scene.one,), "token")
    mine = updates.create(start, {"done": "Built"}, person=scene.focal)
    assert updates.create(start, {"done": "Built"}, person=scene.member).id != mine.id


def test_another_institution_may_not_write_for_this_one(scene: Scene) -> None:
    for person in (scene.other, scene.observer, scene.validator, NOBODY):
        with pytest.raises(Refused):
            scene.draft(person=person)


def test_an_institution_reports_only_on_what_it_answers_for(scene: Scene) -> None:
    with pytest.raises(Refused):
        updates.create(Beginning(scene.justice, (scene.one,), "token"), {}, person=scene.other)
    unassigned = scene.recommendation(assigned=False)
    with pytest.raises(Refused):
        scene.draft(scene.one, unassigned)
    with pytest.raises(Invalid):
        scene.draft(uuid4())
    assert session().scalar(select(func.count(Update.id))) == 0


def test_a_declined_assignment_gives_no_right_to_report(scene: Scene) -> None:
    with transaction() as current:
        current.scalars(select(Assignment)).one().state = "declined"
    with pytest.raises(Refused):
        scene.draft()


def test_whoever_answers_for_the_whole_reports_on_a_part(scene: Scene) -> None:
    part = scene.recommendation(parent=scene.number(scene.one), assigned=False)
    assert workflow.items_of(session(), scene.draft(part)) == [scene.number(part)]


def test_the_coordinator_may_write_for_anybody(scene: Scene) -> None:
    update = updates.create(Beginning(scene.justice, (scene.one,), ""), {"done": "Seen"}, person=scene.coordinator)
    assert update.actor_id == scene.justice


def test_saving_keeps_the_trail_of_what_changed(scene: Scene) -> None:
    update = scene.draft()
    updates.save(update.uuid, {"done": "The law is in force."}, person=scene.focal, version=update.version)
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.subject) == ("update.edit", f"update/{update.id}")
    assert entry.data == {"done": ["The law was passed.", "The law is in force."]}


def test_what_saves_itself_reaches_the_trail_when_it_is_submitted(scene: Scene) -> None:
    update = scene.draft()
    update = updates.save(update.uuid, {"done": "Anew"}, person=scene.focal, version=update.version, quietly=True)
    assert "update.edit" not in actions()
    scene.take(update, "submit", scene.focal)
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.data["words"]["done"] == "Anew"


def test_two_who_write_the_same_draft_do_not_overwrite_each_other(scene: Scene) -> None:
    update = scene.draft()
    seen = update.version
    updates.save(update.uuid, {"done": "Mine"}, person=scene.focal, version=seen)
    with pytest.raises(Conflict):
        updates.save(update.uuid, {"done": "Theirs"}, person=scene.member, version=seen)
    assert scene.fresh(update).done == "Mine"


def test_the_same_words_again_are_no_conflict(scene: Scene) -> None:
    update = scene.draft()
    seen = update.version
    updates.save(update.uuid, {"done": "Mine"}, person=scene.focal, version=seen, quietly=True)
    saved = updates.save(update.uuid, {"done": "Mine"}, person=scene.focal, version=seen, submit=True)
    assert saved.state == "submitted"


def test_what_is_submitted_is_no_longer_written(scene: Scene) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    with pytest.raises(Conflict):
        updates.save(update.uuid, {"done": "Other"}, person=scene.focal, version=update.version)


def test_the_same_text_answers_several(scene: Scene) -> None:
    second, third = scene.recommendation(), scene.recommendation()
    update = scene.draft(scene.one, second)
    updates.save(update.uuid, {}, person=scene.focal, version=update.version, recommendations=[second, third])
    assert workflow.items_of(session(), update) == sorted([scene.number(second), scene.number(third)])
    with pytest.raises(Invalid):
        updates.save(update.uuid, {}, person=scene.focal, version=scene.fresh(update).version, recommendations=[])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"done": " "}, "done"),
        ({"claim": "finished"}, "claim"),
        ({"claim": "received"}, "claim"),
        ({"claim": "stalled"}, "claim_reason"),
        ({"period_from": "2026-05-01", "period_to": "2026-04-01"}, "period_to"),
    ],
)
def test_an_update_that_says_too_little_is_not_submitted(scene: Scene, values: dict[str, str], field: str) -> None:
    update = scene.draft(**values)
    with pytest.raises(Invalid) as caught:
        updates.save(update.uuid, {}, person=scene.focal, version=update.version, submit=True)
    assert list(caught.value.fields) == [field]
    assert scene.fresh(update).state == "draft"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("period_from", "31.12.2026"),
        ("done", "x" * 20_001),
        ("done", "a\x00b"),
        ("language", "<b>"),
        ("claim", "x" * 31),
    ],
)
def test_what_cannot_be_stored_is_refused_at_its_field(scene: Scene, name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        scene.draft(**{name: value})
    assert list(caught.value.fields) == [name]


def test_a_member_writes_but_does_not_submit(scene: Scene) -> None:
    update = scene.draft(person=scene.member)
    with pytest.raises(Refused):
        updates.save(update.uuid, {}, person=scene.member, version=update.version, submit=True)


def test_no_change_is_one_step_and_repeats_the_claim(scene: Scene) -> None:
    scene.published(claim="stalled", claim_reason="No budget", period_to="2026-06-30")
    update = updates.no_change(scene.one, scene.health, person=scene.focal)
    assert (update.state, update.no_change, update.claim, update.claim_reason) == (
        "submitted",
        True,
        "stalled",
        "No budget",
    )
    assert update.period_from == datetime.date(2026, 6, 30)
    assert updates.no_change(scene.one, scene.health, person=scene.focal).id == update.id


def test_no_change_can_be_said_again_after_it_was_withdrawn(scene: Scene) -> None:
    scene.published()
    first = updates.no_change(scene.one, scene.health, person=scene.focal)
    scene.take(first, "withdraw", scene.focal)
    assert updates.no_change(scene.one, scene.health, person=scene.focal).id != first.id


def test_nothing_has_changed_only_since_something_was_said(scene: Scene) -> None:
    with pytest.raises(Invalid):
        updates.no_change(scene.one, scene.health, person=scene.focal)
    scene.published()
    for person in (scene.other, scene.validator, scene.member):
        with pytest.raises(Refused):
            updates.no_change(scene.one, scene.health, person=person)


def test_there_is_no_update_at_another_address(scene: Scene) -> None:
    with pytest.raises(NotFound):
        updates.save(uuid4(), {}, person=scene.focal, version=1)
