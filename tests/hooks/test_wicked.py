"""Whatever a plugin does while the site runs, the site stays up, the page shows the rest, and the administrator sees who."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.app import build, registry
from uptake.db import session, transaction
from uptake.errors import PluginFault
from uptake.hooks.contributions import Ailment
from uptake.hooks.families import FAMILIES
from uptake.models.mechanisms import Mechanism
from uptake.models.vocabularies import Vocabulary
from uptake.services import diagnosis
from uptake.services.importing.report import ImportOptions
from uptake.services.importing.run import run_import
from uptake.services.plugins import plugin_faults
from uptake.services.plugins.plugin_pages import ADDED
from uptake.services.plugins.reference import load_reference
from uptake.services.running import jobs
from uptake.settings import Settings
from uptake.testing.databases import close
from uptake.testing.jobs import run_jobs
from uptake.testing.people import Browser, make_person, signed_in, token_of
from uptake.testing.reporting import Scene

MakePlugin = Callable[..., None]
Start = Callable[[], Flask]

PAGES = """
from flask import Blueprint
pages = Blueprint("moon", __name__)

@pages.get("/")
def good(): return "the moon"

@pages.get("/dark")
def dark(): raise RuntimeError("the dark side")

@hookimpl
def register_pages(): return [pages]
"""
BEYOND = {
    "before every request": "@pages.before_app_request\ndef stop(): raise RuntimeError",
    "every error page": "@pages.app_errorhandler(404)\ndef mine(error): return 'mine'",
    "every template": "@pages.app_context_processor\ndef more(): raise RuntimeError",
}
PANELS = """
from uptake.hooks.contributions import Panel
def broken(context): raise RuntimeError("no panel today")
def wrong(context): return 7
def none(context): return None

@hookimpl
def register_panels():
    return [Panel(place, f"moon.{name}_{place}", "Moon", "no/such.html", load)
            for place in ("recommendation", "institution", "home", "work")
            for name, load in (("broken", broken), ("wrong", wrong), ("none", none), ("template", lambda context: {}))]
"""
CALLS = """
from uptake.hooks.contributions import HealthCheck, JobSpec
def ill(): raise RuntimeError("no pulse")
def job(job): raise RuntimeError("no work")

@hookimpl
def lookup_links(recommendations): return [7]
@hookimpl
def lookup_tags(drafts): return [[]] * (len(drafts) + 1)
@hookimpl
def lookup_documents(draft): return 5
@hookimpl
def check_import(facts): raise RuntimeError("no import")
@hookimpl
def check_submit(facts): return ["no"]
@hookimpl
def check_publish(facts): raise RuntimeError
@hookimpl
def on_publish(update): raise RuntimeError
@hookimpl
def register_health_checks(): return [HealthCheck("moon.pulse", ill)]
@hookimpl
def register_jobs(): return [JobSpec("moon.job", "Moon job", job)]
"""
HANGS = """
import time
class Slow(Importer):
    name, title, source = "slow", "Slow", "slow"
    def recognises(self, file): return False
    def read(self, stream, options):
        yield Draft("row 1", {"en": "Ratify the treaty"}, key="1")
        time.sleep(600)

