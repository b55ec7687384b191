"""An administrator takes the site out as one file: made beside the pages, kept a day for whoever asked, and whole."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from uptake.app import build, registry
from uptake.db import session, transaction
from uptake.models.audit import AuditEntry
from uptake.models.jobs import Job
from uptake.models.people import ACTOR_ROLES, SITE_ROLES, Membership
from uptake.models.progress import StoredFile
from uptake.models.recommendations import Recommendation
from uptake.services.exchange import package_jobs, packages
from uptake.services.permissions import SYSTEM
from uptake.services.running import periodic
from uptake.services.storing import storage
from uptake.settings import Settings
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_actor, make_person, signed_in, token_of

LINK = "/packages/{uuid}/file"


@pytest.fixture
def admin(demo: Flask) -> FlaskClient:
    return signed_in(demo, make_person("administrator"))


def ask(client: FlaskClient, holds: str = "public") -> Any:
    return client.post("/packages", data={"holds": holds, "csrf_token": token_of(client)})


def file_address() -> str:
    """Where the newest package is."""
    uuid = session().scalar(select(Job.uuid).where(Job.kind == package_jobs.KIND).order_by(Job.id.desc()))
    return LINK.format(uuid=uuid)


def test_a_package_is_made_in_the_background_downloaded_and_gone_after_a_day(demo: Flask, admin: FlaskClient) -> None:
    assert "No package yet" in admin.get("/packages").text
    assert ask(admin).status_code == 303
    waiting = admin.get("/packages").text
    assert ("It is being made: 0%" in waiting, 'hx-trigger="every 2s"' in waiting) == (True, True)
    assert admin.get(file_address()).status_code == 404
    assert run_jobs(demo) == 1
    done = admin.get("/packages").text
    assert f'href="{file_address()}"' in done
    assert "It is kept until" in done
    answer = admin.get(file_address())
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "private, no-store")
    assert "-public-" in answer.headers["Content-Disposition"]
    assert answer.content_length == len(answer.data)
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert json.loads(archive.read("manifest.json"))["holds"] == "public"
    last = session().scalars(select(AuditEntry).where(AuditEntry.action == packages.MAKE)).one()
    assert last.actor.startswith("user/")
    with transaction() as current:
        old = datetime.now(UTC) - timedelta(days=2)
        current.execute(update(Job).where(Job.kind == package_jobs.KIND).values(finished=old))
    address = file_address()
    periodic.start_due()
    run_jobs(demo)
    assert admin.get(address).status_code == 404
    assert "No package yet" in admin.get("/packages").text
    assert list((demo.extensions["uptake"].instance / "files").glob("??/??/*")) == []


def test_a_made_package_gives_an_empty_site_the_same_recommendations(
    demo: Flask, admin: FlaskClient, sqlite_template: Any, tmp_path: Path
) -> None:
    ask(admin, "everything")
    run_jobs(demo)
    path = tmp_path / "package.zip"
    path.write_bytes(admin.get(file_address()).data)
    wanted = set(session().scalars(select(Recommendation.uuid)))
    with sqlite_template.copy(Settings(instance=tmp_path)) as settings:
        other = build(settings)
        with other.app_context():
            packages.bring(path, registry(other), backup=False, person=SYSTEM, actor="test")
            assert set(session().scalars(select(Recommendation.uuid))) == wanted


def test_no_package_holds_an_earlier_one(demo: Flask, admin: FlaskClient) -> None:
    for _ in range(2):
        ask(admin, "everything")
        run_jobs(demo)
    with zipfile.ZipFile(BytesIO(admin.get(file_address()).data)) as archive:
        assert [name for name in archive.namelist() if name.startswith("files/")] == []
    assert session().scalars(select(StoredFile)).all() == []


@pytest.mark.parametrize("role", ["visitor", *SITE_ROLES, *ACTOR_ROLES])
def test_only_administrators_make_and_find_packages(demo: Flask, admin: FlaskClient, role: str) -> None:
    ask(admin)
    run_jobs(demo)
    actor = None if role in SITE_ROLES else make_actor("MOJ").id
    client = demo.test_client() if role == "visitor" else signed_in(demo, make_person(role, actor=actor))
    wanted = {"administrator": [200, 303], "visitor": [302, 403]}.get(role, [403, 403])
    assert [client.get("/packages").status_code, ask(client).status_code] == wanted
    assert client.get(file_address()).status_code in {302, 403, 404}, "it is for whoever asked for it"
    assert ("/packages" in client.get("/en/account").text) == (role == "administrator")


def test_one_is_made_at_a_time_and_only_of_a_kind_that_there_is(demo: Flask, admin: FlaskClient) -> None:
    for holds in ("backup", "sideways", ""):
        told = ask(admin, holds)
        assert (told.status_code, "Choose one of the two." in told.text) == (422, True)
    assert [ask(admin).status_code, ask(admin).status_code] == [303, 409]


def test_a_package_that_lacks_a_file_or_fails_says_so(demo: Flask, admin: FlaskClient) -> None:
    with transaction() as current:
        lost = storage.store(current, BytesIO(b"%PDF-1.4 lost"), "lost.pdf", SYSTEM, kinds=None)
        key = lost.key
    (demo.extensions["uptake"].instance / "files" / key).unlink()
    ask(admin, "everything")
    run_jobs(demo)
    assert "1 file of this site is lost or damaged" in admin.get("/packages").text
    ask(admin)
    for role in ("observer", "administrator"):
        with transaction() as current:
            current.execute(update(Membership).values(role=role))
        run_jobs(demo)
    page = admin.get("/packages").text
    assert ("1 file of this site" in page, "Why:" in page, "Your role does not allow this." in page) == (
        True,
        True,
        True,
    )


def test_a_package_that_is_uploaded_as_a_list_leads_to_the_command(demo: Flask, admin: FlaskClient) -> None:
    ask(admin)
    run_jobs(demo)
    data = admin.get(file_address()).data
    form = {"file": (BytesIO(data), "package.zip"), "csrf_token": token_of(admin)}
    led = admin.post("/imports/new", data=form)
    assert "uptake import FILE.zip" in admin.get(led.location).text
