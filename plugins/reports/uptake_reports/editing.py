"""The frame of a report: begun from an outline, changed, approved, opened again, frozen, thrown away; who writes on it."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Conflict,
    Invalid,
    Person,
    ReportSection,
    load_person,
    may_somewhere,
    mechanism_options,
    pick,
    record_event,
    require,
    speaking,
    transaction,
)

from uptake_reports import questions, tables
from uptake_reports.access import MANAGE, WRITE, found, managed, require_version
from uptake_reports.drafts import ProjectDraft
from uptake_reports.models import Member, Project, Section
from uptake_reports.outlines import outline_of, outlines, sections_for

MOVES = {"approve": ("draft", "circulated"), "open": ("approved",), "freeze": ("approved",)}
TARGETS = {"approve": "approved", "open": "draft", "freeze": "frozen"}


def create(draft: ProjectDraft, *, person: Person, uuid: UUID | None = None) -> int:
    """Begin a report with all sections of its outline; its id. The same ``uuid`` a second time gives the report that it made."""
    require(person, MANAGE)
    try:
        with transaction() as session:
            return _begun(session, uuid) or _begin(session, draft, uuid or uuid4(), person)
    except IntegrityError:
        with transaction() as session:
            begun = _begun(session, uuid)
        if begun is None:
            raise
        return begun


def change(project_id: int, draft: ProjectDraft, *, version: int, person: Person) -> None:
    """Change title, period, language, deadline and limit."""
    require(person, MANAGE)
    with transaction() as session:
        project = managed(session, project_id, person)
        require_version(project, version)
        wanted = draft.values(session, new=False)
        said = {
            name: [str(getattr(project, name)), str(new)]
            for name, new in wanted.items()
            if getattr(project, name) != new
        }
        for name, value in wanted.items():
            setattr(project, name, value)
        if said:
            record_event(session, person.mark, "reports.edit", subject(project), said)


def move(project_id: int, step: str, *, version: int, person: Person) -> None:
    """Approve a report, open an approved one again, or freeze it for good: then its tables no longer follow the register."""
    require(person, MANAGE)
    with transaction() as session:
        project = found(session, Project, project_id)
        if step not in MOVES:
            raise Invalid(N_("There is no such step."))
        if project.status not in MOVES[step]:
            raise Conflict(N_("The report stands elsewhere by now."), remedy=N_("Look at it again, then decide."))
        require_version(project, version)
        if step == "freeze":
            tables.keep(session, project)
        said = {"status": [project.status, TARGETS[step]]}
        project.status = TARGETS[step]
        record_event(session, person.mark, f"reports.{step}", subject(project), said)


def throw_away(project_id: int, *, version: int, person: Person) -> None:
    """Delete a report that is still a draft, with all that was written in it."""
    require(person, MANAGE)
    with transaction() as session:
        project = managed(session, project_id, person)
        require_version(project, version)
        record_event(session, person.mark, "reports.delete", subject(project), {"title": [project.title, None]})
        session.execute(delete(Project).where(Project.id == project_id))


def add_member(project_id: int, user_id: int, *, person: Person) -> None:
    """Let somebody write on the whole report."""
    require(person, MANAGE)
    with transaction() as session:
        project = managed(session, project_id, person)
        if not may_somewhere(load_person(session, user_id), WRITE):
            raise Invalid(
                N_("This person has no role in which reports are written."),
                fields={"user": N_("Choose one from the list.")},
            )
        if session.get(Member, (project_id, user_id)) is None:
            session.add(Member(project_id=project_id, user_id=user_id))
            record_event(session, person.mark, "reports.member", subject(project), {"member": [None, user_id]})


def remove_member(project_id: int, user_id: int, *, person: Person) -> None:
    """Let somebody no longer write on the whole report."""
    require(person, MANAGE)
    with transaction() as session:
        project = managed(session, project_id, person)
        gone = session.execute(delete(Member).where(Member.project_id == project_id, Member.user_id == user_id))
        if gone.rowcount:  # type: ignore[attr-defined]
            record_event(session, person.mark, "reports.member", subject(project), {"member": [user_id, None]})


def subject(project: Project) -> str:
    """How the audit trail names it."""
    return f"reports.project/{project.id}"


def _begun(session: Session, uuid: UUID | None) -> int | None:
    return session.scalar(select(Project.id).where(Project.uuid == uuid)) if uuid else None


def _begin(session: Session, draft: ProjectDraft, uuid: UUID, person: Person) -> int:
    values = draft.values(session, new=True)
    outline = outline_of(session, values["outline"])
    if not draft.words.strip():
        values["words"] = outline.words
    project = Project(uuid=uuid, created=_now(), **values)
    session.add(project)
    session.flush()
    _add_sections(session, project, draft)
    said = {name: [None, str(values[name])] for name in ("title", "outline", "language")}
    record_event(session, person.mark, "reports.create", subject(project), said)
    return project.id


def _add_sections(session: Session, project: Project, draft: ProjectDraft) -> None:
    outline = outline_of(session, project.outline)
    chosen = next((one for one in mechanism_options(session, heard=False) if one.id == project.mechanism_id), None)
    place = (chosen.code, chosen.family) if chosen else ("", "")
    with speaking(project.language):
        by_article = [
            one for other in outlines(session).values() for one in _flat(sections_for(session, other, *place))
        ]
        adding = _Adding(session, project, draft, by_article)
        adding.add(sections_for(session, outline, *place), None)


class _Adding:
    """Makes rows of an outline's sections, in order."""

    def __init__(
        self, session: Session, project: Project, draft: ProjectDraft, by_article: list[ReportSection]
    ) -> None:
        self._session, self._project, self._draft, self._by_article = session, project, draft, by_article
        self._position = 0

    def add(self, sections: tuple[ReportSection, ...], parent: int | None, above: str = "") -> None:
        """What belongs into a section that says nothing of it itself is what is said ``above`` it."""
        for one in sections:
            guidance = pick(dict(one.guidance)) or above
            if one.each == "question":
                for asked in questions.questions(self._draft.asked):
                    themes = questions.themes_of(asked.articles, self._by_article)
                    takes: dict[str, tuple[str, ...]] = {"theme": themes} if themes else {}
                    self._one(one, parent, asked.number, asked.text, takes)
            elif one.each == "paragraph":
                for number in questions.paragraphs(self._draft.asked):
                    self._one(one, parent, number, guidance, {"paragraph": (number,)})
            else:
                self.add(one.sections, self._one(one, parent, "", guidance, one.takes), guidance)

    def _one(self, one: ReportSection, parent: int | None, number: str, guidance: str, takes: Any) -> int:
        self._position += 1
        row = Section(
            project_id=self._project.id, parent_id=parent, position=self._position,
            code=f"{one.code}.{number}" if number else one.code,
            heading=pick(dict(one.headings)).replace("{number}", number)[:300], guidance=guidance,
            wants={name: list(values) for name, values in takes.items()} | ({"table": one.table} if one.table else {}),
            counted=one.counted, share=one.share,
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        return row.id


def _flat(sections: tuple[ReportSection, ...]) -> list[ReportSection]:
    return [inner for one in sections for inner in (one, *_flat(one.sections))]


def next_position(session: Session, project_id: int) -> int:
    """Behind the last section."""
    last = session.scalar(select(func.max(Section.position)).where(Section.project_id == project_id))
    return (last or 0) + 1


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
