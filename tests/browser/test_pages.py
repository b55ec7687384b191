"""Every page, in both directions, light and dark, wide and narrow, as a browser and a screen reader meet it."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open

PAGES = ["home", "list", "search", "nothing", "invalid", "recommendation", "document", "documents", "mechanisms", "mechanism",
         "themes", "theme", "sdgs", "goal", "state", "sources", "help", "about", "not-found"]  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("prefix", ["", "/ar"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_passes_axe(
    name: str, prefix: str, scheme: str, open_page: Open, addresses: dict[str, str], axe: str
) -> None:
    page = open_page(prefix + addresses[name], color_scheme=scheme)
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    wrong = [(item["id"], [node["html"][:160] for node in item["nodes"][:3]]) for item in found["violations"]]
    assert wrong == []


@pytest.mark.parametrize("prefix", ["/en", "/ar"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_narrow_phone(name: str, prefix: str, open_page: Open, addresses: dict[str, str]) -> None:
    page = open_page(prefix + addresses[name], width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_language_direction_title_and_one_heading(
    name: str, open_page: Open, addresses: dict[str, str]
) -> None:
    titles = set()
    for language, direction in (("en", "ltr"), ("fr", "ltr"), ("ar", "rtl")):
        page = open_page(f"/{language}{addresses[name]}")
        root = page.locator("html")
        assert (root.get_attribute("lang"), root.get_attribute("dir")) == (language, direction)
        assert page.locator("h1").count() == 1
        titles.add(page.title())
    assert "" not in titles


def test_titles_tell_pages_apart(open_page: Open, addresses: dict[str, str]) -> None:
    titles = [open_page(addresses[name]).title() for name in PAGES]
    assert len(set(titles)) == len(titles)
