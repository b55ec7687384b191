"""Where a recommendation stands: the newest published word, evidence, parts before the whole, and a duty that never closes."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask
from sqlalchemy import event, select
from uptake.db import db, session, transaction
from uptake.errors import Conflict, Invalid, Refused
from uptake.models.audit import AuditEntry
from uptake.models.responsibility import FollowUp
from uptake.services.lists import searching
from uptake.services.progress import claims, standing
from uptake.services.progress.standing import Stand, Word, stand
from uptake.services.progress.status_scale import scale
from uptake.testing.reporting import Scene

NOW = datetime.datetime(2026, 6, 1, 12)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def where(scene: Scene, uuid: object) -> tuple[str, bool]:
    found = scene.stand(uuid)  # type: ignore[arg-type]
    return (found.status, found.verified) if found else ("received", False)


def found_by_status(status: str) -> int:
    session().rollback()
    return searching.find(session(), searching.build_query("", [("status", status)]))[0].count


def word(claim: str | None, evidence: bool = False, days: int = 0) -> Word:
    return Word(claim, evidence, NOW + datetime.timedelta(days=days))


def test_the_newest_claim_counts_and_the_newest_word_confirms() -> None:
    assert stand([]) == Stand()
    assert stand([word("planned"), word("in_progress", days=5)]) == Stand(
        "in_progress", False, datetime.date(2026, 6, 6)
    )
    assert stand([word("planned"), word(None, days=9)]) == Stand("planned", False, datetime.date(2026, 6, 10))
    assert stand([word(None)]) == Stand("received", False, datetime.date(2026, 6, 1))


def test_evidence_stays_behind_a_claim_that_is_repeated_and_not_behind_another() -> None:
    assert stand([word("implemented", True), word("implemented", days=9)]).verified
    assert not stand([word("planned", True), word("implemented", days=9)]).verified
    assert not stand([word("implemented", True), word("stalled", days=3), word("implemented", days=9)]).verified


def test_nothing_counts_before_it_is_published(scene: Scene) -> None:
    scene.take(scene.draft(claim="implemented"), "submit", scene.focal)
    assert where(scene, scene.one) == ("received", False)
    assert found_by_status("received") == 1


def test_implemented_without_evidence_is_unverified(scene: Scene) -> None:
    scene.published(claim="implemented")
    assert where(scene, scene.one) == ("implemented", False)
    assert claims.claim_of(session(), scene.number(scene.one)).unverified
    scene.published(claim="implemented", evidence=True)
    assert where(scene, scene.one) == ("implemented", True)
    assert not claims.claim_of(session(), scene.number(scene.one)).unverified


def test_the_list_finds_it_by_its_status(scene: Scene) -> None:
    scene.published(claim="in_progress")
    assert (found_by_status("in_progress"), found_by_status("received")) == (1, 0)


def test_what_is_withdrawn_no_longer_counts(scene: Scene) -> None:
    scene.published(claim="planned")
    second = scene.published(claim="implemented", evidence=True)
    scene.take(second, "withdraw", scene.coordinator)
    assert where(scene, scene.one) == ("planned", False)
    assert found_by_status("implemented") == 0


def test_the_whole_follows_its_least_advanced_part(scene: Scene) -> None:
    whole = scene.number(scene.one)
    first, second = scene.recommendation(parent=whole), scene.recommendation(parent=whole)
    scene.published(first, claim="implemented", evidence=True)
    assert where(scene, scene.one) == ("received", False)
    scene.published(second, claim="in_progress")
    assert where(scene, scene.one) == ("in_progress", False)
    scene.published(second, claim="implemented")
    assert where(scene, scene.one) == ("implemented", False)
    scene.published(second, claim="implemented", evidence=True)
    assert where(scene, scene.one) == ("implemented", True)
    assert found_by_status("implemented") == 1


def test_a_word_on_the_whole_speaks_for_its_parts_until_a_newer_one(scene: Scene) -> None:
    whole = scene.number(scene.one)
    first, second = scene.recommendation(parent=whole), scene.recommendation(parent=whole)
    scene.published(scene.one, claim="planned")
    assert (where(scene, first)[0], where(scene, scene.one)[0]) == ("planned", "planned")
    scene.published(first, claim="in_progress")
    assert [where(scene, uuid)[0] for uuid in (first, second, scene.one)] == ["in_progress", "planned", "planned"]


def test_parts_that_no_longer_apply_stand_aside(scene: Scene) -> None:
    whole = scene.number(scene.one)
    first, second = scene.recommendation(parent=whole), scene.recommendation(parent=whole)
    scene.published(first, claim="superseded", claim_reason="By the new code")
    scene.published(second, claim="in_progress")
    assert where(scene, scene.one)[0] == "in_progress"
    scene.published(second, claim="not_applicable", claim_reason="The prison was closed")
    assert where(scene, scene.one)[0] in {"superseded", "not_applicable"}


def test_a_continuous_duty_never_closes(scene: Scene) -> None:
    with transaction() as current:
        current.add(FollowUp(recommendation_id=scene.number(scene.one), continuous=True))
    scene.published(claim="implemented", evidence=True)
    found = claims.claim_of(session(), scene.number(scene.one))
    assert (found.status.code, found.continuous, found.status.closes) == ("continuous", True, False)


def test_effort_is_no_result(scene: Scene) -> None:
    scene.published(claim="", done="Forty trainings, two committees, one action plan.")
    found = scene.stand(scene.one)
    assert found is not None
    assert found.status == "received"
    assert found.confirmed_on is not None


def test_a_person_may_set_aside_the_parts_with_a_reason(scene: Scene) -> None:
    whole = scene.number(scene.one)
    part = scene.recommendation(parent=whole)
    scene.published(part, claim="planned")
    version = claims.claim_of(session(), whole).version
    for status, reason in (("in_progress", " "), ("finished", "Because")):
        with pytest.raises(Invalid):
            standing.set_aside(whole, status, reason, person=scene.coordinator, version=version)
    standing.set_aside(whole, "in_progress", "The main part is under way.", person=scene.coordinator, version=version)
    scene.published(part, claim="stalled", claim_reason="No budget")
    found = claims.claim_of(session(), whole)
    assert (found.status.code, found.override_reason) == ("in_progress", "The main part is under way.")
    assert found_by_status("in_progress") == 1
    standing.set_aside(whole, None, "", person=scene.coordinator, version=found.version)
    assert where(scene, scene.one)[0] == "stalled"
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.action == "followup.override"
    assert entry.data["status"] == ["in_progress", "stalled"]


def test_setting_aside_is_for_the_coordinator_and_for_compound_ones(scene: Scene) -> None:
    whole = scene.number(scene.one)
    with pytest.raises(Invalid):
        standing.set_aside(whole, "planned", "Because", person=scene.coordinator, version=0)
    part = scene.recommendation(parent=whole)
    with pytest.raises(Refused):
        standing.set_aside(whole, "planned", "Because", person=scene.focal, version=0)
    scene.published(part, claim="planned")
    with pytest.raises(Conflict):
        standing.set_aside(whole, "implemented", "Because", person=scene.coordinator, version=0)


@pytest.mark.parametrize(("days", "age"), [(0, "fresh"), (90, "fresh"), (91, "old"), (180, "old"), (181, "stale")])
def test_a_word_fades(scene: Scene, days: int, age: str) -> None:
    scene.published(claim="in_progress")
    found = scene.stand(scene.one)
    assert found is not None
    assert found.confirmed_on is not None
    day = found.confirmed_on + datetime.timedelta(days=days)
    assert claims.claim_of(session(), scene.number(scene.one), day).age == age


def test_many_are_refreshed_with_few_queries(scene: Scene) -> None:
    uuids = [scene.one, *(scene.recommendation() for _ in range(12))]
    scene.published(*uuids, claim="planned")
    ids = [scene.number(uuid) for uuid in uuids]

    def queries(wanted: list[int]) -> int:
        seen: list[str] = []

        def count(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        event.listen(db.engine, "before_cursor_execute", count)
        with transaction() as current:
            standing.refresh(current, wanted)
        event.remove(db.engine, "before_cursor_execute", count)
        return len(seen)

    assert queries(ids) == queries(ids[:1])
    assert set(scale(session())) >= {where(scene, uuid)[0] for uuid in uuids} == {"planned"}
