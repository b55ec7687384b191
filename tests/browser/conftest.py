"""A real browser before a real server with the demo country in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, StorageState, sync_playwright
from uptake.app import create_app
from uptake.commands.setup import make_instance
from uptake.demo import work
from uptake.testing.databases import close
from uptake.testing.demo import fill_demo, import_demo

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
    with serving(instance) as address:
        yield address


@pytest.fixture(scope="session")
def work_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the demo country and its work: institutions, people, assignments, reports."""
    instance = tmp_path_factory.mktemp("work") / "instance"
    make_instance(instance, ("XMV",), "Mirava follows up")
    app = create_app(instance)
    import_demo(app)
    fill_demo(app)
    with app.app_context():
        close()
    return instance


@pytest.fixture(scope="session")
def work_site(work_instance: Path) -> Iterator[str]:
    """The address of a running site where the demo country works; its jobs run beside it."""
    with serving(work_instance) as address:
        yield address


@contextmanager
def serving(instance: Path) -> Iterator[str]:
    """A running site of an instance; its address."""
    command = [str(Path(sys.executable).with_name("uptake")), "--instance", str(instance), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        line = server.stderr.readline()
        found = re.search(r"http://[\d.:]+", line)
        assert found, line
        log = Thread(target=_tell, args=(server.stderr,), daemon=True)
        log.start()
        yield found[0]
        server.terminate()
        log.join()


def _tell(lines: Iterable[str]) -> None:
    """What a server says stands with the test that fails, and never fills its pipe."""
    for line in lines:
        print(line, end="", file=sys.stderr)


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


@contextmanager
def browsing(chromium: Browser, address: str) -> Iterator[Open]:
    """Opens pages of a site; console errors and refused scripts fail the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_(path: str, width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if _is_fault(message) else None)
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


def _is_fault(message: ConsoleMessage) -> bool:
    """A form that is shown again, with its mistakes or with both versions, is none."""
    return message.type == "error" and not re.search(r"status of (409|422)", message.text)


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Open]:
    """Opens a page of the site that has no work yet, as a visitor."""
    with browsing(chromium, site) as open_:
        yield open_


@pytest.fixture
def visit(chromium: Browser, work_site: str) -> Iterator[Open]:
    """Opens a page of the site where the demo country works, as a visitor."""
    with browsing(chromium, work_site) as open_:
        yield open_


@pytest.fixture(scope="session")
def keys() -> dict[str, StorageState]:
    """What the browser of each person holds who has signed in once."""
    return {}


@pytest.fixture
def signed_in_page(visit: Open, keys: dict[str, StorageState]) -> Open:
    """Opens a page as one of the demo's people, who signs in through the form once."""

    def open_(key: str, path: str, width: int = 1280, **options: Any) -> Page:
        if key not in keys:
            page = visit("/en/sign-in")
            sign_in(page, key)
            keys[key] = page.context.storage_state()
        return visit(path, width, storage_state=keys[key], **options)

    return open_


def sign_in(page: Page, key: str) -> None:
    """Sign in through the form that the page shows."""
    page.locator("#f-email").fill(work.address_of(key))
    page.locator("#f-password").fill(work.PASSWORD)
    page.locator("main .btn-main").click()
    page.wait_for_url(re.compile(r"/(work|translations)$"))


@pytest.fixture(scope="session")
def path_of(work_site: str) -> Callable[[str], str]:
    """The address of a recommendation of the demo's review, by its paragraph."""
    with urlopen(f"{work_site}/recommendations.json?symbol=A/HRC/58/12&size=100") as answer:
        found = {item["paragraph"]: f"/recommendations/{item['id']}" for item in json.load(answer)["items"]}
    return lambda paragraph: found[paragraph]


def fact(page: Page, number: int) -> Locator:
    """One of the five facts: position, claim, the mechanism's grade, assessments by others, duty to report."""
    return page.locator(".five > section").nth(number)


def here(page: Page) -> str:
    """The address of a page without its host."""
    return urlsplit(page.url).path


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
        "export": "/recommendations/export?mechanism=CRPD",
        "treaty": "/treaty-bodies/CRPD",
        "treaty-known": "/treaty-bodies/CRPD/information",
        "not-found": "/no-such-page",
    }
