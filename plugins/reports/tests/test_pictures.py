"""Pictures of a section: their numbers are those of the list, stay what they were, and say when they have changed."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from uptake.search.engine import Engine
from uptake.testing.reporting import hidden, post
from uptake.toolkit import Conflict, Invalid, NotFound, Refused, session, transaction
from uptake.web.params import query_from
from uptake_reports import assembling, circulating, pictures, reading, sources, writing
from uptake_reports.document import Figure, Paragraph, Table
from uptake_reports.models import Circulation, Source
from uptake_reports.reviewing import circulation_page
from uptake_reports.richtext import clean_body, to_blocks
from werkzeug.datastructures import MultiDict

from .conftest import SOON, Reports

BY_STATUS, BY_INSTITUTION = "progress-by-status", "progress-by-institution"


def take(reports: Reports, project: int, *names: str, code: str = "supported") -> int:
    row = reports.section(project, code)
    return pictures.take_in(row.id, names, version=row.version, person=reports.coordinator)


def figures(reports: Reports, project: int) -> list[Figure]:
    session().rollback()
    report = assembling.assemble(session(), project, person=reports.coordinator)
    return [block for block in report.blocks if isinstance(block, Figure)]


def rows(figure: Figure) -> dict[str, list[str]]:
    assert figure.table is not None
    said = [["".join(run.text for run in cell) for cell in row] for row in figure.table.rows]
    return {first: others for first, *others in said}


def sources_of(reports: Reports, project: int, code: str = "supported") -> list[Source]:
    return sources.of_sections(session(), [reports.section(project, code).id])


def state(source: Source) -> str:
    with transaction() as current:
        sources.watch(current)
    return session().get_one(Source, source.id, populate_existing=True).state


def test_a_picture_counts_what_belongs_into_the_section_and_leads_to_it(reports) -> None:
    project = reports.begin()
    reports.published(reports.numbers["118.1"], claim="in_progress")
    assert take(reports, project, BY_STATUS, BY_INSTITUTION) == 2
    assert take(reports, project, BY_STATUS) == 0
    by_status, by_institution = figures(reports, project)
    assert by_status.caption == "Progress that the State reports, by status"
    assert rows(by_status) == {"Received": ["4"], "In progress": ["1"], "All": ["5"]}
    assert list(rows(by_institution)) == ["health", "Not assigned", "All"]
    report = assembling.assemble(session(), project, person=reports.coordinator)
    notes = {one.key: one for one in report.notes()}
    assert notes[by_status.source].text.startswith("Progress that the State reports, by status, numbers of ")
    assert by_status.alt.startswith("Progress that the State reports, by status. Received: 4.")
    for source in sources_of(reports, project):
        asked = parse_qsl(urlsplit(source.path).query)
        assert ("position", "supported") in asked
        query, wrong = query_from(MultiDict(asked))
        assert wrong is None
        assert Engine(session()).answer(query).count == 5


def test_a_section_for_which_nothing_is_named_has_pictures_of_the_whole_report(reports) -> None:
    project = reports.begin()
    take(reports, project, BY_STATUS, code="intro")
    (figure,) = figures(reports, project)
    assert rows(figure) == {"Received": ["6"]}


def test_numbers_that_change_are_marked_and_taken_only_when_somebody_says_so(reports) -> None:
    project = reports.begin()
    take(reports, project, BY_STATUS)
    (source,) = sources_of(reports, project)
    before = rows(figures(reports, project)[0])
    assert state(source) == "fresh"
    reports.published(reports.numbers["118.2"], claim="implemented")
    session().rollback()
    assert session().get_one(Source, source.id, populate_existing=True).state == "changed"
    assert reading.project_page(session(), project, person=reports.coordinator).row.changed == 1
    assert rows(figures(reports, project)[0]) == before

    def refresh(*, numbers: bool) -> None:
        version = reports.section(project, "supported").version
        assert sources.refresh(source.id, words=numbers, version=version, person=reports.coordinator)

    refresh(numbers=False)
    assert state(source) == "fresh"
    assert rows(figures(reports, project)[0]) == before
    reports.published(reports.numbers["118.3"], claim="implemented")
    assert state(source) == "changed"
    refresh(numbers=True)
    assert state(source) == "fresh"
    assert rows(figures(reports, project)[0])["Implemented"] == ["2"]
    with pytest.raises(Refused):
        sources.refresh(source.id, words=True, version=1, person=reports.observer)


def test_a_frozen_report_keeps_its_pictures(reports) -> None:
    project = reports.begin()
    take(reports, project, BY_STATUS)
    before = rows(figures(reports, project)[0])
    reports.move(project, "approve", "freeze")
    (source,) = sources_of(reports, project)
    reports.published(reports.numbers["118.2"], claim="implemented")
    assert rows(figures(reports, project)[0]) == before
    with pytest.raises(Conflict):
        sources.refresh(source.id, words=True, version=99, person=reports.coordinator)


def test_a_picture_is_in_the_report_s_language_with_a_caption_that_can_be_written_anew(reports) -> None:
    project = reports.begin(language="ar")
    take(reports, project, BY_INSTITUTION)
    (figure,) = figures(reports, project)
    assert not figure.caption.isascii()
    assert not "".join(figure.alt.split(":")[0]).isascii()
    row = reports.section(project, "supported")
    body = row.body.replace(figure.caption, "حالة التوصيات &amp; ما أُنجز")
    writing.save(row.id, f"<p>قبل</p>{body}<p>بعد</p>", version=row.version, person=reports.coordinator)
    (again,) = figures(reports, project)
    assert (again.caption, again.anchor) == ("حالة التوصيات & ما أُنجز", figure.anchor)
    row = reports.section(project, "supported")
    writing.save(row.id, "<p>Without it.</p>", version=row.version, person=reports.coordinator)
    assert figures(reports, project) == []
    assert sources_of(reports, project) == []
    assert take(reports, project, BY_INSTITUTION) == 1


def test_what_is_no_picture_of_this_report_is_not_shown(reports) -> None:
    project, other = reports.begin(), reports.begin()
    take(reports, other, BY_STATUS)
    foreign = reports.section(other, "supported").body
    for figure in (foreign, foreign.replace(str(sources_of(reports, other)[0].uuid), str(uuid4()))):
        reports.write(project, "supported", f"<p>Text.</p>{figure}")
        assert figures(reports, project) == []
    hostile = '<figure data-source="x"><img src=x onerror=alert(1)><figcaption>Only <b>words</b></figcaption></figure>'
    assert [type(block) for block in to_blocks(hostile)] == [Paragraph]
    once = clean_body(f"<p>a</p>{foreign}<table><tr><td>{foreign}</td></tr></table><ul><li>x{foreign}</li></ul>")
    assert clean_body(once) == once
    assert "onerror" not in clean_body(hostile)


def test_only_who_writes_a_section_takes_pictures_of_those_that_are_offered(reports) -> None:
    project = reports.begin()
    section = reports.section(project, "supported")
    for wrong in ([], ["late-by-institution"], ["no-such-picture"], [BY_STATUS, "../x"]):
        with pytest.raises(Invalid):
            pictures.take_in(section.id, wrong, version=section.version, person=reports.coordinator)
    with pytest.raises(Invalid, match="nothing to count"):
        pictures.take_in(section.id, ["grades"], version=section.version, person=reports.coordinator)
    with pytest.raises(NotFound):
        pictures.take_in(section.id, [BY_STATUS], version=section.version, person=reports.other)
    with pytest.raises(Refused):
        pictures.take_in(section.id, [BY_STATUS], version=section.version, person=reports.observer)
    with pytest.raises(Conflict):
        pictures.take_in(section.id, [BY_STATUS], version=section.version + 1, person=reports.coordinator)
    assert figures(reports, project) == []


def test_more_pictures_need_no_more_queries(reports) -> None:
    from sqlalchemy import event
    from uptake.db import db

    project, counts = reports.begin(), []
    for names in ((BY_STATUS,), ("progress-by-theme", "progress-by-mechanism", "positions-by-theme")):
        take(reports, project, *names)
        seen: list[str] = []
        listen = lambda *given, seen=seen: seen.append(given[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        states = sources.states(session(), reports.project(project), sources_of(reports, project))
        event.remove(db.engine, "before_cursor_execute", listen)
        assert set(states.values()) == {"fresh"}
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 2, "the names of themes and mechanisms, once each"


def test_a_circulated_draft_holds_the_tables_and_pictures_of_the_report_as_it_was(reports) -> None:
    project = reports.begin()
    take(reports, project, BY_STATUS)
    sent = circulating.circulate(
        project, [reports.justice], society=True, until=SOON, note="", version=reports.project(project).version,
        person=reports.coordinator,
    )  # fmt: skip
    report = assembling.assemble(session(), project, person=reports.coordinator)
    (matrix,) = [block for block in report.blocks if isinstance(block, Table)]
    row = reports.section(project, "supported")
    writing.save(row.id, "<p>Rewritten.</p>", version=row.version, person=reports.coordinator)
    reports.published(reports.numbers["118.2"], claim="implemented", done="Said after it was sent.")
    page = circulation_page(session(), sent, person=reports.society)
    shown = {part.id: " ".join(html for _anchor, html in part.blocks) for part in page.parts}
    drawn = shown[row.id]
    assert "report-figure" in drawn
    assert '<th scope="row">Received</th><td class="num">5</td>' in drawn
    assert "Rewritten." not in drawn
    annex = shown[reports.section(project, "matrix").id]
    assert all("".join(run.text for run in cells[1]) in annex for cells in matrix.rows)
    assert "Said after it was sent." not in annex
    copy = session().get_one(Circulation, sent).copy
    anchor = to_blocks(next(one for one in copy if one["id"] == reports.section(project, "matrix").id)["body"])[
        -1
    ].anchor
    where = reports.section(project, "matrix").id
    circulating.remark(sent, where, anchor, "Row two is wrong.", actor=None, person=reports.society)
    (answer,) = circulation_page(session(), sent, person=reports.society).answers
    assert "Do what stands in number 1" in answer.quoted


def test_the_page_offers_pictures_and_takes_them_without_javascript(reports, sign_in) -> None:
    project = reports.begin()
    section = reports.section(project, "supported")
    here, browser = f"/reports/sections/{section.id}", sign_in(reports.coordinator)
    page = browser.get(here).text
    assert 'value="progress-by-theme"' in page
    assert "late-by-institution" not in page
    assert "Choose which pictures" in follow(browser, here, {"version": hidden(page, "version")})
    taken = follow(browser, here, {"version": hidden(page, "version"), "picture": [BY_STATUS]})
    assert "1 picture was taken in" in taken
    assert '<div class="picture" dir="ltr" role="img" aria-label="Progress that the State reports, by status.' in taken
    assert '<th scope="row">Received</th><td class="num">5</td>' in taken
    reports.published(reports.numbers["118.2"], claim="implemented")
    changed = browser.get(here).text
    assert "says something else now" in changed
    assert "Take the new numbers" in changed
    (source,) = sources_of(reports, project)
    version = reports.section(project, "supported").version
    assert post(browser, f"{here}/sources/{source.id}", do="words", version=version).status_code == 303
    assert "says something else now" not in browser.get(here).text
    for path in (f"/reports/{project}/text", f"{here}/edit", f"{here}/versions"):
        assert "Progress that the State reports, by status" in browser.get(path).text, path
    reports.move(project, "approve")
    assert "Take in these pictures" not in browser.get(here).text


def follow(browser, here: str, form: dict) -> str:
    answer = post(browser, f"{here}/pictures", **form)
    assert answer.status_code == 303
    return browser.get(answer.location).text
