"""How a page is looked at: what the accessibility checker does not accept, and what is wider than its screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def begin(page: Page, prefix: str, path: str, axe: str) -> None:
    """Open a page with all that can be opened in it, and have it looked at in the background."""
    answer = page.goto(prefix + path)
    assert answer is not None
    assert answer.status == 200, (path, answer.status)
    assert page.url.split("?")[0].endswith(path.split("?")[0])
    page.evaluate(axe)
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    page.evaluate("rules => void (window.found = axe.run(document, rules))", {**RULES, "resultTypes": ["violations"]})


def faults(page: Page, direction: str) -> list[Any]:
    """What the accessibility checker does not accept, and what is wider than its screen."""
    width, wide, headings, found = page.evaluate(
        """async () => [innerWidth, document.documentElement.scrollWidth, document.querySelectorAll("h1").length,
                         (await window.found).violations]"""
    )
    wrong = [(item["id"], [node["html"][:200] for node in item["nodes"][:3]]) for item in found]
    if wide > width:
        wrong.append(("wider than the screen", wide))
    if headings != 1 or page.locator("html").get_attribute("dir") != direction:
        wrong.append(("headings or direction", headings))
    return wrong


def check_pages(open_: Callable[..., Page], paths: list[str], places: Mapping[str, Any], axe: str) -> None:
    """Look at each page twice, side by side: English, light and wide; and Arabic, dark and on a narrow phone."""
    wrong: dict[str, list[Any]] = {}
    looks = (("/en", "ltr", "light", 1280), ("/ar", "rtl", "dark", 360))
    tabs = [
        (open_(f"{prefix}/help/search", width, color_scheme=scheme), prefix, direction)
        for prefix, direction, scheme, width in looks
    ]
    for path in (path.format(**places) for path in paths):
        for page, prefix, _direction in tabs:
            begin(page, prefix, path, axe)
        wrong |= {prefix + path: found for page, prefix, direction in tabs if (found := faults(page, direction))}
    assert wrong == {}
