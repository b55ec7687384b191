"""A real browser before a real server with the demo country in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from uptake.app import create_app
from uptake.commands.setup import make_instance
from uptake.testing.databases import close
from uptake.testing.demo import import_demo

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def lacking(what: str) -> None:
    """Skip for want of a tool, but fail where everything has to be there."""
    if os.environ.get("UPTAKE_TEST_EVERYTHING"):
        pytest.fail(f"{what} is not on this machine")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running site."""
    instance = tmp_path_factory.mktemp("site") / "instance"
    make_instance(instance, ("XMV",), "Mirava follows up")
    app = create_app(instance)
    import_demo(app)
    with app.app_context():
        close()
    command = [str(Path(sys.executable).with_name("uptake")), "--instance", str(instance), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        found = re.search(r"http://[\d.:]+", line)
        assert found, line
        yield found[0]
        server.terminate()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium as the machine has it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        lacking("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Open]:
    """Opens a page of the site; console errors and refused scripts fail the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_(path: str, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(base_url=site, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        answer = page.goto(path)
        assert answer is not None
        if answer.status >= 400:
            wrong[:] = [line for line in wrong if "Failed to load resource" not in line]
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's source."""
    if not AXE.is_file():
        lacking("axe-core (run: make test)")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def addresses(site: str) -> dict[str, str]:
    """One address of every kind of page, found by following the site's own data."""

    def data(path: str) -> Any:
        with urlopen(site + path) as answer:
            return json.load(answer)

    upr = data("/recommendations.json?symbol=A/HRC/58/12&size=50")["items"]
    one = next(item for item in upr if len(item["languages"]) == 3)
    return {
        "home": "/",
        "list": "/recommendations",
        "search": "/recommendations?q=women+OR+children&position=supported&sort=relevance",
        "nothing": "/recommendations?q=zzzz",
        "invalid": "/recommendations?q=%28torture+OR",
        "recommendation": f"/recommendations/{one['id']}",
        "document": f"/documents/{one['document']}",
        "documents": "/documents",
        "mechanisms": "/mechanisms",
        "mechanism": "/mechanisms/CRPD",
        "themes": "/themes",
        "theme": f"/themes/{one['themes'][0]}",
        "sdgs": "/sdgs",
        "goal": "/sdgs/16",
        "state": "/states/XMV",
        "sources": "/sources",
        "help": "/help/search",
        "about": "/about",
        "not-found": "/no-such-page",
    }
