"""Drafting: from a gap over what institutions say to a text that knows its sources."""

from __future__ import annotations

import pytest
from uptake.models.progress import Update
from uptake.toolkit import Invalid, session, transaction
from uptake_reports import assembling, gaps, reading, sources, writing
from uptake_reports.document import Paragraph
from uptake_reports.models import Source


def test_from_a_gap_to_a_sentence_that_knows_its_source(reports) -> None:
    project = reports.begin()
    found = gaps.gaps(session(), reports.project(project))
    by_name = {group.institution and group.institution.code: len(group.gaps) for group in found.groups}
    assert (found.count, found.of, by_name) == (6, 6, {"health": 4, None: 2})
    one = reports.id_of("118.2")
    assert gaps.ask(project, [one, reports.id_of("118.6")], person=reports.coordinator) == 1
    assert gaps.ask(project, [one], person=reports.coordinator) == 0
    assert reports.notices("reports.asked") == {reports.focal.id}

    reports.published(reports.numbers["118.2"], done="Nurses were trained.", effect="More of them stay.", evidence=True)
    assert gaps.gaps(session(), reports.project(project)).count == 5
    with pytest.raises(Invalid):
        gaps.ask(project, [one], person=reports.coordinator)

    section = reports.section(project, "supported")
    wanted = [pick for pick in reports.pieces(section.id) if pick[2] == one]
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
    picks = [pick for pick in reports.pieces(section.id) if pick[0] == "update"]
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


def test_updates_that_are_not_public_yet_are_offered_to_the_coordinator_alone(reports) -> None:
    from uptake.services.progress import workflow

    project = reports.begin()
    section = reports.hand(project, "supported", reports.justice)
    update = reports.draft(reports.numbers["118.1"], done="Not yet for the public.")
    update = reports.take(reports.take(update, "submit", reports.focal), "confirm", reports.validator)
    reports.take(update, "approve", reports.coordinator, hold=workflow.Hold(gate="later"))
    assert "update" in {kind for kind, *_rest in reports.pieces(section)}
    assert "update" not in {kind for kind, *_rest in reports.pieces(section, reports.other)}
    stolen = next(pick for pick in reports.pieces(section) if pick[0] == "update")
    now = reports.section(project, "supported").version
    assert sources.take_in(section, [stolen], version=now, person=reports.other) == 0
