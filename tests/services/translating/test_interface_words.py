"""The site's own words: typed or taken from a file, above all packs, at once, with a trail, by those who may."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from uptake import i18n
from uptake.db import session
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.languages import po, po_write
from uptake.languages.layers import file_of
from uptake.languages.po import Entry
from uptake.languages.xliff import key_of
from uptake.models.audit import AuditEntry
from uptake.services.permissions import NOBODY, Person
from uptake.services.translating import interface_list, interface_words

PersonWith = Callable[..., Person]
STATE, CODES = "State under review", "{count} code"


@pytest.fixture
def translator(app: Flask, person_with: PersonWith) -> Person:
    """Somebody whose only role is to translate."""
    return person_with("translator")


def said(message: str, language: str = "fr") -> str:
    i18n.set_locale(language)
    return i18n.gettext(message)


def entries() -> list[AuditEntry]:
    session().rollback()
    asked = select(AuditEntry).where(AuditEntry.action == "interface.translate").order_by(AuditEntry.id)
    return list(session().scalars(asked))


def test_words_show_at_once_with_a_trail_and_go_back_to_the_packs_when_emptied(translator: Person) -> None:
    assert said(STATE) == "État examiné"
    interface_words.save("fr", key_of(STATE), ["État visé"], was=["État examiné"], person=translator)
    assert said(STATE) == "État visé"
    words = interface_list.words_of(session(), "fr", key_of(STATE), person=translator)
    assert (words.forms, words.own, words.packs) == (["État visé"], True, ["État examiné"])
    (entry,) = entries()
    assert (entry.actor, entry.subject) == (translator.mark, f"translation/fr/{key_of(STATE)}")
    assert entry.data == {"message": STATE, "words": ["État examiné", "État visé"]}
    interface_words.save("fr", key_of(STATE), [""], person=translator)
    assert said(STATE) == "État examiné"
    assert interface_list.own_file("fr", person=translator).entries == []


def test_the_six_arabic_forms_are_asked_for_and_used(translator: Person) -> None:
    words = interface_list.words_of(session(), "ar", key_of(CODES), person=translator)
    assert (len(words.forms), [counts[:1] for counts in words.counts]) == (6, [[0], [1], [2], [3], [11], [100]])
    interface_words.save("ar", key_of(CODES), [f"{{count}} ش{n}" for n in range(6)], person=translator)
    i18n.set_locale("ar")
    last = [i18n.ngettext(CODES, "{count} codes", count)[-1] for count in (0, 1, 2, 3, 11, 100)]
    assert last == list("012345")
    with pytest.raises(Invalid):
        interface_words.save("ar", key_of(CODES), ["{count} ش"] * 5, person=translator)


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", "{name}", "{count.__class__}", " État", "É\x00", "É" * 4001],
)
def test_what_is_broken_is_refused_and_nothing_is_kept(translator: Person, words: str) -> None:
    with pytest.raises(Invalid) as told:
        interface_words.save("fr", key_of(STATE), [words], person=translator)
    assert list(told.value.fields) == ["forms.0"]
    assert said(STATE) == "État examiné"
    assert entries() == []


def test_whoever_comes_second_sees_both_versions_first(translator: Person) -> None:
    interface_words.save("fr", key_of(STATE), ["Un"], was=["État examiné"], person=translator)
    with pytest.raises(Conflict):
        interface_words.save("fr", key_of(STATE), ["Deux"], was=["État examiné"], person=translator)
    assert said(STATE) == "Un"


def test_english_itself_can_be_worded_anew(translator: Person) -> None:
    interface_words.save("en", key_of(STATE), ["Country"], person=translator)
    assert (said(STATE, "en"), said(STATE, "fr")) == ("Country", "État examiné")
    interface_words.save("en", key_of(STATE), [STATE], person=translator)
    assert interface_list.own_file("en", person=translator).entries == []


@pytest.mark.parametrize("role", ["observer", "focal_point", "validator", None])
def test_only_those_who_may_translate(person_with: PersonWith, role: str | None) -> None:
    person = person_with(role) if role else NOBODY
    for call in (
        lambda: interface_words.save("fr", key_of(STATE), ["x"], person=person),
        lambda: interface_words.take_in("fr", [], person=person),
        lambda: interface_list.words_of(session(), "fr", key_of(STATE), person=person),
        lambda: interface_list.find(session(), "fr", "", "", 1, person=person),
        lambda: interface_list.own_file("fr", person=person),
    ):
        with pytest.raises(Refused):
            call()


def test_only_languages_and_messages_that_the_site_has(translator: Person) -> None:
    for language, key in (("de", key_of(STATE)), ("../..", key_of(STATE)), ("fr", key_of("Nobody says this"))):
        with pytest.raises(NotFound):
            interface_words.save(language, key, ["x"], person=translator)


def test_a_list_finds_by_english_and_by_translation(translator: Person) -> None:
    interface_words.save("fr", key_of(STATE), ["Pays visé"], person=translator)
    english = interface_list.find(session(), "fr", "state under rev", "", 1, person=translator)
    assert STATE in [row.msgid for row in english.rows]
    for text, only in (("pays vise", ""), ("", "own")):
        found = interface_list.find(session(), "fr", text, only, 1, person=translator)
        assert [row.msgid for row in found.rows] == [STATE]
    assert interface_list.find(session(), "fr", "zzzz", "", 1, person=translator).count == 0
    everything = interface_list.find(session(), "fr", "", "", 1, person=translator)
    assert (everything.count, len(everything.rows), everything.next) == (len(i18n.layers().known), 50, 2)


def test_a_file_is_told_before_it_is_taken_in(translator: Person) -> None:
    offered = [Entry(STATE, None, ("Pays",)), Entry("Nobody", None, ("x",)), Entry("Grade", None, ("{x}",))]
    tried = interface_words.take_in("fr", offered, dry_run=True, person=translator)
    assert [one.kind for one in tried] == ["changed", "unknown", "broken"]
    assert (said(STATE), entries()) == ("État examiné", [])
    interface_words.take_in("fr", offered, person=translator)
    assert said(STATE) == "Pays"
    assert len(entries()) == 1


def test_the_own_words_go_out_and_come_in_again(translator: Person) -> None:
    interface_words.save("ar", key_of(CODES), [f"{{count}} x{n}" for n in range(6)], person=translator)
    text = po_write.write(interface_list.own_file("ar", person=translator))
    file = po.read(text)
    assert (file.header["language"], file.nplurals, [e.msgid for e in file.entries]) == ("ar", 6, [CODES])
    again = interface_words.take_in("ar", file.entries, person=translator)
    assert [one.kind for one in again] == ["same"]


def test_where_the_trail_cannot_be_written_the_words_stay(translator: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    interface_words.save("fr", key_of(STATE), ["Un"], person=translator)
    before = file_of(i18n.layers().own_folder(), "fr").read_bytes()
    current = session()
    monkeypatch.setattr(type(current), "commit", lambda _self: (_ for _ in ()).throw(RuntimeError("no disk")))
    with pytest.raises(RuntimeError):
        interface_words.save("fr", key_of(STATE), ["Deux"], person=translator)
    monkeypatch.undo()
    assert file_of(i18n.layers().own_folder(), "fr").read_bytes() == before
    assert said(STATE) == "Un"


def test_translators_at_once_lose_nothing(app: Flask, translator: Person) -> None:
    messages = [STATE, "Grade", "Theme", "Priority"]

    def write(message: str) -> None:
        with app.app_context():
            interface_words.save("fr", key_of(message), [f"Le {message}"], person=translator)
            session().close()

    threads = [threading.Thread(target=write, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    own = interface_list.own_file("fr", person=translator)
    assert {entry.msgid: entry.forms for entry in own.entries} == {each: (f"Le {each}",) for each in messages}
    assert len(entries()) == 4


def test_a_language_without_a_pack_is_begun_here(translator: Person, person_with: PersonWith) -> None:
    path = interface_words.start("to", "nplurals=1; plural=0;", person=person_with("administrator"))
    assert po.read_file(path).nplurals == 1
    assert i18n.can_speak("to")
    with pytest.raises(Conflict):
        interface_words.start("fr", "nplurals=1; plural=0;", person=translator)
