"""The memory suggests what was translated before, the same first and then what is near, with where it stands."""

from __future__ import annotations

import pytest
from flask import Flask
from uptake.db import session, transaction
from uptake.models.actors import Actor
from uptake.services.permissions import SYSTEM, Person
from uptake.services.recommendations.manual_entry import Entry, create
from uptake.services.translating import desk
from uptake.services.translating.items import MACHINE, Version
from uptake.services.translating.kind import Change
from uptake.services.translating.kinds import find
from uptake.services.translating.memory import EXACT, LEAST, Memory, Segment, suggest
from uptake.services.translating.segments import pairs, segments, sentences
from uptake.testing.people import make_actor, make_person
from uptake.testing.reporting import Scene

from .conftest import Translate

ENGLISH = "Ratify the Optional Protocol to the Convention against Torture."
FRENCH = "Ratifier le Protocole facultatif à la Convention contre la torture."


def enter(english: str, **others: str) -> str:
    """A recommendation with official texts; its address."""
    texts = {"en": english, **others}
    return str(create(Entry(texts=texts, state="PER", mechanism="UPR", anyway=True), person=SYSTEM))


def look(key: str, language: str = "fr", source: str = "en", kind: str = "recommendation") -> list[Segment]:
    session().rollback()
    found = suggest(session(), find(session(), kind, key, person=SYSTEM), language, source)
    return [segment for listed in found.values() for segment in listed]


def test_the_same_text_is_found_whatever_its_case_and_signs(app: Flask) -> None:
    known = enter(ENGLISH, fr=FRENCH)
    new = enter("RATIFY the optional protocol to the convention against torture!")
    [segment] = look(new)
    [match] = segment.matches
    assert (match.score, match.pair.target, match.path) == (EXACT, FRENCH, f"/recommendations/{known}")
    assert match.pair.origin == "official"


def test_nearly_the_same_has_its_percentage_and_other_things_are_not_suggested(app: Flask) -> None:
    enter(ENGLISH, fr=FRENCH)
    enter("Improve the convention centre and its protocol of visits.", fr="Améliorer le centre.")
    new = enter("Ratify the Second Optional Protocol to the Convention against Torture.")
    [segment] = look(new)
    [match] = segment.matches
    assert LEAST <= match.score < EXACT
    assert match.pair.target == FRENCH


def test_a_sentence_within_a_longer_text_is_found_too(app: Flask) -> None:
    enter(f"{ENGLISH} Train the police in every province.", fr=f"{FRENCH} Former la police dans chaque province.")
    new = enter("Count the prisoners of each region every month. Train the police in every province.")
    [segment] = look(new)
    assert segment.text == "Train the police in every province."
    assert [match.pair.target for match in segment.matches] == ["Former la police dans chaque province."]


@pytest.mark.parametrize(
    ("source", "target", "text", "known", "language"),
    [("zh", "en", "批准《禁止酷刑公约任择议定书》。", "批准《禁止酷刑公约任择议定书》。", "zh"),
     ("ar", "en", "التصديق على البروتوكول الاختياري لاتفاقية مناهضة التعذيب.",
      "التَّصديق على البروتوكول الإختياري لاتفاقية مناهضة التعذيب", "ar")],
)  # fmt: skip
def test_it_works_from_every_script(app: Flask, source: str, target: str, text: str, known: str, language: str) -> None:
    enter(ENGLISH, **{language: known})
    new = create(Entry(texts={source: text}, state="PER", mechanism="UPR", anyway=True), person=SYSTEM)
    [segment] = look(str(new), target, source)
    assert (segment.matches[0].score, segment.matches[0].pair.target) == (EXACT, ENGLISH)


def test_only_confirmed_and_current_translations_are_suggested(app: Flask, translate: Translate) -> None:
    known, new = enter(ENGLISH), enter(ENGLISH.upper())
    with transaction() as current:
        item = desk.locked(current, "recommendation", known, SYSTEM)
        desk.put(current, [Change(item, "et", Version("et", MACHINE, {"text": "Masin."}))], SYSTEM)
    assert look(new, "et") == []
    translate("recommendation", known, "et", text="Ratifitseerida protokoll.")
    assert look(new, "et")[0].matches[0].pair.origin == "human"
    with transaction() as current:
        item = desk.locked(current, "recommendation", known, SYSTEM)
        desk.put(current, [Change(item, "et", Version("et", "human", {"text": "Vana."}, outdated=True))], SYSTEM)
    assert look(new, "et") == []


def test_a_thing_is_not_its_own_memory(app: Flask) -> None:
    only = enter(ENGLISH, fr=FRENCH)
    assert look(only) == []


def test_updates_are_remembered_once_they_are_published(app: Flask, translate: Translate) -> None:
    scene = Scene()
    update = scene.published(done="The ministry has opened twelve shelters.")
    translate("update", str(update.uuid), "fr", done="Le ministère a ouvert douze foyers.")
    again = scene.published(done="The ministry has opened twenty shelters.")
    [segment] = look(str(again.uuid), kind="update")
    assert segment.matches[0].pair.target == "Le ministère a ouvert douze foyers."
    assert segment.matches[0].path == f"/updates/{update.uuid}"


def test_labels_and_names_remember_each_other(app: Flask, person_with: object) -> None:
    one, other = make_actor("MOJ"), make_actor("MOJ2")
    with transaction() as current:
        current.get_one(Actor, one.id).names = {"en": "Ministry of Justice", "fr": "Ministère de la justice"}
        current.get_one(Actor, other.id).names = {"en": "Ministry of Justice"}
    [segment] = look("MOJ2", kind="institution")
    assert (segment.matches[0].score, segment.matches[0].pair.target) == (EXACT, "Ministère de la justice")


def test_the_direction_matters(app: Flask) -> None:
    enter(ENGLISH, fr=FRENCH)
    memory = Memory(session(), "fr", "en")
    assert [match.pair.target for match in memory.near(FRENCH)] == [ENGLISH]
    assert memory.near(ENGLISH) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [("One thing. Another thing.", ["One thing.", "Another thing."]),
     ("In accordance with art. 5 of the Covenant, act.", ["In accordance with art. 5 of the Covenant, act."]),
     ("Amend (a) the law; (b) the decree; and report.", ["Amend (a) the law;", "(b) the decree;", "and report."]),
     ("批准公约。修改法律。", ["批准公约。", "修改法律。"]),
     ("صدّق على الاتفاقية؛ عدّل القانون.", ["صدّق على الاتفاقية؛", "عدّل القانون."]),
     ("", []), ("   ", [])],
)  # fmt: skip
def test_a_text_is_cut_into_its_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


def test_sentences_are_paired_only_where_both_have_as_many() -> None:
    assert list(pairs("One. Two.", "Un. Deux.")) == [("One. Two.", "Un. Deux."), ("One.", "Un."), ("Two.", "Deux.")]
    assert list(pairs("One. Two.", "Un et deux.")) == [("One. Two.", "Un et deux.")]
    assert segments("Only this one here.") == ["Only this one here."]


def test_a_translator_is_asked_of_nothing_internal(app: Flask, translate: Translate, translator: Person) -> None:
    scene = Scene()
    hidden = scene.take(scene.draft(done="A secret plan for the capital."), "submit", scene.focal)
    translate("update", str(hidden.uuid), "fr", make_person("coordinator"), done="Un plan secret pour la capitale.")
    seen = scene.published(done="A secret plan for the capital.")
    assert look(str(seen.uuid), kind="update") == []
