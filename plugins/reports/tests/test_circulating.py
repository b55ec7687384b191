"""A draft goes round and comes to its end: remarks that are answered, approval and freezing."""

from __future__ import annotations

import pytest
from uptake.toolkit import Conflict, Invalid, NotFound, Refused, session
from uptake_reports import assembling, circulating, editing, writing
from uptake_reports.document import Heading, Table
from uptake_reports.models import Remark

from .conftest import SOON


def test_a_draft_goes_round_and_every_remark_is_answered(reports) -> None:
    project = reports.begin()
    section = reports.section(project, "intro")
    writing.save(section.id, "<p>As it was.</p>", version=section.version, person=reports.coordinator)

    def send(**values) -> int:
        given = {"society": True, "until": SOON, "note": "", **values}
        return circulating.circulate(
            project, [reports.justice], version=reports.project(project).version, person=reports.coordinator, **given
        )

    with pytest.raises(Invalid):
        send(until="2020-01-01")
    sent = send()
    assert reports.project(project).status == "circulated"
    assert reports.notices("reports.circulated") == {reports.other.id, reports.society.id}
    writing.save(
        section.id, "<p>As it is.</p>", version=reports.section(project, "intro").version, person=reports.coordinator
    )
    with pytest.raises(NotFound):
        circulating.opened(session(), sent, reports.focal)
    circulating.remark(sent, section.id, "", "Name the law.", actor=None, person=reports.society)
    circulating.remark(sent, None, "", "Fine.", actor=None, person=reports.other)
    with pytest.raises(Invalid):
        circulating.remark(sent, None, "", "As somebody else", actor=reports.health, person=reports.other)
    from uptake_reports.reviewing import circulation_page

    mine = circulation_page(session(), sent, person=reports.society)
    assert [one.remark.text for one in mine.answers] == ["Name the law."]
    assert "As it was." in mine.parts[0].blocks[0][1]
    first = mine.answers[0].remark
    with pytest.raises(Invalid):
        circulating.dispose(first.id, "not_taken", "", version=first.version, person=reports.coordinator)
    with pytest.raises(Refused):
        circulating.dispose(first.id, "taken", "", version=first.version, person=reports.society)
    circulating.dispose(
        first.id, "partly", "The law is named in the annex.", version=first.version, person=reports.coordinator
    )
    assert session().get_one(Remark, first.id, populate_existing=True).disposition == "partly"
    assert reports.notices("reports.answered") == {reports.society.id}


def test_an_approved_report_is_closed_and_a_frozen_one_keeps_its_tables(reports) -> None:
    project = reports.begin()
    section = reports.section(project, "intro")

    def move(step: str) -> None:
        editing.move(project, step, version=reports.project(project).version, person=reports.coordinator)

    def matrix() -> list[str]:
        found = assembling.assemble(session(), project, person=reports.coordinator)
        (table,) = [block for block in found.blocks if isinstance(block, Table)]
        assert [block.annex for block in found.blocks if isinstance(block, Heading)][-1]
        return ["".join(run.text for run in row[5]) for row in table.rows]

    with pytest.raises(Conflict):
        move("freeze")
    move("approve")
    with pytest.raises(Conflict):
        writing.save(section.id, "late", version=section.version, person=reports.coordinator)
    move("open")
    move("approve")
    move("freeze")
    before = matrix()
    assert len(before) == 6
    reports.published(reports.numbers["118.1"], done="Too late for this report.")
    assert matrix() == before
    with pytest.raises(Conflict):
        move("open")
