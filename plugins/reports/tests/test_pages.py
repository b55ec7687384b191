"""The pages under /reports as a coordinator, a focal point and civil society meet them, without JavaScript."""

from __future__ import annotations

import datetime
import json

from sqlalchemy import select
from uptake.testing.reporting import hidden, post
from uptake.toolkit import session
from uptake_reports import writing
from uptake_reports.models import Circulation, Project, Remark, Section, SectionComment

EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'
SOON = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=14)).isoformat()


def test_a_coordinator_begins_arranges_fills_and_closes_a_report(reports, sign_in) -> None:
    browser = sign_in(reports.coordinator)
    assert "upr.mid-term" in browser.get("/reports/new").text
    form = {
        "outline": "upr.mid-term",
        "mechanism": str(reports.mechanism),
        "document": str(reports.document),
        "language": "en",
    }
    refused = post(browser, "/reports/new", title="", deadline="soon", **form)
    assert refused.status_code == 422
    assert 'href="#f-title"' in refused.text
    assert 'value="soon"' in refused.text
    made = post(browser, "/reports/new", title=EVIL, deadline="2030-01-01", **form)
    assert made.status_code == 303
    project = session().scalars(select(Project.id)).one()
    page = browser.get(f"/reports/{project}").text
    assert EVIL not in page
    assert "6 of 6 without information" in page
    section = reports.section(project, "supported")
    here = f"/reports/sections/{section.id}"
    settings = browser.get(f"{here}/settings").text
    arranged = {
        "heading": "New heading",
        "actor": str(reports.health),
        "due": SOON,
        "version": hidden(settings, "version"),
    }
    assert post(browser, f"{here}/settings", **arranged).status_code == 303
    assert post(browser, f"{here}/settings", **arranged | {"heading": "Late"}).status_code == 409
    arranged["version"] = hidden(browser.get(f"{here}/settings").text, "version")
    assert post(browser, f"{here}/settings", **arranged | {"due": "never"}).status_code == 422
    assert post(browser, f"/reports/{project}/sections", heading="Own section", parent="").status_code == 303
    own = reports.section(project, "own")
    assert post(browser, f"/reports/sections/{own.id}/up").status_code == 303
    assert post(browser, f"/reports/sections/{own.id}/remove", version=own.version).status_code == 303
    gaps = browser.get(f"/reports/{project}/gaps").text
    assert "Ask health" in gaps
    asked = post(browser, f"/reports/{project}/gaps", r=[str(reports.id_of(f"118.{one}")) for one in range(1, 5)])
    assert asked.status_code == 303
    assert "asked on" in browser.get(f"/reports/{project}/gaps").text
    shown = browser.get(here).text
    piece = f"{reports.id_of('118.1')}|recommendation|{reports.numbers['118.1']}"
    assert f'value="{piece}"' in shown
    taken = post(browser, f"{here}/take", piece=[piece, "nonsense", "1|update|x"], version=hidden(shown, "version"))
    assert taken.status_code == 303
    assert "Do what stands in number 1" in browser.get(f"/reports/{project}/text").text
    assert "Used in reports" in browser.get(f"/recommendations/{reports.numbers['118.1']}").text
    data = json.loads(browser.get(f"/reports/{project}/report.json").data)
    assert data["title"] == EVIL
    assert [block["kind"] for block in data["blocks"]].count("table") == 1
    assert browser.get(f"/reports/{project}/report.exe").status_code == 404
    for step in ("approve", "freeze"):
        version = reports.project(project).version
        assert post(browser, f"/reports/{project}/{step}", version=version).status_code == 303
    assert post(browser, f"/reports/{project}/delete", version=3, sure="1").status_code == 409
    other = reports.begin()
    assert post(browser, f"/reports/{other}/delete", version=1).location == f"/reports/{other}"
    assert post(browser, f"/reports/{other}/delete", version=1, sure="1").location == "/reports"
    assert session().scalars(select(Section.project_id).distinct()).all() == [project]


