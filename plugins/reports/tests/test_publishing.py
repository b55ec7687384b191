"""A frozen report before everybody: published and withdrawn by who may, with a trace; nothing of the work on it is shown."""

from __future__ import annotations

import io
import json
from uuid import uuid4

import docx
import pytest
from sqlalchemy import select
from uptake.models.audit import AuditEntry
from uptake.models.mechanisms import Mechanism
from uptake.services.progress import workflow
from uptake.testing.reporting import post
from uptake.toolkit import Conflict, Invalid, Refused, session
from uptake_reports import circulating, pictures, publishing, sources, writing
from uptake_reports.models import Publication

from .conftest import SOON, Reports

SECRETS = ("Confidential remark", "Inside comment", "Words of an earlier version", "Only the writers know", "2031")


@pytest.fixture
def frozen(reports: Reports) -> int:
    """A report that was sent, with everything around it that is nobody else's business."""
    project = reports.begin(deadline="2031-04-01", title="The report of the State")
    reports.write(project, "intro", "<p>Words of an earlier version.</p>")
    sent = circulating.circulate(
        project, [reports.justice], society=False, until=SOON, note="Only the writers know",
        version=reports.project(project).version, person=reports.coordinator,
    )  # fmt: skip
    circulating.remark(sent, None, "", "Confidential remark", actor=None, person=reports.other)
    intro = reports.write(project, "intro", "<p>What everybody may read.</p>")
    writing.comment(intro.id, "", "Inside comment", person=reports.coordinator)
    reports.published(reports.numbers["118.1"], done="A law was passed.", evidence=True)
    section = reports.section(project, "supported")
    picks = [pick for pick in reports.pieces(section.id) if pick[2] == reports.id_of("118.1")]
    sources.take_in(section.id, picks, version=section.version, person=reports.coordinator)
    row = reports.section(project, "supported")
    pictures.take_in(row.id, ["progress-by-status"], version=row.version, person=reports.coordinator)
    reports.move(project, "approve", "freeze")
    return project


def publish(reports: Reports, project: int, person=None) -> None:
    publishing.publish(project, version=reports.project(project).version, person=person or reports.coordinator)


