"""What tells the pages of the portal apart."""

from __future__ import annotations

from .conftest import Open


def test_titles_tell_pages_apart(open_page: Open, addresses: dict[str, str]) -> None:
    titles = [open_page(path).title() for path in addresses.values()]
    assert len(set(titles)) == len(titles)
