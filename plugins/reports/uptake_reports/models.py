"""The plugin's tables: report projects with their sections, sources, comments, the circulation of drafts, and publications."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from uptake.toolkit import Base

STATUSES = ("draft", "circulated", "approved", "frozen")
PICTURE = "picture"
SOURCE_KINDS = ("recommendation", "update", "assessment", "evidence", "action", PICTURE)
DISPOSITIONS = ("taken", "partly", "not_taken")


def now() -> datetime.datetime:
    """This moment, for rows that come from elsewhere without theirs."""
    return datetime.datetime.now(datetime.UTC)


class Project(Base):
    """A report that is being written. ``outline`` is the code of its template.

    ``words`` is the limit, None where there is none; ``document_id`` is what the report answers, such as concluding
    observations or a list of issues.
    """

    __tablename__ = "reports_project"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    outline: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    mechanism_id: Mapped[int | None] = mapped_column(ForeignKey("mechanism.id", ondelete="SET NULL"))
    state_id: Mapped[int | None] = mapped_column(ForeignKey("state.id", ondelete="SET NULL"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id", ondelete="SET NULL"))
    period_from: Mapped[datetime.date | None]
    period_to: Mapped[datetime.date | None]
    language: Mapped[str] = mapped_column(String(12))
    deadline: Mapped[datetime.date | None]
    words: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(12), default="draft")
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Member(Base):
    """A person who writes on the whole report beside the coordinators."""

    __tablename__ = "reports_member"
    __table_args__ = (Index(None, "user_id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("reports_project.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)


class Section(Base):
    """A part of a report. ``code`` is that of the template's section, ``wants`` what belongs there (see ``offers``).

    ``counted`` is False for annexes, whose words are outside the limit; ``share`` is how many words the section should have
    at most; ``body`` is what ``richtext`` stores.
    """

    __tablename__ = "reports_section"
    __table_args__ = (Index(None, "project_id", "position"), Index(None, "actor_id"), Index(None, "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("reports_project.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("reports_section.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(120))
    heading: Mapped[str] = mapped_column(String(300))
    guidance: Mapped[str] = mapped_column(Text, default="")
    wants: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    counted: Mapped[bool] = mapped_column(default=True)
    share: Mapped[int | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    due: Mapped[datetime.date | None]
    body: Mapped[str] = mapped_column(Text, default="")
    changed: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Lock(Base):
    """Who edits a section now; it keeps nobody out, it only warns. ``seen`` is when the editor last gave a sign of life."""

    __tablename__ = "reports_lock"

    section_id: Mapped[int] = mapped_column(ForeignKey("reports_section.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    since: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    seen: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class SectionVersion(Base):
    """A section as it was saved once; ``number`` is the section's version then."""

    __tablename__ = "reports_section_version"
    __table_args__ = (UniqueConstraint("section_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("reports_section.id", ondelete="CASCADE"))
    number: Mapped[int]
    heading: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class Source(Base):
    """Something of the register that a section has taken in: ``uuid`` is what the body's ``cite`` names.

    ``kind`` and ``ref`` name the thing, ``text`` is what it said when it was taken and ``fingerprint`` what that was made of.
    A picture is kept with its numbers in ``numbers``, so that it stays what it was until somebody takes the new ones.
    ``state`` is ``changed`` where the thing says something else now (``gone``: it is no longer to be seen).
    """

    __tablename__ = "reports_source"
    __table_args__ = (
        UniqueConstraint("section_id", "kind", "ref"),
        Index(None, "kind", "ref"),
        Index(None, "recommendation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    section_id: Mapped[int] = mapped_column(ForeignKey("reports_section.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    ref: Mapped[str] = mapped_column(String(80))
    recommendation_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id", ondelete="SET NULL"))
    label: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    numbers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(10), default="fresh")
    taken: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), default=now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))


class SectionComment(Base):
    """Words on a section between those who write it; ``anchor`` is the id of a block, empty for the whole section."""

    __tablename__ = "reports_comment"
    __table_args__ = (Index(None, "section_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("reports_section.id", ondelete="CASCADE"))
    anchor: Mapped[str] = mapped_column(String(20), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    resolved: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))


class Circulation(Base):
    """A draft that was sent round. ``copy`` holds the sections as they were then, so that remarks keep what they are about.

    ``society`` opens it to everybody who works for a civil-society organisation or the NHRI.
    """

    __tablename__ = "reports_circulation"
    __table_args__ = (Index(None, "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("reports_project.id", ondelete="CASCADE"))
    copy: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    society: Mapped[bool] = mapped_column(default=False)
    until: Mapped[datetime.date]
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))


class CirculationActor(Base):
    """An institution that was asked for its remarks."""

    __tablename__ = "reports_circulation_actor"
    __table_args__ = (Index(None, "actor_id"),)

    circulation_id: Mapped[int] = mapped_column(
        ForeignKey("reports_circulation.id", ondelete="CASCADE"), primary_key=True
    )
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True)


class Remark(Base):
    """What an institution or organisation says to a circulated draft, and what was done with it (``disposition``, ``why``)."""

    __tablename__ = "reports_remark"
    __table_args__ = (Index(None, "circulation_id"), Index(None, "actor_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    circulation_id: Mapped[int] = mapped_column(ForeignKey("reports_circulation.id", ondelete="CASCADE"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("reports_section.id", ondelete="SET NULL"))
    anchor: Mapped[str] = mapped_column(String(20), default="")
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    disposition: Mapped[str | None] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Publication(Base):
    """A frozen report that everybody may read from ``at`` on, until it is ``withdrawn`` for a reason (``why``)."""

    __tablename__ = "reports_publication"
    __table_args__ = (Index(None, "project_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("reports_project.id", ondelete="CASCADE"))
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    withdrawn: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    why: Mapped[str] = mapped_column(Text, default="")


class Asked(Base):
    """An institution that was asked for information on a recommendation for a report, so that nobody is asked twice a day."""

    __tablename__ = "reports_asked"

    project_id: Mapped[int] = mapped_column(ForeignKey("reports_project.id", ondelete="CASCADE"), primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True
    )
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
