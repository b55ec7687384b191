"""A public package holds the reports that the public reads, page by page and file by file, and nothing else of the reports."""

from __future__ import annotations

import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import docx
import pytest
from flask import Flask
from sqlalchemy import select
from uptake.app import build, registry
from uptake.models.people import User
from uptake.models.progress import Update
from uptake.models.recommendations import Withdrawal
from uptake.services.exchange import packages
from uptake.services.permissions import SYSTEM
from uptake.settings import Settings
from uptake.testing.databases import SqliteTemplate, close
from uptake.toolkit import session, transaction
from uptake_reports import circulating, pictures, publishing, sources, writing
from uptake_reports.models import Project, Section, Source
from uptake_reports.public_files import Kept

from .conftest import SOON, Reports

SENTINEL = "Sesame"
CHANGING = re.compile(r"csrf_token\"[^>]*|nonce-?[^\s;>]*|static/[^\"]*|<p class=\"stamp\".*?</p>")
KINDS = ("docx", "pdf", "html", "txt", "json")


def report(reports: Reports, title: str, *, secret: bool = False) -> int:
    """A frozen report with everything around it that is nobody else's business; with ``secret`` its words are, too."""
    said = SENTINEL if secret else "Word for everybody"
    project = reports.begin(deadline="2031-04-01", title=f"{title} {said}")
    reports.write(project, "intro", f"<p>{SENTINEL} of an earlier version.</p>")
    sent = circulating.circulate(
        project, [reports.justice], society=False, until=SOON, note=f"{SENTINEL} note",
        version=reports.project(project).version, person=reports.coordinator,
    )  # fmt: skip
    circulating.remark(sent, None, "", f"{SENTINEL} remark", actor=None, person=reports.other)
    intro = reports.write(project, "intro", f"<p>{said} in the report {title}.</p>")
    writing.comment(intro.id, "", f"{SENTINEL} comment", person=reports.coordinator)
    reports.hand(project, "intro", reports.health)
    with transaction() as current:
        current.get_one(Section, intro.id).guidance = f"{SENTINEL} guidance"
    section = reports.section(project, "supported")
    sources.take_in(section.id, reports.pieces(section.id), version=section.version, person=reports.coordinator)
    row = reports.section(project, "supported")
    pictures.take_in(row.id, ["progress-by-status"], version=row.version, person=reports.coordinator)
    reports.move(project, "approve", "freeze")
    return project


def publish(reports: Reports, project: int) -> str:
    publishing.publish(project, version=reports.project(project).version, person=reports.coordinator)
    return f"/en/reports/published/{reports.project(project).uuid}"


@pytest.fixture
def told(reports: Reports) -> dict[str, str]:
    """The addresses of a published, a withdrawn and published again, a withdrawn, a frozen and a draft report."""
    reports.published(reports.numbers["118.1"], done="A law was passed.", evidence=True)
    reports.published(reports.numbers["118.2"], done="Said in public, and taken back.")
    found = {
        name: publish(reports, report(reports, name, secret=secret))
        for name, secret in (("first", False), ("second", False), ("gone", True))
    }
    for name in ("second", "gone"):
        publishing.withdraw(number(found[name]), f"{SENTINEL} in a reason", person=reports.coordinator)
    publish(reports, number(found["second"]))
    for title in ("frozen", "open"):
        found[title] = f"/en/reports/published/{reports.project(report(reports, title, secret=True)).uuid}"
    with transaction() as current:
        current.get_one(Project, number(found["open"])).status = "draft"
        taken = select(Source).where(Source.kind == "update", Source.recommendation_id == reports.id_of("118.2"))
        for one in current.scalars(taken):
            one.text = f"{SENTINEL} as it was before"
        for update in current.scalars(select(Update).where(Update.done.like("%taken back%"))):
            update.state = "draft"
            update.done = f"{SENTINEL} in a draft"
    return found


def number(address: str) -> int:
    session().rollback()
    found = session().scalars(select(Project.id).where(Project.uuid == UUID(address[-36:]))).one()
    return int(found)


