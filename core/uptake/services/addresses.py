"""The permanent addresses, below the instance's own."""

from __future__ import annotations

from urllib.parse import quote

_PATHS = {
    "recommendation": "/recommendations/{}",
    "document": "/documents/{}",
    "mechanism": "/mechanisms/{}",
    "theme": "/themes/{}",
    "group": "/groups/{}",
    "sdg": "/sdgs/{}",
    "state": "/states/{}",
}


def path_of(kind: str, name: object) -> str:
    """The page of a recommendation or document (by uuid), mechanism or State (by code), or term (by slug)."""
    return _PATHS[kind].format(quote(str(name), safe=""))
