"""Writing together: who may write what, what is counted, and how a report begins."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import select
from uptake.testing.people import make_person
from uptake.toolkit import Conflict, Invalid, NotFound, Refused, session, transaction
from uptake_reports import assembling, checking, editing, locks, reading, writing
from uptake_reports.access import project_for
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import SectionVersion

from .conftest import SOON


def test_who_has_a_part_writes_and_nobody_else_knows_of_it(reports) -> None:
    project = reports.begin()
    section = reports.hand(project, "noted", reports.health, SOON)
    assert reports.notices("reports.section_due") == {reports.focal.id}
    version = reports.section(project, "noted").version
    writing.save(section, "<p>Mine</p>", version=version, person=reports.focal)
    foreign = reports.section(project, "supported")
    for wrong in (reports.focal, reports.validator):
        with pytest.raises(Refused):
            writing.save(foreign.id, "x", version=foreign.version, person=wrong)
    for stranger in (reports.other, reports.society):
        with pytest.raises(NotFound):
            project_for(session(), project, stranger)
        with pytest.raises(NotFound):
            writing.save(section, "x", version=2, person=stranger)
    for reader in (reports.observer, reports.focal):
        with pytest.raises(Refused):
            editing.move(project, "approve", version=1, person=reader)
    editing.add_member(project, reports.other.id, person=reports.coordinator)
    writing.save(foreign.id, "<p>By a member</p>", version=foreign.version, person=reports.other)
    editing.remove_member(project, reports.other.id, person=reports.coordinator)
    with pytest.raises(NotFound):
        project_for(session(), project, reports.other)
    with pytest.raises(Invalid):
        editing.add_member(project, reports.observer.id, person=reports.coordinator)


def test_two_writers_are_warned_and_lose_nothing(reports) -> None:
    project = reports.begin()
    section = reports.hand(project, "intro", reports.health)
    assert locks.take(section, over=False, person=reports.focal)
    assert not locks.take(section, over=False, person=reports.coordinator)
    assert locks.held(session(), section).name == reports.focal.name
    assert locks.take(section, over=True, person=reports.coordinator)
    version = reports.section(project, "intro").version
    writing.save(section, "<p>Theirs</p>", version=version, person=reports.coordinator)
    with pytest.raises(Conflict) as raised:
        writing.save(section, "<p>Ours</p>", version=version, person=reports.focal)
    assert "Theirs" in raised.value.values["now"]["body"]
    writing.save(section, "<p>Ours</p>", version=raised.value.values["now"]["version"], person=reports.focal)
    numbers = list(session().scalars(select(SectionVersion.number).where(SectionVersion.section_id == section)))
    now = reports.section(project, "intro")
    writing.restore(section, numbers[0], version=now.version, person=reports.focal)
    assert "Theirs" in reports.section(project, "intro").body


def test_words_are_counted_as_the_mechanism_does_and_near_the_limit_it_is_said(reports) -> None:
    project = reports.begin("upr.national", words="200")
    section = reports.section(project, "method")
    before = reading.project_page(session(), project, person=reports.coordinator).words.words
    table = '<table data-annex="yes"><tr><td>not counted at all</td></tr></table>'
    for words, level in ((189 - before, ""), (190 - before, "near"), (201 - before, "over")):
        body = f"<p>{'word ' * words}</p>{table}"
        writing.save(section.id, body, version=reports.section(project, "method").version, person=reports.coordinator)
        count = reading.project_page(session(), project, person=reports.coordinator).words
        assert (count.words, count.level) == (before + words, level)
    annex = reports.section(project, "matrix")
    writing.save(annex.id, "<p>many more words</p>", version=annex.version, person=reports.coordinator)
    assert reading.project_page(session(), project, person=reports.coordinator).words.words == before + words


def test_an_addendum_names_every_recommendation_once(reports) -> None:
    project = reports.begin("upr.addendum")
    section = reports.section(project, "accepted")

    def once(body: str) -> checking.Once:
        writing.save(section.id, body, version=reports.section(project, "accepted").version, person=reports.coordinator)
        found = reading.project_page(session(), project, person=reports.coordinator).once
        assert found is not None
        return found

    wrong = once("<p>118.1-3, 5 and 118.2 are accepted.</p>")
    assert [card.paragraph for card in wrong.missing] == ["118.4", "118.6"]
    assert [card.paragraph for card in wrong.twice] == ["118.2"]
    assert once("<p>118.1–4</p><ul><li>118.5</li><li>118. 6 not</li><li>118.6</li></ul>").fine
    assert checking.numbers_in("140.82-85, 87 and 141.1") == ["140.82", "140.83", "140.84", "140.85", "140.87", "141.1"]
    assert checking.numbers_in("on 12.03.2026, 3.5 million") == ["3.5"]


def test_a_list_of_issues_becomes_sections_with_the_articles_that_it_names(reports) -> None:
    from uptake_reports import questions

    pasted = "1. Please describe measures (arts. 2 and 26).\n   Provide figures.\n\n2. On prisons (art. 10)\n"
    assert [(one.number, one.articles) for one in questions.questions(pasted)] == [("1", ("2", "26")), ("2", ("10",))]
    assert questions.paragraphs("12, 18 (a) and 24–26") == ["12", "18 (a)", "24", "25", "26"]
    with transaction() as current:
        from uptake.models.mechanisms import Mechanism
        from uptake.models.recommendations import Recommendation

        committee = current.scalars(select(Mechanism.id).where(Mechanism.code == "CCPR")).one()
        current.get_one(Recommendation, reports.number(reports.one)).mechanism_id = committee
    given = {"mechanism": str(committee), "document": ""}
    with pytest.raises(Invalid) as raised:
        reports.begin("treaty-bodies.replies", **given)
    assert set(raised.value.fields) == {"asked"}
    with pytest.raises(Invalid) as raised:
        reports.begin("upr.national", **given)
    assert set(raised.value.fields) == {"mechanism"}
    project = reports.begin("treaty-bodies.replies", asked=pasted, **given)
    row = reports.section(project, "question.2")
    assert (row.heading, row.wants) == ("Reply to question 2", {"theme": ["conditions-of-detention"]})
    assert "Provide figures." in reports.section(project, "question.1").guidance
    by_article = reports.begin("treaty-bodies.periodic", **given)
    article = reports.section(by_article, "article-10")
    assert article.parent_id == reports.section(by_article, "articles").id


def test_what_cannot_be_taken_says_so_field_by_field(reports) -> None:
    bad = {"title": " ", "language": "xx", "deadline": "soon", "words": "-1", "period_from": "2026-02-01", "period_to": "2026-01-01",
           "document": "999999", "mechanism": "999999"}  # fmt: skip
    with pytest.raises(Invalid) as raised:
        reports.begin(**bad)
    assert set(raised.value.fields) == {"title", "language", "deadline", "words", "period_to", "document", "mechanism"}
    for person in (reports.focal, reports.observer, make_person("administrator")):
        with pytest.raises(Refused):
            editing.create(ProjectDraft("T", "reports.public"), person=person)


def test_a_report_in_another_language_is_so_from_the_beginning(reports) -> None:
    project = reports.begin(language="fr")
    assert reports.section(project, "intro").heading == "Introduction et méthodologie"
    text = assembling.assemble(session(), project, person=reports.coordinator)
    assert (text.language, text.direction) == ("fr", "ltr")
    right = reports.begin(language="ar", deadline=str(datetime.date(2027, 1, 1)))
    assert assembling.assemble(session(), right, person=reports.coordinator).direction == "rtl"
