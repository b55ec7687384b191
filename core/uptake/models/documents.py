"""Documents: the reports, concluding observations and decisions in which recommendations stand."""

from __future__ import annotations

import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base


class Document(Base):
    """One document, by its symbol, or where it has none by its source's own id. ``title`` is in ``title_language``."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    symbol: Mapped[str | None] = mapped_column(String(200))
    title: Mapped[str | None]
    title_language: Mapped[str | None] = mapped_column(String(12))
    mechanism_id: Mapped[int | None] = mapped_column(ForeignKey("mechanism.id", ondelete="SET NULL"))
    date: Mapped[datetime.date | None]
    session: Mapped[str | None] = mapped_column(String(60))
    cycle: Mapped[int | None]
    links: Mapped[dict[str, str] | None] = mapped_column(JSON)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))


class DocumentTitle(Base):
    """A document's title in another language than its own: a translation made here. ``origin`` is human or machine."""

    __tablename__ = "document_title"
    __table_args__ = {"sqlite_with_rowid": False}

    document_id: Mapped[int] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    language: Mapped[str] = mapped_column(String(12), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(12))
