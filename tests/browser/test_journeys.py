"""What a visitor comes for: what was my country told about X."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.browser.conftest import Open


def count(text: str) -> int:
    return int(re.sub(r"\D", "", re.search(r"[\d.,\s]+", text.strip())[0]))  # type: ignore[index]


@pytest.mark.parametrize("scripts", [True, False])
def test_one_search_from_home_finds_a_recommendation(scripts: bool, open_page: Open) -> None:
    page = open_page("/", java_script_enabled=scripts)
    page.get_by_role("main").get_by_role("searchbox").fill('"domestic violence"')
    page.get_by_role("main").get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/recommendations?**")
    cards = page.locator("article")
    assert cards.count() > 0
    cards.first.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/recommendations/[0-9a-f-]{36}"))
    assert "violence" in page.get_by_role("main").inner_text().lower()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_facet_shows_as_many_as_it_counts(scripts: bool, open_page: Open) -> None:
    page = open_page("/recommendations", java_script_enabled=scripts)
    link = page.locator('a[href*="position=noted"]').first
    expected = count(link.inner_text().replace("Noted", ""))
    link.click()
    page.wait_for_url("**position=noted**")
    page.wait_for_load_state()
    assert count(page.get_by_role("heading", level=1).inner_text()) == expected
    assert page.locator("article").count() == min(expected, 20)


def test_export_holds_what_the_list_shows(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/recommendations?q=children&position=supported")
    expected = count(page.get_by_role("heading", level=1).inner_text())
    with page.expect_download() as started:
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.locator('a[href*="recommendations.jsonl"]').first.click()
    target = tmp_path / "export.jsonl"
    started.value.save_as(target)
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == expected > 0
    assert {row["position"] for row in rows} == {"supported"}


def test_the_language_switch_keeps_the_question(open_page: Open) -> None:
    page = open_page("/recommendations?q=prison")
    page.locator("details.menu summary").first.click()
    page.locator('a[hreflang="ar"][lang="ar"]').first.click()
    page.wait_for_url("**/ar/recommendations?**")
    assert "q=prison" in page.url
    assert page.locator("html").get_attribute("dir") == "rtl"


def test_a_recommendation_changes_its_language_in_place(open_page: Open, addresses: dict[str, str]) -> None:
    page = open_page(addresses["recommendation"])
    page.locator('a[href*="text=ar"]').first.click()
    page.wait_for_url("**text=ar**")
    assert page.locator('[lang="ar"][dir="rtl"]').count() > 0


def test_dark_mode_is_remembered(open_page: Open) -> None:
    page = open_page("/", color_scheme="light")
    page.locator("[data-theme-switch]").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.goto("/about")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_the_keyboard_reaches_the_content_first(open_page: Open) -> None:
    page = open_page("/recommendations")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id || location.hash") in {"main", "#main"}
