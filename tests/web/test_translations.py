"""Translators find what waits, write it beside the text, and readers see it marked; nobody's words are lost."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.i18n import catalogue
from uptake.models.vocabularies import Term
from uptake.services import site_settings
from uptake.services.permissions import SYSTEM, Person
from uptake.services.translating import desk
from uptake.services.translating.items import MACHINE, Version
from uptake.services.translating.kind import Change
from uptake.testing.people import make_person, signed_in, token_of
from uptake.testing.reporting import TEXT, Scene, hidden

FRENCH = "Modifier la loi pour que chaque enfant soit enregistré à la naissance."


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


@pytest.fixture
def translator(app: Flask, scene: Scene) -> FlaskClient:
    return signed_in(app, make_person("translator"))


def send(browser: FlaskClient, path: str, **values: Any) -> Any:
    page = browser.get(path).text
    given = {name: html.unescape(hidden(page, name)) for name in ("csrf_token", "source", "stamps")}
    return browser.post(path, data={**given, **values})


def editor(scene: Scene, language: str = "fr") -> str:
    return f"/translations/recommendation/{scene.one}/{language}"


def by_machine(scene: Scene, language: str, text: str) -> None:
    with transaction() as current:
        item = desk.locked(current, "recommendation", str(scene.one), SYSTEM)
        desk.put(current, [Change(item, language, Version(language, MACHINE, {"text": text}))], SYSTEM, desk.BY_MACHINE)


def test_from_the_worklist_to_the_readers_page(app: Flask, scene: Scene, translator: FlaskClient) -> None:
    listed = translator.get("/translations?kind=recommendation&language=fr&priority=normal")
    assert "Not translated: 1 text" in listed.text
    [address] = re.findall(r'href="(/translations/recommendation/[^"]+)"', listed.text)
    path = html.unescape(address)
    assert TEXT in translator.get(path).text
    answer = send(translator, path, text=FRENCH, do="save")
    assert answer.status_code == 303
    assert answer.location == "/translations?kind=recommendation&language=fr&state=missing&priority=normal"
    after = translator.get(answer.location).text
    assert "The translation is saved." in after
    assert "Not translated: 0 texts" in after
    visitor = app.test_client()
    page = visitor.get(f"/recommendations/{scene.one}?text=fr").text
    assert FRENCH in html.unescape(page)
    assert "Unofficial translation, by a person" in page
    assert "Translate into" not in page
    fallback = visitor.get(f"/recommendations/{scene.one}?text=sw").text
    assert "Shown in English: there is no text in Swahili." in fallback
    found = visitor.get("/recommendations.json?q=naissance").get_json()
    assert [item["languages"] for item in found["items"]] == [["en", "fr"]]


def test_a_stale_form_shows_both_versions_and_keeps_what_was_typed(
    app: Flask, scene: Scene, translator: FlaskClient
) -> None:
    page = translator.get(editor(scene)).text
    given = {name: html.unescape(hidden(page, name)) for name in ("csrf_token", "source", "stamps")}
    send(signed_in(app, make_person("coordinator")), editor(scene), text="Autre texte.")
    answer = translator.post(editor(scene), data={**given, "text": "Mon texte."})
    assert answer.status_code == 409
    assert "Somebody has changed this translation meanwhile." in answer.text
    assert "Autre texte." in answer.text
    assert re.search(r"<textarea[^>]*>\s*Mon texte\.</textarea>", answer.text)
    again = {name: html.unescape(hidden(answer.text, name)) for name in ("csrf_token", "source", "stamps")}
    assert translator.post(editor(scene), data={**again, "text": "Mon texte."}).status_code == 303


def test_a_draft_saves_itself_and_is_there_again(scene: Scene, translator: FlaskClient) -> None:
    answer = send(translator, editor(scene), text="Modifier la l", do="autosave")
    assert (answer.status_code, "Draft saved" in answer.text) == (200, True)
    page = translator.get(editor(scene)).text
    assert "This is your draft" in page
    assert re.search(r"<textarea[^>]*>\s*Modifier la l</textarea>", page)
    answer = send(translator, editor(scene), do="discard")
    assert answer.location == editor(scene)
    assert "Modifier la l<" not in translator.get(editor(scene)).text


@pytest.mark.parametrize(
    ("text", "said"), [("", "Write the translation."), (TEXT, "same text again"), ("x" * 200_001, "too long")]
)
def test_what_is_wrong_is_told_at_its_field(scene: Scene, translator: FlaskClient, text: str, said: str) -> None:
    answer = send(translator, editor(scene), text=text)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'aria-describedby="e-text"' in answer.text


def test_markup_in_a_translation_is_never_markup(app: Flask, scene: Scene, translator: FlaskClient) -> None:
    send(translator, editor(scene), text='<img src=x onerror="alert(1)">Texte & <b>gras</b> &lt;script&gt;')
    page = app.test_client().get(f"/recommendations/{scene.one}?text=fr").text
    assert "<img src=x" not in page
    assert "<script>" not in page.split("Texte", 1)[1].split("</h1>")[0]
    update = scene.published(done="Done.")
    path = f"/translations/update/{update.uuid}/fr"
    send(translator, path, done='<b onclick="x">Fait</b>')
    assert "&lt;b onclick=" in app.test_client().get(f"/updates/{update.uuid}?text=fr").text


def test_a_machines_words_are_marked_until_a_person_confirms_them(
    app: Flask, scene: Scene, translator: FlaskClient
) -> None:
    by_machine(scene, "fr", FRENCH)
    visitor = app.test_client()
    address = f"/recommendations/{scene.one}?text=fr"
    assert "Unofficial translation, by machine" in visitor.get(address).text
    assert "Ask a machine" not in translator.get(editor(scene)).text
    assert send(translator, editor(scene), text=FRENCH, do="confirm").status_code == 303
    assert "Unofficial translation, by a person" in visitor.get(address).text
    history = translator.get(f"/recommendations/{scene.one}/history").text
    assert "Translation confirmed" in history
    assert "Translated by machine" in history
    assert "By machine" in history


def test_a_translation_is_taken_away_and_the_history_keeps_it(
    app: Flask, scene: Scene, translator: FlaskClient
) -> None:
    send(translator, editor(scene), text=FRENCH)
    assert send(translator, editor(scene), do="remove").status_code == 303
    visitor = app.test_client()
    assert visitor.get("/recommendations.json?q=naissance").get_json()["count"] == 0
    history = html.unescape(visitor.get(f"/recommendations/{scene.one}/history").text)
    assert "Translation taken away" in history
    assert FRENCH in history


def test_an_official_language_has_no_form(scene: Scene, translator: FlaskClient) -> None:
    page = translator.get(editor(scene, "en")).text
    assert "never edited" in page
    assert "<textarea" not in page
    answer = translator.post(editor(scene, "en"), data={"csrf_token": token_of(translator), "text": "Mine"})
    assert answer.status_code == 409


def test_an_update_is_read_in_the_readers_language_with_its_original_one_click_away(
    app: Flask, scene: Scene, translator: FlaskClient
) -> None:
    update = scene.published(done="The law was passed.", effect="Children are seen.")
    send(translator, f"/translations/update/{update.uuid}/fr", done="La loi est votée.", effect="Les enfants sont vus.")
    visitor = app.test_client()
    for path in (f"/updates/{update.uuid}", f"/recommendations/{scene.one}"):
        french, english = visitor.get(f"{path}?text=fr").text, visitor.get(f"{path}?text=en").text
        assert "La loi est votée." in french
        assert "Unofficial translation, by a person, from English" in french
        assert "Show the original" in french
        assert "The law was passed." in english
        assert "Unofficial translation" not in english.split('id="updates"')[-1]
    assert "Shown in English: there is no text in Swahili." in visitor.get(f"/updates/{update.uuid}?text=sw").text
    [told] = visitor.get(f"/recommendations/{scene.one}.json").get_json()["progress"]["updates"]
    assert told["done"] == "The law was passed."
    assert told["translations"]["fr"]["texts"]["done"] == "La loi est votée."
    assert told["translations"]["fr"]["origin"] == "human"


def test_names_terms_and_page_texts_are_marked_where_they_are_read(
    demo: Flask, scene: Scene, translator: FlaskClient
) -> None:
    site_settings.change({"home_text": {"en": "Welcome to all."}}, person=SYSTEM)
    send(translator, "/translations/institution/health/fr", name="Ministère de la santé")
    send(translator, "/translations/page/home_text/fr", text="Bienvenue à tous.")
    send(translator, "/translations/page/home_text/ar", text="أهلاً بالجميع.")
    visitor = demo.test_client()
    institution = html.unescape(visitor.get("/fr/institutions/health").text)
    assert "Ministère de la santé" in institution
    assert catalogue("fr").gettext("Unofficial translation, by a person") in institution
    home = visitor.get("/ar/").text
    assert "أهلاً بالجميع." in home
    assert catalogue("ar").gettext("Unofficial translation, by a person") in home
    official = visitor.get("/en/").text
    assert "Welcome to all." in official
    assert "Unofficial" not in official
    assert translator.get("/history/page/1").status_code == 200
    assert "Bienvenue" in translator.get("/history/page/1").text


def test_a_label_in_a_language_of_its_own_is_marked_and_found(
    demo: Flask, scene: Scene, translator: FlaskClient
) -> None:
    answer = send(translator, "/translations/term/death-penalty/sw", label="Adhabu ya kifo")
    assert answer.status_code == 303
    assert "Adhabu ya kifo" in translator.get("/history/term/" + term_id()).text
    found = demo.test_client().get("/recommendations.json?q=adhabu").get_json()
    assert found["count"] > 0


def term_id() -> str:
    return str(session().scalars(select(Term.id).where(Term.slug == "death-penalty")).one())


@pytest.mark.parametrize("form", ["xlf", "xlsx"])
def test_a_list_goes_out_and_comes_back_through_the_browser(
    app: Flask, scene: Scene, translator: FlaskClient, form: str
) -> None:
    data = translator.get(f"/translations/export.{form}?kind=recommendation&language=fr")
    assert data.status_code == 200
    assert "attachment" in data.headers["Content-Disposition"]
    filled = data.data
    if form == "xlf":
        filled = filled.replace(b"</source>", b"</source><target>" + FRENCH.encode() + b"</target>")
    else:
        book, stream = load_workbook(io.BytesIO(filled)), io.BytesIO()
        assert book.active is not None
        book.active["E2"] = FRENCH
        book.save(stream)
        book.close()
        filled = stream.getvalue()
    values = {"csrf_token": token_of(translator), "file": (io.BytesIO(filled), f"work.{form}")}
    answer = translator.post("/translations/import", data=values)
    assert answer.status_code == 303
    preview = html.unescape(translator.get(answer.location).text)
    assert "<strong>1</strong> New" in preview
    assert FRENCH in preview
    taken = translator.post(answer.location, data={"csrf_token": token_of(translator)})
    assert "1 new translation" in translator.get(taken.location).text
    assert FRENCH in html.unescape(app.test_client().get(f"/recommendations/{scene.one}?text=fr").text)


def test_a_file_that_is_none_is_refused_on_the_page(scene: Scene, translator: FlaskClient) -> None:
    for body in (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"", b"%PDF-1.4", b"<xliff"):
        values = {"csrf_token": token_of(translator), "file": (io.BytesIO(body), "x.xlf")}
        assert translator.post("/translations/import", data=values).status_code == 422
    assert translator.post("/translations/import", data={"csrf_token": token_of(translator)}).status_code == 422


@pytest.mark.parametrize(
    "query",
    ["kind=poem", "language=klingonese", "state=lost", "priority=9", "page=99999999999", "document=%00", "kind="],
)
def test_odd_addresses_are_no_errors_of_ours(scene: Scene, translator: FlaskClient, query: str) -> None:
    assert translator.get(f"/translations?{query}").status_code in (200, 400, 422)
    assert translator.get(f"/translations/export.xlf?{query}").status_code in (200, 400, 422)


def test_a_translator_meets_nothing_internal(app: Flask, scene: Scene, translator: FlaskClient) -> None:
    draft = scene.draft(done="Secret words.")
    assert translator.get("/signed-in").location in ("/translations", "/words")
    for path in ("/work", "/updates", "/oversight", "/audit", f"/updates/{draft.uuid}"):
        assert translator.get(path).status_code in (403, 404), path
    assert translator.get(f"/translations/update/{draft.uuid}/fr").status_code == 404
    home = translator.get("/").text
    assert 'href="/work"' not in home
    assert 'href="/translations"' in home


def test_the_page_of_a_recommendation_leads_translators_to_their_form(
    app: Flask, scene: Scene, translator: FlaskClient
) -> None:
    page = translator.get(f"/recommendations/{scene.one}").text
    assert f'href="/translations/recommendation/{scene.one}/fr"' in page
    observer: Person = scene.observer
    assert "/translations/" not in signed_in(app, observer).get(f"/recommendations/{scene.one}").text
