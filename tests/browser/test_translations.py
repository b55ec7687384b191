"""A translator's way in a real browser: find what waits, write it beside the text, and a reader finds it marked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open, here
from .looking import faults

WORDS = {"": ("fr", "Former les juges au droit des phares", "phares"),
         "/ar": ("fr", "Ouvrir les archives des lanternes", "lanternes")}  # fmt: skip


@pytest.mark.parametrize(("prefix", "width"), [("", 1280), ("/ar", 360)], ids=["english", "arabic-narrow"])
def test_from_the_worklist_to_the_reader_who_finds_it(
    prefix: str, width: int, signed_in_page: Open, visit: Open, axe: str
) -> None:
    language, text, word = WORDS[prefix]
    page = signed_in_page("translator", f"{prefix}/translations?kind=recommendation&language={language}", width)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if prefix else "ltr")
    waiting = number_of(page)
    page.locator(".translation-rows a").first.click()
    page.wait_for_url(re.compile(r"/translations/recommendation/[0-9a-f-]{36}/fr"))
    look(page, axe, "rtl" if prefix else "ltr")
    address = here(page).split("/recommendation/")[1].split("/")[0]
    expect(page.locator(".original .said-text").last).not_to_be_empty()
    beside(page, width)
    page.locator("#f-text").fill(text)
    expect(page.locator("#saved p")).to_be_visible(timeout=10_000)
    page.reload()
    expect(page.locator("#f-text")).to_have_value(text)
    page.locator('button[name="do"][value="save"]').click()
    expect(page.locator(".notice.is-success")).to_be_visible()
    assert number_of(page) == waiting - 1
    reader = visit(f"{prefix}/recommendations?q={word}", width)
    reader.locator(f'a[href*="{address}"]').first.click()
    reader.wait_for_url(f"**/recommendations/{address}**")
    reader.goto(f"{prefix}/recommendations/{address}?text=fr")
    expect(reader.locator("h1")).to_contain_text(text)
    expect(reader.locator(".rec-langs")).to_contain_text(
        "ترجمة غير رسمية" if prefix else "Unofficial translation, by a person"
    )
    look(reader, axe, "rtl" if prefix else "ltr")


def number_of(page: Page) -> int:
    """How many wait, as the tab says."""
    return int(re.sub(r"\D", "", page.locator(".tabs a[aria-current] .count").inner_text()))


def beside(page: Page, width: int) -> None:
    """On a wide screen the text stands beside its translation, on a narrow one above it."""
    one, other = page.locator(".original").last.bounding_box(), page.locator(".translated").last.bounding_box()
    assert one
    assert other
    assert abs(one["y"] - other["y"]) < 40 if width > 1000 else other["y"] > one["y"] + one["height"] / 2


def look(page: Page, axe: str, direction: str) -> None:
    page.evaluate(axe)
    page.evaluate("window.found = axe.run(document, {resultTypes: ['violations']})")
    assert faults(page, direction) == []


def test_an_earlier_translation_is_taken_over_with_one_click(signed_in_page: Open) -> None:
    page = signed_in_page("translator", "/translations?kind=term&language=fr")
    links = page.locator(".translation-rows a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for link in links:
        page.goto(link)
        if page.locator(".near button").count():
            break
    expect(page.locator("#f-label")).to_have_value("")
    suggestion = page.locator(".near li").first
    expect(suggestion).to_contain_text("%")
    wanted = suggestion.locator("p span").first.inner_text()
    suggestion.locator("button").click()
    expect(page.locator("#f-label")).to_have_value(wanted)


def test_two_who_translate_the_same_both_see_both(signed_in_page: Open, path_of: Any) -> None:
    path = f"/translations{path_of('118.40').replace('recommendations', 'recommendation')}/fr"
    one, other = signed_in_page("translator", path), signed_in_page("coordinator", path)
    other.locator("#f-text").fill("Le texte du coordinateur.")
    other.locator('button[name="do"][value="save"]').click()
    expect(other.locator(".notice.is-success")).to_be_visible()
    one.locator("#f-text").fill("Le texte du traducteur.")
    one.locator('button[name="do"][value="save"]').click()
    expect(one.locator(".conflict")).to_contain_text("Le texte du coordinateur.")
    expect(one.locator("#f-text")).to_have_value("Le texte du traducteur.")
    one.locator('button[name="do"][value="save"]').click()
    expect(one.locator(".notice.is-success")).to_be_visible()


def test_a_file_goes_out_and_comes_back(signed_in_page: Open, tmp_path: Path) -> None:
    page = signed_in_page("translator", "/translations?kind=institution&language=es")
    page.locator("details.export summary").click()
    with page.expect_download() as started:
        page.locator('details.export a[href*="export.xlf"]').click()
    text = Path(started.value.path()).read_text(encoding="utf-8")
    filled = tmp_path / "work.xlf"
    filled.write_text(
        re.sub(r"</source>", "</source><target>Nombre en español</target>", text, count=1), encoding="utf-8"
    )
    page.goto("/translations/import")
    page.locator("#f-file").set_input_files(filled)
    page.locator("form[enctype] .btn-main").click()
    page.wait_for_url(re.compile(r"/translations/import/[0-9a-f]+"))
    expect(page.locator(".work-tiles li").first).to_contain_text("1")
    page.locator(".work-page form .btn-main").click()
    expect(page.locator(".notice.is-success").first).to_be_visible()
