"""Plugins: what went wrong in them while the site ran."""

from __future__ import annotations

import datetime

from sqlalchemy import DateTime, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base


class PluginFault(Base):
    """One thing that a plugin did wrong, and how often."""

    __tablename__ = "plugin_fault"
    __table_args__ = (Index(None, "plugin"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(String(500))
    count: Mapped[int]
    first: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    last: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
