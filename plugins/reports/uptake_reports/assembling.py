"""Puts a report together as one document, for reading and for every format: headings, texts, tables and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session
from uptake.toolkit import (
    Person,
    base_address,
    day,
    direction,
    mechanism_options,
    speaking,
    state_options,
)
from uptake.toolkit import gettext as _

from uptake_reports import document, sources, tables
from uptake_reports.access import project_for
from uptake_reports.document import Block, Document, Heading, Paragraph
from uptake_reports.models import Project, Section, Source
from uptake_reports.outlines import known
from uptake_reports.richtext import to_blocks
from uptake_reports.sections import depths, ordered
from uptake_reports.words import STATUSES


def assemble(session: Session, project_id: int, *, person: Person) -> Document:
    """A report as it stands now. Raises ``NotFound`` for whoever may not read it."""
    project = project_for(session, project_id, person)
    rows = ordered(session, project.id)
    taken = sources.of_sections(session, [row.id for row in rows])
    with speaking(project.language):
        return Document(
            title=project.title,
            language=project.language,
            direction=direction(project.language),
            subtitle=_subtitle(session, project),
            facts=tuple(_facts(session, project)),
            blocks=tuple(_blocks(session, project, rows)),
            sources={str(one.uuid): _source(one, base_address(session)) for one in taken},
            key=str(project.uuid),
        )


def _subtitle(session: Session, project: Project) -> str:
    names = [name for id_, _code, name in state_options(session) if id_ == project.state_id]
    names += [one.name for one in mechanism_options(session) if one.id == project.mechanism_id]
    return " – ".join(names)


def _facts(session: Session, project: Project) -> Iterator[tuple[str, str]]:
    if project.period_from or project.period_to:
        yield _("Period"), " – ".join(filter(None, (day(project.period_from), day(project.period_to))))
    if project.status != "frozen":
        yield _("Status"), _(STATUSES[project.status])
    if project.deadline:
        yield _("Deadline"), day(project.deadline)


def _blocks(session: Session, project: Project, rows: list[Section]) -> Iterator[Block]:
    numbered = known(session, project.outline).numbered
    deep = depths(rows)
    annexed: set[int] = set()
    for row in rows:
        inside = row.parent_id in annexed
        if not row.counted:
            annexed.add(row.id)
        level = min(deep[row.id], 4)
        yield Heading(level, row.heading, f"s-{row.id}", annex=not row.counted and not inside)
        for block in to_blocks(row.body):
            if isinstance(block, Heading):
                yield replace(block, level=min(level + block.level - 2, 6))
            elif isinstance(block, Paragraph):
                yield replace(block, numbered=numbered and row.counted)
            else:
                yield block
        table = tables.table_of(session, project, row)
        if table is not None:
            yield replace(table, anchor=f"t-{row.id}")


def _source(one: Source, base: str) -> document.Source:
    address = f"{base}{one.path}" if base and one.path.startswith("/") else one.path if "://" in one.path else ""
    return document.Source(str(one.uuid), one.label, address)
