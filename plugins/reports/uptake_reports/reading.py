"""What the list of reports and the page of one show: a constant number of queries, however many sections there are."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    Institution,
    Person,
    institutions_named,
    may,
    mechanism_options,
    people_named,
    pick,
    state_options,
    writers,
)

from uptake_reports import checking, publishing, sources
from uptake_reports.access import MANAGE, is_member, may_write, project_for, readable
from uptake_reports.circulating import voices
from uptake_reports.counting import Count, words_of_section
from uptake_reports.gaps import missing
from uptake_reports.models import (
    Circulation,
    CirculationActor,
    Member,
    Project,
    Publication,
    Remark,
    Section,
    SectionComment,
    SectionVersion,
    Source,
)
from uptake_reports.outlines import known
from uptake_reports.sections import depths, ordered

WRITERS = ("coordinator", "focal_point", "alternate", "member")


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A report in a list; ``written`` of its ``sections`` hold text, ``changed`` counts sources that say something else now."""

    id: int
    title: str
    kind: str
    mechanism: str
    language: str
    deadline: datetime.date | None
    overdue: bool
    status: str
    written: int
    sections: int
    changed: int


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section in the outline. ``share`` counts its words against its own limit."""

    id: int
    depth: int
    heading: str
    institution: Institution | None
    writer: str
    due: datetime.date | None
    overdue: bool
    counted: bool
    table: str
    share: Count
    comments: int
    changed: int
    mine: bool
    version: int


@dataclass(frozen=True, slots=True)
class CirculationRow:
    """A draft that went round, with how many remarks came and how many of them are answered."""

    id: int
    at: datetime.datetime
    until: datetime.date
    society: bool
    institutions: int
    remarks: int
    answered: int


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A report with its outline and how far it has come. ``once`` is the check of an addendum, None for other kinds."""

    row: ProjectRow
    about: str
    state: str
    period_from: datetime.date | None
    period_to: datetime.date | None
    words: Count
    uncounted: tuple[str, ...]
    source: str
    outline: list[SectionRow]
    missing: int
    recommendations: int
    once: checking.Once | None
    members: list[tuple[int, str]]
    circulations: list[CirculationRow]
    manages: bool
    version: int
    uuid: UUID
    publications: list[Publication]

    @property
    def public(self) -> bool:
        """Whether everybody may read it."""
        return any(one.withdrawn is None for one in self.publications)


def reports(session: Session, *, person: Person) -> list[ProjectRow]:
    """The reports that the person may read, what is due first: six queries."""
    rows = list(session.scalars(select(Project).where(readable(person)).order_by(Project.deadline, Project.id)))
    order = {"draft": 0, "circulated": 0, "approved": 1, "frozen": 2}
    return _rows(session, sorted(rows, key=lambda row: (order[row.status], row.deadline is None)))


def circulated_to(session: Session, *, person: Person) -> list[tuple[Circulation, str]]:
    """The drafts that wait for remarks of the person's institutions, each with the title of its report."""
    today = datetime.datetime.now(datetime.UTC).date()
    asked = select(CirculationActor.circulation_id).where(CirculationActor.actor_id.in_(person.institutions))
    rows = session.execute(
        select(Circulation, Project.title)
        .join(Project, Project.id == Circulation.project_id)
        .where(Circulation.until >= today, Circulation.id.in_(asked) | Circulation.society.is_(True))
        .order_by(Circulation.until, Circulation.id)
    )
    return [(row, title) for row, title in rows if voices(session, row, person)] if person.institutions else []


def project_page(session: Session, project_id: int, *, person: Person) -> ProjectPage:
    """One report. Raises ``NotFound`` for whoever may not read it."""
    project = project_for(session, project_id, person)
    outline = known(session, project.outline)
    rows = ordered(session, project.id)
    taken = sources.of_sections(session, [row.id for row in rows])
    stands = sources.states(session, project, taken)
    notes = {str(one.uuid): one.label for one in taken}
    counts = {row.id: words_of_section(row, outline.uncounted, notes) for row in rows}
    without, of = missing(session, project, rows)
    return ProjectPage(
        _rows(session, [project])[0], pick(dict(outline.about)), _state(session, project), project.period_from, project.period_to,
        Count(sum(counts.values()), project.words), outline.uncounted,
        outline.source if project.words == outline.words else "",
        _outline(session, project, rows, counts, _changed(taken, stands), person), len(without), of,
        checking.once(session, project, rows, taken) if outline.once else None,
        _members(session, project_id), _circulations(session, project_id), may(person, MANAGE), project.version,
        project.uuid, publishing.history(session, project_id) if project.status == "frozen" else [],
    )  # fmt: skip


def people(session: Session) -> list[tuple[int, str]]:
    """The people who may write reports."""
    return writers(session, WRITERS)


def limit_of(session: Session, project: Project, without: int = 0) -> tuple[Count, Count]:
    """The words of a whole report against its limit, and the same without one section."""
    outline = known(session, project.outline)
    rows = ordered(session, project.id)
    notes = {str(one.uuid): one.label for one in sources.of_sections(session, [row.id for row in rows])}
    counts = {row.id: words_of_section(row, outline.uncounted, notes) for row in rows}
    total = sum(counts.values())
    return Count(total, project.words), Count(total - counts.get(without, 0), project.words)


