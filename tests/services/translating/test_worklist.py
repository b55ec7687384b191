"""The worklist counts what it lists, the most urgent first, and asks the database no more for a large register."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, select
from uptake.db import db, session, transaction
from uptake.errors import Invalid
from uptake.models.recommendations import Recommendation, Withdrawal
from uptake.services import site_settings
from uptake.services.permissions import SYSTEM, Person
from uptake.services.recommendations import recommendation_edits
from uptake.services.responsibility import follow_ups
from uptake.services.translating import desk, worklist
from uptake.services.translating.items import HUMAN, MACHINE, MISSING, STATES, Version
from uptake.services.translating.kind import Change, Wanted
from uptake.services.translating.kinds import KINDS
from uptake.testing.people import make_actor, make_person
from uptake.testing.reporting import Scene

from .conftest import Translate, titled

LANGUAGES = ["en", "fr", "ar", "et"]


def look(wanted: Wanted, person: Person = SYSTEM, number: int = 1) -> worklist.Page:
    session().rollback()
    return worklist.page(session(), wanted, LANGUAGES, number, person=person)


def all_keys(wanted: Wanted, person: Person = SYSTEM) -> list[str]:
    session().rollback()
    return [item.key for item in worklist.everything(session(), wanted, person=person)]


@contextmanager
def queries() -> Iterator[list[str]]:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", listener := lambda *args: asked.append(args[2]))
    yield asked
    event.remove(db.engine, "before_cursor_execute", listener)


@pytest.fixture
def worked(demo: Flask, one: str, translate: Translate) -> Scene:
    """The demo country with translations in every state."""
    scene = Scene()
    update = scene.published()
    scene.take(scene.draft(), "submit", scene.focal)
    translate("update", str(update.uuid), "fr", done="La loi est votée.")
    translate("recommendation", one, "et", text="Tekst.")
    translate("term", "death-penalty", "et", label="Surmanuhtlus")
    translate("institution", "health", "et", name="Tervis")
    translate("document", titled("Report of the Working Group", "A/HRC/58/12"), "et", title="Töörühma aruanne")
    titled("Conclusions", None)
    site_settings.change({"home_text": {"en": "Welcome."}}, person=SYSTEM)
    with transaction() as current:
        item = desk.locked(current, "recommendation", str(scene.one), SYSTEM)
        desk.put(current, [Change(item, "et", Version("et", MACHINE, {"text": "Masin."}))], SYSTEM, desk.BY_MACHINE)
        item = desk.locked(current, "recommendation", all_first(current), SYSTEM)
        desk.put(current, [Change(item, "et", Version("et", HUMAN, {"text": "Vana."}, outdated=True))], SYSTEM)
    return scene


def all_first(current: object) -> str:
    return str(session().scalars(select(Recommendation.uuid).order_by(Recommendation.id)).first())


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_count_is_that_of_its_list(worked: Scene, kind: str) -> None:
    for who in (SYSTEM, make_person("translator")):
        for language in LANGUAGES:
            tally = look(Wanted(kind, language), who).tallies[kind]
            for state in STATES:
                wanted = Wanted(kind, language, state)
                keys = all_keys(wanted, who)
                assert len(set(keys)) == len(keys) == tally[language][state] == look(wanted, who).count, wanted
            assert sum(tally[language].values()) == sum(tally["en"].values())


def test_filters_narrow_counts_and_lists_alike(worked: Scene) -> None:
    for filters in (
        {"mechanism": "CRPD"},
        {"document": "A/HRC/58/12"},
        {"priority": "normal"},
        {"mechanism": "nobody"},
    ):
        for kind in ("recommendation", "update", "document"):
            wanted = Wanted(kind, "et", **filters)
            assert look(wanted).count == len(all_keys(wanted)), wanted
    assert 0 < look(Wanted("recommendation", "et", mechanism="CRPD")).count < look(Wanted("recommendation", "et")).count
    assert look(Wanted("update", "et", public=True)).count == 1
    assert look(Wanted("update", "et")).count == 2


def test_the_urgent_come_first_and_then_the_newest(worked: Scene) -> None:
    first = session().scalars(select(Recommendation).order_by(Recommendation.date, Recommendation.id)).first()
    assert first is not None
    version = follow_ups.schedule(session(), first.id).version
    urgent = follow_ups.Schedule(priority="urgent", priority_reason="deadline", version=version)
    follow_ups.plan(first.id, urgent, person=make_person("coordinator"))
    wanted = Wanted("recommendation", "zh")
    keys = all_keys(wanted)
    assert keys[0] == str(first.uuid)
    assert all_keys(Wanted("recommendation", "zh", priority="urgent")) == keys[:1]
    days = {str(uuid): day for uuid, day in session().execute(select(Recommendation.uuid, Recommendation.date))}
    dated = [days[key] for key in keys[1:] if days[key]]
    assert dated == sorted(dated, reverse=True)


def test_what_is_withdrawn_waits_for_nobody(worked: Scene, one: str) -> None:
    wanted = Wanted("recommendation", "zh")
    before = look(wanted).count
    recommendation_edits.withdraw(worked.one, person=worked.coordinator, reason="twice")
    assert session().scalar(select(Withdrawal.recommendation_id)) is not None
    assert look(wanted).count == before - 1 == len(all_keys(wanted))


def test_the_number_of_queries_does_not_grow_with_the_register(worked: Scene) -> None:
    wanted = Wanted("recommendation", "et")
    look(wanted)
    with queries() as few:
        look(wanted)
    for number in range(40):
        worked.recommendation(assigned=False)
        make_actor(f"A{number}")
    with queries() as many:
        found = look(wanted)
    assert len(few) == len(many) < 25
    assert (len(found.items), found.pages > 1) == (worklist.PAGE_SIZE, True)


def test_every_page_of_a_list_is_there_once(worked: Scene) -> None:
    wanted = Wanted("term", "zh", MISSING)
    pages = look(wanted).pages
    listed = [item.key for number in range(1, pages + 1) for item in look(wanted, number=number).items]
    assert listed == all_keys(wanted)
    assert look(wanted, number=10_000).number == pages


def test_further_languages_are_those_that_the_site_names(worked: Scene) -> None:
    site_settings.change({"content_languages": "sw, pt_BR nonsense-x"}, person=SYSTEM)
    found = worklist.languages(session(), ["en", "fr"])
    assert found[:2] == ["en", "fr"]
    assert {"sw", "pt_BR", "et", "zh"} <= set(found)
    assert not {code for code in found if "nonsense" in code}


@pytest.mark.parametrize("asked", [{"kind": "poem"}, {"language": "klingonese"}, {"state": "lost"}, {"priority": "9"}])
def test_what_there_is_not_cannot_be_asked_for(asked: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        worklist.wanted_from(**asked, default="fr")  # type: ignore[arg-type]
