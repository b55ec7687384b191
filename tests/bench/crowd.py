"""Fifty people at once: they file, confirm and approve over HTTP, and everything that was accepted is counted again."""

from __future__ import annotations

import http.client
import queue
import random
import re
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
VERSION = re.compile(rb'name="version" value="(\d+)"')
ONCE = re.compile(rb'name="once" value="([^"]+)"')
FILING, CONFIRMING, APPROVING = 25, 15, 10


@dataclass(slots=True)
class Crowd:
    """The people with their cookies, what they lead, and what came of it."""

    host: str
    port: int
    people: list[dict[str, Any]]
    work: dict[str, list[str]]
    seconds: float
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    to_confirm: defaultdict[int, queue.Queue[str]] = field(default_factory=lambda: defaultdict(queue.Queue))
    to_approve: queue.Queue[str] = field(default_factory=queue.Queue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stop: float = 0.0

    def run(self) -> None:
        """Let all of them work for the time given."""
        self.stop = time.monotonic() + self.seconds
        threads: list[threading.Thread] = []
        for role, count, what in (("focal_point", FILING, self._file), ("validator", CONFIRMING, self._confirm),
                                  ("coordinator", APPROVING, self._approve)):  # fmt: skip
            chosen = [one for one in self.people if one["role"] == role][:CONFIRMING]
            threads += [
                threading.Thread(target=self._loop, args=(chosen[number % len(chosen)], what, number))
                for number in range(count)
            ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _loop(self, person: dict[str, Any], what: Any, number: int) -> None:
        browser = _Browser(self.host, self.port, person["cookie"])
        rng = random.Random(number)
        while time.monotonic() < self.stop:
            try:
                what(browser, person, rng)
            except (OSError, http.client.HTTPException, LookupError) as error:
                with self.lock:
                    self.wrong.append(f"{type(error).__name__}: {error}")

    def _note(self, what: str, status: int, body: bytes) -> bool:
        with self.lock:
            if status == 303:
                self.done[what] += 1
            else:
                self.wrong.append(f"{what}: {status} {body[:200]!r}")
        return status == 303

    def _file(self, browser: _Browser, person: dict[str, Any], rng: random.Random) -> None:
        uuid = rng.choice(self.work[str(person["actor"])])
        _, page, _ = browser.get(f"/updates/new?r={uuid}")
        form = {"csrf_token": _first(TOKEN, page), "once": _first(ONCE, page), "version": "", "do": "submit", "r": uuid,
                "actor": person["actor"], "language": "en", "done": "A circular was sent.", "claim": "in_progress"}  # fmt: skip
        status, body, to = browser.post("/updates/new", form)
        if self._note("submitted", status, body):
            self.to_confirm[person["actor"]].put(to.rsplit("/", 1)[-1])

    def _confirm(self, browser: _Browser, person: dict[str, Any], _rng: random.Random) -> None:
        try:
            uuid = self.to_confirm[person["actor"]].get(timeout=0.5)
        except queue.Empty:
            return
        if self._step(browser, uuid, "confirm"):
            self.to_approve.put(uuid)

    def _approve(self, browser: _Browser, _person: dict[str, Any], _rng: random.Random) -> None:
        try:
            uuid = self.to_approve.get(timeout=0.5)
        except queue.Empty:
            return
        self._step(browser, uuid, "approve")

    def _step(self, browser: _Browser, uuid: str, name: str) -> bool:
        _, page, _ = browser.get(f"/updates/{uuid}")
        form = {"csrf_token": _first(TOKEN, page), "version": _first(VERSION, page), "how": "now"}
        status, body, _ = browser.post(f"/updates/{uuid}/{name}", form)
        return self._note(f"{name}ed" if name == "confirm" else f"{name}d", status, body)


class _Browser:
    """One person's connection."""

    def __init__(self, host: str, port: int, cookie: str) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=60)
        self._cookie = cookie

    def get(self, path: str) -> tuple[int, bytes, str]:
        return self._ask("GET", path, None, {})

    def post(self, path: str, form: dict[str, Any]) -> tuple[int, bytes, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form, doseq=True), headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes, str]:
        self._connection.request(method, path, body, {"Cookie": self._cookie, **headers})
        answer = self._connection.getresponse()
        kept = answer.getheader("Set-Cookie")
        if kept and kept.startswith("uptake="):
            self._cookie = kept.split(";")[0]
        return answer.status, answer.read(), answer.getheader("Location") or ""


def _first(pattern: re.Pattern[bytes], page: bytes) -> str:
    found = pattern.search(page)
    if found is None:
        raise LookupError(f"no {pattern.pattern!r} in the page")
    return found[1].decode()
