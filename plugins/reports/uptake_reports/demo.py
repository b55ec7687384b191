"""Three reports of the demo country, made through the same services as everywhere: one sent round, one just begun, one public."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from sqlalchemy import select
from uptake.toolkit import (
    DemoCountry,
    Person,
    document_options,
    institutions_by_code,
    mechanism_options,
    session,
)

from uptake_reports import circulating, editing, pictures, publishing, sections, sources, writing
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import Project, Section
from uptake_reports.outlines import outlines
from uptake_reports.scope import finder, takes
from uptake_reports.sections import SectionDraft


def fill(country: DemoCountry) -> None:
    """Begin the reports."""
    person = country.coordinator
    for one in json.loads(files("uptake_reports.data").joinpath("demo.json").read_text("utf-8"))["reports"]:
        if one["outline"] in outlines(session()):
            _report(one, person)


def _report(one: Mapping[str, Any], person: Person) -> None:
    mechanisms = {found.code: str(found.id) for found in mechanism_options(session())}
    documents = {title.partition(" – ")[0]: str(id_) for id_, title, _mechanism in document_options(session())}
    mechanism, document = mechanisms.get(one["mechanism"], ""), documents.get(one["symbol"], "")
    draft = ProjectDraft(
        one["title"], one["outline"], mechanism, "", document, language=one["language"],
        deadline=_day(one["deadline_days"]), words=one["words"],
    )  # fmt: skip
    project = editing.create(draft, person=person)
    for wanted in one["sections"]:
        _section(project, wanted, person)
    if said := one.get("comment"):
        writing.comment(_id(project, said["code"]), "", said["text"], person=person)
    if sent := one.get("circulate"):
        actors = institutions_by_code(session(), sent["institutions"])
        version = _now(project)
        circulating.circulate(
            project, list(actors.values()), society=sent["society"], until=_day(sent["days"]), note=sent["note"],
            version=version, person=person,
        )  # fmt: skip
    for step in one.get("steps", ()):
        editing.move(project, step, version=_now(project), person=person)
    if one.get("public"):
        publishing.publish(project, version=_now(project), person=person)


def _section(project: int, wanted: Mapping[str, Any], person: Person) -> None:
    id_ = _id(project, wanted["code"])
    row = session().get_one(Section, id_)
    actor = institutions_by_code(session(), [wanted["institution"]])[wanted["institution"]]
    draft = SectionDraft(
        row.heading, row.guidance, str(actor), "", _day(wanted["days"]), str(row.share or ""), not row.counted
    )
    sections.arrange(id_, draft, version=row.version, person=person)
    if body := wanted.get("body"):
        writing.save(id_, body, version=_version(id_), person=person)
    if count := wanted.get("take"):
        report = session().get_one(Project, project)
        ids = finder(session(), report).find(takes(session().get_one(Section, id_)))
        found = sources.pieces(session(), report, ids, unpublished=False).values()
        told = list(dict.fromkeys(piece.recommendation for piece in found if piece.kind == "update"))
        chosen = (told + [rec for rec in ids if rec not in told])[:count]
        picks = [
            (piece.kind, piece.ref, piece.recommendation)
            for rec in chosen
            for piece in found
            if piece.recommendation == rec and piece.kind in ("recommendation", "update")
        ]
        sources.take_in(id_, picks, version=_version(id_), person=person)
    if names := wanted.get("pictures"):
        pictures.take_in(id_, names, version=_version(id_), person=person)


def _id(project: int, code: str) -> int:
    return session().scalars(select(Section.id).where(Section.project_id == project, Section.code == code)).one()


def _version(section: int) -> int:
    return session().get_one(Section, section, populate_existing=True).version


def _now(project: int) -> int:
    return session().get_one(Project, project, populate_existing=True).version


def _day(days: int) -> str:
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)).isoformat()
