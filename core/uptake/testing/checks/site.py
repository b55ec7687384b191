"""A plugin on a running site: its pages and templates, its panels in both directions, its hooks on data like the real."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from uptake.app import registry
from uptake.db import session
from uptake.hooks import calls
from uptake.hooks.contributions import ExportRecord, ImportFacts, UpdateFacts
from uptake.hooks.kinds import Draft
from uptake.hooks.registry import Registry
from uptake.services.plugins import plugin_faults
from uptake.testing.checks.subject import RIGHT_TO_LEFT, Subject
from uptake.testing.people import make_actor, make_person, signed_in
from uptake.testing.reporting import Scene

DRAFT = Draft("row 1", {"en": "Ratify the treaty"}, key="1", states=["NAM"], mechanism="UPR", symbol="A/HRC/1/1")
IMPORT = ImportFacts("table", "table", "list.csv", ("NAM",), 10, 8, 1, 1, 0, 2, 40)
FULL = ExportRecord(
    UUID(int=1), "recommendation", {"NAM": "Namibia"}, "UPR", "A/HRC/1/1", UUID(int=2), "Report", "12.3",
    datetime.date(2024, 5, 3), 4, "UPR 52", "accepted", ("Supported",), {"FJI": "Fiji"},
    {"en": "Ratify the treaty", "ar": "التصديق على المعاهدة"}, {"uhri": ("a1",)}, {"themes": (("x", "Treaties"),)},
)  # fmt: skip
BARE = ExportRecord(
    UUID(int=3), "concern", {}, None, None, None, None, None, None, None, None, None, (), {}, {}, {}, {}
)  # fmt: skip


class _Pipe(io.BytesIO):
    """A stream that goes one way, as an answer does."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_where: int) -> int:
        raise io.UnsupportedOperation("the stream may not seek")


def site(subject: Subject) -> Iterator[str]:
    """The site starts with it; its templates stand in a folder of its own and compile; its panels and hooks do not fail."""
    with subject.site() as app:
        found = registry(app)
        status = subject.status_in(found)
        if status.status != "enabled":
            yield f"on a site it does not run: {status.error}"
            return
        yield from _templates(app, found)
        scene = Scene()
        yield from _pages(app, scene, subject)
        yield from _called(found, scene)
        yield from _written(found)


def _templates(app: Flask, found: Registry) -> Iterator[str]:
    for blueprint in found.pages.values():
        for name in blueprint.jinja_loader.list_templates() if blueprint.jinja_loader else ():
            try:
                app.jinja_env.get_template(name)
            except Exception as error:
                yield f"the template {name} cannot be compiled: {error}"


def _pages(app: Flask, scene: Scene, subject: Subject) -> Iterator[str]:
    """The core's pages that show panels and menus, from left to right and from right to left."""
    administrator = signed_in(app, make_person("administrator"))
    paths = ["/", f"/recommendations/{scene.one}", f"/institutions/{make_actor('MOC').code}"]
    for browser, more in ((app.test_client(), []), (administrator, ["/work", f"/plugins/{subject.name}"])):
        for path in (*paths, *more):
            yield from _looked(browser, path)
            yield from _looked(browser, f"/{RIGHT_TO_LEFT}{path}")
    for fault in plugin_faults.recent(session(), subject.name):
        yield f"{fault.place} failed: {fault.message}"


def _looked(browser: FlaskClient, path: str) -> Iterator[str]:
    status = browser.get(path, follow_redirects=True).status_code
    if status != HTTPStatus.OK:
        yield f"with it the page {path} answers {status}"


def _called(found: Registry, scene: Scene) -> Iterator[str]:
    """Each lookup and check once; what they did wrong the registry has noted. Those that answer to a fact are told one."""
    number = scene.number(scene.one)
    calls.other_symbols(found)(DRAFT)
    calls.suggested_tags(found, [DRAFT, DRAFT])
    calls.links_of(found, [number])
    calls.objections(found, "check_import", IMPORT)
    update = UpdateFacts(scene.published(claim="in_progress").id, scene.health, "in_progress", (number,), 0, False)
    for hook in ("check_submit", "check_publish"):
        calls.objections(found, hook, update)
    calls.ailments(found)
    yield from (f"{fault.place} failed: {fault.message}" for fault in found.faults.take())


def _written(found: Registry) -> Iterator[str]:
    """No record, one with everything, one with nothing but an id: each format can write them, one way."""
    for exporter in found.exporters.values():
        for records in ([], [FULL], [BARE], [FULL, BARE]):
            try:
                exporter.write(iter(records), _Pipe())
            except Exception as error:
                yield f"the format {exporter.suffix} fails with {len(records)} records: {type(error).__name__}: {error}"
