"""Actors: the institutions and organisations that have something to do with a recommendation."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

KINDS = (
    "ministry", "agency", "parliament", "judiciary", "statistics_office", "nhri", "province", "municipality",
    "civil_society", "united_nations", "donor", "other",
)  # fmt: skip
LEVELS = ("national", "regional", "local")


class Actor(Base):
    """Any institution: a ministry, parliament, court, statistics office, NHRI, local government, CSO, UN entity, donor."""

    __tablename__ = "actor"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(10), default="national")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
