"""A package gives the same site: rows, files, pages; on either database, and from one to the other."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from uptake.app import build, registry
from uptake.db import Base, is_sqlite, session, transaction
from uptake.errors import Conflict, Refused
from uptake.models.audit import AuditEntry
from uptake.models.people import User
from uptake.models.progress import StoredFile
from uptake.search.engine import Query
from uptake.services import audit
from uptake.services.exchange import packages, scopes
from uptake.services.exchange.columns import kind_of
from uptake.services.lists import export_jobs
from uptake.services.permissions import NOBODY, SYSTEM, Person
from uptake.settings import Settings
from uptake.testing.databases import SqliteTemplate, close
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_actor, make_person
from uptake_reports.public_files import Kept

from .conftest import Fresh, Packed, held, opened, store_bytes

PATHS = ("/", "/recommendations?size=100", "/recommendations.json?size=500&facets=1", "/recommendations.json?q=women&sort=newest",
         "/documents", "/mechanisms", "/themes",
         "/sdgs", "/sources", "/states/XMV", "/fr/recommendations", "/plans", "/plans/NAP", "/about", "/sitemap.xml",
         "/reports/published", "/ar/reports/published.json")  # fmt: skip
CHANGING = re.compile(r"\+00:00|csrf_token\"[^>]*|nonce-?[^\s;>]*|static/[^\"]*|<p class=\"stamp\".*?</p>")


def sums(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        parts = json.loads(archive.read("manifest.json"))
    found = {part["path"]: part["sha256"] for part in [*parts["tables"], *parts["files"], *parts["others"]]}
    found.pop("data/audit_entry.jsonl", None)
    return found


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(f"data/{table}.jsonl").splitlines()]


def test_a_backup_restores_the_same_site_and_its_own_backup_is_the_same(
    packed: Packed, fresh: Fresh, bring: Callable[..., Any], tmp_path: Path
) -> None:
    with fresh() as app:
        report = bring(app, packed.files["backup"])
        assert report.applied
        assert held() == packed.held
        assert audit.verify(session()) is None
        if not is_sqlite(session()):
            known = session().scalar(text("select reltuples from pg_class where relname = 'recommendation'"))
            assert known == len(rows(packed.files["backup"], "recommendation")), "the planner knows of the rows"
        last = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (last.action, last.actor) == ("package.load", "test")
        instance = app.extensions["uptake"].instance
        assert store_bytes(instance) == store_bytes(packed.instance)
        assert "Recos" in (instance / "translations/fr/LC_MESSAGES/messages.po").read_text("utf-8")
        again = tmp_path / "backup-again.zip"
        packages.make(again, "backup", registry(app), person=SYSTEM, actor="test")
        assert sums(again) == sums(packed.files["backup"])
        make_actor("AFTER")  # the sequences go on behind what was restored
        assert audit.verify(session()) is None
    assert oct(again.stat().st_mode & 0o777) == "0o600"


def test_a_backup_takes_the_place_of_a_site_that_is_not_empty_only_when_asked(
    packed: Packed, fresh: Fresh, bring: Callable[..., Any]
) -> None:
    with fresh() as app:
        make_actor("MINE")
        make_person("coordinator")
        with transaction() as current:
            audit.record_event(current, "test", "note", "note/1", {})
        before = held()
        with pytest.raises(Conflict, match=r"not empty: actor 1.*user_account 1.*--replace"):
            bring(app, packed.files["backup"])
        with pytest.raises(Conflict, match="not empty: actor 1"):
            bring(app, packed.files["public"])
        assert not bring(app, packed.files["backup"], replace=True, dry_run=True).applied
        assert held() == before
        bring(app, packed.files["backup"], replace=True)
        assert held() == packed.held
        assert audit.verify(session()) is None
        with pytest.raises(DatabaseError, match="append-only"), transaction() as current:
            current.execute(text("delete from audit_entry"))


def test_a_public_package_gives_the_same_pages_to_a_visitor(
    packed: Packed, fresh: Fresh, bring: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = build(Settings(instance=packed.instance, title="Mirava", states=("XMV",)))
    with original.app_context():
        client = original.test_client()
        cards = client.get("/recommendations.json?size=500").get_json()["items"]
        paths = [*PATHS, *(f"/recommendations/{card['id']}" for card in cards[::9]),
                 *(f"/institutions/{one['code']}" for one in rows(packed.files["public"], "actor")),
                 *(f"/reports/published/{one['uuid']}" for one in rows(packed.files["public"], "reports_project"))]  # fmt: skip
        wanted = {path: CHANGING.sub("", client.get(path).text) for path in paths}
        [file] = rows(packed.files["public"], "stored_file")
        address = f"/files/{file['uuid']}/{file['name']}"
        assert client.get(address).status_code == 200
        content = client.get(address).data
        close()
    monkeypatch.setattr("uptake_reports.publishing.kept", Kept())
    with fresh() as app:
        make_person("administrator")  # whoever keeps the new site may be there already
        bring(app, packed.files["public"])
        object.__setattr__(app.extensions["uptake"], "title", "Mirava")
        object.__setattr__(app.extensions["uptake"], "states", ("XMV",))
        client = app.test_client()
        for path, said in wanted.items():
            assert CHANGING.sub("", client.get(path).text) == said, path
        assert client.get(address).data == content
        assert session().scalar(text("select count(*) from audit_entry")) == 1


def test_nothing_that_is_not_public_is_in_a_public_package(packed: Packed) -> None:
    with zipfile.ZipFile(packed.files["public"]) as archive:
        whole = b"\n".join(archive.read(name) for name in archive.namelist() if not name.endswith((".json", ".po")))
    people = rows(packed.files["backup"], "user_account")
    assert len(people) > 5
    for person in people:
        assert person["email"].encode() not in whole
        assert person["name"].encode() not in whole
    assert b"secret money" not in whole
    assert b"user/" not in whole
    drafts = [one["uuid"] for one in rows(packed.files["backup"], "progress_update") if one["state"] != "published"]
    assert drafts
    assert not any(uuid.encode() in whole for uuid in drafts)
    assert {one["state"] for one in rows(packed.files["public"], "assignment")} <= {"assigned", "accepted"}


def test_everything_holds_no_secret_and_restores_all_else(
    packed: Packed, fresh: Fresh, bring: Callable[..., Any]
) -> None:
    backup = {one["id"]: one for one in rows(packed.files["backup"], "user_account")}
    with zipfile.ZipFile(packed.files["everything"]) as archive:
        whole = b"\n".join(archive.read(name) for name in archive.namelist())
    for person in backup.values():
        assert person["fs_uniquifier"].encode() not in whole
        assert b"$argon2" not in whole
    with fresh() as app:
        bring(app, packed.files["everything"])
        assert audit.verify(session()) is None
        users = session().scalars(select(User)).all()
        assert {user.email for user in users} == {person["email"] for person in backup.values()}
        assert {user.password for user in users} == {None}
        assert len({user.fs_uniquifier for user in users}) == len(users)
        now = held()
        differing = {name for name in now if now[name] != packed.held[name]}
        assert differing <= {"user_account", *scopes.OF_THIS_MACHINE}


def test_a_file_that_waits_for_its_download_is_in_backups_alone(
    packed: Packed, fresh: Fresh, bring: Callable[..., Any], tmp_path: Path
) -> None:
    with fresh() as app:
        bring(app, packed.files["backup"])
        run_jobs(app)
        who = make_person("coordinator")
        export_jobs.start(Query(), "csv", (), name="all.csv", base="", locale="en", person=who)
        assert run_jobs(app) == 1
        kept = session().scalars(select(StoredFile).where(StoredFile.name == "all.csv")).one()
        made, part = f"files/{kept.sha256}", (kept.sha256, "all.csv")
        for holds in ("public", "everything", "backup"):
            path = tmp_path / f"{holds}.zip"
            packages.make(path, holds, registry(app), person=SYSTEM, actor="test")
            listed = {(one["sha256"], one["name"]) for one in rows(path, "stored_file")}
            assert (made in sums(path), part in listed) == (holds == "backup",) * 2
            if holds != "public":
                there = {(one["sha256"], one["name"]) for one in rows(packed.files["backup"], "stored_file")}
                assert listed - {part} == there, "every other file is there"


def test_a_backup_is_of_one_moment_while_the_site_goes_on(
    packed: Packed, fresh: Fresh, bring: Callable[..., Any], tmp_path: Path
) -> None:
    with fresh() as app:
        bring(app, packed.files["backup"])
        before = len(rows(packed.files["backup"], "comment"))
        steps: list[int] = []

        def meanwhile(done: int, total: int) -> None:
            if not steps:
                with transaction() as current:
                    current.execute(text("delete from comment"))
                    current.execute(text("delete from tag"))
            steps.append(done)

        packages.make(tmp_path / "b.zip", "backup", registry(app), person=SYSTEM, actor="test", progress=meanwhile)
        assert session().scalar(text("select count(*) from tag")) == 0
        assert sums(tmp_path / "b.zip") == sums(packed.files["backup"])
        assert len(rows(tmp_path / "b.zip", "comment")) == before
        assert steps[-1] >= 5000


def test_tables_of_a_plugin_that_does_not_run_are_named_and_passed_over(
    packed: Packed, sqlite_template: SqliteTemplate, bring: Callable[..., Any], tmp_path: Path
) -> None:
    with (
        sqlite_template.copy(Settings(instance=tmp_path, disabled_plugins=("plans",))) as settings,
        opened(settings) as app,
    ):
        plans = ["plans_action", "plans_action_recommendation", "plans_plan"]
        assert bring(app, packed.files["backup"]).skipped == plans
        made = packages.make(tmp_path / "b.zip", "backup", registry(app), person=SYSTEM, actor="test")
        assert made.left_out == plans
        with pytest.raises(Conflict, match="tables of plugins that do not run: plans_action"):
            bring(app, packed.files["backup"], replace=True)


def test_the_schema_in_a_package_describes_it(packed: Packed) -> None:
    for path in packed.files.values():
        with zipfile.ZipFile(path) as archive:
            schema, manifest = json.loads(archive.read("schema.json")), json.loads(archive.read("manifest.json"))
        assert [*jsonschema_rs.validator_for(schema).iter_errors(manifest)] == []
        for part in manifest["tables"]:
            validator = jsonschema_rs.validator_for(schema["$defs"]["rows"][part["table"]])
            for row in rows(path, part["table"])[:200]:
                assert [*validator.iter_errors(row)] == [], part["table"]


def test_packages_can_hold_every_column_there_is(bare_site: Flask) -> None:
    assert [kind_of(column) for table in Base.metadata.sorted_tables for column in table.columns]


@pytest.mark.parametrize(
    "who", [NOBODY, Person(id=1, name="", email="", language="en", site_roles=frozenset({"coordinator"}))]
)
def test_only_administrators_take_a_site_out(who: Person, bare_site: Flask, packed: Packed, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        packages.make(tmp_path / "x.zip", "public", registry(bare_site), person=who, actor="")
    with pytest.raises(Refused):
        packages.bring(packed.files["public"], registry(bare_site), backup=False, person=who, actor="")
