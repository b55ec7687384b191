"""Pages are asked for on SQLite: what lies below them is tested on both databases. Hostile input meets
both here too, because it is the database that would choke on it."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
BOTH = {"test_attacks", "test_odd_urls"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the second database where it adds nothing."""
    left_out = [item for item in items if item.path.parent == HERE and item.path.stem not in BOTH and _second(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def _second(item: pytest.Item) -> bool:
    called = getattr(item, "callspec", None)
    return called is not None and "postgresql" in called.params.values()
