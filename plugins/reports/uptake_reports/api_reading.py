"""Reports as the API tells them: to those who may read them on the pages, in a constant number of queries."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    ApiPart,
    AppError,
    NotFound,
    Person,
    api_in_order,
    base_address,
    day,
    institutions_named,
    mechanism_options,
    pick,
    registry_of,
    require_somewhere,
    state_options,
)

from uptake_reports import assembling, publishing, sources
from uptake_reports.access import READ, project_for, readable
from uptake_reports.counting import words_of_section
from uptake_reports.document import Document, text_of
from uptake_reports.formats import as_data
from uptake_reports.models import Project, Publication, Section, Source
from uptake_reports.outlines import fits, known, outlines, places
from uptake_reports.richtext import to_blocks
from uptake_reports.section_page import offers_of
from uptake_reports.sections import depths, ordered

Item = dict[str, Any]


class Gone(AppError):
    """It was published once and is not any more."""

    status = 410


def listing(session: Session, after: Sequence[int] | None, limit: int, *, person: Person, status: str = "") -> ApiPart:
    """The reports that the person may read, in the order in which they were begun."""
    require_somewhere(person, READ)
    wanted = select(Project).where(readable(person))
    if status:
        wanted = wanted.where(Project.status == status)
    rows, following = api_in_order(session, wanted, Project.id, after, limit)
    return ApiPart(_items(session, [row for (row,) in rows]), following)


def report(session: Session, project_id: int, *, person: Person) -> Item:
    """One report with its outline. Raises ``NotFound`` for whoever may not read it."""
    require_somewhere(person, READ)
    project = project_for(session, project_id, person)
    rows = ordered(session, project.id)
    listed = _sections(session, project, rows, sources.of_sections(session, [row.id for row in rows]))
    (item,) = _items(session, [project])
    words = sum(one["words"] for one in listed if not one["annex"])
    return item | {"formats": [*registry_of(session).report_formats], "words": words, "sections": listed}


def section(session: Session, project_id: int, section_id: int, *, person: Person) -> Item:
    """One section with its text and what stands behind it. Raises ``NotFound``."""
    require_somewhere(person, READ)
    project = project_for(session, project_id, person)
    rows = ordered(session, project.id)
    row = next((one for one in rows if one.id == section_id), None)
    if row is None:
        raise NotFound(N_("There is no such section."))
    taken = sources.of_sections(session, [row.id])
    item = next(one for one in _sections(session, project, rows, taken) if one["id"] == section_id)
    text = "\n".join(text_of(block) for block in to_blocks(row.body))
    base = base_address(session)
    return item | {"body": row.body, "text": text, "sources": [_source(one, base) for one in taken]}


def kinds(session: Session, *, person: Person) -> ApiPart:
    """All kinds of reports that can be begun."""
    require_somewhere(person, READ)
    items = [
        {
            "code": code, "title": pick(dict(one.titles)), "about": pick(dict(one.about)), "words_limit": one.words,
            "mechanisms": [place.code for place in places(session, one)], "mechanism_needed": not fits(one, "", ""),
            "asks": next((section.each for section in one.sections if section.each in ("question", "paragraph")), ""),
        }
        for code, one in outlines(session).items()
    ]  # fmt: skip
    return ApiPart(items, None)


def offers(
    session: Session, project_id: int, section_id: int, after: Sequence[int] | None, query: str, *, person: Person
) -> ApiPart:
    """What belongs into a section and can be taken in. Raises ``NotFound``, and ``Refused`` for whoever does not write it."""
    section(session, project_id, section_id, person=person)
    found = offers_of(session, section_id, query.strip(), after[0] if after else 1, person=person)
    items = [
        {
            "kind": piece.kind, "ref": piece.ref, "recommendation": str(offer.card.uuid), "label": piece.label,
            "text": piece.text, "taken": taken,
        }
        for offer in found.rows
        for piece, taken in offer.pieces
    ]  # fmt: skip
    return ApiPart(items, [found.page + 1] if found.page < found.pages else None, found.count)


def text(session: Session, project_id: int, *, person: Person) -> Item:
    """A whole report as it reads. Raises ``NotFound`` for whoever may not read it."""
    require_somewhere(person, READ)
    return as_data(assembling.assemble(session, project_id, person=person))


def published(session: Session, after: Sequence[int] | None, limit: int) -> ApiPart:
    """The reports that everybody may read, in the order in which they were published."""
    wanted = select(Publication, Project).join(Project, Project.id == Publication.project_id)
    wanted = wanted.where(Publication.withdrawn.is_(None), Project.status == "frozen")
    rows, following = api_in_order(session, wanted, Publication.id, after, limit)
    mechanisms = _mechanisms(session)
    items = [
        {
            "uuid": str(one.uuid), "title": one.title, "kind": pick(dict(known(session, one.outline).titles)),
            "mechanism": mechanisms.get(one.mechanism_id or 0), "language": one.language, "published": _moment(row.at),
        }
        for row, one in rows
    ]  # fmt: skip
    return ApiPart(items, following)


def public(session: Session, uuid: UUID) -> Document:
    """What the public reads of a report. Raises ``NotFound``, and ``Gone`` where it was withdrawn."""
    found = publishing.public_page(session, uuid)
    if found.document is None:
        when = day(found.withdrawn.date()) if found.withdrawn else ""
        raise Gone(N_("This report was withdrawn on {day}: {why}"), day=when, why=found.why)
    return found.document


def _mechanisms(session: Session) -> dict[int, str]:
    return {one.id: one.code for one in mechanism_options(session, heard=False)}


def _items(session: Session, projects: Sequence[Project]) -> list[Item]:
    mechanisms = _mechanisms(session)
    states = {id_: code for id_, code, _name in state_options(session)}
    counted = select(Section.project_id, func.count(), func.count(func.nullif(Section.body, "")))
    found = session.execute(
        counted.where(Section.project_id.in_([one.id for one in projects])).group_by(Section.project_id)
    )
    counts = {id_: (total, written) for id_, total, written in found}
    return [
        {
            "id": one.id, "uuid": str(one.uuid), "title": one.title, "outline": one.outline,
            "kind": pick(dict(known(session, one.outline).titles)), "mechanism": mechanisms.get(one.mechanism_id or 0),
            "state": states.get(one.state_id or 0), "language": one.language, "period_from": _day(one.period_from),
            "period_to": _day(one.period_to), "deadline": _day(one.deadline), "status": one.status, "words_limit": one.words,
            "sections_count": counts.get(one.id, (0, 0))[0], "written_count": counts.get(one.id, (0, 0))[1],
            "created": _moment(one.created), "version": one.version,
        }
        for one in projects
    ]  # fmt: skip


def _sections(session: Session, project: Project, rows: list[Section], taken: Sequence[Source]) -> list[Item]:
    deep, uncounted = depths(rows), known(session, project.outline).uncounted
    notes: Mapping[str, str] = {str(one.uuid): one.label for one in taken}
    named = institutions_named(session, {row.actor_id for row in rows if row.actor_id})
    return [
        {
            "id": row.id, "parent": row.parent_id, "depth": deep[row.id], "code": row.code, "heading": row.heading,
            "institution": named[row.actor_id].code if row.actor_id in named else None, "due": _day(row.due),
            "annex": not row.counted, "words": words_of_section(row, uncounted, notes), "words_limit": row.share,
            "changed": _moment(row.changed), "version": row.version,
        }
        for row in rows
    ]  # fmt: skip


def _source(one: Source, base: str) -> Item:
    address = f"{base}{one.path}" if one.path.startswith("/") else one.path
    return {
        "id": str(one.uuid),
        "kind": one.kind,
        "label": one.label,
        "address": address,
        "text": one.text,
        "state": one.state,
    }


def _day(value: datetime.date | None) -> str | None:
    return value.isoformat() if value else None


def _moment(value: datetime.datetime | None) -> str | None:
    if value is None:
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
    return aware.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
