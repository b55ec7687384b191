"""Who may write a report through the API, whom nobody passes over, and what is closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.models.tokens import ApiToken
from uptake.testing.api import Program
from uptake.testing.people import make_person
from uptake.toolkit import may_somewhere, session, transaction
from uptake_reports import locks
from uptake_reports.models import SectionVersion

from .programs import FRAME, TEXT, begun, piece, section, written


def test_whoever_is_editing_is_not_passed_over(app, reports) -> None:
    program = Program(app, reports.coordinator)
    path = section(begun(program))
    number = int(path.rpartition("/")[2])
    program.send("PATCH", path, {"institution": "health"}, match="*")
    locks.take(number, over=False, person=reports.focal)
    for body, at, method in ((TEXT, "text", "PUT"), ({"pieces": [piece(reports)]}, "sources", "POST")):
        held = program.send(method, f"{path}/{at}", body, match="*")
        assert (held.status_code, held.mimetype) == (409, "application/problem+json")
        assert reports.focal.name in held.json["detail"]
        assert "take_over" in held.json["remedy"]
        assert program.send(method, f"{path}/{at}", body | {"take_over": True}, match="*").status_code == 200
    assert written(Program(app, reports.focal), path, {"text": "Mine."}).status_code == 200, "one's own lock is none"
    held = locks.held(session(), number)
    assert held is not None
    assert held.user_id == reports.focal.id, "and it stays"


def test_what_is_closed_stays_as_it_is(app, reports) -> None:
    program = Program(app, reports.coordinator)
    report = begun(program)
    here, path = f"reports/{report['id']}", section(report)
    written(program, path, TEXT)
    writes = (
        ("PUT", f"{path}/text", {"text": "More."}), ("POST", f"{path}/sources", {"pieces": [piece(reports)]}),
        ("PATCH", path, {"due": "2029-01-01"}), ("PATCH", here, {"title": "More"}),
    )  # fmt: skip
    for step, word in (("approve", "approved"), ("freeze", "frozen")):
        assert program.send("POST", f"{here}/steps", {"step": step}, match="*").status_code == 200
        before = program.get(path).json, program.get(here).json
        for method, at, body in writes:
            closed = program.send(method, at, body, match="*")
            assert (closed.status_code, word in closed.json["detail"], bool(closed.json["remedy"])) == (
                409,
                True,
                True,
            ), at
        assert program.get(f"{path}/offers").status_code == 409
        assert (program.get(path).json, program.get(here).json) == before
    assert program.send("POST", f"{here}/steps", {"step": "open"}, match="*").status_code == 409
    assert program.send("POST", f"{here}/steps", {"step": "burn"}, match="*").status_code == 422


def test_a_section_of_another_report_is_none_of_this_one(app, reports) -> None:
    program = Program(app, reports.coordinator)
    one, other = begun(program), begun(program)
    foreign = f"reports/{one['id']}/sections/{section(other).rpartition('/')[2]}"
    assert program.get(foreign).status_code == program.get(f"{foreign}/offers").status_code == 404
    for method, at, body in (
        ("PUT", f"{foreign}/text", TEXT), ("PATCH", foreign, {"heading": "X"}),
        ("POST", f"{foreign}/sources", {"pieces": [piece(reports)]}),
    ):  # fmt: skip
        assert program.send(method, at, body, match="*").status_code == 404, at
    assert session().scalars(select(SectionVersion)).all() == []


@pytest.mark.parametrize("role", [*SITE_ROLES, *ACTOR_ROLES])
def test_each_role_writes_what_the_pages_let_it(app, reports, role: str) -> None:
    boss = Program(app, reports.coordinator)
    report = begun(boss)
    here, path, foreign = f"reports/{report['id']}", section(report), section(report, "noted")
    boss.send("PATCH", path, {"institution": "health"}, match="*")
    boss.send("PATCH", foreign, {"institution": "justice"}, match="*")
    person = make_person(role, actor=None if role in SITE_ROLES else reports.health)
    program = Program(app, person)
    manages, writes = may_somewhere(person, "reports.manage"), may_somewhere(person, "reports.write")
    for method, at, body in (
        ("POST", "reports", FRAME), ("PATCH", here, {"title": "New"}), ("PATCH", path, {"due": "2029-01-01"}),
        ("POST", f"{here}/steps", {"step": "approve"}), ("POST", f"{here}/steps", {"step": "open"}),
    ):  # fmt: skip
        status = program.send(method, at, body, match="*").status_code
        assert status == ((201 if at == "reports" else 200) if manages else 403), (role, at)
    assert written(boss, path, TEXT, "*").status_code == 200
    assert program.send("PUT", f"{path}/text", {"text": role}, match="*").status_code == (200 if writes else 403)
    elsewhere = program.send("PUT", f"{foreign}/text", {"text": role}, match="*").status_code
    assert elsewhere == (200 if manages else 403), "another institution's section"
    offered = program.get(f"{path}/offers").status_code
    assert offered == (200 if writes else 403)
    reads = may_somewhere(person, "reports.read")
    for at in ("reports/outlines", f"{here}/files/txt", f"{here}/files/json"):
        assert program.get(at).status_code == (200 if reads else 403), at


def test_who_has_no_part_in_a_report_is_not_told_of_it(app, reports) -> None:
    report = begun(Program(app, reports.coordinator))
    here, path = f"reports/{report['id']}", section(report)
    for person in (reports.other, reports.society):
        program = Program(app, person)
        for method, at, body in (
            ("PUT", f"{path}/text", TEXT),
            ("POST", f"{path}/sources", {"pieces": [piece(reports)]}),
        ):
            assert program.send(method, at, body, match="*").status_code == 404, at
        for at in (path, f"{path}/offers", f"{here}/files/docx"):
            assert program.get(at).status_code == 404, at


def test_a_token_needs_its_scope_and_its_day(app, reports) -> None:
    report = begun(Program(app, reports.coordinator))
    here, path = f"reports/{report['id']}", section(report)
    writes = (
        ("POST", "reports", FRAME), ("PATCH", here, {"title": "X"}), ("POST", f"{here}/steps", {"step": "approve"}),
        ("PATCH", path, {"due": None}), ("PUT", f"{path}/text", TEXT), ("POST", f"{path}/sources", {"pieces": [piece(reports)]}),
    )  # fmt: skip
    narrow, blind = (
        Program(app, reports.coordinator, "read", "updates:write"),
        Program(app, reports.coordinator, "reports:write"),
    )
    late, visitor = Program(app, reports.coordinator), Program(app)
    with transaction() as current:
        last = select(ApiToken.id).order_by(ApiToken.id.desc()).limit(1).scalar_subquery()
        current.execute(update(ApiToken).where(ApiToken.id == last).values(expires=datetime.now(UTC) - timedelta(1)))
    for method, at, body in writes:
        refused = narrow.send(method, at, body, match="*")
        assert (refused.status_code, refused.json["detail"]) == (403, "This token lacks the scope reports:write."), at
        over = late.send(method, at, body, match="*")
        assert (over.status_code, "was valid until" in over.json["detail"]) == (401, True), at
        assert visitor.send(method, at, body, match="*").status_code == 401, at
    for at in ("reports/outlines", f"{path}/offers", f"{here}/files/txt"):
        assert blind.get(at).status_code == 403, "reading takes the scope read"
        assert late.get(at).status_code == visitor.get(at).status_code == 401
    assert written(blind, path, TEXT, "*").json["text"] == "One paragraph.\nAnother one."
