"""Institutions through the API: entered once, changed by those who may, closed and opened again; nothing of people."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from uptake.db import db, session
from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.testing.api import Program
from uptake.testing.people import make_actor, make_person

HEALTH = {
    "code": "MOH", "kind": "ministry", "names": {"en": "Ministry of Health", "fr": "Ministère de la santé"},
    "short_names": {"en": "Health"}, "email": "office@moh.example.org", "website": "https://moh.example.org",
}  # fmt: skip


def _actions() -> list[str]:
    session().expire_all()
    return list(
        session().query(AuditEntry.action).filter(AuditEntry.action.startswith("actor")).order_by(AuditEntry.id)
    )


def test_an_institution_is_entered_changed_closed_and_opened(app: Flask) -> None:
    program, visitor = Program(app, make_person("coordinator")), Program(app)
    made = program.send("POST", "institutions", HEALTH)
    assert made.status_code == 201, made.text
    assert made.headers["Location"].endswith("/api/v1/institutions/MOH")
    assert made.json["email"] == "office@moh.example.org"
    seen = visitor.get("institutions/MOH").json
    assert (seen["names"], seen["email"], seen["version"]) == (HEALTH["names"], None, 1)
    again = program.send("POST", "institutions", HEALTH)
    assert (again.status_code, again.json) == (201, made.json), "the same twice is entered once"
    other = program.send("POST", "institutions", {**HEALTH, "kind": "agency"})
    assert (other.status_code, other.json["errors"]) == (422, {"code": "Another institution has this code."})

    change = {"names": {"fr": "", "es": "Ministerio de Salud"}, "parent": None, "reason": "Renamed."}
    changed = program.send("PATCH", "institutions/MOH", change, match=made.headers["ETag"])
    assert (changed.status_code, changed.json["version"]) == (200, 2), changed.text
    assert changed.json["names"] == {"en": "Ministry of Health", "es": "Ministerio de Salud"}
    late = program.send("PATCH", "institutions/MOH", {"kind": "agency"}, match=made.headers["ETag"])
    assert late.status_code == 412
    assert program.send("PATCH", "institutions/MOH", {"kind": "agency"}).status_code == 428

    closed = program.send("POST", "institutions/MOH/close", {"on": "2026-10-31"}, match=changed.headers["ETag"])
    assert (closed.status_code, closed.json["closed_on"]) == (200, "2026-10-31"), closed.text
    open_again = program.send("POST", "institutions/MOH/reopen", {"reason": "A slip."}, match='"3"')
    assert (open_again.status_code, open_again.json["closed_on"]) == (200, None), open_again.text
    assert [one for (one,) in _actions()] == ["actor.create", "actor.edit", "actor.close", "actor.reopen"]


def test_what_cannot_be_taken_is_named_as_it_was_sent_and_changes_nothing(app: Flask) -> None:
    program = Program(app, make_person("coordinator"))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({**HEALTH, "code": "a b"}, "code"), ({**HEALTH, "kind": "empire"}, "kind"), ({**HEALTH, "names": {}}, "names"),
        ({**HEALTH, "names": {"fr": "a\u0007b"}}, "names.fr"), ({**HEALTH, "parent": "NONE"}, "parent"),
        ({**HEALTH, "short_names": {"en": "x" * 61}}, "short_names.en"), ({**HEALTH, "email": "nobody"}, "email"),
        ({**HEALTH, "website": "javascript:alert(1)"}, "website"), ({**HEALTH, "people": []}, "people"),
        ({**HEALTH, "names": {"en": 7}}, "names.en"),
    ]  # fmt: skip
    for body, field in wrong:
        answer = program.send("POST", "institutions", body)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field]), answer.text
    assert session().query(Actor).count() == 0
    made = program.send("POST", "institutions", HEALTH)
    own = program.send("PATCH", "institutions/MOH", {"parent": "MOH"}, match=made.headers["ETag"])
    assert own.json["errors"] == {"parent": "An institution cannot stand below itself."}
    assert program.send("PATCH", "institutions/NONE", {}, match="*").status_code == 404
    assert program.get("institutions/MOH").json == made.json


@pytest.mark.parametrize("role", [*SITE_ROLES, *ACTOR_ROLES])
def test_each_role_does_what_it_does_on_the_pages(app: Flask, role: str) -> None:
    mine, other = make_actor("MOJ"), make_actor("MOH")
    program = Program(app, make_person(role, actor=None if role in SITE_ROLES else mine.id))
    all_of_it, contact = role in ("administrator", "coordinator"), role == "focal_point"

    def status(method: str, path: str, body: dict[str, Any]) -> int:
        return program.send(method, path, body, match="*").status_code

    assert status("POST", "institutions", HEALTH | {"code": "FRESH"}) == (201 if all_of_it else 403)
    assert status("PATCH", "institutions/MOJ", {"email": "a@moj.example.org"}) == (200 if all_of_it or contact else 403)
    assert status("PATCH", f"institutions/{other.code}", {"email": "a@x.example.org"}) == (200 if all_of_it else 403)
    assert status("PATCH", "institutions/MOJ", {"names": {"en": "Ours"}}) == (200 if all_of_it else 403)
    assert status("POST", "institutions/MOJ/close", {}) == (200 if all_of_it else 403)
    assert status("POST", "institutions/MOJ/reopen", {}) == (200 if all_of_it else 403)
    inside = role != "translator"
    assert (program.get("institutions/MOJ").json["email"] is not None) is (inside and (all_of_it or contact))
    narrow = Program(app, make_person("coordinator"), "read", "updates:write")
    refused = narrow.send("POST", "institutions", HEALTH)
    assert (refused.status_code, refused.json["detail"]) == (403, "This token lacks the scope institutions:write.")


def test_fifty_institutions_take_as_many_queries_as_five(app: Flask) -> None:
    top = make_actor("TOP")
    for number in range(50):
        make_actor(f"A{number}", parent=top.id)
    program, statements, counts = Program(app, make_person("coordinator")), [], []
    event.listen(db.engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    for limit in (5, 5, 5, 50):
        statements.clear()
        assert len(program.get(f"institutions?limit={limit}").json["items"]) == limit
        counts.append(len(statements))
    assert counts[2] == counts[3] <= 12, statements
