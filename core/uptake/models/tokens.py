"""Personal tokens: with one a program speaks for a person through the API, within scopes and until a day."""

from __future__ import annotations

import datetime

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base


class ApiToken(Base):
    """A person's token. ``token`` is a hash of what was shown once, ``hint`` its last letters, so that it is known again."""

    __tablename__ = "api_token"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    expires: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    used: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    revoked: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
