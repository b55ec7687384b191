"""Every page of core and plugins in every language, as a browser and a screen reader meet it on a phone and on
a desk: right direction, one heading, nothing wider than its screen, and axe content.

One browser looks at a page in all languages at once: the page is fetched in each and shown in frames side by side, which
takes a fifth of the time of going there each time.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from uptake.app import create_app
from uptake.db import session
from uptake.hooks import loader
from uptake.i18n import direction
from uptake.settings import FILE
from uptake.testing.databases import close
from uptake.testing.people import Browser as Client

from tests.web.walking import (
    HALFWAY,
    Walker,
    add_webhook,
    client_of,
    invite,
    linked,
    make_package,
    pages,
    places,
    prepare,
    send_back,
    walk_reports,
    walk_with_files,
)

from .conftest import serving

ROLES = ("visitor", "coordinator", "admin", "focal", "translator", "nhri", HALFWAY)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COOKIE = "uptake"
WORDS = ["aria-command-name", "aria-input-field-name", "aria-toggle-field-name", "button-name", "document-title",
         "empty-heading", "html-has-lang", "html-lang-valid", "image-alt", "input-button-name", "label", "link-name",
         "select-name", "summary-name", "svg-img-alt", "td-headers-attr", "valid-lang"]  # fmt: skip
READ = {"ar": RULES, "zh": WORDS}  # what axe reads on the dark phone; on the light desk it reads English
# Pages that show something else to others, or in another state, than the one that is met first.
VARIANTS = {
    "visitor": ["/recommendations?q=women+OR+children&position=supported&sort=relevance", "/no-such-page",
                "/recommendations?q=zzzz", "/recommendations?q=%28torture+OR", "/recommendations?status=in_progress",
                "/updates/{published}", "/recommendations/{assigned}"],
    "coordinator": ["/assignments?show=unassigned", "/assignments?show=proposed", "/assignments?show=declined",
                    "/assignments?show=undated", "/assignments?show=institutions", "/updates?state=submitted",
                    "/updates/{submitted}", "/updates/{confirmed}", "/updates/{approved}", "/updates/{published}",
                    "/work/overdue", "/bulk?scope=all&q=women", "/recommendations?institution=MOJ",
                    "/recommendations/{declined}/responsibility", "/recommendations/{assigned}"],
    "admin": ["/settings", "/people", "/audit?subject=plans.action/1"],
    "focal": ["/work", "/updates/{draft}", "/updates/{draft}/edit", "/updates/{draft}/evidence",
              "/updates/{draft}/comments", "/updates/{submitted}", "/updates/{published}", "/institutions/MOJ",
              "/recommendations/{assigned}", "/oversight", "/updates/new?r={assigned}"],
    "alternate": ["/work", "/updates/{returned}", "/updates/{returned}/edit"],
    "validator": ["/work", "/updates/{submitted}"],
    "observer": ["/work", "/updates/{submitted}", "/recommendations/{assigned}/responsibility"],
    "interior": ["/work"],
    "nhri": ["/work", "/recommendations/{assigned}/assess", "/assessments/{assessment}/withdraw"],
    "translator": ["/translations?kind=update&language=fr&public=1", "/translations?kind=term&language=es",
                   "/translations/recommendation/{assigned}/fr", "/translations/term/death-penalty/es",
                   "/translations/institution/MOJ/es", "/translations/update/{published}/fr", "/themes/death-penalty",
                   "/updates/{published}?text=fr"],
}  # fmt: skip
STRANGE = {"/no-such-page": 404}  # what these answer with
LOOK = """async ([path, width, looks, axe]) => {
  const look = async ([language, rules]) => {
    const answer = await fetch("/" + language + path, {headers: {Accept: "text/html"}});
    const frame = document.createElement("iframe");
    frame.title = language;
    frame.style.cssText = `width: ${width}px; height: 900px; border: 0; display: block`;
    const text = await answer.text();
    const shown = new Promise(done => frame.addEventListener("load", done, {once: true}));
    frame.srcdoc = text;
    document.body.append(frame);
    await shown;
    const page = frame.contentDocument, root = page.documentElement;
    const there = {language, status: answer.status, lang: root.lang, dir: root.dir, wide: root.scrollWidth,
                   headings: page.querySelectorAll("h1").length, title: page.title, wrong: []};
    if (rules) {
      page.querySelectorAll("main details:not(.menu)").forEach(one => one.open = true);
      there.wide = Math.max(there.wide, root.scrollWidth);
      frame.contentWindow.eval(axe);
      const found = await frame.contentWindow.axe.run(page, {runOnly: rules, resultTypes: ["violations"]});
      there.wrong = found.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]);
    }
    frame.remove();
    return there;
  };
  return await Promise.all(looks.map(look));
}"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running site, its languages, and the pages of each role with the cookie that opens them."""

    address: str
    languages: tuple[str, ...]
    paths: dict[str, list[str]]
    cookies: dict[str, str]
    missing: list[str]


