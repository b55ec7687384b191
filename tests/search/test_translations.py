"""What is translated here is searched in its own language at once, finds across languages, and is gone when it is taken away."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.recommendations import Recommendation
from uptake.search import index
from uptake.services.importing.report import ImportReport
from uptake.services.importing.undo import undo_import
from uptake.services.lists import searching
from uptake.services.permissions import SYSTEM
from uptake.services.recommendations import recommendation_edits
from uptake.services.recommendations.manual_entry import Entry, create
from uptake.services.translating import desk
from uptake.services.translating.items import HUMAN, MACHINE, Version
from uptake.services.translating.kind import Change
from uptake.testing.dumps import index_dump

# language → text, what finds it (another form of a word, a phrase, without vowel marks), what does not
TEXTS = {
    "zh": ("确保所有儿童在出生时得到登记。", ["儿童", '"出生时"', "登记 儿童"], ["老人", '"时出生"']),
    "ar": ("ضمان تسجيل جميع الأطفال عند الولادة.", ["الاطفال", "أطفال", "تسجيل الولاده", '"جميع الأطفال"'], ["كبار", '"الأطفال جميع"']),
    "fr": ("Veiller à ce que tous les enfants soient enregistrés à la naissance.", ["enfant", "enregistrer", "NAISSANCE"], ["vieux"]),
    "ru": ("Обеспечить регистрацию всех детей при рождении.", ["регистрация", '"всех детей"'], ["пожилых"]),
    "sw": ("Hakikisha watoto wote wanasajiliwa wanapozaliwa.", ["watoto", "wanasajiliwa"], ["wazee"]),
}  # fmt: skip


@pytest.fixture
def one(app: Flask) -> UUID:
    entry = Entry(texts={"en": "Ensure that all children are registered at birth."}, state="PER", mechanism="UPR")
    return create(entry, person=SYSTEM)


def found(query: str) -> list[UUID]:
    session().rollback()
    page, _engine = searching.find(session(), searching.build_query(query))
    return [card.uuid for card in page.cards]


def write(uuid: UUID, language: str, text: str | None, origin: str = HUMAN) -> None:
    with transaction() as current:
        item = desk.locked(current, "recommendation", str(uuid), SYSTEM)
        version = Version(language, origin, {"text": text}) if text else None
        desk.put(current, [Change(item, language, version)], SYSTEM)


@pytest.mark.parametrize("origin", [HUMAN, MACHINE])
@pytest.mark.parametrize("language", TEXTS)
def test_a_translation_is_found_in_its_language_until_it_is_taken_away(one: UUID, language: str, origin: str) -> None:
    text, finding, missing = TEXTS[language]
    assert [found(query) for query in finding] == [[]] * len(finding)
    write(one, language, text, origin)
    assert [found(query) for query in finding] == [[one]] * len(finding)
    assert [found(query) for query in missing] == [[]] * len(missing)
    assert found(f"language:{language}") == [one]
    write(one, language, None)
    assert [found(query) for query in (*finding, f"language:{language}")] == [[]] * (len(finding) + 1)
    assert found("children") == [one]


def test_one_search_finds_across_the_languages_of_one_recommendation(one: UUID) -> None:
    for language, (text, _finding, _missing) in TEXTS.items():
        write(one, language, text)
    assert found("儿童 children enfants الأطفال") == [one]
    assert found("registered language:zh") == [one]
    assert found("儿童 -children") == []
    assert found('"birth hakikisha"') == [], "no phrase crosses from one language into another"


def test_a_corrected_translation_is_found_by_its_new_words_only(one: UUID) -> None:
    write(one, "zh", TEXTS["zh"][0], MACHINE)
    write(one, "zh", "确保每名婴儿得到登记。")
    assert (found("婴儿"), found("儿童")) == ([one], [])


def test_what_is_withdrawn_is_found_in_no_language_and_comes_back_in_all(one: UUID) -> None:
    write(one, "ar", TEXTS["ar"][0])
    recommendation_edits.withdraw(one, person=SYSTEM, reason="twice")
    assert found("الأطفال") == []
    recommendation_edits.restore(one, person=SYSTEM)
    assert found("الأطفال") == [one]


def test_the_index_says_the_same_when_it_is_built_anew(one: UUID) -> None:
    for language, (text, _finding, _missing) in TEXTS.items():
        write(one, language, text, MACHINE)
    write(one, "fr", None)
    kept = index_dump(session())
    session().rollback()
    with transaction() as current:
        index.rebuild(current)
    assert index_dump(session()) == kept


def test_an_undone_import_brings_the_translation_back_that_it_had_replaced(
    app: Flask, import_file: object, tmp_path: object
) -> None:
    mapping = {"columns": {"key": "Nr", "text": "Text", "state": "State"}, "constants": {"mechanism": "UPR"}}
    first, second = tmp_path / "list.csv", tmp_path / "liste.csv"  # type: ignore[operator]
    first.write_text("Nr,Text,State\n1,Register every child,Peru\n")
    second.write_text("Nr,Text,State\n1,Enregistrez chaque enfant,Peru\n")
    import_file(first, "table", mapping=mapping, mapping_name="list", language="en")  # type: ignore[operator]
    uuid = session().scalars(select(Recommendation.uuid)).one()
    write(uuid, "fr", "Inscrivez chaque enfant", MACHINE)
    run: ImportReport = import_file(second, "table", mapping=mapping, mapping_name="list", language="fr")  # type: ignore[operator]
    assert (found("enregistrer"), found("inscrivez")) == ([uuid], [])
    undo_import(run.run)
    assert (found("enregistrer"), found("inscrivez")) == ([], [uuid])
