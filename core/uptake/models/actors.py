"""Actors: the institutions and organisations that have something to do with a recommendation."""

from __future__ import annotations

import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

KINDS = (
    "ministry", "agency", "parliament", "judiciary", "statistics_office", "nhri", "province", "municipality",
    "civil_society", "united_nations", "donor", "other",
)  # fmt: skip
LEVELS = ("national", "regional", "local")


class Actor(Base):
    """Any institution: a ministry, parliament, court, statistics office, NHRI, local government, CSO, UN entity, donor.

    ``names`` and ``short_names`` map a language to a name. ``code`` is short, lasting and unique: tables refer to it.
    ``unofficial`` maps a language whose names are a translation made here to its origin, human or machine.
    An institution that was closed keeps what it said; ``closed_on`` is the day.
    """

    __tablename__ = "actor"
    __table_args__ = (Index(None, "parent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(10), default="national")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    short_names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    unofficial: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(60))
    website: Mapped[str | None] = mapped_column(String(500))
    mandate: Mapped[str | None] = mapped_column(Text)
    mandate_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    closed_on: Mapped[datetime.date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
