"""Addresses are built by many threads at once, and the functions that do it are made only then."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from uptake import migrate
from uptake.web.rules import LateRule
from werkzeug.routing import Map

THREADS = 8


@pytest.fixture(autouse=True)
def restless() -> Iterator[None]:
    """Threads take turns far more often than they would, and wherever the collector comes by."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(20, 1_000, 1_000)
    gc.callbacks.append(_take_turns)
    yield
    gc.callbacks.remove(_take_turns)
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def _take_turns(_phase: str, _info: dict[str, int]) -> None:
    time.sleep(0)


def test_every_thread_gets_its_addresses() -> None:
    names = [f"page{number}" for number in range(200)]
    built = Map([LateRule(f"/{name}/<kind>/<int:id>", endpoint=name) for name in names]).bind("example.org")
    start = Barrier(THREADS)

    def build(_: int) -> list[str]:
        start.wait()
        return [built.build(name, {"kind": "a b", "id": 7, "page": 2}) for name in names]

    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(build, range(THREADS)))
    assert found == [[f"/{name}/a%20b/7?page=2" for name in names]] * THREADS


def test_every_thread_learns_the_newest_revision() -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        found = set(threads.map(lambda _: migrate.head_of(migrate.CORE), range(5 * THREADS)))
    assert len(found) == 1
