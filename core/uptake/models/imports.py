"""Import runs: what came from where, what was wrong with it, and how to take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

STATUSES = ("running", "applied", "failed", "undone")


class Source(Base):
    """Where facts come from: a feed, a kind of file, or people."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)


class ImportRun(Base):
    """One run of an importer over one file. ``journal`` holds what an undo needs beside the rows' own run number."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    importer: Mapped[str] = mapped_column(String(60))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    file_name: Mapped[str] = mapped_column(String(300))
    checksum: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10))
    started: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    counts: Mapped[dict[str, int] | None] = mapped_column(JSON)
    journal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)


class ImportFinding(Base):
    """Something that a run has to say: equal ones are counted together, with the first places where they occur."""

    __tablename__ = "import_finding"
    __table_args__ = (Index(None, "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    severity: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60))
    message: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    count: Mapped[int]
    places: Mapped[list[str]] = mapped_column(JSON)


class ImportChange(Base):
    """What a recommendation was before a run changed it."""

    __tablename__ = "import_change"
    __table_args__ = {"sqlite_with_rowid": False}

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)


class ImportMapping(Base):
    """A saved column mapping of the table importer."""

    __tablename__ = "import_mapping"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