def test_a_focal_point_writes_the_own_section_is_warned_and_compares(reports, sign_in) -> None:
    project = reports.begin()
    section = reports.hand(project, "supported", reports.health, SOON)
    here, browser = f"/reports/sections/{section}", sign_in(reports.focal)
    assert "Write: Progress on supported" in browser.get("/work").text
    assert post(browser, f"{here}/open").location == f"{here}/edit"
    editor = browser.get(f"{here}/edit").text
    assert "is editing since" not in editor
    other = sign_in(reports.coordinator)
    assert f"{reports.focal.name} is editing since" in other.get(f"{here}/edit").text
    version = hidden(editor, "version")
    assert post(browser, f"{here}/edit", body=f"<p>First {EVIL}</p>", version=version).status_code == 303
    stale = post(other, f"{here}/edit", body="<p>Second</p>", version=version)
    assert stale.status_code == 409
    assert "First" in stale.text
    assert "Second" in stale.text
    assert post(other, f"{here}/edit", body="<p>Second</p>", version=hidden(stale.text, "version")).status_code == 303
    assert "<script>alert" not in browser.get(here).text
    compared = browser.get(f"{here}/versions").text
    assert "<del>First</del>" in compared
    assert "<ins>Second</ins>" in compared
    now = reports.section(project, "supported")
    assert post(browser, f"{here}/restore", number=now.version - 1, version=now.version).status_code == 303
    anchor = reports.section(project, "supported").body.split('id="')[1].split('"')[0]
    assert post(browser, f"{here}/comments", anchor=anchor, comment=f"Why? {EVIL}").status_code == 303
    comment = session().scalars(select(SectionComment)).one()
    assert "Why?" in other.get(here).text
    assert post(other, f"/reports/comments/{comment.id}/resolve").status_code == 303
    assert "Why?" not in other.get(here).text
    stranger = sign_in(reports.other)
    for path in (here, f"{here}/edit", f"{here}/versions", f"/reports/{project}", f"/reports/{project}/text",
                 f"/reports/{project}/gaps", f"/reports/{project}/report.json"):  # fmt: skip
        assert stranger.get(path).status_code == 404, path
    for path in ("edit", "take", "open", "alive", "comments", "restore"):
        assert post(stranger, f"{here}/{path}", body="x", comment="x", number="1", version="1").status_code == 404, path
    assert "Our report" not in stranger.get("/reports").text
    assert post(browser, f"/reports/{project}/approve", version=1).status_code == 403


def test_civil_society_remarks_on_a_draft_and_reads_the_answer(reports, sign_in) -> None:
    project = reports.begin()
    row = reports.section(project, "intro")
    writing.save(row.id, "<p>What we say.</p>", version=row.version, person=reports.coordinator)
    browser = sign_in(reports.coordinator)
    path = f"/reports/{project}/circulate"
    version = hidden(browser.get(path).text, "version")
    assert post(browser, path, until="", version=version).status_code == 422
    assert post(browser, path, until=SOON, society="1", version=version, note="Please read.").status_code == 303
    sent = session().scalars(select(Circulation.id)).one()
    here, reader = f"/reports/circulations/{sent}", sign_in(reports.society)
    assert "Drafts that wait" in reader.get("/reports").text
    draft = reader.get(here).text
    assert "What we say." in draft
    anchor = reports.section(project, "intro").body.split('id="')[1].split('"')[0]
    assert post(reader, here, section=str(row.id), anchor=anchor, text="").status_code == 422
    assert post(reader, here, section=str(row.id), anchor=anchor, text=f"Say more. {EVIL}").status_code == 303
    remark = session().scalars(select(Remark)).one()
    table = browser.get(here).text
    assert "Say more." in table
    assert "“What we say.”" in table
    assert EVIL not in table
    answer = {"disposition": "not_taken", "version": remark.version, "back": sent}
    assert post(browser, f"/reports/remarks/{remark.id}", why="", **answer).status_code == 303
    assert post(browser, f"/reports/remarks/{remark.id}", why="There is no room.", **answer).status_code == 303
    assert "There is no room." in reader.get(here).text
    assert sign_in(reports.focal).get(here).status_code == 404
    assert reader.get(f"/reports/{project}").status_code == 404


def test_pages_need_no_more_queries_for_more_sections(reports, sign_in) -> None:
    from sqlalchemy import event
    from uptake.db import db

    browser = sign_in(reports.coordinator)
    small, large = reports.begin("upr.mid-term"), reports.begin("upr.national")
    counts = []
    for project in (small, large):
        browser.get(f"/reports/{project}")
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given, seen=seen: seen.append(given[2]))
        browser.get(f"/reports/{project}")
        counts.append(len(seen))
    assert counts[0] == counts[1]