@pytest.fixture(scope="module")
def every(work_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo country at work, with everything that files and mails lead to."""
    instance = tmp_path_factory.mktemp("every") / "instance"
    shutil.copytree(work_instance, instance)
    languages = tuple(sorted({"en", *(spec.code for spec in loader.load().languages)}))
    speak_all(instance / FILE, languages)
    app = create_app(instance)
    app.test_client_class = Client
    with app.app_context():
        prepare(app)
        walkers = {key: Walker(app, key, "en", 1) for key in ROLES}
        for walker in walkers.values():
            walker.walk()
        walk_with_files(walkers["coordinator"], app)
        walk_reports(walkers["coordinator"])
        add_webhook(walkers["admin"])
        make_package(walkers["admin"], app)
        send_back(walkers["focal"], "/work/spreadsheet.xlsx", "/work/spreadsheet")
        send_back(
            walkers["translator"], "/translations/export.xlf?kind=recommendation&language=fr", "/translations/import"
        )
        invite(walkers["coordinator"])
        walkers["visitor"].walk(*linked(app.extensions["uptake"]))
        where, seen = places(session()), set[str]()
        paths: dict[str, list[str]] = {key: [] for key in (*ROLES, *VARIANTS)}
        for key in paths:
            found = walkers[key].pages if key in walkers else {}
            paths[key] = [path for view, path in found.items() if view not in seen]
            seen |= found.keys()
            paths[key] += [path.format(**where) for path in VARIANTS.get(key, ())]
        cookies = {key: _cookie(client_of(app, key)) for key in paths if key != "visitor"}
        missing = sorted(pages(app) - seen)
        close()
    with serving(instance) as address:
        yield Site(address, languages, paths, cookies, missing)


def speak_all(settings: Path, languages: tuple[str, ...]) -> None:
    """Let an instance offer these languages."""
    text, count = re.subn(r"(?m)^languages = .*$", f"languages = {json.dumps(languages)}", settings.read_text("utf-8"))
    assert count == 1
    settings.write_text(text, "utf-8")


def _cookie(client: FlaskClient) -> str:
    found = client.get_cookie(COOKIE)
    assert found is not None
    return found.value


def test_every_page_in_every_language(every: Site, chromium: Browser, axe: str) -> None:
    assert every.missing == [], "no link and no form leads to these pages"
    assert {"ar", "en", "es", "fr", "pt", "ru", "sm", "sw", "zh"} <= set(every.languages)
    wrong: dict[str, list[Any]] = {}
    looks = [[code, READ.get(code)] for code in every.languages]
    for key, paths in every.paths.items():
        with _opened(chromium, every, key) as (phone, desk):
            for path in paths:
                found = [(360, one) for one in phone.evaluate(LOOK, [path, 360, looks, axe])]
                found += [(1280, one) for one in desk.evaluate(LOOK, [path, 1280, [["en", RULES]], axe])]
                for width, one in found:
                    if faults := list(_faults(path, one, width)):
                        wrong[f"{key} /{one['language']}{path} {width}"] = faults
    assert wrong == {}, "\n".join(f"{where}: {what}" for where, what in wrong.items())


@contextmanager
def _opened(chromium: Browser, every: Site, key: str) -> Iterator[tuple[Page, Page]]:
    """The browser of a role: a dark phone and a light desk, on a page that is nothing but a place for frames."""
    opened = []
    for scheme in ("dark", "light"):
        context = chromium.new_context(
            base_url=every.address, viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        if key in every.cookies:
            context.add_cookies([{"name": COOKIE, "value": every.cookies[key], "url": every.address}])
        page = context.new_page()
        page.goto("/robots.txt")
        opened.append(page)
    yield opened[0], opened[1]
    for page in opened:
        page.context.close()


def _faults(path: str, there: dict[str, Any], width: int) -> Iterator[Any]:
    code = there["language"]
    if there["status"] != STRANGE.get(path, 200):
        yield "answered", there["status"]
    if (there["lang"], there["dir"]) != (code.replace("_", "-"), direction(code)):
        yield "language and direction", there["lang"], there["dir"]
    if there["wide"] > width:
        yield "wider than the screen", there["wide"]
    if there["headings"] != 1 or not there["title"]:
        yield "headings and title", there["headings"], there["title"]
    yield from there["wrong"]
