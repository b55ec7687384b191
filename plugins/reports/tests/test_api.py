"""Reports through the API: for programs of those who may read them on the pages, whole, and in few queries."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from uptake.db import db
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.testing.api import Program
from uptake.testing.people import make_person
from uptake.toolkit import session
from uptake_reports import editing, publishing, sources, writing
from uptake_reports.section_page import section_page

BODY = '<p>We have <strong>begun</strong>.</p><ul><li>One</li><li>Two</li></ul><script>alert("x")</script>'


def _written(reports) -> tuple[int, int]:
    """A report with a text and a source in one section."""
    project = reports.begin(deadline="2030-01-31")
    reports.published(reports.numbers["118.1"], done="Nurses were trained.")
    id_ = reports.hand(project, "supported", reports.health, "2030-01-01")
    row = reports.section(project, "supported")
    writing.save(id_, BODY, version=row.version, person=reports.focal)
    shown = section_page(session(), id_, "", 1, person=reports.coordinator)
    piece = next(piece for offer in shown.offers.rows for piece, _taken in offer.pieces if piece.kind == "update")
    version = reports.section(project, "supported").version
    sources.take_in(id_, [(piece.kind, piece.ref, piece.recommendation)], version=version, person=reports.coordinator)
    return project, id_


def test_a_report_is_listed_read_section_by_section_and_as_a_whole(app, reports) -> None:
    project, section = _written(reports)
    program = Program(app, reports.coordinator)
    (listed,) = program.get("reports").json["items"]
    assert (listed["id"], listed["title"], listed["status"]) == (project, "Our report", "draft")
    assert (listed["outline"], listed["mechanism"], listed["state"]) == ("upr.mid-term", "UPR", "SVN")
    assert (listed["deadline"], listed["written_count"]) == ("2030-01-31", 1)
    answer = program.get(f"reports/{project}")
    whole = answer.json
    assert answer.headers["ETag"].startswith(f'"{whole["version"]}-')
    assert {name: whole[name] for name in listed} == listed
    row = next(one for one in whole["sections"] if one["id"] == section)
    assert (row["institution"], row["due"], row["depth"], row["annex"]) == ("health", "2030-01-01", 1, False)
    assert whole["words"] == sum(one["words"] for one in whole["sections"] if not one["annex"]) > 0

    one = program.get(f"reports/{project}/sections/{section}").json
    assert {name: one[name] for name in row} == row
    assert one["text"].split("\n") == ["We have begun.", "One", "Two", "Nurses were trained."]
    assert "script" not in one["body"]
    (source,) = one["sources"]
    assert (source["kind"], source["state"], source["text"]) == ("update", "fresh", "Nurses were trained.")
    assert f'data-source="{source["id"]}"' in one["body"]

    said = program.get(f"reports/{project}/text").json
    assert (said["title"], said["key"], said["direction"]) == ("Our report", whole["uuid"], "ltr")
    words = [run["text"] for block in said["blocks"] if block["kind"] == "paragraph" for run in block["runs"]]
    assert words == ["We have ", "begun", ".", "Nurses were trained."]
    assert said["sources"][source["id"]]["text"] == source["label"]

    for step in ("approve", "freeze"):
        editing.move(project, step, version=reports.project(project).version, person=reports.coordinator)
    assert [one["status"] for one in program.get("reports?status=frozen").json["items"]] == ["frozen"]
    assert program.get("reports?status=draft").json["items"] == []
    frozen = program.get(f"reports/{project}/text").json
    assert [one["kind"] for one in frozen["blocks"]] == [one["kind"] for one in said["blocks"]]
    reports.published(reports.numbers["118.1"], done="Something else was done.")
    assert program.get(f"reports/{project}/text").json == frozen, "it stays as it was sent"
    for path in (
        f"reports/{project + 9}",
        f"reports/{project}/sections/{section + 999}",
        f"reports/{project + 9}/text",
    ):
        assert program.get(path).status_code == 404, path
    assert program.get("reports?status=lost").status_code == program.get("reports?x=1").status_code == 422


def test_nobody_reads_more_than_on_the_pages(app, reports) -> None:
    project, section = _written(reports)
    paths = (f"reports/{project}", f"reports/{project}/sections/{section}", f"reports/{project}/text")
    for person, status in (
        (reports.coordinator, 200), (reports.observer, 200), (make_person("administrator"), 200), (reports.focal, 200),
        (reports.member, 200), (reports.validator, 200), (reports.other, 404), (reports.society, 404),
        (make_person("translator"), 403), (None, 401),
    ):  # fmt: skip
        program = Program(app, person)
        for path in paths:
            assert program.get(path).status_code == status, (path, person)
        listed = program.get("reports")
        assert listed.status_code == (200 if status == 404 else status)
        if listed.status_code == 200:
            assert len(listed.json["items"]) == (status == 200)
    narrow = Program(app, reports.coordinator, "updates:write").get("reports")
    assert (narrow.status_code, narrow.json["detail"]) == (403, "This token lacks the scope read.")
    assert app.test_client().get("/api/v1/reports").headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", [*SITE_ROLES, *ACTOR_ROLES])
def test_each_role_is_let_in_as_the_table_says(app, reports, role: str) -> None:
    from uptake.toolkit import may_somewhere

    person = make_person(role, actor=None if role in SITE_ROLES else reports.health)
    status = Program(app, person).get("reports").status_code
    assert status == (200 if may_somewhere(person, "reports.read") else 403)


def test_many_reports_take_as_many_queries_as_few_and_go_on_where_they_ended(app, reports) -> None:
    ids = [reports.begin(title=f"Report {number}") for number in range(12)]
    program, statements, counts = Program(app, reports.coordinator), [], []
    event.listen(db.engine, "before_cursor_execute", lambda *values: statements.append(values[2]))
    for limit in (2, 2, 2, 11):
        statements.clear()
        found = program.get(f"reports?limit={limit}").json
        counts.append(len(statements))
    assert counts[2] == counts[3] <= 12, statements
    rest = program.get(found["next"]).json
    assert [one["id"] for one in (*found["items"], *rest["items"])] == ids
    assert rest["next"] is None
    before = []
    for _more in range(2):
        statements.clear()
        program.get(f"reports/{ids[0]}")
        before.append(len(statements))
    assert before[1] <= 14, statements


def test_what_is_published_is_read_without_a_key_until_it_is_withdrawn(app, reports) -> None:
    project, _section = _written(reports)
    visitor, uuid = Program(app), reports.project(project).uuid
    for step in ("approve", "freeze"):
        editing.move(project, step, version=reports.project(project).version, person=reports.coordinator)
    assert visitor.get("reports/published").json == {"items": [], "next": None}
    assert visitor.get(f"reports/published/{uuid}").status_code == 404
    publishing.publish(project, version=reports.project(project).version, person=reports.coordinator)
    (listed,) = visitor.get("reports/published").json["items"]
    assert (listed["uuid"], listed["title"], listed["mechanism"]) == (str(uuid), "Our report", "UPR")
    answer = visitor.get(f"reports/published/{uuid}")
    assert "Nurses were trained." in answer.text
    again = visitor.get(f"reports/published/{uuid}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for path in ("reports", f"reports/{project}", f"reports/{project}/text"):
        assert visitor.get(path).status_code == 401, path
    publishing.withdraw(project, "A wrong figure.", person=reports.coordinator)
    gone = visitor.get(f"reports/published/{uuid}")
    assert (gone.status_code, gone.mimetype) == (410, "application/problem+json")
    assert "A wrong figure." in gone.json["detail"]
    assert visitor.get("reports/published").json["items"] == []


def test_the_description_names_all_of_it(app) -> None:
    paths = app.test_client().get("/api/v1/openapi.json").json["paths"]
    mine = {path for path in paths if path.startswith("/api/v1/reports")}
    assert len(mine) == 13
    public = {path for path in mine if "published" in path}
    private = [one for path in mine - public for one in paths[path].values() if isinstance(one, dict)]
    assert len(private) == 13
    assert all(one["security"] == [{"token": []}] for one in private)
    assert all({} in paths[path]["get"]["security"] for path in public)
