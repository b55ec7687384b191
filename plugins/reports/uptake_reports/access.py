"""Who may see and write what of a report, beside the table of permissions: those who have a part in it."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session
from uptake.toolkit import N_, Conflict, NotFound, Person, Refused, may, may_somewhere, reach, require

from uptake_reports.models import Circulation, Member, Project, Remark, Section, SectionComment, Source

READ, WRITE, COMMENT = "reports.read", "reports.write", "reports.comment"
MANAGE, REMARK = "reports.manage", "reports.remark"
CLOSED = ("approved", "frozen")
Row = TypeVar("Row", Project, Section, Source, Circulation, Remark, SectionComment)
_NONE = {
    Project: N_("There is no such report."), Section: N_("There is no such section."), Source: N_("There is no such source."),
    Circulation: N_("There is no such draft."), Remark: N_("There is no such remark."),
    SectionComment: N_("There is no such comment."),
}  # fmt: skip


def found(session: Session, kind: type[Row], id_: int) -> Row:
    """The row as it is now. Raises ``NotFound``."""
    row = session.get(kind, id_, populate_existing=True)
    if row is None:
        raise NotFound(_NONE[kind])
    return row


def readable(person: Person) -> ColumnElement[bool]:
    """The reports that somebody may read: all, or those in which the person or an institution in reach has a part."""
    mine = reach(person, READ)
    if mine is None:
        return Project.id.is_not(None)
    if not person.signed_in:
        return false()
    part = select(Section.project_id).where(or_(Section.actor_id.in_(mine), Section.user_id == person.id))
    member = select(Member.project_id).where(Member.user_id == person.id)
    return or_(Project.id.in_(part), Project.id.in_(member)) if may_somewhere(person, READ) else false()


def project_for(session: Session, project_id: int, person: Person) -> Project:
    """A report that the person may read. Nobody else is told that there is one. Raises ``NotFound``."""
    project = found(session, Project, project_id)
    if session.scalar(select(Project.id).where(Project.id == project_id, readable(person))) is None:
        if not person.signed_in:
            require(person, READ)
        raise NotFound(_NONE[Project])
    return project


def section_for(session: Session, section_id: int, person: Person) -> tuple[Section, Project]:
    """A section of a report that the person may read. Raises ``NotFound``."""
    section = found(session, Section, section_id)
    return section, project_for(session, section.project_id, person)


def may_write(session: Session, section: Section, project: Project, person: Person, member: bool | None = None) -> bool:
    """Whether the person writes this section: as coordinator, for its institution, by name, or on the whole report."""
    if project.status in CLOSED or not may_somewhere(person, WRITE):
        return False
    return (
        may(person, WRITE, actor=section.actor_id)
        or (person.id is not None and section.user_id == person.id)
        or (is_member(session, project.id, person) if member is None else member)
    )


def is_member(session: Session, project_id: int, person: Person) -> bool:
    """Whether the person writes on the whole report."""
    return person.id is not None and session.get(Member, (project_id, person.id)) is not None


def writable(session: Session, section_id: int, person: Person) -> tuple[Section, Project]:
    """A section that the person may write now. Raises ``NotFound``, ``Refused``, and ``Conflict`` for a closed report."""
    section, project = section_for(session, section_id, person)
    require_open(project)
    if not may_write(session, section, project, person):
        require(person, WRITE, actor=section.actor_id)
        raise Refused(N_("Your role does not allow this."), remedy=N_("Ask the coordinator."), action=WRITE)
    return section, project


def managed(session: Session, project_id: int, person: Person) -> Project:
    """A report whose frame the person may change now."""
    require(person, MANAGE)
    project = found(session, Project, project_id)
    require_open(project)
    return project


def require_open(project: Project) -> None:
    """Raise ``Conflict`` where nothing can be changed any more."""
    if project.status == "frozen":
        raise Conflict(N_("This report is frozen: it stays as it was sent."), remedy=N_("Begin a new one."))
    if project.status == "approved":
        raise Conflict(N_("This report is approved."), remedy=N_("The coordinator can open it again."))


def require_version(row: Any, version: int) -> None:
    """Raise ``Conflict`` where the row has changed since ``version``."""
    if row.version != version:
        raise Conflict(
            N_("Somebody has changed this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
        )