def _rows(session: Session, projects: Sequence[Project]) -> list[ProjectRow]:
    ids = [project.id for project in projects]
    mechanisms = {one.id: one.name for one in mechanism_options(session, heard=False)}
    counted = select(Section.project_id, func.count(), func.count(func.nullif(Section.body, "")))
    sections = {
        id_: (total, written)
        for id_, total, written in session.execute(
            counted.where(Section.project_id.in_(ids)).group_by(Section.project_id)
        )
    }
    stale = select(Section.project_id, func.count()).join(Source, Source.section_id == Section.id)
    changed = dict(
        session.execute(
            stale.where(Section.project_id.in_(ids), Source.state != "fresh").group_by(Section.project_id)
        ).all()
    )
    today = datetime.datetime.now(datetime.UTC).date()
    return [
        ProjectRow(
            one.id, one.title, pick(dict(known(session, one.outline).titles)), mechanisms.get(one.mechanism_id or 0, ""),
            one.language, one.deadline, bool(one.deadline and one.deadline < today and one.status in ("draft", "circulated")),
            one.status, sections.get(one.id, (0, 0))[1], sections.get(one.id, (0, 0))[0], changed.get(one.id, 0),
        )
        for one in projects
    ]  # fmt: skip


def _outline(
    session: Session,
    project: Project,
    rows: list[Section],
    counts: Mapping[int, int],
    changed: Counter[int],
    person: Person,
) -> list[SectionRow]:
    deep, member = depths(rows), is_member(session, project.id, person)
    named = institutions_named(session, {row.actor_id for row in rows if row.actor_id})
    writer = people_named(session, [row.user_id for row in rows])
    open_ones = select(SectionComment.section_id, func.count()).where(SectionComment.resolved.is_(None))
    comments = dict(
        session.execute(
            open_ones.where(SectionComment.section_id.in_([row.id for row in rows])).group_by(SectionComment.section_id)
        ).all()
    )
    today = datetime.datetime.now(datetime.UTC).date()
    return [
        SectionRow(
            row.id, deep[row.id], row.heading, named.get(row.actor_id or 0), writer.get(row.user_id or 0, ""), row.due,
            bool(row.due and row.due < today and not row.body), row.counted, row.wants.get("table", ""),
            Count(counts[row.id], row.share), comments.get(row.id, 0), changed[row.id],
            may_write(session, row, project, person, member), row.version,
        )
        for row in rows
    ]  # fmt: skip


def _changed(taken: Iterable[Source], stands: Mapping[int, str]) -> Counter[int]:
    return Counter(one.section_id for one in taken if stands[one.id] != "fresh")


def _state(session: Session, project: Project) -> str:
    return next((name for id_, _code, name in state_options(session) if id_ == project.state_id), "")


def _members(session: Session, project_id: int) -> list[tuple[int, str]]:
    ids = list(session.scalars(select(Member.user_id).where(Member.project_id == project_id)))
    return sorted(people_named(session, ids).items(), key=lambda one: one[1])


def _circulations(session: Session, project_id: int) -> list[CirculationRow]:
    rows = list(
        session.scalars(select(Circulation).where(Circulation.project_id == project_id).order_by(Circulation.id.desc()))
    )
    ids = [row.id for row in rows]
    asked = dict(
        session.execute(
            select(CirculationActor.circulation_id, func.count())
            .where(CirculationActor.circulation_id.in_(ids))
            .group_by(CirculationActor.circulation_id)
        ).all()
    )
    said = {
        id_: (total, answered)
        for id_, total, answered in session.execute(
            select(Remark.circulation_id, func.count(), func.count(Remark.disposition))
            .where(Remark.circulation_id.in_(ids))
            .group_by(Remark.circulation_id)
        )
    }
    return [
        CirculationRow(row.id, row.at, row.until, row.society, asked.get(row.id, 0), *said.get(row.id, (0, 0)))
        for row in rows
    ]


def used_in(session: Session, recommendation: int, *, person: Person) -> list[tuple[int, str, str]]:
    """The sections (id, report, heading) that have taken something of a recommendation in, of reports that the person may read."""
    rows = session.execute(
        select(Section.id, Project.title, Section.heading)
        .join(Source, Source.section_id == Section.id)
        .join(Project, Project.id == Section.project_id)
        .where(Source.recommendation_id == recommendation, readable(person))
        .distinct()
        .order_by(Project.title, Section.heading, Section.id)
        .limit(50)
    )
    return [(id_, title, heading) for id_, title, heading in rows]


def versions(session: Session, section_id: int) -> list[SectionVersion]:
    """All versions of a section, the newest first."""
    wanted = select(SectionVersion).where(SectionVersion.section_id == section_id)
    return list(session.scalars(wanted.order_by(SectionVersion.number.desc()).limit(200)))
