"""Drafting: from a gap over what institutions say to a text that knows its sources, its limit and its versions."""

from __future__ import annotations

import datetime

import pytest
from sqlalchemy import select
from uptake.models.notices import Notice
from uptake.models.progress import Update
from uptake.testing.people import make_person
from uptake.toolkit import Conflict, Invalid, NotFound, Refused, session, transaction
from uptake_reports import assembling, checking, circulating, editing, gaps, locks, reading, sources, writing
from uptake_reports.access import project_for
from uptake_reports.document import Heading, Paragraph, Table
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import Remark, SectionVersion, Source
from uptake_reports.section_page import section_page

SOON = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=14)).isoformat()


def notices(kind: str) -> set[int]:
    return set(session().scalars(select(Notice.user_id).where(Notice.kind == kind)))


def pieces(reports, section: int, person=None) -> list[tuple[str, str, int]]:
    shown = section_page(session(), section, "", 1, person=person or reports.coordinator)
    return [
        (piece.kind, piece.ref, piece.recommendation)
        for offer in shown.offers.rows
        for piece, taken in offer.pieces
        if not taken
    ]


def test_from_a_gap_to_a_sentence_that_knows_its_source(reports) -> None:
    project = reports.begin()
    found = gaps.gaps(session(), reports.project(project))
    by_name = {group.institution and group.institution.code: len(group.gaps) for group in found.groups}
    assert (found.count, found.of, by_name) == (6, 6, {"health": 4, None: 2})
    one = reports.id_of("118.2")
    assert gaps.ask(project, [one, reports.id_of("118.6")], person=reports.coordinator) == 1
    assert gaps.ask(project, [one], person=reports.coordinator) == 0
    assert notices("reports.asked") == {reports.focal.id}

    reports.published(reports.numbers["118.2"], done="Nurses were trained.", effect="More of them stay.", evidence=True)
    assert gaps.gaps(session(), reports.project(project)).count == 5
    with pytest.raises(Invalid):
        gaps.ask(project, [one], person=reports.coordinator)

    section = reports.section(project, "supported")
    wanted = [pick for pick in pieces(reports, section.id) if pick[2] == one]
    assert [kind for kind, *_rest in wanted] == ["recommendation", "update", "evidence"]
    assert sources.take_in(section.id, wanted, version=section.version, person=reports.coordinator) == 3
    text = assembling.assemble(session(), project, person=reports.coordinator)
    said = [block for block in text.blocks if isinstance(block, Paragraph)]
    assert said[0].runs[0].text == "A/HRC/58/12, para. 118.2: "
    assert [run.text for block in said[1:3] for run in block.runs] == ["Nurses were trained.", "More of them stay."]
    notes = {note.key: note.text for note in text.notes()}
    assert notes[said[1].runs[0].source].startswith("health, report of ")
    assert all(block.numbered for block in said)


def test_a_source_that_changes_is_marked_and_refreshed_but_never_over_what_a_person_wrote(reports) -> None:
    project = reports.begin()
    update = reports.published(reports.numbers["118.1"], done="Ten nurses.")
    section = reports.section(project, "supported")
    picks = [pick for pick in pieces(reports, section.id) if pick[0] == "update"]
    sources.take_in(section.id, picks, version=section.version, person=reports.coordinator)
    (source,) = sources.of_sections(session(), [section.id])

    def say(words: str) -> None:
        with transaction() as current:
            current.get_one(Update, update.id).done = words

    def state() -> str:
        with transaction() as current:
            sources.watch(current)
        return session().get_one(Source, source.id, populate_existing=True).state

    def refresh(*, words: bool) -> bool:
        now = reports.section(project, "supported").version
        return sources.refresh(source.id, words=words, version=now, person=reports.coordinator)

    assert state() == "fresh"
    say("Twenty nurses.")
    assert state() == "changed"
    assert reading.project_page(session(), project, person=reports.coordinator).row.changed == 1
    assert refresh(words=True)
    assert "Twenty nurses." in reports.section(project, "supported").body
    assert state() == "fresh"
    now = reports.section(project, "supported")
    mine = now.body.replace("Twenty nurses.", "About twenty nurses.")
    writing.save(now.id, mine, version=now.version, person=reports.coordinator)
    say("Thirty nurses.")
    assert not refresh(words=True)
    assert state() == "changed"
    assert refresh(words=False)
    assert "About twenty nurses." in reports.section(project, "supported").body
    assert state() == "fresh"
    now = reports.section(project, "supported")
    writing.save(now.id, "<p>Nothing of it.</p>", version=now.version, person=reports.coordinator)
    assert sources.of_sections(session(), [now.id]) == []
    now = reports.section(project, "supported")
    assert sources.take_in(now.id, picks, version=now.version, person=reports.coordinator) == 1
    assert "Thirty nurses." in reports.section(project, "supported").body


def test_who_has_a_part_writes_and_nobody_else_knows_of_it(reports) -> None:
    project = reports.begin()
    section = reports.hand(project, "noted", reports.health, SOON)
    assert notices("reports.section_due") == {reports.focal.id}
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


def test_updates_that_are_not_public_yet_are_offered_to_the_coordinator_alone(reports) -> None:
    from uptake.services.progress import workflow

    project = reports.begin()
    section = reports.hand(project, "supported", reports.justice)
    update = reports.draft(reports.numbers["118.1"], done="Not yet for the public.")
    update = reports.take(reports.take(update, "submit", reports.focal), "confirm", reports.validator)
    reports.take(update, "approve", reports.coordinator, hold=workflow.Hold(gate="later"))
    assert "update" in {kind for kind, *_rest in pieces(reports, section)}
    assert "update" not in {kind for kind, *_rest in pieces(reports, section, reports.other)}
    stolen = next(pick for pick in pieces(reports, section) if pick[0] == "update")
    now = reports.section(project, "supported").version
    assert sources.take_in(section, [stolen], version=now, person=reports.other) == 0


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
    assert notices("reports.circulated") == {reports.other.id, reports.society.id}
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
    assert notices("reports.answered") == {reports.society.id}


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
