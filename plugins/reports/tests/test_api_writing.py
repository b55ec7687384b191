"""Reports are written through the API by the rules of the pages: who may, what is stale, who is editing, what is closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from uuid import uuid4

import pytest
from docx import Document
from sqlalchemy import select
from uptake.models.audit import AuditEntry
from uptake.testing.api import Program
from uptake.toolkit import session
from uptake_reports import publishing
from uptake_reports.models import Project, SectionVersion

from .programs import FRAME, TEXT, begun, piece, section, tag, written


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
    path = section(report)
    handed = program.send("PATCH", path, {"institution": "health", "due": "2029-12-01"}, match=tag(program, path)).json
    assert (handed["institution"], handed["due"]) == ("health", "2029-12-01")
    assert reports.notices("reports.section_due") == {reports.focal.id}

    theirs = Program(app, reports.focal)
    reports.published(reports.numbers["118.1"], done="Nurses were trained.")
    saved = written(theirs, path, {"body": "<p>We <b>begin</b>.</p><script>x</script>"})
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
        moved = program.send("POST", f"{here}/steps", {"step": step}, match=tag(program, here))
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
    path = section(begun(program))
    saved = written(program, path, {"text": "Less < more & “so”.\r\n\r\nA second.\n"}).json
    assert saved["text"] == "Less < more & “so”.\nA second."
    again = written(program, path, {"text": saved["text"]})
    assert again.json["text"] == saved["text"]
    emptied = written(program, path, {"text": ""})
    assert (emptied.status_code, emptied.json["body"]) == (200, "")
    for body in (
        {},
        {"body": "<p>a</p>", "text": "a"},
        {"text": 7},
        {"text": "a", "colour": "blue"},
        {"text": "a" * 1_000_001},
    ):
        assert written(program, path, body).status_code == 422, str(body)[:40]


def test_the_same_report_sent_twice_is_one(app, reports) -> None:
    program, mine = Program(app, reports.coordinator), str(uuid4())
    first, second = begun(program, id=mine), begun(program, id=mine, title="Again")
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
    report = begun(program, words_limit=900)
    here, path = f"reports/{report['id']}", section(report)
    changed = program.send("PATCH", here, {"title": "New", "deadline": None}, match=tag(program, here)).json
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
    report = begun(program)
    here, path = f"reports/{report['id']}", section(report)
    seen, frame = tag(program, path), tag(program, here)
    assert program.send("PUT", f"{path}/text", TEXT).status_code == 428
    assert written(program, path, TEXT, seen).status_code == 200
    late = written(program, path, {"text": "Mine."}, seen)
    assert (late.status_code, late.mimetype) == (412, "application/problem+json")
    assert "its version is 2 now" in late.json["detail"]
    assert late.json["remedy"]
    for method, at, body in (
        ("PATCH", path, {"heading": "X"}), ("POST", f"{path}/sources", {"pieces": [piece(reports)]}),
    ):  # fmt: skip
        assert program.send(method, at, body, match=seen).status_code == 412, at
    assert program.get(path).json["text"] == "One paragraph.\nAnother one."
    assert program.send("PATCH", here, {"title": "Ours"}, match=frame).status_code == 200
    for method, at, body in (("PATCH", here, {"title": "X"}), ("POST", f"{here}/steps", {"step": "approve"})):
        assert program.send(method, at, body, match=frame).status_code == 412, at
        assert program.send(method, at, body).status_code == 428, at
    assert len(session().scalars(select(SectionVersion)).all()) == 1


def test_pieces_that_are_not_there_are_not_taken(app, reports) -> None:
    program = Program(app, reports.coordinator)
    path = section(begun(program))
    before = program.get(path).json
    none = {"kind": "update", "ref": str(uuid4()), "recommendation": str(reports.numbers["118.1"])}
    lost = piece(reports) | {"recommendation": str(uuid4())}
    same = program.send("POST", f"{path}/sources", {"pieces": [none, lost]}, match="*")
    assert (same.status_code, same.json) == (200, before)
    for pieces in ([], [none] * 201, [{**none, "kind": "picture"}], [{**none, "ref": ""}], [{"kind": "update"}]):
        assert program.send("POST", f"{path}/sources", {"pieces": pieces}, match="*").status_code == 422


def test_offers_go_on_and_are_searched(app, reports) -> None:
    program = Program(app, reports.coordinator)
    path = section(begun(program))
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
    other = section(begun(program))
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


def test_of_many_who_write_at_once_one_is_taken(app, reports) -> None:
    report = begun(Program(app, reports.coordinator))
    path = section(report)
    seen = tag(Program(app, reports.coordinator), path)
    writers = [Program(app, reports.coordinator) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda one: written(one[1], path, {"text": f"Text {one[0]}."}, seen), enumerate(writers))
        )
        mine = str(uuid4())
        started = list(pool.map(lambda one: one.send("POST", "reports", FRAME | {"id": mine}), writers))
    assert sorted(one.status_code for one in answers)[0] == 200
    assert [one.status_code in (409, 412) for one in answers].count(True) == 3
    (taken,) = (one.json["text"] for one in answers if one.status_code == 200)
    assert writers[0].get(path).json["text"] == taken
    assert len(session().scalars(select(SectionVersion)).all()) == 1
    assert {one.status_code for one in started} == {201}
    assert len({one.json["id"] for one in started}) == 1, "and the same report begun at once is one"
