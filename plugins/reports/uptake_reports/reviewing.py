"""A circulated draft as it is read, with the table of what became of each remark; and a whole report as it reads."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import Institution, Person, institutions_named, may

from uptake_reports import figures, pictures
from uptake_reports.access import MANAGE, READ, found
from uptake_reports.circulating import opened, voices
from uptake_reports.document import Block, Document, Figure, Heading, Paragraph, Table, runs_of, text_of
from uptake_reports.models import Circulation, CirculationActor, Project, Remark
from uptake_reports.richtext import to_blocks, to_html


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the copy: its heading, and its blocks each with its id."""

    id: int
    heading: str
    level: int
    blocks: list[tuple[str, Markup]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A remark and what became of it."""

    remark: Remark
    institution: Institution | None
    section: str
    quoted: str


@dataclass(frozen=True, slots=True)
class CirculationPage:
    """A draft that went round. ``voices`` are the institutions for which the reader may speak, none once the time is over."""

    circulation: Circulation
    project: Project
    parts: list[Part]
    answers: list[Answer]
    asked: list[Institution]
    voices: set[int]
    over: bool
    manages: bool
    reads: bool


def circulation_page(session: Session, circulation_id: int, *, person: Person) -> CirculationPage:
    """One draft: the remarks of all for those who see the whole report, else those of the reader's institutions."""
    row = opened(session, circulation_id, person)
    project = found(session, Project, row.project_id)
    mine = voices(session, row, person)
    whole = may(person, MANAGE) or may(person, READ)
    wanted = select(Remark).where(Remark.circulation_id == row.id).order_by(Remark.id)
    remarks = list(session.scalars(wanted if whole else wanted.where(Remark.actor_id.in_(mine))))
    asked = list(session.scalars(select(CirculationActor.actor_id).where(CirculationActor.circulation_id == row.id)))
    named = institutions_named(session, {*asked, *(one.actor_id for one in remarks if one.actor_id)})
    parts = [_part(one, project.language) for one in row.copy]
    texts = {(part.id, anchor): html.striptags() for part in parts for anchor, html in part.blocks}
    headings = {part.id: part.heading for part in parts}
    answers = [
        Answer(
            one, named.get(one.actor_id or 0), headings.get(one.section_id or 0, ""), texts.get((one.section_id or 0, one.anchor), "")
        )
        for one in remarks
    ]  # fmt: skip
    over = datetime.datetime.now(datetime.UTC).date() > row.until
    return CirculationPage(
        row, project, parts, answers, [named[id_] for id_ in asked if id_ in named], set() if over else mine, over,
        may(person, MANAGE), whole,
    )  # fmt: skip


def shown_document(report: Document) -> Markup:
    """The whole report as it reads on a page: numbered paragraphs, tables, and notes at its end."""
    notes = {note.key: index for index, note in enumerate(report.notes(), 1)}
    number, made = 0, []
    for block in report.blocks:
        if isinstance(block, Heading):
            level = min(block.level + 1, 6)
            made.append(f'<h{level} id="{escape(block.anchor)}">{escape(block.text)}</h{level}>')
            continue
        if isinstance(block, Figure):
            note = notes.get(block.source)
            made.append(figures.shown(block, report.language, f"#note-{note}" if note else ""))
            continue
        html = _html(block)
        if isinstance(block, Paragraph) and block.numbered:
            number += 1
            html = html.replace(">", f'><span class="number">{number}.</span> ', 1)
        named = [notes[key] for key in dict.fromkeys(run.source for run in runs_of(block)) if key in notes]
        if named:
            marks = " ".join(f'<a href="#note-{one}">{one}</a>' for one in named)
            end = html.rfind("</")
            html = f"{html[:end]}<sup>{marks}</sup>{html[end:]}" if isinstance(block, Paragraph) else html
        made.append(html)
    return Markup("\n".join(made))  # noqa: S704


def _part(one: dict[str, object], language: str) -> Part:
    numbers = one.get("pictures", {})
    assert isinstance(numbers, dict)
    blocks = [
        (block.anchor, _shown(block, language))
        for block in pictures.filled(to_blocks(str(one["body"])), numbers, language)
    ]
    level = one["level"]
    assert isinstance(level, int)
    assert isinstance(one["id"], int)
    return Part(one["id"], str(one["heading"]), level, blocks)


def _shown(block: Block, language: str) -> Markup:
    return figures.shown(block, language) if isinstance(block, Figure) else Markup(_html(block))  # noqa: S704


def _html(block: Block) -> str:
    """A block as it is stored; a table in a place where it can be moved sideways."""
    html = to_html([block])
    if not isinstance(block, Table):
        return html
    name = escape(block.caption or text_of(block)[:80])
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="{name}">{html}</div>'
