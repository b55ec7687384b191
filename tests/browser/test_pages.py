"""What tells the pages of the portal apart."""

from __future__ import annotations

import pytest

from .conftest import Open


def test_titles_tell_pages_apart(open_page: Open, addresses: dict[str, str]) -> None:
    titles = [open_page(path).title() for path in addresses.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("path", ["/", "/ar/", "/recommendations", "/ar/recommendations"])
def test_menus_stay_on_a_narrow_screen(open_page: Open, path: str) -> None:
    page = open_page(path, 360)
    menus = page.locator("details.menu")
    assert menus.count()
    for menu in menus.all():
        menu.locator("summary").click()
        box = menu.locator("ul").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        menu.locator("summary").click()
