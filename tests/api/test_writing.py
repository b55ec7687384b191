"""What programs write through the API: the way of a recommendation from its entry to a published report, and what is refused."""

from __future__ import annotations

from typing import Any

from flask import Flask
from uptake.db import session
from uptake.models.audit import AuditEntry
from uptake.testing.api import Program
from uptake.testing.people import make_actor, make_person

DRAFT = {
    "texts": {"en": "Ratify the Optional Protocol.", "fr": "Ratifier le Protocole facultatif."}, "state": "WSM",
    "mechanism": "UPR", "symbol": "A/HRC/61/9", "paragraph": "5.1", "date": "2026-03-20", "position": "supported",
    "recommenders": ["NZL"],
}  # fmt: skip


def test_the_whole_way_of_a_recommendation(app: Flask) -> None:
    ministry, nhri = make_actor("MOJ"), make_actor("NHRI", "nhri")
    coordinator = Program(app, make_person("coordinator"))
    focal = Program(app, make_person("focal_point", "validator", actor=ministry.id))
    assessor = Program(app, make_person("focal_point", actor=nhri.id))
    visitor = Program(app)
    begin = "2026-01-01T00:00:00Z"
    mark = visitor.get(f"changes?since={begin}").json["next"]

    made = coordinator.send("POST", "recommendations", DRAFT)
    assert made.status_code == 201, made.text
    id_ = made.json["id"]
    assert made.headers["Location"].endswith(f"/api/v1/recommendations/{id_}")
    assert visitor.get(made.headers["Location"]).json["recommenders"] == ["NZL"]
    again = coordinator.send("POST", "recommendations", {**DRAFT, "id": id_})
    assert (again.status_code, again.json["id"]) == (201, id_), "the same id twice is one recommendation"
    assert visitor.get("recommendations?q=protocol").json["count"] == 1

    assigned = coordinator.send("POST", "assignments", {"recommendation": id_, "institution": "MOJ", "role": "lead"})
    assert (assigned.status_code, assigned.json["state"]) == (200, "assigned"), assigned.text
    path = f"assignments/{assigned.json['id']}/answer"
    accepted = focal.send("POST", path, {"answer": "accept"}, match=assigned.headers["ETag"])
    assert (accepted.status_code, accepted.json["state"]) == (200, "accepted"), accepted.text

    words = {"institution": "MOJ", "recommendations": [id_], "language": "en", "claim": "in_progress"}
    draft = focal.send("POST", "updates", {**words, "done": "A bill was tabled.", "once": "my-1"})
    assert (draft.status_code, draft.json["state"]) == (201, "draft"), draft.text
    update = f"updates/{draft.json['id']}"
    assert (
        focal.send("POST", "updates", {**words, "done": "A bill was tabled.", "once": "my-1"}).json["id"]
        == draft.json["id"]
    )
    better = focal.send("PATCH", update, {"done": "The bill was passed.", "submit": True}, match=draft.headers["ETag"])
    assert (better.status_code, better.json["state"]) == (200, "submitted"), better.text
    for program, step in ((focal, "confirm"), (coordinator, "approve"), (coordinator, "publish")):
        now = program.get(update)
        if now.json["state"] == "published":
            break
        moved = program.send("POST", f"{update}/steps", {"step": step}, match=now.headers["ETag"])
        assert moved.status_code == 200, moved.text
    assert visitor.get(update).json["done"] == "The bill was passed."

    grade = {
        "recommendation": id_,
        "institution": "NHRI",
        "scale": "five-steps",
        "language": "en",
        "date": "2026-10-01",
    }
    scale, value = _a_scale()
    said = assessor.send(
        "POST", "assessments", {**grade, "scale": scale, "grade": value, "text": "It was.", "publish": True}
    )
    assert (said.status_code, said.json["state"]) == (201, "published"), said.text
    withdrawn = assessor.send("POST", f"assessments/{said.json['id']}/withdraw", {"reason": "A slip."}, match='"1"')
    assert (withdrawn.status_code, withdrawn.json["state"]) == (200, "withdrawn"), withdrawn.text

    whole = visitor.get(f"recommendations/{id_}").json
    assert [one["institution"] for one in whole["responsible"]] == ["MOJ"]
    assert [one["done"] for one in whole["updates"]] == ["The bill was passed."]
    changes = visitor.get(mark).json
    told = [(one["kind"], one["what"]) for one in changes["items"]]
    assert ("recommendation", "added") in told
    assert ("update", "added") in told
    assert told.count(("assessment", "added")) == told.count(("assessment", "removed")) == 1
    assert "person" not in str(changes)
    assert visitor.get(changes["next"]).json["items"] == []


