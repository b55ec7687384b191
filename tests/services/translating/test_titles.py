"""Titles of documents are translated like anything else: marked, found, shown to each reader, and gone again."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.i18n import set_locale
from uptake.models.audit import AuditEntry
from uptake.models.documents import Document, DocumentTitle
from uptake.models.recommendations import Recommendation
from uptake.models.states import State
from uptake.services.lists.cards import load_cards
from uptake.services.names import Names
from uptake.services.permissions import SYSTEM, Person
from uptake.services.recommendations import history, manual_entry
from uptake.services.titles import Title, titles_of
from uptake.services.translating import desk, exchange, exchange_plan
from uptake.services.translating.exchange_read import read as read_file
from uptake.services.translating.items import HUMAN, MACHINE, OFFICIAL, Version
from uptake.services.translating.kind import Change, Wanted
from uptake.services.translating.kinds import find
from uptake.services.translating.memory import suggest
from uptake.testing.fixtures import SignInAs

from .conftest import Translate, read, titled

TITLE = "Concluding observations on the third periodic report"
FRENCH = "Observations finales concernant le troisième rapport périodique"
ARABIC = "الملاحظات الختامية بشأن التقرير الدوري الثالث"


def id_of(uuid: str) -> int:
    return session().scalars(select(Document.id).where(Document.uuid == UUID(uuid))).one()


def shown(uuid: str, reader: str) -> Title:
    session().rollback()
    return titles_of(session(), [id_of(uuid)], reader)[id_of(uuid)]


def test_a_title_is_shown_in_the_readers_language_and_says_whose_words_it_is(demo: Flask, translate: Translate) -> None:
    one = titled(TITLE, "A/HRC/58/12")
    item = translate("document", one, "fr", title=FRENCH)
    assert (item.versions["fr"], item.original) == (Version("fr", HUMAN, {"title": FRENCH}), "en")
    assert shown(one, "fr") == shown(one, "fr_CA") == Title(FRENCH, "fr", HUMAN)
    assert shown(one, "en") == shown(one, "ar") == Title(TITLE, "en", OFFICIAL)
    translate("document", one, "pt_BR", title="Conclusões")
    assert shown(one, "pt_BR").language == "pt_BR"
    assert shown(one, "pt").language == "en"
    assert titles_of(session(), []) == {}


def test_the_trail_and_the_history_tell_it_and_it_can_be_taken_away(
    demo: Flask, translate: Translate, translator: Person
) -> None:
    one = titled(TITLE, "A/HRC/58/12")
    item = translate("document", one, "fr", title=FRENCH)
    entry = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.data) == ("document.translate", {"title.fr": [None, FRENCH]})
    found = history.of_thing(session(), "document", item.id, person=translator)
    assert [change.action for change in found.changes] == ["document.translate"]
    desk.remove("document", one, "fr", source="en", stamps=item.stamps("fr", "en"), person=translator)
    assert read("document", one, translator).versions.keys() == {"en"}


@pytest.mark.parametrize("form", ["xlf", "xlsx"])
def test_titles_go_out_and_come_back_as_files(demo: Flask, form: str) -> None:
    one = titled(TITLE, "A/HRC/58/12")
    item = find(session(), "document", one, person=SYSTEM)
    with transaction() as current:
        change = Change(item, "fr", Version("fr", MACHINE, {"title": FRENCH}))
        desk.put(current, [change], SYSTEM, desk.BY_MACHINE)
    stream = io.BytesIO()
    assert exchange.write(session(), stream, Wanted("document", "fr", MACHINE), form, person=SYSTEM) == 1
    stream.seek(0)
    rows = read_file(stream, f"titles.{form}")
    assert [(row.source, row.target) for row in rows if not row.problems] == [(TITLE, FRENCH)]
    found = exchange_plan.plan(session(), rows, person=SYSTEM)
    assert [(one.what, one.item.key if one.item else "") for one in found] == [("same", one)]


def test_the_memory_knows_titles_that_are_nearly_the_same(demo: Flask, translate: Translate) -> None:
    translate("document", titled(TITLE, "A/HRC/58/12"), "fr", title=FRENCH)
    other = find(session(), "document", titled(TITLE.replace("third", "fourth"), None), person=SYSTEM)
    (segment,) = suggest(session(), other, "fr", "en")["title"]
    assert [(match.pair.target, match.title) for match in segment.matches] == [(FRENCH, "A/HRC/58/12")]
    assert 75 <= segment.matches[0].score < 100


def test_a_document_without_a_symbol_is_called_by_its_title_everywhere(demo: Flask, translate: Translate) -> None:
    one = session().scalars(select(Recommendation).where(Recommendation.document_id.is_not(None))).first()
    assert one is not None
    with transaction() as current:
        document = current.get_one(Document, one.document_id)
        document.symbol, document.title, document.title_language = None, TITLE, "en"
        uuid = str(document.uuid)
    translate("document", uuid, "ar", title=ARABIC)
    card = load_cards(session(), [one.id], "fr")[0]
    assert (card.place, card.document_title) == (TITLE, TITLE)
    for reader, called, origin in (("fr", TITLE, ""), ("ar", ARABIC, HUMAN)):
        set_locale(reader)
        names, value = Names(session()), str(one.document_id)
        names.load_documents([value])
        assert (names.value("document", value), names.origin("document", value)) == (called, origin)
    browser = demo.test_client()
    page = browser.get(f"/ar/recommendations/{one.uuid}").text
    assert f'<bdi lang="ar" dir="rtl">{ARABIC}</bdi>' in page
    for path in ("/ar/documents", f"/ar/documents/{uuid}"):
        assert f'<bdi lang="ar" dir="rtl">{ARABIC}</bdi>' in browser.get(path).text, path


def test_the_pages_mark_the_language_and_find_it_by_the_translated_words(
    demo: Flask, translate: Translate, sign_in: SignInAs, translator: Person, client: FlaskClient
) -> None:
    one = titled(TITLE, "A/HRC/58/12")
    translate("document", one, "fr", title=FRENCH)
    french = client.get(f"/fr/documents/{one}").text
    assert f'<p class="lead" lang="fr" dir="ltr">{FRENCH}</p>' in french
    assert TITLE not in french
    arabic = client.get(f"/ar/documents/{one}").text
    assert f'<p class="lead" lang="en" dir="ltr">{TITLE}</p>' in arabic
    assert "Observations finales" in client.get("/fr/documents?q=FINALES").text
    assert "A/HRC/58/12" not in client.get("/fr/documents?q=inexistant").text
    assert f"/translations/document/{one}/" not in french
    offered = sign_in(translator).get(f"/documents/{one}").text
    assert f"/translations/document/{one}/ar" in offered
    assert sign_in(translator).get(f"/translations/document/{one}/ar").status_code == 200
    assert sign_in(translator).get("/translations?kind=document&language=ar").status_code == 200
    told = client.get(f"/api/v1/documents/{one}").json
    assert (told["title"], told["title_language"]) == (TITLE, "en")
    assert told["translations"] == [{"language": "fr", "title": FRENCH, "origin": "human"}]


def test_a_title_is_in_the_language_of_the_text_that_came_with_it(demo: Flask) -> None:
    state = session().scalars(select(State.iso3).order_by(State.id)).first()
    for texts, language in (({"fr": "Dire."}, "fr"), ({"fr": "Dire.", "en": "Say."}, "en")):
        entry = manual_entry.Entry(texts, state=state or "", mechanism="CRPD", title=f"Rapport {language}")
        manual_entry.create(entry, person=SYSTEM)
        found = session().scalars(select(Document).where(Document.title == f"Rapport {language}")).one()
        assert found.title_language == language


def test_translations_go_with_their_document(demo: Flask, translate: Translate) -> None:
    one = titled(TITLE, None)
    translate("document", one, "fr", title=FRENCH)
    with transaction() as current:
        current.delete(current.get_one(Document, id_of(one)))
    assert session().scalars(select(DocumentTitle)).all() == []
