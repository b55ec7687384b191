"""A translator adds and corrects what is unofficial, and nothing else; everything is kept, marked and found at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.app import registry
from uptake.db import session, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.models.progress import SiteSetting, Update
from uptake.models.recommendations import Recommendation
from uptake.services import site_settings
from uptake.services.actors import institution_edits
from uptake.services.audit import verify
from uptake.services.permissions import Person
from uptake.services.plugins.reference import load_reference
from uptake.services.portal import page_texts
from uptake.services.progress import updates
from uptake.services.recommendations import history
from uptake.services.recommendations.editing import set_text
from uptake.services.recommendations.restoring import restore_value
from uptake.services.translating import desk, drafts
from uptake.services.translating.drafts import Draft, draft_of
from uptake.services.translating.items import HUMAN, MACHINE, OFFICIAL, Item, Version
from uptake.services.translating.kind import Change
from uptake.services.translating.kinds import find
from uptake.testing.people import make_actor, make_person
from uptake.testing.reporting import Scene

from .conftest import Translate, count, read

TEXT = "Omavik nõuab igale lapsele registreerimist."


def last_entry() -> AuditEntry:
    return session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def by_machine(item: Item, language: str, person: Person, **texts: str) -> None:
    with transaction() as current:
        now = desk.locked(current, item.kind, item.key, person)
        desk.put(current, [Change(now, language, Version(language, MACHINE, texts))], person, desk.BY_MACHINE)


def test_a_translation_of_a_recommendation_stands_beside_the_official_text(
    one: str, translate: Translate, translator: Person
) -> None:
    item = translate("recommendation", one, "et", text=TEXT)
    assert (item.versions["et"].origin, item.versions["et"].texts) == (HUMAN, {"text": TEXT})
    assert item.versions["en"].origin == OFFICIAL
    entry = last_entry()
    assert (entry.action, entry.subject, entry.actor) == ("recommendation.translate", item.subject, translator.mark)
    assert entry.data == {"text.et": [None, TEXT]}
    assert verify(session()) is None
    assert count("registreerimist language:et") == 1


def test_the_history_shows_translations_and_brings_earlier_ones_back(one: str, translate: Translate) -> None:
    coordinator = make_person("coordinator", name="Ana")
    translate("recommendation", one, "et", coordinator, text="Esimene katse.")
    item = translate("recommendation", one, "et", coordinator, text="Teine katse.")
    found = history.of_recommendation(session(), UUID(one), person=coordinator)
    told = [(each.action, each.who, each.fields) for each in found.changes[:2]]
    assert told == [
        ("recommendation.translate", "Ana", [["text.et", "Esimene katse.", "Teine katse."]]),
        ("recommendation.translate", "Ana", [["text.et", None, "Esimene katse."]]),
    ]
    key = found.changes[0].key
    restore_value(UUID(one), key, "text.et", version=found.version, person=coordinator, reason="better")
    assert read("recommendation", one, coordinator).texts("et") == {"text": "Esimene katse."}
    assert (count("Esimene"), count("Teine")) == (1, 0)
    assert item.kind == "recommendation"


def test_an_official_text_is_never_written_over(one: str, translator: Person) -> None:
    item = find(session(), "recommendation", one, person=translator)
    with pytest.raises(Conflict, match="official text"):
        desk.save("recommendation", one, "en", {"text": "Mine"}, source="en", stamps=item.stamps("en", "en"),
                  person=translator)  # fmt: skip
    with pytest.raises(Conflict, match="official text"):
        desk.remove("recommendation", one, "en", source="en", stamps=item.stamps("en", "en"), person=translator)


def test_a_stale_form_is_a_conflict_and_two_languages_at_once_are_none(
    one: str, translate: Translate, translator: Person
) -> None:
    form = find(session(), "recommendation", one, person=translator)
    translate("recommendation", one, "lv", text="Latviešu teksts.")
    given: dict[str, Any] = {"source": "en", "person": translator}
    desk.save("recommendation", one, "et", {"text": TEXT}, stamps=form.stamps("et", "en"), **given)
    desk.save("recommendation", one, "et", {"text": TEXT}, stamps=form.stamps("et", "en"), **given)
    with pytest.raises(Conflict, match="changed this translation"):
        desk.save("recommendation", one, "et", {"text": "Muu"}, stamps=form.stamps("et", "en"), **given)
    found = read("recommendation", one, translator)
    assert (found.texts("lv"), found.texts("et")) == ({"text": "Latviešu teksts."}, {"text": TEXT})


def test_who_translated_from_a_text_that_has_changed_meanwhile_is_told(one: str, translator: Person) -> None:
    form = find(session(), "recommendation", one, person=translator)
    set_text(form.id, "fr", "Un texte.", actor="Ana", version=session_version(form.id))
    stale = form.stamps("et", "en").partition(".")[0] + ".0000"
    with pytest.raises(Conflict, match="text that is translated"):
        desk.save("recommendation", one, "et", {"text": TEXT}, source="en", stamps=stale, person=translator)


def session_version(id_: int) -> int:
    return session().get_one(Recommendation, id_).version


@pytest.mark.parametrize("text", ["", "  \n ", "<b></b>", "a\0b", "x" * 200_001])
def test_what_cannot_be_kept_is_told_at_its_field(one: str, translator: Person, text: str) -> None:
    item = find(session(), "recommendation", one, person=translator)
    with pytest.raises(Invalid) as caught:
        desk.save("recommendation", one, "et", {"text": text}, source="en", stamps=item.stamps("et", "en"),
                  person=translator)  # fmt: skip
    assert set(caught.value.fields) == {"text"}


@pytest.mark.parametrize("language", ["", "xx-none", "English", "e", "zz1"])
def test_only_languages_are_languages(one: str, translator: Person, language: str) -> None:
    with pytest.raises(Invalid, match="no language"):
        desk.save("recommendation", one, language, {"text": "T"}, source="en", stamps="", person=translator)


def test_markup_in_a_text_is_text(one: str, translate: Translate) -> None:
    item = translate("recommendation", one, "et", text="<script>alert(1)</script>Kaks &lt; kolm")
    assert item.texts("et") == {"text": "alert(1)Kaks < kolm"}


def test_a_removed_translation_is_found_no_more_and_kept_in_the_history(
    one: str, translate: Translate, translator: Person
) -> None:
    item = translate("recommendation", one, "et", text=TEXT)
    desk.remove("recommendation", one, "et", source="en", stamps=item.stamps("et", "en"), person=translator)
    assert "et" not in read("recommendation", one, translator).versions
    assert count("registreerimist") == 0
    assert last_entry().data == {"text.et": [TEXT, None]}


def test_a_machine_translation_becomes_a_persons_when_it_is_confirmed(one: str, translator: Person) -> None:
    item = find(session(), "recommendation", one, person=translator)
    by_machine(item, "et", translator, text=TEXT)
    item = read("recommendation", one, translator)
    assert (item.state("et"), count("registreerimist")) == (MACHINE, 1)
    desk.confirm("recommendation", one, "et", source="en", stamps=item.stamps("et", "en"), person=translator)
    assert read("recommendation", one, translator).state("et") == HUMAN
    entry = last_entry()
    assert (entry.action, entry.data) == ("recommendation.confirm_translation", {"origin.et": ["machine", "human"]})


def test_the_parts_of_an_update_are_translated_together(app: Flask, translate: Translate, translator: Person) -> None:
    scene = Scene()
    update = scene.published(effect="Children are seen.")
    with pytest.raises(Invalid) as caught:
        translate("update", str(update.uuid), "fr", done="La loi est votée.")
    assert set(caught.value.fields) == {"effect"}
    item = translate("update", str(update.uuid), "fr", done="La loi est votée.", effect="Les enfants sont vus.")
    assert item.texts("fr") == {"done": "La loi est votée.", "effect": "Les enfants sont vus."}
    assert last_entry().subject == f"update/{item.id}"


def test_a_translator_meets_published_updates_only(app: Flask, translator: Person) -> None:
    scene = Scene()
    update = scene.take(scene.draft(), "submit", scene.focal)
    with pytest.raises(NotFound):
        find(session(), "update", str(update.uuid), person=translator)
    assert find(session(), "update", str(update.uuid), person=scene.coordinator).original == "en"
    draft = scene.draft()
    with pytest.raises(NotFound):
        find(session(), "update", str(draft.uuid), person=scene.coordinator)


def test_an_update_that_is_written_anew_leaves_its_translation_outdated(app: Flask, translate: Translate) -> None:
    scene = Scene()
    update = scene.take(scene.draft(), "submit", scene.focal)
    translate("update", str(update.uuid), "fr", scene.coordinator, done="La loi est votée.")
    update = scene.take(update, "return", scene.validator, comment="Say when.")
    update = updates.save(update.uuid, {"done": "The law was passed in May."}, person=scene.focal,
                          version=scene.fresh(update).version)  # fmt: skip
    scene.take(update, "submit", scene.focal)
    assert read("update", str(update.uuid), scene.coordinator).state("fr") == "outdated"


def test_a_term_keeps_the_label_made_here_when_its_plugin_is_read_anew(
    demo: Flask, translate: Translate, translator: Person
) -> None:
    slug = "death-penalty"
    item = translate("term", slug, "sw", label="Adhabu ya kifo")
    assert item.state("sw") == HUMAN
    assert count('"adhabu ya kifo"') == count(f"theme:{slug}") > 0
    load_reference(registry(demo))
    item = read("term", slug, translator)
    assert (item.state("sw"), item.texts("sw")) == (HUMAN, {"label": "Adhabu ya kifo"})
    assert item.state("en") == OFFICIAL


def test_an_institutions_own_name_takes_the_place_of_a_translation(app: Flask, translate: Translate) -> None:
    actor = make_actor("MOH")
    item = translate("institution", "MOH", "sw", name="Wizara ya Afya")
    assert item.state("sw") == HUMAN
    coordinator = make_person("coordinator")
    fresh = session().get_one(Actor, actor.id, populate_existing=True)
    draft = institution_edits.known(session())["moh"]
    draft.names["sw"] = "Wizara ya Afya na Jamii"
    institution_edits.edit(actor.id, draft, version=fresh.version, person=coordinator)
    found = read("institution", "MOH", coordinator)
    assert (found.state("sw"), found.texts("sw")["name"]) == (OFFICIAL, "Wizara ya Afya na Jamii")


def test_a_page_text_is_translated_until_the_administrator_writes_it(app: Flask, translate: Translate) -> None:
    admin = make_person("administrator")
    site_settings.change({"home_text": {"en": "Welcome."}}, person=admin)
    item = translate("page", "home_text", "sw", text="Karibu.")
    assert item.state("sw") == HUMAN
    assert page_texts.versions(session(), "home_text")["sw"] == (HUMAN, "Karibu.")
    site_settings.change({"home_text": {"en": "Welcome.", "sw": "Karibuni."}}, person=admin)
    assert read("page", "home_text", admin).state("sw") == OFFICIAL
    assert session().get_one(SiteSetting, "home_text.translations").value["sw"]["text"] == "Karibu."


def test_a_draft_survives_until_it_is_saved_and_is_nobody_elses(
    one: str, translate: Translate, translator: Person
) -> None:
    item = find(session(), "recommendation", one, person=translator)
    kept = Draft({"text": "Pooleli"}, "en", item.stamps("et", "en"))
    drafts.keep("recommendation", one, "et", kept, person=translator)
    session().rollback()
    assert draft_of(session(), item, "et", translator) == kept
    assert draft_of(session(), item, "et", make_person("translator")) is None
    translate("recommendation", one, "et", text=TEXT)
    assert draft_of(session(), item, "et", translator) is None


@pytest.mark.parametrize("role", ["observer", "administrator", "coordinator"])
def test_the_table_of_permissions_says_who_translates(one: str, role: str) -> None:
    person = make_person(role)
    if role == "observer":
        with pytest.raises(Refused):
            find(session(), "recommendation", one, person=person)
    else:
        assert find(session(), "recommendation", one, person=person).key == one


def test_there_is_nothing_to_translate_where_nothing_is(app: Flask, translator: Person) -> None:
    for kind, key in (("recommendation", "x"), ("update", "7"), ("term", "none"), ("institution", "?"), ("poem", "1")):
        with pytest.raises(NotFound):
            find(session(), kind, key, person=translator)
    assert session().scalar(select(Update.id)) is None