def shown(app: Flask, addresses: list[str]) -> dict[str, str]:
    """What a visitor reads there, the files among it as their text."""
    client = app.test_client()
    found = {path: CHANGING.sub("", client.get(path).text) for path in ("/en/reports/published", "/en/", *addresses)}
    for address in addresses:
        for kind in KINDS:
            answer = client.get(f"{address}/report.{kind}")
            assert answer.status_code == 200, (address, kind)
            found[f"{address}.{kind}"] = _text(answer.data) if kind == "docx" else answer.text if kind != "pdf" else ""
            assert kind != "pdf" or answer.data.startswith(b"%PDF")
    return found


def _text(data: bytes) -> str:
    word = docx.Document(io.BytesIO(data))
    notes = zipfile.ZipFile(io.BytesIO(data)).read("word/footnotes.xml").decode()
    return "\n".join(one.text for one in word.paragraphs) + re.sub("<[^>]*>", "", notes)


@pytest.fixture
def copy(sqlite_template: SqliteTemplate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of an empty instance; what was made for the public of the first is forgotten."""
    instance = tmp_path / "copy"
    instance.mkdir()
    with sqlite_template.copy(Settings(instance=instance)) as settings:
        monkeypatch.setattr(publishing, "kept", Kept())
        yield settings


def packed(app: Flask, path: Path) -> dict[str, bytes]:
    """Every member of a public package, by its name."""
    session().rollback()
    packages.make(path, "public", registry(app), person=SYSTEM, actor="test")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_copy_shows_the_same_reports_and_files_and_no_others(
    app: Flask, reports: Reports, told: dict[str, str], copy: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = [told["first"], told["second"]]
    wanted = shown(app, public)
    assert "A law was passed" in wanted[f"{public[0]}.txt"]
    assert wanted[f"{public[0]}.json"].count("health, report of") == 1
    file = tmp_path / "public.zip"
    packed(app, file)
    close()
    monkeypatch.setattr(publishing, "kept", Kept())
    other = build(copy)
    other.testing = True
    with other.app_context():
        packages.bring(file, registry(other), backup=False, person=SYSTEM, actor="test")
        found = shown(other, public)
        for path, said in wanted.items():
            assert found[path] == said, path
        for name in ("gone", "frozen", "open"):
            assert other.test_client().get(told[name]).status_code == 404
        assert session().query(Project).count() == 2
        assert {one.created.date() for one in session().query(Project)} == {datetime.datetime.now(datetime.UTC).date()}
        close()


def test_no_private_word_and_nobody_is_in_the_package(
    app: Flask, reports: Reports, told: dict[str, str], tmp_path: Path
) -> None:
    people = [(one.email.encode(), one.name.encode()) for one in session().scalars(select(User))]
    members = packed(app, tmp_path / "public.zip")
    assert len(people) > 5
    for name, data in members.items():
        assert SENTINEL.encode() not in data, name
        assert not [one for pair in people for one in pair if one in data], name
    rows = {
        name.removeprefix("data/").removesuffix(".jsonl"): [json.loads(line) for line in data.splitlines()]
        for name, data in members.items()
        if name.startswith("data/reports_")
    }
    assert {name: len(listed) for name, listed in rows.items() if not name.endswith(("section", "source"))} == {
        "reports_project": 2, "reports_publication": 2,
    }  # fmt: skip
    assert rows.keys() == {"reports_project", "reports_section", "reports_source", "reports_publication"}
    taken = {(one["kind"], one.get("recommendation_id")) for one in rows["reports_source"]}
    assert ("update", reports.id_of("118.1")) in taken
    assert ("update", reports.id_of("118.2")) not in taken
    assert ("picture", None) in taken


def test_a_note_on_a_recommendation_that_was_withdrawn_stays_behind(
    app: Flask, reports: Reports, told: dict[str, str], copy: Settings, tmp_path: Path
) -> None:
    with transaction() as current:
        current.add(
            Withdrawal(
                recommendation_id=reports.id_of("118.3"), reason="Entered twice", at=datetime.datetime.now(datetime.UTC)
            )
        )
    file = tmp_path / "public.zip"
    packed(app, file)
    close()
    other = build(copy)
    with other.app_context():
        packages.bring(file, registry(other), backup=False, person=SYSTEM, actor="test")
        held = other.test_client().get(f"{told['first']}/report.json").get_json()
        notes = [one["text"] for one in held["sources"].values()]
        assert "A/HRC/58/12, para. 118.4" in notes
        assert "A/HRC/58/12, para. 118.3" not in notes
        close()
