"""Pictures as a browser and a screen reader meet them: the table is there for everybody, the drawing's parts lead to lists."""

from __future__ import annotations

import re

import pytest

from .conftest import Open
from .looking import RULES

WIDTHS = (1440, 360)
PATHS = (
    "/progress",
    "/progress/positions-by-theme?mechanism=UPR",
    "/embed/progress/progress-by-year",
    "/embed/recommendations?q=women",
)


@pytest.mark.parametrize("prefix", ["/en", "/ar"])
def test_pictures_pass_axe_fit_and_lead_to_their_lists(
    prefix: str, visit: Open, signed_in_page: Open, axe: str
) -> None:
    for path in (*PATHS, "/progress/late-by-institution"):
        open_ = signed_in_page if "late" in path else visit
        for width in WIDTHS:
            page = open_("coordinator", prefix + path, width) if "late" in path else open_(prefix + path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            page.evaluate(axe)
            found = page.evaluate("rules => axe.run(document, rules)", RULES)
            wrong = [(item["id"], [node["html"][:160] for node in item["nodes"][:3]]) for item in found["violations"]]
            assert wrong == [], (path, width)
            if "recommendations" not in path:
                assert page.locator(".picture").is_visible() == (width > 768), (path, width)
                assert page.locator("tbody td").first.is_visible() == (width < 768 or "embed" not in path), (
                    path,
                    width,
                )
            page.context.close()
    page = visit(f"{prefix}/progress", 1440)
    first = page.locator("tbody td a").first
    count, href = first.inner_text(), first.get_attribute("href") or ""
    drawn = page.locator(".picture a")
    leading = drawn.evaluate_all("links => links.map(link => link.href.baseVal)")
    drawn.nth(leading.index(href)).click()
    page.wait_for_url(re.compile(r"/recommendations\?"))
    assert page.url.endswith(href)
    assert count in page.locator("h1").inner_text()


@pytest.mark.parametrize("prefix", ["/en", "/ar"])
def test_a_picture_begins_at_the_side_where_reading_begins(prefix: str, visit: Open) -> None:
    page = visit(f"{prefix}/progress/progress-by-status", 1440)
    frame, drawn = page.locator(".picture").bounding_box(), page.locator(".picture svg").bounding_box()
    assert frame
    assert drawn
    assert drawn["width"] < frame["width"]
    if prefix == "/ar":
        assert drawn["x"] + drawn["width"] == pytest.approx(frame["x"] + frame["width"], abs=1)
    else:
        assert drawn["x"] == pytest.approx(frame["x"], abs=1)
