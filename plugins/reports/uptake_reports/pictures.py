"""Pictures of what a section is about: offered, taken in with their numbers, watched, and brought up to date."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Invalid,
    Person,
    PictureTable,
    Query,
    day,
    ngettext,
    number,
    picture_of,
    picture_tables,
    picture_titles,
    record_event,
    speaking,
    transaction,
)
from uptake.toolkit import gettext as _

from uptake_reports.access import require_version, writable
from uptake_reports.document import Block, Figure, Run, Table
from uptake_reports.models import PICTURE, Project, Section, Source
from uptake_reports.richtext import clean_body, to_blocks, to_html
from uptake_reports.scope import queries
from uptake_reports.writing import put


@dataclass(frozen=True, slots=True)
class Choice:
    """A picture that a section can take in; ``path`` shows it as it would be now."""

    name: str
    title: str
    path: str
    taken: bool


def offered(session: Session, section: Section, project: Project, taken: Iterable[Source]) -> list[Choice]:
    """The pictures of what belongs into a section; none where it is about single paragraphs."""
    query = queries(session, project, [section]).get(section.id)
    there = {one.ref for one in taken if one.kind == PICTURE}
    titles = picture_titles() if query else {}
    return [Choice(name, title, _path(name, query), name in there) for name, title in titles.items() if query]


def take_in(section_id: int, names: Sequence[str], *, version: int, person: Person) -> int:
    """Take pictures into a section, at its end, each with its numbers as they are now; how many are new.

    Raises ``Invalid`` for none, for one that is not offered there, and for one that has nothing to count.
    """
    with transaction() as session:
        section, project = writable(session, section_id, person)
        require_version(section, version)
        query = queries(session, project, [section]).get(section_id)
        if not names or query is None or not set(names) <= picture_titles().keys():
            raise Invalid(N_("Choose which pictures to take in."))
        own = select(Source).where(Source.section_id == section_id, Source.kind == PICTURE)
        known = {one.ref: one for one in session.scalars(own)}
        there = {name for name, one in known.items() if str(one.uuid) in section.body}
        wanted = [name for name in dict.fromkeys(names) if name not in there]
        blocks = to_blocks(section.body)
        with speaking(project.language):
            for name, table in zip(wanted, picture_tables([(name, query) for name in wanted]), strict=True):
                if not table.rows:
                    raise Invalid(N_("There is nothing to count yet: {picture}"), picture=table.title)
                row = known.get(name) or Source(section_id=section_id, kind=PICTURE, ref=name)
                row.user_id = person.id
                _note(session, row, table, query)
                blocks.append(Figure({}, "", table.title, source=str(row.uuid)))
        if wanted:
            put(session, section, clean_body(to_html(blocks)), person)
            said = {"sources": [f"{PICTURE}:{name}" for name in wanted]}
            record_event(session, person.mark, "reports.take", f"reports.section/{section_id}", said)
        return len(wanted)


def renew(session: Session, source: Source, section: Section, project: Project, *, numbers: bool) -> None:
    """Give a picture its new numbers, or keep the old ones and no longer say that they have changed; inside the transaction."""
    query = queries(session, project, [section]).get(section.id)
    with speaking(project.language):
        if query is None or source.ref not in picture_titles():
            raise Invalid(N_("The source is no longer to be seen."), remedy=N_("Take the picture out, or keep it."))
        (table,) = picture_tables([(source.ref, query)])
        if numbers:
            _note(session, source, table, query)
        else:
            source.fingerprint, source.state = _fingerprint(table), "fresh"


def states(session: Session, project: Project, taken: Sequence[Source]) -> dict[int, str]:
    """How the pictures among these sources stand now: as few queries for many as for one."""
    pictures = [one for one in taken if one.kind == PICTURE]
    if not pictures:
        return {}
    sections = session.scalars(select(Section).where(Section.id.in_({one.section_id for one in pictures})))
    asked = queries(session, project, list(sections))
    with speaking(project.language):
        there = [one for one in pictures if one.section_id in asked and one.ref in picture_titles()]
        now = picture_tables([(one.ref, asked[one.section_id]) for one in there])
    found = {one.id: "gone" for one in pictures}
    for one, table in zip(there, now, strict=True):
        found[one.id] = "fresh" if _fingerprint(table) == one.fingerprint else "changed"
    return found


def numbers_of(session: Session, project: Project) -> dict[str, Any]:
    """The numbers of all pictures of a report, by the key that bodies name."""
    wanted = select(Source.uuid, Source.numbers).join(Section, Section.id == Source.section_id)
    rows = session.execute(wanted.where(Section.project_id == project.id, Source.kind == PICTURE))
    return {str(uuid): numbers for uuid, numbers in rows if numbers}


def filled(blocks: Iterable[Block], numbers: Mapping[str, Any], language: str) -> Iterator[Block]:
    """Blocks with each picture drawn from its numbers; one whose numbers are not there is left out."""
    for block in blocks:
        if not isinstance(block, Figure):
            yield block
        elif found := numbers.get(block.source):
            yield _filled(block, msgspec.convert(found, PictureTable), language)


def _filled(figure: Figure, table: PictureTable, language: str) -> Figure:
    with speaking(language):
        spec, alt = picture_of(table)
        hidden = ngettext("{count} more row is not shown.", "{count} more rows are not shown.", table.hidden)
        several = _("A recommendation that belongs to several rows is counted in each.")
        notes = [several if table.note else "", hidden if table.hidden else ""]
        return replace(figure, spec=spec, alt=alt, table=_table(table), note=" ".join(filter(None, notes)))


def _table(table: PictureTable) -> Table:
    """All numbers; each row begins with its name."""
    rows = [*table.rows, *([table.total] if table.total and len(table.rows) > 1 else [])]
    header = (_cell(table.corner), *(_cell(one.label) for one in table.columns))
    cells = tuple((_cell(row.label), *(_cell(number(one.count)) for one in row.cells)) for row in rows)
    return Table(header, cells, widths=(3.0, *(1.0 for _column in table.columns)), annex=True)


def _cell(text: str) -> tuple[Run, ...]:
    return (Run(text),) if text else ()


def _note(session: Session, row: Source, table: PictureTable, query: Query) -> None:
    """Write down what a picture counts now."""
    now = datetime.datetime.now(datetime.UTC)
    row.label = _("{picture}, numbers of {day}", picture=table.title, day=day(now.date()))[:300]
    row.path, row.text, row.numbers = _path(row.ref, query), _text(table), msgspec.to_builtins(table)
    row.fingerprint, row.state, row.taken = _fingerprint(table), "fresh", now
    session.add(row)
    session.flush()


def _text(table: PictureTable) -> str:
    rows = [["", *(one.label for one in table.columns)]]
    rows += [[row.label, *(str(one.count) for one in row.cells)] for row in (*table.rows, table.total) if row]
    return "\n".join("\t".join(row) for row in rows)


def _fingerprint(table: PictureTable) -> str:
    return hashlib.sha256(_text(table).encode()).hexdigest()


def _path(name: str, query: Query) -> str:
    return (
        f"/progress/{name}?{urlencode([(field, value) for field, values in query.filters.items() for value in values])}"
    )
