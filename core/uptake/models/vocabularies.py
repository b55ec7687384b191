"""Vocabularies, their terms, the cross-walks between them, and the tags that put terms on recommendations."""

from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

KINDS = ("theme", "group", "sdg", "action")


class Vocabulary(Base):
    """A list of terms of one kind, in one version, from one maker."""

    __tablename__ = "vocabulary"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    version: Mapped[str] = mapped_column(String(40), default="")
    origin: Mapped[str] = mapped_column(String(200), default="")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))


class Term(Base):
    """A term. ``slug`` names it in addresses and filters; ``reviewed`` is false for one that a file brought along.

    ``unofficial`` maps a language whose label is a translation made here to its origin, human or machine.
    """

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("vocabulary_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vocabulary_id: Mapped[int] = mapped_column(ForeignKey("vocabulary.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(140), unique=True)
    labels: Mapped[dict[str, str]] = mapped_column(JSON)
    unofficial: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    aliases: Mapped[list[str]] = mapped_column(JSON)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("term.id", ondelete="SET NULL"))
    reviewed: Mapped[bool] = mapped_column(default=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))


class TermLink(Base):
    """A cross-walk: whoever looks for ``to`` also finds what carries ``term``."""

    __tablename__ = "term_link"
    __table_args__ = {"sqlite_with_rowid": False}

    term_id: Mapped[int] = mapped_column(ForeignKey("term.id", ondelete="CASCADE"), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("term.id", ondelete="CASCADE"), primary_key=True)


class Tag(Base):
    """A term on a recommendation, by one source; machine tags keep their confidence, people's decisions their name.

    ``rejected`` keeps a tag that a person took off, so that no later import brings it back.
    """

    __tablename__ = "tag"
    __table_args__ = {"sqlite_with_rowid": False}

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), primary_key=True)
    confidence: Mapped[float | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(200))
    rejected: Mapped[bool] = mapped_column(default=False)
