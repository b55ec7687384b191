"""States and the names under which the mechanisms know them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base


class State(Base):
    """A State, or another entity that mechanisms address, by ISO 3166 alpha-3 code (or a user-assigned one)."""

    __tablename__ = "state"

    id: Mapped[int] = mapped_column(primary_key=True)
    iso3: Mapped[str] = mapped_column(String(3), unique=True)
    iso2: Mapped[str | None] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(20), default="state")
    region: Mapped[str | None] = mapped_column(String(10))
    names: Mapped[dict[str, str] | None] = mapped_column(JSON)


class StateAlias(Base):
    """One more name of a State, folded for matching; former names carry the date until which they were in use."""

    __tablename__ = "state_alias"

    folded: Mapped[str] = mapped_column(String(200), primary_key=True)
    state_id: Mapped[int] = mapped_column(ForeignKey("state.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(200))
    until: Mapped[date | None]
