"""Jobs: long work with its progress. The row is the truth; the queue only wakes a worker."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

JOB_STATES = ("waiting", "running", "done", "failed", "cancelled")


class Job(Base):
    """One piece of long work. ``heartbeat`` tells a running job from one whose worker was killed; ``once`` keeps the same
    work from being queued twice."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "run_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[Any] = mapped_column(JSON, nullable=True)
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str | None] = mapped_column(String(120))
    once: Mapped[str | None] = mapped_column(String(120), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    run_after: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    started: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    heartbeat: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    finished: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
