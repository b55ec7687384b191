"""A translator, who is no programmer, clicks a text on a page, types, and reads it there a moment later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from uptake.languages.xliff import key_of

from tests.browser.conftest import Open, here
from tests.browser.looking import RULES

THEMES = f'[data-words="{key_of("Themes")}"]'


@pytest.fixture
def translate(signed_in_page: Open) -> Iterator[Open]:
    """Opens a page with the mode switched on; what the test has translated is taken back."""
    pages: list[Page] = []

    def open_(path: str, width: int = 1280) -> Page:
        page = signed_in_page("coordinator", path, width)
        pages.append(page)
        if not page.locator(".words-here").count():
            page.locator(".tools details.menu summary").last.click()
            page.get_by_role("button", name="Translate in place").click()
            page.locator(".words-here").wait_for()
            page.wait_for_load_state()
        return page

    yield open_
    page = pages[-1]
    for language in ("fr", "ar"):
        page.goto(f"/{language}/words/{key_of('Themes')}")
        page.locator("textarea").first.fill("")
        page.locator(".words-form .btn-main").click()


def test_a_click_a_word_and_it_is_there(translate: Open) -> None:
    page = translate("/en/documents")
    page.goto("/fr/documents")
    page.locator(f"#menu {THEMES}").click()
    dialog = page.locator("dialog#words")
    dialog.locator("textarea").fill("Sujets <b>")
    dialog.locator(".btn-main").click()
    dialog.locator(".error-summary").wait_for()
    dialog.locator("textarea").fill("Sujets")
    with page.expect_navigation():
        dialog.locator(".btn-main").click()
    assert here(page) == "/fr/documents"
    assert page.locator(f"#menu {THEMES}").inner_text() == "Sujets"


def test_a_link_can_still_be_followed(translate: Open) -> None:
    page = translate("/en/documents")
    page.locator(f"#menu {THEMES}").click()
    page.get_by_role("button", name="Follow this link instead").click()
    page.wait_for_url("**/themes")
    assert here(page) == "/en/themes"


def test_the_list_below_the_page_leads_there_without_a_pointer(translate: Open) -> None:
    page = translate("/en/documents")
    page.goto("/ar/documents")
    page.locator(".words-here summary").press("Enter")
    page.locator(f'.words-here a[href*="{key_of("Themes")}"]').press("Enter")
    page.wait_for_url("**/words/**")
    assert page.locator("textarea").get_attribute("dir") == "rtl"
    page.locator("textarea").fill("المحاور")
    page.locator(".words-form .btn-main").press("Enter")
    page.wait_for_url("**/ar/documents")
    assert page.locator(f"#menu {THEMES}").inner_text() == "المحاور"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ["/documents", "/work", "/words", f"/words/{key_of('{count} unread')}"])
def test_pages_in_this_mode_pass_axe_and_fit_a_phone(translate: Open, axe: str, path: str, language: str) -> None:
    page = translate("/en/documents")
    page.goto(f"/{language}{path}")
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert [(item["id"], [node["html"][:160] for node in item["nodes"][:3]]) for item in found["violations"]] == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_dialog_passes_axe(translate: Open, axe: str) -> None:
    page = translate("/en/documents")
    page.locator(f"#menu {THEMES}").click()
    page.locator("dialog#words textarea").wait_for()
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    assert [(item["id"], [node["html"][:160] for node in item["nodes"][:3]]) for item in found["violations"]] == []
