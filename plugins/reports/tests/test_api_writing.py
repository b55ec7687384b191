"""Reports are written through the API by the rules of the pages: who may, what is stale, who is editing, what is closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from docx import Document
from sqlalchemy import select, update
from uptake.models.audit import AuditEntry
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.models.tokens import ApiToken
from uptake.testing.api import Program
from uptake.testing.people import make_person
from uptake.toolkit import may_somewhere, session, transaction
from uptake_reports import locks, publishing
from uptake_reports.models import Project, SectionVersion

FRAME = {
    "outline": "upr.mid-term", "title": "From elsewhere", "mechanism": "UPR", "document": "A/HRC/58/12", "language": "en",
    "period_from": "2024-01-01", "period_to": "2026-06-30", "deadline": "2030-01-31",
}  # fmt: skip
TEXT = {"text": "One paragraph.\nAnother one."}


def _begun(program: Program, **more: object) -> dict:
    made = program.send("POST", "reports", FRAME | more)
    assert made.status_code == 201, made.text
    return made.json


def _section(report: dict, code: str = "supported") -> str:
    return f"reports/{report['id']}/sections/{next(one['id'] for one in report['sections'] if one['code'] == code)}"


def _tag(program: Program, path: str) -> str:
    return program.get(path).headers["ETag"]


def _written(program: Program, path: str, body: dict, match: str = ""):
    return program.send("PUT", f"{path}/text", body, match=match or _tag(program, path))


def test_a_report_is_begun_handed_out_written_filled_closed_and_taken_out(app, reports) -> None:
    program = Program(app, reports.coordinator)
    made = program.send("POST", "reports", FRAME)
    report = made.json
    assert made.headers["Location"] == f"http://localhost/api/v1/reports/{report['id']}"
    assert {name: report[name] for name in FRAME.keys() - {"document"}} == {
        name: value for name, value in FRAME.items() if name != "document"
    }
    assert (report["state"], report["status"], report["version"]) == ("SVN", "draft", 1)
    assert report["words"] == sum(one["words"] for one in report["sections"] if not one["annex"])
    path = _section(report)
    handed = program.send("PATCH", path, {"institution": "health", "due": "2029-12-01"}, match=_tag(program, path)).json
    assert (handed["institution"], handed["due"]) == ("health", "2029-12-01")
    assert reports.notices("reports.section_due") == {reports.focal.id}

    theirs = Program(app, reports.focal)
    reports.published(reports.numbers["118.1"], done="Nurses were trained.")
    saved = _written(theirs, path, {"body": "<p>We <b>begin</b>.</p><script>x</script>"})
    assert (saved.status_code, saved.json["text"], "<strong>begin</strong>" in saved.json["body"]) == (
        200,
        "We begin.",
        True,
    )
    assert "script" not in saved.json["body"]
    offered = theirs.get(f"{path}/offers").json
    piece = next(one for one in offered["items"] if one["kind"] == "update")
    assert (piece["text"], piece["taken"], piece["recommendation"]) == (
        "Nurses were trained.",
        False,
        str(reports.numbers["118.1"]),
    )
    choice = {name: piece[name] for name in ("kind", "ref", "recommendation")}
    taken = theirs.send("POST", f"{path}/sources", {"pieces": [choice]}, match=saved.headers["ETag"])
    assert taken.json["text"] == "We begin.\nNurses were trained."
    assert [one["kind"] for one in taken.json["sources"]] == ["update"]
    assert taken.json["words"] > saved.json["words"]
    assert next(one for one in theirs.get(f"{path}/offers").json["items"] if one["ref"] == piece["ref"])["taken"]

    here = f"reports/{report['id']}"
    file = theirs.get(f"{here}/files/docx")
    assert "Nurses were trained." in "\n".join(one.text for one in Document(BytesIO(file.data)).paragraphs)
    for step in ("approve", "freeze"):
        moved = program.send("POST", f"{here}/steps", {"step": step}, match=_tag(program, here))
        assert moved.status_code == 200, moved.text
    assert moved.json["status"] == "frozen"
    assert (
        program.get(f"{here}/files/html").headers["Content-Disposition"] == "attachment; filename=from-elsewhere.html"
    )
    assert program.get(f"{here}/files/pages").status_code == program.get(f"{here}9/files/html").status_code == 404
    actions = session().scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("reports."))).all()
    assert [*actions] == [
        f"reports.{one}" for one in ("create", "arrange", "write", "write", "take", "approve", "freeze")
    ]


def test_a_plain_text_is_paragraphs_and_reads_the_same_again(app, reports) -> None:
    program = Program(app, reports.coordinator)
    path = _section(_begun(program))
    saved = _written(program, path, {"text": "Less < more & “so”.\r\n\r\nA second.\n"}).json
    assert saved["text"] == "Less < more & “so”.\nA second."
    again = _written(program, path, {"text": saved["text"]})
    assert again.json["text"] == saved["text"]
    emptied = _written(program, path, {"text": ""})
    assert (emptied.status_code, emptied.json["body"]) == (200, "")
    for body in (
        {},
        {"body": "<p>a</p>", "text": "a"},
        {"text": 7},
        {"text": "a", "colour": "blue"},
        {"text": "a" * 1_000_001},
    ):
        assert _written(program, path, body).status_code == 422, str(body)[:40]


def test_the_same_report_sent_twice_is_one(app, reports) -> None:
    program, mine = Program(app, reports.coordinator), str(uuid4())
    first, second = _begun(program, id=mine), _begun(program, id=mine, title="Again")
    assert (first["uuid"], first["id"], second["title"]) == (mine, second["id"], "From elsewhere")
    assert len(program.get("reports").json["items"]) == 1


@pytest.mark.parametrize(("field", "value"), [
    ("outline", "upr.nothing"), ("title", " "), ("mechanism", "CCPR"), ("mechanism", "nobody"), ("mechanism", ""),
    ("state", "XXX"), ("document", "A/HRC/1/1"), ("period_to", "2020-01-01"), ("deadline", "1803-01-01"), ("deadline", "soon"),
    ("language", "xx"), ("words_limit", 0), ("title", "a" * 301), ("colour", "blue"),
])  # fmt: skip
def test_what_is_wrong_with_a_report_is_said_at_its_field(app, reports, field: str, value: object) -> None:
    answer = Program(app, reports.coordinator).send("POST", "reports", FRAME | {field: value})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [*answer.json["errors"]] == [field]
    assert session().scalars(select(Project)).all() == []


def test_a_frame_and_a_section_change_only_where_something_is_sent(app, reports) -> None:
    program = Program(app, reports.coordinator)
    report = _begun(program, words_limit=900)
    here, path = f"reports/{report['id']}", _section(report)
    changed = program.send("PATCH", here, {"title": "New", "deadline": None}, match=_tag(program, here)).json
    unlike = {name for name in changed if changed[name] != report[name]}
    assert unlike == {"title", "deadline", "version"}
    first = program.send("PATCH", path, {"institution": "health", "words_limit": 50, "annex": True}, match="*").json
    assert (first["institution"], first["words_limit"], first["annex"]) == ("health", 50, True)
    second = program.send("PATCH", path, {"institution": None, "heading": "Ours"}, match="*").json
    assert (second["institution"], second["words_limit"], second["annex"], second["heading"]) == (
        None,
        50,
        True,
        "Ours",
    )
    for body, field in (
        ({"institution": "nobody"}, "institution"),
        ({"heading": " "}, "heading"),
        ({"due": "1803-01-01"}, "due"),
    ):
        refused = program.send("PATCH", path, body, match="*")
        assert (refused.status_code, [*refused.json["errors"]]) == (422, [field])


def test_nothing_is_overwritten_unseen(app, reports) -> None:
    program = Program(app, reports.coordinator)
    report = _begun(program)
    here, path = f"reports/{report['id']}", _section(report)
    seen, frame = _tag(program, path), _tag(program, here)
    assert program.send("PUT", f"{path}/text", TEXT).status_code == 428
    assert _written(program, path, TEXT, seen).status_code == 200
    late = _written(program, path, {"text": "Mine."}, seen)
    assert (late.status_code, late.mimetype) == (412, "application/problem+json")
    assert "its version is 2 now" in late.json["detail"]
    assert late.json["remedy"]
    for method, at, body in (
        ("PATCH", path, {"heading": "X"}), ("POST", f"{path}/sources", {"pieces": [_piece(reports)]}),
    ):  # fmt: skip
        assert program.send(method, at, body, match=seen).status_code == 412, at
    assert program.get(path).json["text"] == "One paragraph.\nAnother one."
    assert program.send("PATCH", here, {"title": "Ours"}, match=frame).status_code == 200
    for method, at, body in (("PATCH", here, {"title": "X"}), ("POST", f"{here}/steps", {"step": "approve"})):
        assert program.send(method, at, body, match=frame).status_code == 412, at
        assert program.send(method, at, body).status_code == 428, at
    assert len(session().scalars(select(SectionVersion)).all()) == 1


def test_whoever_is_editing_is_not_passed_over(app, reports) -> None:
    program = Program(app, reports.coordinator)
    path = _section(_begun(program))
    number = int(path.rpartition("/")[2])
    program.send("PATCH", path, {"institution": "health"}, match="*")
    locks.take(number, over=False, person=reports.focal)
    for body, at, method in ((TEXT, "text", "PUT"), ({"pieces": [_piece(reports)]}, "sources", "POST")):
        held = program.send(method, f"{path}/{at}", body, match="*")
        assert (held.status_code, held.mimetype) == (409, "application/problem+json")
        assert reports.focal.name in held.json["detail"]
        assert "take_over" in held.json["remedy"]
        assert program.send(method, f"{path}/{at}", body | {"take_over": True}, match="*").status_code == 200
    assert _written(Program(app, reports.focal), path, {"text": "Mine."}).status_code == 200, "one's own lock is none"
    held = locks.held(session(), number)
    assert held is not None
    assert held.user_id == reports.focal.id, "and it stays"


def test_what_is_closed_stays_as_it_is(app, reports) -> None:
    program = Program(app, reports.coordinator)
    report = _begun(program)
    here, path = f"reports/{report['id']}", _section(report)
    _written(program, path, TEXT)
    writes = (
        ("PUT", f"{path}/text", {"text": "More."}), ("POST", f"{path}/sources", {"pieces": [_piece(reports)]}),
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
    one, other = _begun(program), _begun(program)
    foreign = f"reports/{one['id']}/sections/{_section(other).rpartition('/')[2]}"
    assert program.get(foreign).status_code == program.get(f"{foreign}/offers").status_code == 404
    for method, at, body in (
        ("PUT", f"{foreign}/text", TEXT), ("PATCH", foreign, {"heading": "X"}),
        ("POST", f"{foreign}/sources", {"pieces": [_piece(reports)]}),
    ):  # fmt: skip
        assert program.send(method, at, body, match="*").status_code == 404, at
    assert session().scalars(select(SectionVersion)).all() == []


@pytest.mark.parametrize("role", [*SITE_ROLES, *ACTOR_ROLES])
def test_each_role_writes_what_the_pages_let_it(app, reports, role: str) -> None:
    boss = Program(app, reports.coordinator)
    report = _begun(boss)
    here, path, foreign = f"reports/{report['id']}", _section(report), _section(report, "noted")
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
    assert _written(boss, path, TEXT, "*").status_code == 200
    assert program.send("PUT", f"{path}/text", {"text": role}, match="*").status_code == (200 if writes else 403)
    elsewhere = program.send("PUT", f"{foreign}/text", {"text": role}, match="*").status_code
    assert elsewhere == (200 if manages else 403), "another institution's section"
    offered = program.get(f"{path}/offers").status_code
    assert offered == (200 if writes else 403)
    reads = may_somewhere(person, "reports.read")
    for at in ("reports/outlines", f"{here}/files/txt", f"{here}/files/json"):
        assert program.get(at).status_code == (200 if reads else 403), at


def test_who_has_no_part_in_a_report_is_not_told_of_it(app, reports) -> None:
    report = _begun(Program(app, reports.coordinator))
    here, path = f"reports/{report['id']}", _section(report)
    for person in (reports.other, reports.society):
        program = Program(app, person)
        for method, at, body in (
            ("PUT", f"{path}/text", TEXT),
            ("POST", f"{path}/sources", {"pieces": [_piece(reports)]}),
        ):
            assert program.send(method, at, body, match="*").status_code == 404, at
        for at in (path, f"{path}/offers", f"{here}/files/docx"):
            assert program.get(at).status_code == 404, at


def test_a_token_needs_its_scope_and_its_day(app, reports) -> None:
    report = _begun(Program(app, reports.coordinator))
    here, path = f"reports/{report['id']}", _section(report)
    writes = (
        ("POST", "reports", FRAME), ("PATCH", here, {"title": "X"}), ("POST", f"{here}/steps", {"step": "approve"}),
        ("PATCH", path, {"due": None}), ("PUT", f"{path}/text", TEXT), ("POST", f"{path}/sources", {"pieces": [_piece(reports)]}),
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
    assert _written(blind, path, TEXT, "*").json["text"] == "One paragraph.\nAnother one."


def test_pieces_that_are_not_there_are_not_taken(app, reports) -> None:
    program = Program(app, reports.coordinator)
    path = _section(_begun(program))
    before = program.get(path).json
    none = {"kind": "update", "ref": str(uuid4()), "recommendation": str(reports.numbers["118.1"])}
    lost = _piece(reports) | {"recommendation": str(uuid4())}
    same = program.send("POST", f"{path}/sources", {"pieces": [none, lost]}, match="*")
    assert (same.status_code, same.json) == (200, before)
    for pieces in ([], [none] * 201, [{**none, "kind": "picture"}], [{**none, "ref": ""}], [{"kind": "update"}]):
        assert program.send("POST", f"{path}/sources", {"pieces": pieces}, match="*").status_code == 422


def test_offers_go_on_and_are_searched(app, reports) -> None:
    program = Program(app, reports.coordinator)
    path = _section(_begun(program))
    first = program.get(f"{path}/offers").json
    assert (first["count"], first["next"]) == (5, None)
    assert {one["kind"] for one in first["items"]} == {"recommendation"}
    found = program.get(f"{path}/offers?q=number+5").json
    assert [one["recommendation"] for one in found["items"]] == [str(reports.numbers["118.5"])]
    for number in range(7, 15):
        reports._recommendation(f"118.{number}", "supported", assigned=False)
    first = program.get(f"{path}/offers").json
    rest = program.get(first["next"]).json
    ids = [one["recommendation"] for one in (*first["items"], *rest["items"]) if one["kind"] == "recommendation"]
    assert (first["count"], rest["next"], len(ids), len(set(ids))) == (13, None, 13, 13)
    other = _section(_begun(program))
    assert program.get(first["next"].replace(path, other)).status_code == 422, "a cursor of another section"


def test_a_published_report_is_a_file_for_everybody_until_it_is_withdrawn(app, reports) -> None:
    project, visitor = reports.begin(), Program(app)
    address = f"reports/published/{reports.project(project).uuid}/files"
    reports.move(project, "approve", "freeze")
    assert visitor.get(f"{address}/html").status_code == 404
    publishing.publish(project, version=reports.project(project).version, person=reports.coordinator)
    for suffix, kind in (("html", "text/html"), ("txt", "text/plain"), ("json", "application/json")):
        answer = visitor.get(f"{address}/{suffix}")
        assert (answer.status_code, answer.mimetype, "Our report" in answer.text) == (200, kind, True)
        again = visitor.get(f"{address}/{suffix}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert visitor.get(f"{address}/docx").data[:2] == b"PK"
    assert visitor.get(f"{address}/pages").status_code == 404
    publishing.withdraw(project, "A wrong figure.", person=reports.coordinator)
    gone = visitor.get(f"{address}/html")
    assert (gone.status_code, "A wrong figure." in gone.json["detail"]) == (410, True)


def test_the_kinds_say_what_a_new_report_may_be(app, reports) -> None:
    program = Program(app, reports.coordinator)
    kinds = {one["code"]: one for one in program.get("reports/outlines").json["items"]}
    assert (kinds["upr.mid-term"]["mechanisms"], kinds["upr.mid-term"]["mechanism_needed"]) == (["UPR"], True)
    assert (kinds["reports.parliament"]["words_limit"], kinds["reports.parliament"]["mechanism_needed"]) == (
        1000,
        False,
    )
    assert {one["asks"] for one in kinds.values()} >= {"", "question", "paragraph"}
    for code, one in kinds.items():
        asked = {"question": "1. What was done?\n2. What was not?", "paragraph": "12 and 18 (a)"}.get(one["asks"], "")
        place = {"mechanism": one["mechanisms"][0]} if one["mechanism_needed"] and one["mechanisms"] else {}
        if one["mechanism_needed"] and not place:
            continue
        made = program.send("POST", "reports", {"outline": code, "title": "T", "asked": asked, **place})
        assert (made.status_code, made.json["outline"]) == (201, code), made.text
        assert made.json["sections"]


def _piece(reports) -> dict[str, str]:
    """A recommendation, as offers name it."""
    return {
        "kind": "recommendation",
        "ref": str(reports.numbers["118.2"]),
        "recommendation": str(reports.numbers["118.2"]),
    }


def test_of_many_who_write_at_once_one_is_taken(app, reports) -> None:
    report = _begun(Program(app, reports.coordinator))
    path = _section(report)
    seen = _tag(Program(app, reports.coordinator), path)
    writers = [Program(app, reports.coordinator) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda one: _written(one[1], path, {"text": f"Text {one[0]}."}, seen), enumerate(writers))
        )
        mine = str(uuid4())
        begun = list(pool.map(lambda one: one.send("POST", "reports", FRAME | {"id": mine}), writers))
    assert sorted(one.status_code for one in answers)[0] == 200
    assert [one.status_code in (409, 412) for one in answers].count(True) == 3
    (taken,) = (one.json["text"] for one in answers if one.status_code == 200)
    assert writers[0].get(path).json["text"] == taken
    assert len(session().scalars(select(SectionVersion)).all()) == 1
    assert {one.status_code for one in begun} == {201}
    assert len({one.json["id"] for one in begun}) == 1, "and the same report begun at once is one"