def _a_scale() -> tuple[str, str]:
    from uptake.services.progress.scales import fitting

    one = fitting("others", "UPR")[0]
    return one.code, next(iter(one.grades))


def test_only_what_was_seen_is_changed(app: Flask) -> None:
    coordinator = Program(app, make_person("coordinator"))
    made = coordinator.send("POST", "recommendations", DRAFT)
    path, tag = f"recommendations/{made.json['id']}", made.headers["ETag"]
    blind = coordinator.send("PATCH", path, {"paragraph": "5.2"})
    assert (blind.status_code, blind.json["title"]) == (428, "A condition is missing")
    first = coordinator.send("PATCH", path, {"paragraph": "5.2", "reason": "Misread."}, match=tag)
    assert (first.status_code, first.json["paragraph"]) == (200, "5.2"), first.text
    late = coordinator.send("PATCH", path, {"paragraph": "5.3"}, match=tag)
    assert late.status_code == 412
    assert "version is 2" in late.json["detail"]
    assert coordinator.get(path).json["paragraph"] == "5.2"
    assert coordinator.send("PATCH", path, {"paragraph": "5.3"}, match='"2"').status_code == 200
    assert coordinator.send("PATCH", path, {"cycle": 4}, match="*").json["cycle"] == 4
    assert coordinator.send("POST", f"{path}/withdraw", {"reason": "Twice."}, match="*").json["withdrawn"] is True
    assert Program(app).get(path).status_code == 404
    trail = session().query(AuditEntry).filter_by(subject=f"recommendation/{1}", action="recommendation.edit").all()
    assert trail[0].reason == "Misread."


def test_bad_bodies_say_what_is_wrong_and_change_nothing(app: Flask) -> None:
    coordinator = Program(app, make_person("coordinator"))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({**DRAFT, "cycle": 2.9}, "cycle"), ({**DRAFT, "state": "ZZZ"}, "state"), ({**DRAFT, "colour": "red"}, "colour"),
        ({**DRAFT, "texts": {"en": ""}}, "text"), ({**DRAFT, "texts": {"en": 7}}, "texts.en"),
        ({**DRAFT, "date": "tomorrow"}, "date"), ({**DRAFT, "terms": ["no-such-term"]}, "terms"),
        ({"texts": {"en": "x"}}, "state"), ({**DRAFT, "symbol": "a\u0000b"}, "symbol"),
    ]  # fmt: skip
    for body, field in wrong:
        answer = coordinator.send("POST", "recommendations", body)
        assert answer.status_code == 422, (field, answer.text)
        assert field in answer.json["errors"], (field, answer.json)
    for data, kind, status in (
        (b"{", "application/json", 400), (b'{"a": NaN}', "application/json", 400), (b"[" * 9000, "application/json", 400),
        (b'{"a": 1' + b"0" * 6000 + b"}", "application/json", 400), (b"[]", "application/json", 422),
        (b'{"a": "\\ud800"}', "application/json", 400), (b"texts=x", "application/x-www-form-urlencoded", 415),
    ):  # fmt: skip
        answer = coordinator.ask("POST", "recommendations", data=data, content_type=kind)
        assert answer.status_code == status, (data[:20], answer.text)
        assert answer.mimetype == "application/problem+json"
    assert coordinator.get("recommendations").json["count"] == 0


def test_scopes_narrow_and_never_widen(app: Flask) -> None:
    ministry = make_actor("MOJ")
    coordinator, member = make_person("coordinator"), make_person("member", actor=ministry.id)
    reading = Program(app, coordinator, "read")
    answer = reading.send("POST", "recommendations", DRAFT)
    assert (answer.status_code, answer.json["detail"]) == (403, "This token lacks the scope recommendations:write.")
    assert reading.get("imports").status_code == 200
    assert Program(app, coordinator, "updates:write").get("imports").status_code == 403
    everything = Program(app, member)
    answer = everything.send("POST", "recommendations", DRAFT)
    assert (answer.status_code, answer.json["detail"]) == (403, "Your role does not allow this.")
    assert everything.get("imports").status_code == 403
