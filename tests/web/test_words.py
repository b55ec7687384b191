"""Translating in place: the mode marks every text on a page, a form changes one, and it shows at once and nowhere raw."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from uptake.languages import po
from uptake.languages.noting import MARKS, Notes
from uptake.languages.xliff import key_of
from uptake.services.permissions import Person
from uptake.testing.people import token_of
from uptake.web.translating.in_place import marked

PersonWith = Callable[..., Person]
SignInAs = Callable[[Person], FlaskClient]
MARKED = re.compile(r"[\ue000-\uf8ff]|%EE%80%8", re.IGNORECASE)
THEMES = key_of("Themes")


@pytest.fixture
def translator(demo: Flask, person_with: PersonWith, sign_in: SignInAs) -> FlaskClient:
    """The browser of somebody who may translate, before a site with data in it."""
    return sign_in(person_with("translator"))


@pytest.fixture
def translating(translator: FlaskClient) -> FlaskClient:
    """The same with the mode switched on."""
    send(translator, "/words/mode", on="1", back="/fr/")
    return translator


def send(client: FlaskClient, path: str, **values: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client), **values})


def bare(page: str) -> str:
    """A page without what the mode adds to it."""
    page = re.sub(r'<section class="words-here".*(?=</body>)', "", page, flags=re.DOTALL)
    page = re.sub(r'<span data-words="\w+">(.*?)</span>', r"\1", page, flags=re.DOTALL)
    page = page.replace('name="on" value="0"', 'name="on" value="1"')
    page = re.sub(r'<button class="(?:as-link|btn-main)">[^<]*</button>', "", page)  # one begins the mode, or ends it
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def test_what_the_step_before_says_can_be_clicked_too(translating: FlaskClient) -> None:
    send(translating, "/fr/account", name="Somebody", language="fr", digest="daily")
    page = translating.get("/fr/account").text
    assert f'<span data-words="{key_of("Saved.")}">' in page.partition('role="status"')[2][:200]


def test_the_mode_marks_every_text_and_changes_none(translator: FlaskClient) -> None:
    paths = (
        "/fr/",
        "/fr/recommendations?q=women",
        "/fr/themes",
        "/ar/mechanisms",
        "/fr/account",
        "/fr/words",
        "/about",
    )
    before = {path: bare(translator.get(path).text) for path in paths}
    assert "data-words" not in translator.get("/fr/themes").text
    send(translator, "/words/mode", on="1", back="/fr/")
    for path in paths:
        page = translator.get(path).text
        assert f'<span data-words="{THEMES}">' in page, path
        assert not MARKED.search(page), path
        assert bare(page) == before[path], path
    assert send(translator, "/words/mode", on="0", back="/fr/").location == "/fr/"
    assert "data-words" not in translator.get("/fr/themes").text


def test_a_list_below_the_page_holds_its_texts_also_those_of_attributes(translating: FlaskClient) -> None:
    page = translating.get("/fr/themes").text
    section = page.split('<section class="words-here"')[1]
    links = dict(re.findall(r'<li><a href="/fr/words/(\w+)\?language=fr&amp;back=/fr/themes">([^<]+)</a>', section))
    assert links[THEMES] == "Thèmes"
    assert key_of("Dark or light") in links
    assert translating.get(f"/fr/words/{THEMES}?language=fr&back=/fr/themes").status_code == 200


@pytest.mark.parametrize(
    "path", ["/recommendations.csv", "/recommendations.json", "/recommendations.atom", "/words.po"]
)
def test_what_machines_read_is_never_marked(translating: FlaskClient, path: str) -> None:
    answer = translating.get(f"/fr{path}")
    assert answer.status_code == 200
    assert not MARKED.search(answer.text)
    assert not MARKED.search(str(answer.headers))


def test_visitors_and_other_roles_see_nothing_of_it(
    translating: FlaskClient, app: Flask, person_with: PersonWith, sign_in: SignInAs
) -> None:
    for client in (app.test_client(), sign_in(person_with("observer"))):
        page = client.get("/fr/themes").text
        assert "data-words" not in page
        assert "/words/mode" not in page


def test_words_are_saved_and_shown_at_once(translating: FlaskClient, app: Flask) -> None:
    answer = send(translating, f"/fr/words/{THEMES}", language="fr", back="/fr/themes", forms="Sujets", was="Thèmes")
    assert (answer.status_code, answer.location) == (303, "/fr/themes")
    assert "Sujets" in app.test_client().get("/fr/").text
    assert "Thèmes" not in app.test_client().get("/fr/").text
    assert "Themes" in app.test_client().get("/en/").text
    exported = po.read(translating.get("/fr/words.po").text)
    assert [(entry.msgid, entry.forms) for entry in exported.entries] == [("Themes", ("Sujets",))]


def test_what_is_typed_never_becomes_markup(translating: FlaskClient, app: Flask) -> None:
    refused = send(
        translating, f"/fr/words/{THEMES}", language="fr", forms="<img src=x onerror=alert(1)>", was="Thèmes"
    )
    assert refused.status_code == 422
    assert "&lt;img src=x onerror=alert(1)&gt;" in refused.text
    assert "<img src=x" not in refused.text
    odd = "Sujets & \"thèmes\" 'x' 1 < 2 > 0"
    assert send(translating, f"/fr/words/{THEMES}", language="fr", forms=odd, was="Thèmes").status_code == 303
    for page in (app.test_client().get("/fr/themes").text, translating.get("/fr/themes").text):
        assert odd not in page
        assert odd in unescape(page)


def test_a_mistake_is_named_and_what_was_typed_is_kept(translating: FlaskClient) -> None:
    key = key_of("{count} unread")
    page = send(translating, f"/fr/words/{key}", language="fr", forms=["{count} non lu", ""], was=["x", "y"])
    assert page.status_code == 409
    words = [unescape(form) for form in re.findall(r'name="was" value="([^"]*)"', page.text)]
    page = send(translating, f"/fr/words/{key}", language="fr", forms=["{counts} non lu", "{count} non lus"], was=words)
    assert page.status_code == 422
    assert "{counts} non lu</textarea>" in page.text
    assert 'href="#f-forms.0"' in page.text


def test_the_form_asks_for_the_plural_forms_of_the_language(translating: FlaskClient) -> None:
    key = key_of("{count} unread")
    assert translating.get(f"/fr/words/{key}?language=ar").text.count("<textarea") == 6
    part = translating.get(f"/fr/words/{key}?language=fr&part=1").text
    assert part.count("<textarea") == 2
    assert "<html" not in part
    assert "data-words" not in part


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_the_way_back_stays_on_this_site(translating: FlaskClient, back: str) -> None:
    assert send(translating, "/words/mode", on="1", back=back).location == "/words"


def test_a_form_without_its_token_is_refused(translating: FlaskClient) -> None:
    assert translating.post(f"/fr/words/{THEMES}", data={"forms": "x"}).status_code == 400
    assert translating.post("/words/mode", data={"on": "1"}).status_code == 400


def test_an_unknown_message_is_not_found(translating: FlaskClient) -> None:
    assert translating.get("/fr/words/0123456789ab").status_code == 404


def page_of(text: str, *numbers: int) -> str:
    notes = Notes()
    for number in range(max(numbers, default=0) + 1):
        notes.note(f"m{number}", "")
    return marked(text, {number: f"k{number}" for number in numbers})


def test_marks_become_elements_in_text_and_vanish_elsewhere() -> None:
    notes = Notes()
    one, two = notes.note("One", "Un"), notes.note("Two", "Deux")
    assert page_of(f"<p>{one}, x</p>", 0) == '<p><span data-words="k0">Un</span>, x</p>'
    assert page_of(f'<a title="{one}">{two}</a>', 0, 1) == '<a title="Un"><span data-words="k1">Deux</span></a>'
    for name in ("title", "textarea", "option", "script", "style"):
        assert page_of(f"<{name}>{one}</{name}>{two}", 0, 1) == f'<{name}>Un</{name}><span data-words="k1">Deux</span>'
    assert page_of(f"<p>{two}</p>", 0) == "<p>Deux</p>"
    inner = notes.note("Outer {x}", f"Autour de {one} ici")
    assert page_of(inner, 0, 2) == (
        '<span data-words="k2">Autour de </span><span data-words="k0">Un</span><span data-words="k2"> ici</span>'
    )


def test_a_text_that_was_cut_or_holds_markup_spoils_nothing_behind_it() -> None:
    notes = Notes()
    cut = notes.note("One", "Un texte long")[:9]
    assert page_of(f"<p>{cut}</p><p>free</p>", 0) == '<p><span data-words="k0">Un tex</span></p><p>free</p>'
    rich = notes.note("Two", "un <b>gros</b><br>mot")
    assert page_of(f"<p>{rich}</p>x", 1) == (
        '<p><span data-words="k1">un </span><b><span data-words="k1">gros</span></b><br><span data-words="k1">mot</span></p>x'
    )


def test_marks_leave_no_trace_in_sorted_or_bare_text() -> None:
    notes = Notes()
    assert MARKS.sub("", notes.note("a", "Ä b")) == "Ä b"
