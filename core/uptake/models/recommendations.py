"""Recommendations, their texts, their sources and what the State under review said to them."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from uptake.db import Base
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.states import State

KINDS = ("recommendation", "concern", "pledge", "decision", "remedy", "other", "unspecified")
POSITIONS = ("supported", "supported_in_part", "noted", "pending")
ORIGINS = ("official", "human", "machine")


class Recommendation(Base):
    """One recommendation, observation, pledge or decision addressed to a State.

    ``parent_id`` makes it a component of a compound recommendation. ``locked`` names the fields that people have
    changed, which no later import overwrites. ``unresolved`` keeps the source's labels that no table knows yet.
    """

    __tablename__ = "recommendation"
    __table_args__ = (
        Index(None, "document_id", "order_key"),
        Index(None, "state_id", "mechanism_id"),
        Index(None, "parent_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    state_id: Mapped[int | None] = mapped_column(ForeignKey("state.id"))
    mechanism_id: Mapped[int | None] = mapped_column(ForeignKey("mechanism.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("recommendation.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    paragraph: Mapped[str | None] = mapped_column(String(60))
    order_key: Mapped[str] = mapped_column(String(80), default="")
    date: Mapped[datetime.date | None]
    cycle: Mapped[int | None]
    session: Mapped[str | None] = mapped_column(String(60))
    position: Mapped[str | None] = mapped_column(String(20))
    unresolved: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    locked: Mapped[list[str] | None] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))

    state: Mapped[State | None] = relationship(lazy="raise")
    mechanism: Mapped[Mechanism | None] = relationship(lazy="raise")
    document: Mapped[Document | None] = relationship(lazy="raise")
    texts: Mapped[list[RecommendationText]] = relationship(lazy="raise", order_by="RecommendationText.language")

    __mapper_args__ = {"version_id_col": version}


class RecommendationText(Base):
    """The text in one language: as the source has it (``raw``) and cut into heading, number and clean text.

    ``origin`` is official, human or machine. ``untranslated`` marks a "translation" that is the English text again,
    ``outdated`` an unofficial translation whose official text has changed since.
    """

    __tablename__ = "recommendation_text"
    __table_args__ = {"sqlite_with_rowid": True}

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    raw: Mapped[str] = mapped_column(Text)
    heading: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(String(60))
    cleaned: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(12), default="official")
    untranslated: Mapped[bool] = mapped_column(default=False)
    outdated: Mapped[bool] = mapped_column(default=False, server_default=false())


class OtherState(Base):
    """A further State that the same recommendation addresses."""

    __tablename__ = "recommendation_state"
    __table_args__ = {"sqlite_with_rowid": False}

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state_id: Mapped[int] = mapped_column(ForeignKey("state.id"), primary_key=True)


class Recommender(Base):
    """A State that made the recommendation in the Universal Periodic Review."""

    __tablename__ = "recommender"
    __table_args__ = {"sqlite_with_rowid": False}

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    state_id: Mapped[int] = mapped_column(ForeignKey("state.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)


class Position(Base):
    """What the State under review said, where and when: a history, newest by date; a person's entry outranks a feed's."""

    __tablename__ = "position"
    __table_args__ = (Index(None, "recommendation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    value: Mapped[str] = mapped_column(String(20))
    raw: Mapped[str] = mapped_column(Text)
    date: Mapped[datetime.date | None]
    document_symbol: Mapped[str | None] = mapped_column(String(200))
    paragraph: Mapped[str | None] = mapped_column(String(60))


class ExternalId(Base):
    """One record of one feed that this recommendation came from; what makes a second import change nothing.

    ``edition`` tells apart the forms in which one feed gives the same record (a language, a file layout).
    ``raw`` is that source's wording where it differs from the text that is kept as official.
    ``missing_since`` is the run in which the record was no longer in its feed.
    """

    __tablename__ = "external_id"
    __table_args__ = (UniqueConstraint("source_id", "value", "edition"), Index(None, "recommendation_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    value: Mapped[str] = mapped_column(String(200))
    edition: Mapped[str] = mapped_column(String(20), default="")
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(32))
    raw: Mapped[str | None] = mapped_column(Text)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))
    missing_since: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))


class Alias(Base):
    """Another number under which people or later documents quote this recommendation."""

    __tablename__ = "recommendation_alias"
    __table_args__ = {"sqlite_with_rowid": False}

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    symbol: Mapped[str] = mapped_column(String(200), primary_key=True)
    paragraph: Mapped[str] = mapped_column(String(60), primary_key=True)


class Withdrawal(Base):
    """A recommendation that a person has taken out of the register: kept with everything on it, found by no search."""

    __tablename__ = "recommendation_withdrawal"

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Text)
