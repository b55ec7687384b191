"""A Word file comes back to its report: received, looked at, and taken into the sections change by change."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import N_, Conflict, Invalid, Person, Refused, find_upload, keep_upload, session, transaction

from uptake_reports.access import WRITE, may_write, project_for, require_open, writable
from uptake_reports.assembling import assemble
from uptake_reports.document import Block
from uptake_reports.locks import aware
from uptake_reports.models import Project, Section, SectionVersion
from uptake_reports.output.properties import MADE, REPORT
from uptake_reports.returning.comparing import Proposal, compare, fingerprint
from uptake_reports.returning.opening import OURS, open_word, refused
from uptake_reports.returning.reading import properties, read
from uptake_reports.richtext import to_blocks, to_html
from uptake_reports.sections import ordered
from uptake_reports.writing import LONGEST_BODY, put

MOST_BLOCKS = 5_000


@dataclass(frozen=True, slots=True)
class Review:
    """What a file proposes. ``notes`` counts what it holds that is not taken: see ``receive``. ``writes`` are the sections that
    the person writes, ``headings`` those of all."""

    token: str
    file: str
    proposals: tuple[Proposal, ...]
    notes: Mapping[str, int]
    writes: frozenset[int]
    headings: Mapping[int, str]

    @property
    def open(self) -> list[int]:
        """The numbers of the proposals that can be taken now."""
        return [at for at, one in enumerate(self.proposals) if one.state == "open" and one.section in self.writes]


def receive(project_id: int, stream: BinaryIO, name: str, *, person: Person) -> str:
    """Read a file and keep what it proposes; the token under which that waits. Nothing of the report is changed.

    Tracked changes are read as if they were accepted: each is shown before it is taken. Raises ``Invalid`` for what is no Word
    file of this report.
    """
    current = session()
    project = _project(current, project_id, person)
    opened = open_word(stream, name)
    given = properties(opened)
    if given.get(REPORT, str(project.uuid)) != str(project.uuid):
        raise refused(
            N_("{file} is a file of another report."), N_("Bring it to the page of its own report."), file=name
        )
    returned = read(opened)
    if len(returned.blocks) > MOST_BLOCKS:
        raise refused(N_("{file} holds far more than a report does."), OURS, file=name)
    report = assemble(current, project_id, person=person)
    found = compare(report, returned, _base(current, project, given.get(MADE, "")))
    if not found.known:
        raise refused(N_("Nothing in {file} fits this report."), OURS, file=name)
    notes = {"tracked": returned.changes, "remarks": returned.remarks, "kept": found.kept, "moved": found.moved,
             "unnamed": int(REPORT not in given)}  # fmt: skip
    rows = [notes, *(one.as_json() for one in found.proposals)]
    with transaction() as writing:
        return keep_upload(writing, _kind(project_id), name, rows, person=person)


def waiting(current: Session, project_id: int, token: str, *, person: Person) -> Review:
    """What the file proposes. Raises ``NotFound`` where another upload has taken its place."""
    project = project_for(current, project_id, person)
    kept = find_upload(current, _kind(project_id), token, person=person).value
    notes, *proposals = kept["rows"]
    rows = ordered(current, project_id)
    writes = frozenset(row.id for row in rows if may_write(current, row, project, person))
    headings = {row.id: row.heading for row in rows}
    return Review(token, kept["file"], tuple(Proposal(**one) for one in proposals), notes, writes, headings)


def take(project_id: int, token: str, chosen: Collection[int], *, person: Person) -> int:
    """Take chosen proposals into their sections, all or none; how many. Raises ``Conflict`` where one no longer fits."""
    with transaction() as current:
        _project(current, project_id, person)
        kept = find_upload(current, _kind(project_id), token, person=person)
        notes, *rows = kept.value["rows"]
        proposals = [Proposal(**one) for one in rows]
        wanted = [at for at in sorted(set(chosen)) if 0 <= at < len(proposals) and proposals[at].state == "open"]
        if not wanted:
            raise Invalid(N_("No change was chosen."), remedy=N_("Tick what is to be taken."))
        for section_id in dict.fromkeys(proposals[at].section for at in wanted):
            section, _ = writable(current, section_id, person)
            body = _changed(section, [proposals[at] for at in wanted if proposals[at].section == section_id])
            if len(body) > LONGEST_BODY:
                raise Invalid(N_("This section is too long to be saved."), remedy=N_("Make several sections of it."))
            put(current, section, body, person)
        for at in wanted:
            proposals[at] = replace(proposals[at], state="taken")
        kept.value = {**kept.value, "rows": [notes, *(one.as_json() for one in proposals)]}
        return len(wanted)


def _project(current: Session, project_id: int, person: Person) -> Project:
    project = project_for(current, project_id, person)
    require_open(project)
    if not any(may_write(current, row, project, person) for row in ordered(current, project_id)):
        raise Refused(N_("Your role does not allow this."), remedy=N_("Ask the coordinator."), action=WRITE)
    return project


def _changed(section: Section, proposals: Sequence[Proposal]) -> str:
    """The body with some proposals in it."""
    blocks = to_blocks(section.body)
    after: dict[str, str] = {}
    for one in proposals:
        if one.what == "new":
            last = after.get(one.anchor, one.anchor)
            blocks, after[one.anchor] = _inserted(blocks, last, one.html)
    for one in proposals:
        if one.what != "new":
            at = _place(blocks, one)
            blocks[at : at + 1] = to_blocks(one.html) if one.what == "changed" else []
    return to_html(blocks)


def _inserted(blocks: list[Block], anchor: str, html: str) -> tuple[list[Block], str]:
    """The blocks with a new one behind another; and the new one's anchor."""
    new = to_blocks(html)
    at = next((place for place, block in enumerate(blocks, 1) if block.anchor == anchor), len(blocks) if anchor else 0)
    return [*blocks[:at], *new, *blocks[at:]], new[-1].anchor if new else anchor


def _place(blocks: Sequence[Block], one: Proposal) -> int:
    for at, block in enumerate(blocks):
        if block.anchor == one.anchor and fingerprint(block) == one.was:
            return at
    raise Conflict(
        N_("“{text}” has changed here since the file was uploaded; nothing was taken."),
        remedy=N_("Upload the file again to compare it with what stands here now."),
        text=(one.before or one.after)[:80],
    )


def _base(current: Session, project: Project, made: str) -> dict[str, Block] | None:
    """The blocks of all sections as they were at a moment; None where the moment is unknown."""
    try:
        moment = datetime.datetime.fromisoformat(made)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    moment = moment.astimezone(datetime.UTC)
    base: dict[str, Block] = {}
    for section in ordered(current, project.id):
        body = section.body
        if section.changed is not None and aware(section.changed) > moment:
            earlier = (
                select(SectionVersion.body)
                .where(SectionVersion.section_id == section.id, SectionVersion.at <= moment)
                .order_by(SectionVersion.number.desc())
            )
            body = current.scalar(earlier.limit(1)) or ""
        base |= {block.anchor: block for block in to_blocks(body)}
    return base


def _kind(project_id: int) -> str:
    return f"reports.return:{project_id}"