def trail(action: str) -> list[AuditEntry]:
    session().rollback()
    return list(session().scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_nobody_sees_it_before_it_is_published_and_after_it_was_withdrawn(app, reports, frozen) -> None:
    visitor, uuid = app.test_client(), reports.project(frozen).uuid
    here = f"/en/reports/published/{uuid}"
    assert visitor.get(here).status_code == 404
    assert visitor.get(f"{here}/report.docx").status_code == 404
    assert "No report has been published" in visitor.get("/en/reports/published").text
    for person in (reports.observer, reports.focal, reports.validator):
        with pytest.raises(Refused):
            publish(reports, frozen, person)
    publish(reports, frozen)
    with pytest.raises(Conflict, match="already") as twice:
        publish(reports, frozen)
    assert "withdraw it on its page" in (twice.value.remedy or "")
    assert len(trail("reports.publish")) == 1
    page = visitor.get(here).text
    assert "What everybody may read." in page
    assert "The report of the State" in visitor.get("/en/reports/published").text
    assert visitor.get("/en/reports/published.json").json[0]["title"] == "The report of the State"
    assert "The report of the State" in visitor.get("/en/").text
    code = session().scalars(select(Mechanism.code).where(Mechanism.id == reports.mechanism)).one()
    assert f"/reports/published/{uuid}" in visitor.get(f"/en/mechanisms/{code}").text
    with pytest.raises(Invalid):
        publishing.withdraw(frozen, " ", person=reports.coordinator)
    with pytest.raises(Refused):
        publishing.withdraw(frozen, "x", person=reports.observer)
    publishing.withdraw(frozen, "A name <b>stood</b> in it.", person=reports.coordinator)
    gone = visitor.get(here)
    assert gone.status_code == 410
    assert "A name &lt;b&gt;stood&lt;/b&gt; in it." in gone.text
    assert "What everybody may read." not in gone.text
    assert "The report of the State" not in gone.text
    assert visitor.get(f"{here}/report.docx").status_code == 404
    assert "The report of the State" not in visitor.get("/en/reports/published").text + visitor.get("/en/").text
    assert f"/reports/published/{uuid}" not in visitor.get(f"/en/mechanisms/{code}").text
    (entry,) = trail("reports.withdraw")
    assert (entry.reason, entry.actor) == ("A name <b>stood</b> in it.", reports.coordinator.mark)
    row = session().scalars(select(Publication)).one()
    assert row.withdrawn_by == reports.coordinator.id
    with pytest.raises(Conflict) as gone_already:
        publishing.withdraw(frozen, "Again", person=reports.coordinator)
    assert "look at its page again" in (gone_already.value.remedy or "")
    publish(reports, frozen)
    assert "What everybody may read." in visitor.get(here).text


def test_drafts_comments_remarks_and_versions_stay_inside(app, reports, frozen) -> None:
    publish(reports, frozen)
    visitor, here = app.test_client(), f"/en/reports/published/{reports.project(frozen).uuid}"
    texts = [visitor.get(here).text]
    for suffix in ("html", "txt", "json"):
        answer = visitor.get(f"{here}/report.{suffix}")
        assert "attachment" in answer.headers["Content-Disposition"]
        texts.append(answer.text)
    assert visitor.get(f"{here}/report.pdf").data.startswith(b"%PDF")
    word = docx.Document(io.BytesIO(visitor.get(f"{here}/report.docx").data))
    texts.append("\n".join(one.text for one in word.paragraphs))
    assert len(word.inline_shapes) == 1
    for text in texts:
        assert "What everybody may read." in text
        assert "A law was passed." in text
        assert not [one for one in SECRETS if one in text]
    held = json.loads(texts[3])
    assert held["key"] == ""
    for path in (f"/reports/{frozen}", f"/reports/{frozen}/text", f"/reports/{frozen}/report.docx"):
        assert visitor.get(f"/en{path}").status_code in (302, 401, 403, 404), path
    assert visitor.get(f"/en/reports/published/{uuid4()}").status_code == 404


def test_what_is_not_frozen_or_says_what_is_not_public_is_not_published(reports) -> None:
    project = reports.begin()
    for step in ("", "approve"):
        if step:
            reports.move(project, step)
        with pytest.raises(Conflict, match="Only a frozen"):
            publish(reports, project)
    reports.move(project, "open")
    update = reports.draft(reports.numbers["118.1"], done="Not yet for the public.")
    update = reports.take(reports.take(update, "submit", reports.focal), "confirm", reports.validator)
    reports.take(update, "approve", reports.coordinator, hold=workflow.Hold(gate="later"))
    section = reports.section(project, "supported")
    picks = [pick for pick in reports.pieces(section.id) if pick[0] == "update"]
    sources.take_in(section.id, picks, version=section.version, person=reports.coordinator)
    reports.move(project, "approve", "freeze")
    with pytest.raises(Conflict, match="what is not public yet: health, report of"):
        publish(reports, project)
    assert publishing.published(session()) == []
    assert trail("reports.publish") == []


def test_a_source_that_is_taken_back_later_is_no_longer_named(app, reports, frozen) -> None:
    publish(reports, frozen)
    visitor, here = app.test_client(), f"/en/reports/published/{reports.project(frozen).uuid}"
    assert "health, report of" in visitor.get(here).text
    from uptake.models.progress import Update
    from uptake.toolkit import transaction

    with transaction() as current:
        for update in current.scalars(select(Update)):
            update.state = "draft"
    page = visitor.get(here).text
    assert "health, report of" not in page
    assert "The gazette" not in page.split('<ol class="notes">')[-1]
    assert "health, report of" not in visitor.get(f"{here}/report.txt").text


def test_the_coordinator_publishes_and_withdraws_from_the_report_s_page(reports, frozen, sign_in) -> None:
    browser, here = sign_in(reports.coordinator), f"/reports/{frozen}"
    version = reports.project(frozen).version
    assert "Nobody outside has seen it" in browser.get(here).text
    assert post(browser, f"{here}/publish", version=version - 1).status_code == 409
    assert post(browser, f"{here}/publish", version=version).status_code == 303
    assert "Everybody can read it since" in browser.get(here).text
    assert post(browser, f"{here}/withdraw", why="").status_code == 303
    assert "the reason stands where the report stood" in browser.get(here).text
    assert post(browser, f"{here}/withdraw", why="It was the wrong file.").status_code == 303
    assert "It was the wrong file." in browser.get(here).text
    assert post(sign_in(reports.focal), f"{here}/publish", version=version).status_code == 403


def test_a_public_page_needs_as_many_queries_for_more_sources_and_makes_each_file_once(app, reports, frozen) -> None:
    from sqlalchemy import event
    from uptake.db import db

    publish(reports, frozen)
    visitor, here = app.test_client(), f"/en/reports/published/{reports.project(frozen).uuid}"
    first = visitor.get(f"{here}/report.docx").data
    assert visitor.get(f"{here}/report.docx").data == first
    visitor.get(here)
    seen: list[str] = []
    listen = lambda *given: seen.append(given[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", listen)
    visitor.get(here)
    event.remove(db.engine, "before_cursor_execute", listen)
    assert not [one for one in seen if "reports_section.body" in one], "the text is kept, not read again"
