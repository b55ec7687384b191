"""Puts a report together as one document, for reading and for every format: headings, texts, tables and notes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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

from uptake_reports import document, pictures, sources, tables
from uptake_reports.access import project_for
from uptake_reports.document import Block, Document, Heading, Paragraph
from uptake_reports.models import Project, Section, Source
from uptake_reports.outlines import known
from uptake_reports.richtext import to_blocks
from uptake_reports.sections import depths, ordered
from uptake_reports.words import STATUSES


def assemble(session: Session, project_id: int, *, person: Person) -> Document:
    """A report as it stands now. Raises ``NotFound`` for whoever may not read it."""
    return document_of(session, project_for(session, project_id, person))


def document_of(session: Session, project: Project, *, public: bool = False, without: Collection[str] = ()) -> Document:
    """A report as it stands now, whoever reads it. For the public it says nothing of the work on it, and names no source that
    is among ``without``."""
    rows = ordered(session, project.id)
    taken = [one for one in sources.of_sections(session, [row.id for row in rows]) if str(one.uuid) not in without]
    with speaking(project.language):
        return Document(
            title=project.title,
            language=project.language,
            direction=direction(project.language),
            subtitle=_subtitle(session, project),
            facts=tuple(_facts(project, public=public)),
            blocks=tuple(_blocks(session, project, rows)),
            sources={str(one.uuid): _source(one, base_address(session)) for one in taken},
            key="" if public else str(project.uuid),
        )


def _subtitle(session: Session, project: Project) -> str:
    names = [name for id_, _code, name in state_options(session) if id_ == project.state_id]
    names += [one.name for one in mechanism_options(session, heard=False) if one.id == project.mechanism_id]
    return " – ".join(names)


def _facts(project: Project, *, public: bool) -> Iterator[tuple[str, str]]:
    if project.period_from or project.period_to:
        yield _("Period"), " – ".join(filter(None, (day(project.period_from), day(project.period_to))))
    if project.status != "frozen" and not public:
        yield _("Status"), _(STATUSES[project.status])
    if project.deadline and not public:
        yield _("Deadline"), day(project.deadline)


def _blocks(session: Session, project: Project, rows: list[Section]) -> Iterator[Block]:
    numbered = known(session, project.outline).numbered
    deep = depths(rows)
    numbers = pictures.numbers_of(session, project)
    annexed: set[int] = set()
    for row in rows:
        inside = row.parent_id in annexed
        if not row.counted:
            annexed.add(row.id)
        level = min(deep[row.id], 4)
        yield Heading(level, row.heading, f"s-{row.id}", annex=not row.counted and not inside)
        for block in pictures.filled(to_blocks(row.body), numbers, project.language):
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
