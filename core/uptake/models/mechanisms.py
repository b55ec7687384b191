"""Mechanisms: whatever issues recommendations or decisions."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base


class Mechanism(Base):
    """The UPR, a treaty body, a special procedure, a regional body or court. Its row stays when its plugin goes."""

    __tablename__ = "mechanism"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    family: Mapped[str] = mapped_column(String(30))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    confidential: Mapped[bool] = mapped_column(default=False)
    symbols: Mapped[list[str]] = mapped_column(JSON)
    origin: Mapped[str] = mapped_column(String(60))


class MechanismAlias(Base):
    """One more label of a mechanism, folded for matching."""

    __tablename__ = "mechanism_alias"

    folded: Mapped[str] = mapped_column(String(200), primary_key=True)
    mechanism_id: Mapped[int] = mapped_column(ForeignKey("mechanism.id", ondelete="CASCADE"))
