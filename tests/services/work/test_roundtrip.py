"""The spreadsheet goes out, comes back, and does what its preview says: merged where it can be, refused with the reason."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from uptake.db import db, session, transaction
from uptake.errors import NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.progress import Evidence, Update, UpdateItem
from uptake.services.audit import verify
from uptake.services.permissions import NOBODY
from uptake.services.progress import evidence, updates, workflow
from uptake.services.work import roundtrip, roundtrip_sheet
from uptake.services.work.worklists import Wanted
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_assignment, make_recommendation, make_update
from uptake.testing.roundtrip import LANGUAGES, Desk, make_desk, problem


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk()


def said() -> list[tuple[str, str | None, str]]:
    return [(one.done, one.claim, one.state) for one in session().scalars(select(Update).order_by(Update.id))]


def test_a_filled_row_becomes_a_draft_and_an_empty_one_nothing(desk: Desk) -> None:
    data = desk.sheet({
        (2, "done"): "Law 12 was adopted.\nIt is in force.", (2, "claim"): "In progress", (2, "period_from"): 2025,
        (2, "period_to"): "2025", (2, "evidence"): "https://example.org/law https://example.org/gazette",
        (4, "next_step"): "  ",
    })  # fmt: skip
    assert desk.outcomes(data) == ["new", "same", "same"]
    assert desk.apply(data) == {"new": 1, "change": 0, "same": 2, "refused": 0}
    update = session().scalars(select(Update)).one()
    assert (update.done, update.claim, update.state) == ("Law 12 was adopted.\nIt is in force.", "in_progress", "draft")
    assert (str(update.period_from), str(update.period_to)) == ("2025-01-01", "2025-12-31")
    assert session().scalars(select(UpdateItem.recommendation_id)).all() == [desk.ones[0].id]
    assert session().scalars(select(Evidence.address).order_by(Evidence.id)).all() == [
        "https://example.org/law", "https://example.org/gazette",
    ]  # fmt: skip
    assert verify(session()) is None


def test_the_same_file_twice_changes_nothing_the_second_time(desk: Desk) -> None:
    data = desk.sheet({(2, "done"): "A", (3, "obstacles"): "B", (3, "evidence"): "https://example.org"})
    assert desk.apply(data)["new"] == 2
    before = session().scalar(select(func.max(AuditEntry.id)))
    assert desk.outcomes(data) == ["same", "same", "same"]
    assert desk.apply(data) == {"new": 0, "change": 0, "same": 3, "refused": 0}
    actions = session().scalars(select(AuditEntry.action).where(AuditEntry.id > before)).all()
    assert actions == ["roundtrip.apply"]


def test_also_after_it_was_handed_in_and_published(desk: Desk) -> None:
    data = desk.sheet({(2, "done"): "A"})
    desk.apply(data)
    for state in ("submitted", "published"):
        with transaction() as current:
            current.scalars(select(Update)).one().state = state
        assert desk.outcomes(data) == ["same", "same", "same"]


def test_one_upload_is_applied_once(desk: Desk) -> None:
    token = roundtrip.receive(io.BytesIO(desk.sheet({(2, "done"): "A"})), "x.xlsx", LANGUAGES, person=desk.person)
    first = roundtrip.apply(token, person=desk.person)
    assert roundtrip.apply(token, person=desk.person) == first
    assert len(said()) == 1
    assert roundtrip.waiting(session(), token, person=desk.person).done == first


def test_a_draft_is_in_the_sheet_and_changes_with_it(desk: Desk) -> None:
    update = desk.draft(done="Old", obstacles="None", claim="planned")
    evidence.add_link(update.uuid, "https://example.org/old", person=desk.person)
    found = desk.waiting(desk.sheet({
        (2, "done"): "New", (2, "obstacles"): None, (2, "claim"): "Implemented", (2, "evidence"): "https://example.org/new",
    }))  # fmt: skip
    assert [one.what for one in found.outcomes] == ["change", "same", "same"]
    assert found.outcomes[0].changes == [
        ("done", "Old", "New"), ("obstacles", "None", ""), ("claim", "planned", "implemented"),
        ("evidence", "https://example.org/old", "https://example.org/new"),
    ]  # fmt: skip
    roundtrip.apply(found.token, person=desk.person)
    assert said() == [("New", "implemented", "draft")]
    assert session().scalars(select(Evidence.address)).all() == ["https://example.org/new"]


def test_an_untouched_draft_is_left_alone(desk: Desk) -> None:
    desk.draft(done="Two\r\nlines  and   blanks " + "x" * 200)
    assert desk.outcomes(desk.sheet()) == ["same"] * 3


def test_what_somebody_else_wrote_meanwhile_is_merged_where_it_does_not_touch(desk: Desk) -> None:
    update = desk.draft(done="Old", obstacles="Old")
    data = desk.sheet({(2, "done"): "Mine"})
    updates.save(update.uuid, {"obstacles": "Theirs"}, person=desk.person, version=update.version)
    found = desk.waiting(data)
    assert (found.outcomes[0].what, found.outcomes[0].merged) == ("change", True)
    roundtrip.apply(found.token, person=desk.person)
    one = session().scalars(select(Update)).one()
    assert (one.done, one.obstacles) == ("Mine", "Theirs")


def test_and_refused_with_both_values_where_it_does(desk: Desk) -> None:
    update = desk.draft(done="Old")
    data = desk.sheet({(2, "done"): "Mine", (3, "done"): "Good"})
    updates.save(update.uuid, {"done": "Theirs"}, person=desk.person, version=update.version)
    found = desk.waiting(data)
    assert [one.what for one in found.outcomes] == ["refused", "new", "same"]
    assert found.outcomes[0].changes == [("done", "Theirs", "Mine")]
    assert roundtrip.apply(found.token, person=desk.person) == {"new": 1, "change": 0, "same": 1, "refused": 1}
    assert said() == [("Theirs", None, "draft"), ("Good", None, "draft")]


def test_a_draft_that_was_submitted_since_is_not_written_on(desk: Desk) -> None:
    update = desk.draft(done="Old")
    data = desk.sheet({(2, "done"): "Mine"})
    workflow.take(update.uuid, "submit", person=desk.person, version=update.version)
    found = desk.waiting(data)
    assert found.outcomes[0].what == "refused"
    assert "handed in" in problem(found)
    assert found.outcomes[0].changes == [("done", "Old", "Mine")]


def test_what_a_colleague_published_since_refuses_what_contradicts_it_and_nothing_else(desk: Desk) -> None:
    data = desk.sheet({(2, "done"): "Mine", (3, "next_step"): "Mine"})
    for one in desk.ones[:2]:
        make_update(desk.actor, desk.person, one, state="published", done="Theirs")
    found = desk.waiting(data)
    assert [(one.what, one.merged) for one in found.outcomes] == [("refused", False), ("new", True), ("same", False)]


def test_after_a_published_update_the_next_one_is_a_new_draft(desk: Desk) -> None:
    make_update(desk.actor, desk.person, desk.ones[0], state="published", done="Last year")
    assert desk.outcomes(desk.sheet({(2, "done"): "This year"})) == ["new", "same", "same"]


def test_what_is_decided_between_preview_and_saving_counts(desk: Desk) -> None:
    update = desk.draft(done="Old")
    found = desk.waiting(desk.sheet({(2, "done"): "Mine"}))
    assert found.counts["change"] == 1
    updates.save(update.uuid, {"done": "Theirs"}, person=desk.person, version=update.version)
    assert roundtrip.apply(found.token, person=desk.person)["refused"] == 1
    assert said() == [("Theirs", None, "draft")]


def test_one_draft_for_two_rows_is_written_once_and_says_one_thing(desk: Desk) -> None:
    start = updates.Beginning(desk.actor.id, (desk.ones[0].uuid, desk.ones[1].uuid), "")
    updates.create(start, {"done": "Both"}, person=desk.person)
    same = desk.waiting(desk.sheet({(2, "done"): "New", (3, "done"): "New"}))
    assert [(one.what, one.with_row) for one in same.outcomes] == [("change", 0), ("same", 2), ("same", 0)]
    assert desk.outcomes(desk.sheet({(2, "done"): "One", (3, "done"): "Other"})) == ["change", "refused", "same"]


def test_the_same_file_sent_twice_waits_once_even_at_once(app: Flask, desk: Desk) -> None:
    data = desk.sheet({(2, "done"): "A law was passed"})
    session().rollback()
    start = Barrier(4)

    def send(_number: int) -> str:
        with app.app_context():
            start.wait()
            try:
                return roundtrip.receive(io.BytesIO(data), "mine.xlsx", LANGUAGES, person=desk.person)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        (token,) = set(pool.map(send, range(4)))
    assert desk.waiting(data, "renamed.xlsx").token == token
    other = desk.waiting(desk.sheet({(2, "done"): "Two laws were passed"})).token
    assert desk.waiting(data).token not in (token, other), "another one had taken its place"
    assert desk.apply(data)["new"] == 1
    assert desk.waiting(data).done is None, "it is done: the file is looked at anew"


def test_a_row_of_another_institution_is_refused(desk: Desk) -> None:
    stranger = make_person("focal_point", actor=make_actor("MOH").id)
    found = desk.waiting(desk.sheet({(2, "done"): "A"}), person=stranger)
    assert [one.what for one in found.outcomes] == ["refused"] * 3
    assert "another institution" in problem(found)
    assert roundtrip.apply(found.token, person=stranger)["new"] == 0
    with pytest.raises(NotFound):
        roundtrip.apply(found.token, person=desk.person)


def test_a_row_that_was_taken_away_is_refused(desk: Desk) -> None:
    data = desk.sheet({(2, "done"): "A"})
    with transaction() as current:
        from uptake.models.responsibility import Assignment

        current.scalars(select(Assignment).order_by(Assignment.id)).first().state = "ended"  # type: ignore[union-attr]
    assert "no longer answers" in problem(desk.waiting(data))


def test_a_row_that_was_copied_is_refused_the_second_time(desk: Desk) -> None:
    book = load_workbook(io.BytesIO(desk.sheet({(2, "done"): "A"})))
    book["Uptake"].append([cell.value for cell in book["Uptake"][2]])
    stream = io.BytesIO()
    book.save(stream)
    assert desk.outcomes(stream.getvalue()) == ["new", "same", "same", "refused"]


@pytest.mark.parametrize("role", ["validator", "observer", "administrator"])
def test_who_does_not_report_has_no_spreadsheet(desk: Desk, role: str) -> None:
    person = make_person(role, actor=desk.actor.id if role == "validator" else None)
    for who in (person, NOBODY):
        with pytest.raises(Refused):
            roundtrip_sheet.write(session(), io.BytesIO(), Wanted(None), person=who)
        with pytest.raises(Refused):
            roundtrip.receive(io.BytesIO(b""), "x", LANGUAGES, person=who)
        with pytest.raises(Refused):
            roundtrip.apply("x", person=who)


def test_the_coordinator_reports_for_anybody_and_a_focal_point_gets_only_the_own_rows(desk: Desk) -> None:
    make_assignment(make_recommendation(), make_actor("MOH"))
    assert len(desk.outcomes(desk.sheet())) == 3
    coordinator = make_person("coordinator")
    data = desk.sheet({(5, "done"): "A"}, person=coordinator)
    assert desk.outcomes(data, person=coordinator) == ["same", "same", "same", "new"]
