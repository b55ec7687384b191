"""What people are told: notices, what they follow, and the searches that they keep."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

FOLLOWED = ("recommendation", "search", "actor")


class Notice(Base):
    """Something that one person is told. ``once`` keeps the same thing from being told twice."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "user_id", "read"), UniqueConstraint("user_id", "once"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    path: Mapped[str] = mapped_column(String(500))
    urgent: Mapped[bool] = mapped_column(default=False)
    once: Mapped[str | None] = mapped_column(String(120))
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    read: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    mailed: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))


class Follow(Base):
    """A recommendation, an institution or a search that a person follows. ``seen`` is the newest thing told of."""

    __tablename__ = "follow"
    __table_args__ = (UniqueConstraint("user_id", "kind", "target"), Index(None, "kind", "target"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(500))
    seen: Mapped[int | None]
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class SavedView(Base):
    """A search that a person keeps under a name; ``shared`` shows it to everybody who signs in."""

    __tablename__ = "saved_view"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    query: Mapped[str] = mapped_column(String(2000))
    shared: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