@hookimpl
def register_importers(): return [Slow]
"""


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    """Starts the site with the plugins that were made before."""
    found: list[Flask] = []

    def run() -> Flask:
        app = build(settings)
        app.testing, app.test_client_class = True, Browser
        app.config["PROPAGATE_EXCEPTIONS"] = False
        found.append(app)
        context = app.app_context()
        context.push()
        return app

    yield run
    for _ in found:
        close()


def faults() -> dict[str, str]:
    session().rollback()
    return {fault.place: fault.message for fault in plugin_faults.recent(session(), "moon")}


def administrator(app: Flask) -> FlaskClient:
    return signed_in(app, make_person("administrator"))


def test_a_page_that_fails_names_its_plugin_and_the_site_stays_up(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin("moon", PAGES)
    app = start()
    client = app.test_client()
    assert client.get("/moon/").text == "the moon"
    failed = client.get("/moon/dark")
    assert (failed.status_code, "the plugin moon, which failed" in failed.text) == (500, True)
    assert "dark side" not in failed.text
    assert client.get("/").status_code == 200
    assert faults() == {"page /moon/dark": "RuntimeError: the dark side"}
    page = administrator(app).get("/plugins/moon").text
    assert "RuntimeError: the dark side" in page


@pytest.mark.parametrize("what", BEYOND)
def test_pages_that_reach_into_all_others_are_not_taken_in(make_plugin: MakePlugin, start: Start, what: str) -> None:
    make_plugin("moon", PAGES + BEYOND[what])
    app = start()
    assert "reach beyond /moon" in registry(app).broken()["moon"]
    assert app.test_client().get("/").status_code == 200
    assert app.test_client().get("/moon/").status_code == 404


def test_pages_under_an_address_of_the_core_are_not_taken_in(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin("sources", PAGES.replace("moon", "sources"))
    app = start()
    assert registry(app).broken()["sources"] == "sources: the core has pages under /sources"
    assert app.test_client().get("/sources/dark").status_code == 404


def test_panels_that_fail_are_left_out_and_the_rest_of_each_page_is_shown(
    make_plugin: MakePlugin, start: Start
) -> None:
    make_plugin("moon", PANELS)
    app = start()
    scene = Scene()
    for path, words in (("/", "How fresh this is"), (f"/recommendations/{scene.one}", "What became of it")):
        page = app.test_client().get(path)
        assert (page.status_code, words in page.text or path == "/") == (200, True)
    assert signed_in(app, scene.focal).get("/work").status_code == 200
    assert signed_in(app, scene.focal).get("/institutions/MOJ").status_code in {200, 404}
    found = faults()
    assert "no panel today" in found["panel moon.broken_recommendation"]
    assert "panel moon.wrong_home" in found
    assert "TemplateNotFound" in found["panel moon.template_work"]


def test_what_fails_inside_a_use_case_is_passed_over(make_plugin: MakePlugin, start: Start, tmp_path: Path) -> None:
    make_plugin("moon", CALLS)
    app = start()
    scene = Scene()
    scene.published(claim="in_progress")
    assert app.test_client().get(f"/recommendations/{scene.one}").status_code == 200
    path = tmp_path / "list.csv"
    path.write_text("Nr,Text,Symbol\n1,Ratify the treaty,A/HRC/1/1\n")
    mapping = {"columns": {"key": "Nr", "text": "Text", "symbol": "Symbol"}}
    options = ImportOptions(mapping=mapping, mapping_name="list")
    assert run_import(registry(app), path, importer_name="table", options=options).new == 1
    plugin_faults.write_down(session(), registry(app))
    asked = {"lookup_links", "lookup_tags", "check_import", "check_submit", "check_publish", "on_publish"}
    assert asked <= set(faults())


def test_a_job_that_fails_says_so_and_a_health_check_that_fails_is_an_ailment(
    make_plugin: MakePlugin, start: Start
) -> None:
    make_plugin("moon", CALLS)
    app = start()
    with transaction() as current:
        id_ = jobs.start(current, "moon.job").id
    run_jobs(app)
    job = session().get_one(jobs.Job, id_)
    assert (job.state, job.error) == ("failed", "RuntimeError: no work")
    found = diagnosis.examine(registry(app), app.extensions["uptake"].instance)
    [told] = [one for one in found if one.code == "plugin-fault"]
    assert isinstance(told, Ailment)
    assert "The plugin moon failed" in told.message
    assert not told.grave


def test_an_importer_that_hangs_is_stopped_and_named(make_plugin: MakePlugin, start: Start, tmp_path: Path) -> None:
    make_plugin("moon", HANGS)
    app = start()
    path = tmp_path / "file.slow"
    path.write_text("anything")
    with pytest.raises(PluginFault, match=r"The importer slow read nothing of file\.slow"):
        run_import(registry(app), path, importer_name="slow", options=ImportOptions(patience=3))
    assert app.test_client().get("/recommendations.json").get_json()["count"] == 0


def test_the_administrator_sees_which_plugin_is_broken_and_why(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin("moon", "raise RuntimeError('far away')")
    app = start()
    browser = administrator(app)
    assert "Broken" in browser.get("/plugins").text
    assert "RuntimeError: far away" in browser.get("/plugins/moon").text
    assert signed_in(app, make_person("coordinator")).get("/plugins").status_code == 403


def test_settings_that_a_plugin_declares_are_chosen_on_its_page(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin(
        "moon",
        "from uptake.hooks.contributions import Setting\n@hookimpl\ndef register_settings():\n"
        "    return [Setting('moon.days', 'days', 30, 'Days of the moon')]",
    )
    app = start()
    browser = administrator(app)
    assert "Days of the moon" in browser.get("/plugins/moon").text
    assert "Days of the moon" not in browser.get("/settings").text
    form = {"csrf_token": token_of(browser), "version.moon.days": "0"}
    assert browser.post("/plugins/moon/settings", data={**form, "moon.days": "soon"}).status_code == 422
    assert browser.post("/plugins/moon/settings", data={**form, "moon.days": "12"}).status_code == 303
    assert 'value="12"' in browser.get("/plugins/moon").text
    assert browser.post("/plugins/moon/settings", data={**form, "moon.days": "13"}).status_code == 409


def test_what_a_plugin_adds_is_said_in_words() -> None:
    assert {family.title for family in FAMILIES if not family.late} == ADDED.keys()


def test_what_went_wrong_can_be_cleared(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin("moon", PAGES)
    app = start()
    app.test_client().get("/moon/dark")
    browser = administrator(app)
    assert browser.post("/plugins/moon/faults", data={"csrf_token": token_of(browser)}).status_code == 303
    assert faults() == {}


LEAVES = """
from flask import Blueprint
from sqlalchemy import text
from uptake.toolkit import HealthCheck, Panel, session

