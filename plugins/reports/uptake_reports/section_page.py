"""What the page of a section shows: its text with comments, what belongs there, and where its sentences come from."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    Card,
    Institution,
    Material,
    Person,
    institutions_named,
    leads,
    load_cards,
    may,
    may_somewhere,
    people_named,
    standings,
)

from uptake_reports import figures, locks, pictures, sources, tables
from uptake_reports.access import COMMENT, MANAGE, may_write, section_for, writable
from uptake_reports.counting import Count, words_of
from uptake_reports.document import Block, Figure, Table
from uptake_reports.models import Project, Section, SectionComment, SectionVersion, Source
from uptake_reports.reading import limit_of
from uptake_reports.richtext import to_blocks, to_html
from uptake_reports.scope import finder, takes

PAGE_SIZE = 10
ROWS = 20
_CITE = re.compile(r'(<cite data-source="([0-9a-f-]{36})">.*?</cite>)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it is shown; ``mine`` where the reader may settle it."""

    id: int
    who: str
    text: str
    at: datetime.datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the text and what was said to it."""

    anchor: str
    html: Markup
    comments: list[Said]


@dataclass(frozen=True, slots=True)
class Offer:
    """A recommendation that belongs into the section, where it stands, and the pieces on it with whether they are taken in."""

    card: Card
    lead: Institution | None
    status: str
    unverified: bool
    pieces: list[tuple[Material, bool]]


@dataclass(frozen=True, slots=True)
class Offers:
    """One page of what belongs there."""

    rows: list[Offer]
    count: int
    page: int
    query: str

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section with all that stands around it; ``before`` and ``after`` are its neighbours."""

    section: Section
    project: Project
    parts: list[Part]
    general: list[Said]
    table: Markup | None
    table_rows: int
    sources: list[tuple[int, Source, str]]
    offers: Offers
    pictures: list[pictures.Choice]
    held: locks.Held | None
    versions: int
    words: int
    total: Count
    writes: bool
    comments: bool
    manages: bool


def section_page(session: Session, section_id: int, query: str, number: int, *, person: Person) -> SectionPage:
    """One section. Raises ``NotFound`` for whoever may not read its report."""
    section, project = section_for(session, section_id, person)
    taken = sources.of_sections(session, [section_id])
    stands = sources.states(session, project, taken)
    numbers_of = pictures.numbers_of(session, project)
    blocks = list(pictures.filled(to_blocks(section.body), numbers_of, project.language))
    writes = may_write(session, section, project, person)
    said = _comments(session, section_id, writes, person)
    numbers = {str(one.uuid): index for index, one in enumerate(taken, 1)}
    anchors = {block.anchor for block in blocks}
    parts = [
        Part(block.anchor, _shown(block, numbers, project.language), said.get(block.anchor, [])) for block in blocks
    ]
    general = [one for anchor, listed in said.items() if anchor not in anchors for one in listed]
    table = tables.table_of(session, project, section, ROWS)
    return SectionPage(
        section, project, parts, general, _table(table), len(tables.ids_of(session, project, section)),
        [(numbers[str(one.uuid)], one, stands[one.id]) for one in taken],
        _offers(session, section, project, taken, query, number, person) if writes else Offers([], 0, 1, query),
        pictures.offered(session, section, project, taken) if writes else [],
        locks.held(session, section_id), _count(session, section_id), words_of(blocks),
        limit_of(session, project)[0], writes, project.status != "frozen" and may_somewhere(person, COMMENT), may(person, MANAGE),
    )  # fmt: skip


def offers_of(session: Session, section_id: int, query: str, number: int, *, person: Person) -> Offers:
    """One page of what belongs into a section, or of what a search finds. Raises ``Refused`` for whoever does not write it."""
    section, project = writable(session, section_id, person)
    return _offers(session, section, project, sources.of_sections(session, [section_id]), query, number, person)


def _table(table: Table | None) -> Markup | None:
    return Markup(to_html([table])) if table else None  # noqa: S704


def rendered(body: str) -> Markup:
    """A stored body as it is shown: it was made safe when it was saved."""
    return Markup(to_html(to_blocks(body)))  # noqa: S704


def _shown(block: Block, numbers: Mapping[str, int], language: str) -> Markup:
    """A block with the numbers of its sources behind its words."""
    if isinstance(block, Figure):
        number = numbers.get(block.source)
        return figures.shown(block, language, f"#source-{number}" if number else "")

    def numbered(found: re.Match[str]) -> str:
        number = numbers.get(found[2])
        return f'{found[1]}<sup><a href="#source-{number}">{number}</a></sup>' if number else found[1]

    return Markup(_CITE.sub(numbered, to_html([block])))  # noqa: S704


def _offers(
    session: Session,
    section: Section,
    project: Project,
    taken: Sequence[Source],
    query: str,
    number: int,
    person: Person,
) -> Offers:
    filters = takes(section)
    if not filters and not query:
        return Offers([], 0, 1, query)
    ids = finder(session, project).find({} if query else filters, query)
    number = min(max(number, 1), max(1, -(-len(ids) // PAGE_SIZE)))
    shown = ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    responsible, where = leads(session, shown), standings(session, shown)
    named = institutions_named(session, responsible.values())
    there = {(one.kind, one.ref) for one in taken}
    held: defaultdict[int, list[tuple[Material, bool]]] = defaultdict(list)
    for piece in sources.pieces(session, project, shown, may(person, MANAGE)).values():
        held[piece.recommendation].append((piece, (piece.kind, piece.ref) in there))
    rows = [
        Offer(
            card, named.get(responsible.get(card.id, 0)), where[card.id].name if card.id in where else "",
            card.id in where and where[card.id].unverified, held[card.id],
        )
        for card in load_cards(session, shown, project.language)
    ]  # fmt: skip
    return Offers(rows, len(ids), number, query)


def _comments(session: Session, section_id: int, writes: bool, person: Person) -> dict[str, list[Said]]:
    wanted = select(SectionComment).where(SectionComment.section_id == section_id, SectionComment.resolved.is_(None))
    rows = list(session.scalars(wanted.order_by(SectionComment.id)))
    names = people_named(session, [row.user_id for row in rows])
    found: dict[str, list[Said]] = {}
    for row in rows:
        mine = writes or row.user_id == person.id
        found.setdefault(row.anchor, []).append(Said(row.id, names.get(row.user_id or 0, ""), row.text, row.at, mine))
    return found


def _count(session: Session, section_id: int) -> int:
    counted = select(func.count()).select_from(SectionVersion).where(SectionVersion.section_id == section_id)
    return session.scalar(counted) or 0
