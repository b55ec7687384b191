"""What the search keeps beside its full-text index: one compressed set of recommendations per facet value."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base


class Posting(Base):
    """The recommendations (a serialised roaring bitmap of their ids) that carry one value of one field."""

    __tablename__ = "search_posting"
    __table_args__ = {"sqlite_with_rowid": False}

    field: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(300), primary_key=True)
    bits: Mapped[bytes] = mapped_column(LargeBinary)


class SearchState(Base):
    """One row: ``version`` goes up with every change of the index, ``normaliser`` says which rules built it.

    ``work`` goes up where only status or institutions change, so that nobody forgets the rest for that.
    """

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    work: Mapped[int] = mapped_column(default=0, server_default="0")
    normaliser: Mapped[str] = mapped_column(String(20))
