"""A frozen report before the public: published by whoever has the right, withdrawn with a reason that stays."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified
from uptake.toolkit import (
    N_,
    Conflict,
    Invalid,
    NotFound,
    Person,
    mechanism_options,
    pick,
    record_event,
    require,
    transaction,
)

from uptake_reports import sources
from uptake_reports.access import found, require_version
from uptake_reports.assembling import document_of
from uptake_reports.document import Document
from uptake_reports.drafts import wrong_text
from uptake_reports.locks import aware
from uptake_reports.models import Project, Publication, Section, Source, now
from uptake_reports.outlines import known
from uptake_reports.public_files import Kept
from uptake_reports.sections import ordered

PUBLISH = "reports.publish"
LONGEST_REASON = 1000
GUARDED = ("update", "evidence", "assessment")
kept = Kept()


@dataclass(frozen=True, slots=True)
class Published:
    """A report that everybody may read."""

    uuid: UUID
    title: str
    kind: str
    mechanism: str
    language: str
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A report as the public reads it; ``document`` is None once it was withdrawn."""

    report: Published
    withdrawn: datetime.datetime | None
    why: str
    document: Document | None
    key: str


def publish(project_id: int, *, version: int, person: Person) -> None:
    """Let everybody read a frozen report. Raises ``Conflict`` for one that is not frozen, or names what is not public."""
    require(person, PUBLISH)
    with transaction() as session:
        project = found(session, Project, project_id)
        require_version(project, version)
        if project.status != "frozen":
            raise Conflict(
                N_("Only a frozen report can be published: it stays as it was sent."),
                remedy=N_("Approve and freeze it first."),
            )
        if standing(session, project_id) is not None:
            raise Conflict(
                N_("This report is public already."),
                remedy=N_("To take it from the public, withdraw it on its page."),
            )
        named = {one.id for one in sources.of_sections(session, [row.id for row in ordered(session, project_id)])}
        if hidden := [one for one in _hidden(session, project) if one.id in named]:
            raise Conflict(
                N_("It holds what is not public yet: {sources}"),
                remedy=N_("Publish that first, then the report."),
                sources="; ".join(one.label for one in hidden[:5]),
            )
        flag_modified(project, "status")  # of two who publish at once one is told
        session.add(Publication(project_id=project_id, at=now(), user_id=person.id))
        record_event(
            session,
            person.mark,
            "reports.publish",
            f"reports.project/{project_id}",
            {"status": ["frozen", "published"]},
        )


def withdraw(project_id: int, why: str, *, person: Person) -> None:
    """Take a report from the public. The reason stands where it stood; who did it when stays in the audit trail."""
    require(person, PUBLISH)
    with transaction() as session:
        row = standing(session, found(session, Project, project_id).id)
        if row is None:
            raise Conflict(
                N_("This report is not public."), remedy=N_("Somebody may have withdrawn it: look at its page again.")
            )
        words = why.replace("\r\n", "\n").strip()
        fault = wrong_text(words, LONGEST_REASON) if words else N_("Say why: the reason stands where the report stood.")
        if fault:
            raise Invalid(N_("It cannot be withdrawn yet."), fields={"why": fault})
        row.withdrawn, row.withdrawn_by, row.why = now(), person.id, words
        said = {"status": ["published", "withdrawn"]}
        record_event(session, person.mark, "reports.withdraw", f"reports.project/{project_id}", said, reason=words)


def standing(session: Session, project_id: int) -> Publication | None:
    """The publication under which everybody reads a report now."""
    wanted = select(Publication).where(Publication.project_id == project_id, Publication.withdrawn.is_(None))
    return session.scalars(wanted.execution_options(populate_existing=True)).first()


def history(session: Session, project_id: int) -> list[Publication]:
    """All publications of a report, the newest first."""
    wanted = select(Publication).where(Publication.project_id == project_id)
    return list(session.scalars(wanted.order_by(Publication.id.desc())))


def published(session: Session, *, mechanism: int | None = None, most: int = 500) -> list[Published]:
    """The reports that everybody may read, the newest first; with ``mechanism`` those that went to it."""
    wanted = select(Project, Publication).join(Publication, Publication.project_id == Project.id)
    wanted = wanted.where(Publication.withdrawn.is_(None), Project.status == "frozen")
    if mechanism is not None:
        wanted = wanted.where(Project.mechanism_id == mechanism)
    rows = session.execute(wanted.order_by(Publication.at.desc(), Publication.id.desc()).limit(most)).all()
    names = {one.id: one.name for one in mechanism_options(session, heard=False)} if rows else {}
    return [_row(session, project, row, names) for project, row in rows]


def public_page(session: Session, uuid: UUID) -> PublicPage:
    """What the public reads of a report, without asking who reads. Raises ``NotFound`` for one that was never published."""
    wanted = select(Project, Publication).join(Publication, Publication.project_id == Project.id)
    wanted = wanted.where(Project.uuid == uuid, Project.status == "frozen").order_by(Publication.id.desc()).limit(1)
    pair = session.execute(wanted).first()
    if pair is None:
        raise NotFound(N_("There is no such report."))
    project, row = pair
    names = {one.id: one.name for one in mechanism_options(session, heard=False)}
    report = _row(session, project, row, names)
    if row.withdrawn is not None:
        return PublicPage(report, row.withdrawn, row.why, None, "")
    hidden = frozenset(str(one.uuid) for one in _hidden(session, project))
    key = f"{uuid}:{row.id}:{','.join(sorted(hidden))}"
    made = kept.get(f"document:{key}", lambda: document_of(session, project, public=True, without=hidden))
    return PublicPage(report, None, "", made, key)


def public_rows(session: Session) -> dict[str, ColumnElement[bool]]:
    """What of the tables the public reads: the reports that are published now, with the sources that their pages name."""
    standing = select(Publication.project_id).where(Publication.withdrawn.is_(None))
    public = and_(Project.status == "frozen", Project.id.in_(standing))
    unnamed: set[int] = set()
    for project in session.scalars(select(Project).where(public)):
        own = select(Source.id).join(Section, Section.id == Source.section_id).where(Section.project_id == project.id)
        named = {one.id for one in sources.of_sections(session, [row.id for row in ordered(session, project.id)])}
        unnamed |= set(session.scalars(own)) - named | {one.id for one in _hidden(session, project)}
    return {
        Project.__tablename__: public,
        Publication.__tablename__: Publication.withdrawn.is_(None),
        Source.__tablename__: Source.id.not_in(unnamed),
    }


def _hidden(session: Session, project: Project) -> list[Source]:
    """What a report has taken in and not everybody may see now."""
    wanted = select(Source).join(Section, Section.id == Source.section_id)
    taken = list(session.scalars(wanted.where(Section.project_id == project.id, Source.kind.in_(GUARDED))))
    ids = {one.recommendation_id for one in taken if one.recommendation_id}
    public = sources.pieces(session, project, ids, unpublished=False)
    return [one for one in taken if (one.kind, one.ref, one.recommendation_id or 0) not in public]


def _row(session: Session, project: Project, row: Publication, names: dict[int, str]) -> Published:
    kind = pick(dict(known(session, project.outline).titles))
    return Published(
        project.uuid, project.title, kind, names.get(project.mechanism_id or 0, ""), project.language,
        aware(row.at),
    )  # fmt: skip