pages = Blueprint("moon", __name__)

@pages.get("/away")
def away(): raise SystemExit(3)
@hookimpl
def register_pages(): return [pages]

def away_too(context): raise SystemExit(4)
def no_table(context): session().execute(text("SELECT 1 FROM no_such_table"))
def later(context): return {"one": session().scalar(text("SELECT 1"))}
@hookimpl
def register_panels():
    return [Panel("work", "moon.away", "A", "moon/a.html", away_too), Panel("work", "moon.sql", "B", "moon/b.html", no_table),
            Panel("work", "moon.later", "C", "moon/c.html", later, order=200)]
@hookimpl
def register_health_checks(): return [HealthCheck("moon.pulse", lambda: [7])]
"""


def test_a_plugin_that_would_end_the_program_is_named_like_any_other(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin("moon", LEAVES)
    app = start()
    assert app.test_client().get("/moon/away").status_code == 500
    assert administrator(app).get("/work").status_code == 200
    diagnosis.examine(registry(app), app.extensions["uptake"].instance)
    found = faults()
    assert found["page /moon/away"] == "RuntimeError: SystemExit: 3"
    assert found["panel moon.away"] == "SystemExit: 4"
    assert "no_such_table" in found["panel moon.sql"]
    assert found["panel moon.later"] == "TemplateNotFound: moon/c.html"  # its question was answered
    assert "7, which is no Ailment" in found["health check moon.pulse"]


@pytest.mark.parametrize(
    ("hook", "made", "field"),
    [
        ("register_permissions", "Permission('moon.see', None)", "roles"),
        ("register_menu", "MenuEntry('/moon/', 7)", "label"),
        ("register_scales", "GradeScale('moon', (), {}, {}, mechanisms='UPR')", "mechanisms"),
    ],
)
def test_a_field_of_the_wrong_kind_breaks_the_plugin_and_not_the_site(
    make_plugin: MakePlugin, start: Start, hook: str, made: str, field: str
) -> None:
    make_plugin("moon", f"from uptake.toolkit import *\n@hookimpl\ndef {hook}():\n    return [{made}]")
    app = start()
    assert registry(app).broken()["moon"].endswith(f"with the wrong kind of {field}")
    assert app.test_client().get("/").status_code == 200


def test_a_vocabulary_that_cannot_be_written_stops_no_upgrade(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin(
        "moon",
        "from uptake.toolkit import TermSpec\n@hookimpl\ndef register_vocabularies():\n"
        "    terms = (TermSpec('full', {'en': 'Full'}), TermSpec('new', {'en': 'New'}, parent='half'))\n"
        "    return [VocabularySpec('phases', 'theme', {'en': 'Phases'}, terms)]\n"
        "@hookimpl\ndef register_mechanisms():\n"
        "    return [MechanismSpec('MOON', 'regional', {'en': 7}), MechanismSpec('TIDE', 'regional', {'en': 'Tide'})]",
    )
    app = start()
    load_reference(registry(app))
    plugin_faults.write_down(session(), registry(app))
    assert faults().keys() == {"register_vocabularies phases", "register_mechanisms MOON"}
    assert session().scalar(select(Vocabulary).where(Vocabulary.code == "phases")) is None
    assert set(session().scalars(select(Mechanism.code).where(Mechanism.code.in_(["MOON", "TIDE"])))) == {"TIDE"}


def test_names_of_another_plugin_are_refused(make_plugin: MakePlugin, start: Start) -> None:
    make_plugin(
        "moon",
        "from uptake.hooks.contributions import Permission\n@hookimpl\ndef register_permissions():\n"
        "    return [Permission('update.approve', {'member': 'site'})]",
    )
    app = start()
    assert "must begin with moon." in registry(app).broken()["moon"]


def test_a_plugin_that_wants_another_version_is_refused(make_plugin: MakePlugin, start: Start, tmp_path: Path) -> None:
    make_plugin("moon", PAGES)
    metadata = tmp_path / "site" / "uptake_moon-1.2.dist-info" / "METADATA"
    metadata.write_text(f"{metadata.read_text()}Requires-Dist: uptake>=7\n")
    assert "it wants uptake >=7" in registry(start()).broken()["moon"]
