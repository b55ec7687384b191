"""Every kind of report that the register promises is there in every language, and a first report has what it needs."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from uptake.models.mechanisms import Mechanism
from uptake.toolkit import Invalid, session
from uptake_reports import reading
from uptake_reports.outlines import outlines, places, sections_for

LANGUAGES = {"en", "fr", "es", "ar", "ru", "zh", "pt"}
LIMITS = {
    "upr.national": 10_700, "upr.mid-term": None, "upr.addendum": 2675, "treaty-bodies.periodic": 21_200,
    "treaty-bodies.initial": 31_800, "treaty-bodies.replies": 10_700, "treaty-bodies.follow-up": 3500,
    "treaty-bodies.core": 42_400, "sdg.vnr-annex": None, "reports.parliament": 1000, "reports.public": None,
    "plans.annex": None,
}  # fmt: skip


def flat(sections) -> list:
    return [inner for one in sections for inner in (one, *flat(one.sections))]


def test_every_kind_is_there_with_its_limit_in_every_language(reports) -> None:
    found = outlines(session())
    assert {code: one.words for code, one in found.items()} == LIMITS
    for code, one in found.items():
        assert one.titles.keys() >= LANGUAGES, code
        assert one.about.keys() >= LANGUAGES, code
        for section in flat(one.sections):
            assert section.headings.keys() >= LANGUAGES, (code, section.code)
            assert {name for name, words in section.headings.items() if not words.strip()} == set(), code


def test_what_belongs_there_is_said_wherever_a_section_holds_no_others(reports) -> None:
    silent = {
        (code, one.code)
        for code, outline in outlines(session()).items()
        for one in flat(outline.sections)
        if not one.guidance and not one.takes and not one.sections
    }
    assert silent == set()


def test_an_initial_report_goes_to_a_committee_that_has_said_nothing_yet(reports) -> None:
    committee = session().scalars(select(Mechanism.id).where(Mechanism.code == "CED")).one()
    given = {"mechanism": str(committee), "document": ""}
    with pytest.raises(Invalid):
        reports.begin("treaty-bodies.periodic", **given)
    with pytest.raises(Invalid):
        reports.begin("treaty-bodies.initial", **given | {"mechanism": str(reports.mechanism)})
    project = reports.begin("treaty-bodies.initial", **given)
    page = reading.project_page(session(), project, person=reports.coordinator)
    assert page.words.limit == 31_800
    assert page.row.mechanism
    assert [one.heading for one in page.outline if not one.counted] == ["Annex: principal texts", "Annex: statistics"]
    article = reports.section(project, "article-24-25")
    assert article.parent_id == reports.section(project, "articles").id
    assert article.guidance == reports.section(project, "articles").guidance
    assert article.guidance.startswith("Every article: the law")
    initial = outlines(session())["treaty-bodies.initial"]
    assert {one.code for one in places(session(), initial)} >= {"CED", "CCPR", "CRC", "CRPD"}
    assert not {one.code for one in places(session(), initial)} & {"UPR"}


def test_what_other_mechanisms_have_said_is_offered_to_an_initial_report(reports) -> None:
    committee = session().scalars(select(Mechanism.id).where(Mechanism.code == "CRC")).one()
    project = reports.begin("treaty-bodies.initial", mechanism=str(committee), document="")
    health = reports.section(project, "article-6-18-24-26-27")
    offered = {pick[2] for pick in reports.pieces(health.id) if pick[0] == "recommendation"}
    assert offered == {reports.id_of(f"118.{number}") for number in range(1, 7)}
    page = reading.project_page(session(), project, person=reports.coordinator)
    assert (page.missing, page.recommendations) == (6, 6)


def test_each_treaty_has_its_articles_in_first_and_later_reports(reports) -> None:
    found = outlines(session())
    for code in ("CCPR", "CESCR", "CEDAW", "CAT", "CRC", "CRPD", "CERD", "CED"):
        first, later = (
            [one.code for one in flat(sections_for(session(), found[f"treaty-bodies.{kind}"], code, "treaty-body"))]
            for kind in ("initial", "periodic")
        )
        articles = [one for one in first if one.startswith("article-")]
        assert articles
        assert articles == [one for one in later if one.startswith("article-")]


def test_a_limit_of_the_coordinators_own_is_not_said_to_be_official(reports) -> None:
    for words, official in (("", True), ("300", False)):
        project = reports.begin("upr.national", words=words)
        page = reading.project_page(session(), project, person=reports.coordinator)
        assert bool(page.source) == official
