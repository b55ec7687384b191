"""The audit trail: append-only, each entry carrying the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base


class AuditEntry(Base):
    """Who did what to what, when, from what to what, and why."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject"), Index(None, "actor"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def digest(self) -> str:
        """The SHA-256 over all that the entry says and the hash of the entry before it."""
        at = self.at.astimezone(UTC).replace(tzinfo=None) if self.at.tzinfo else self.at
        said = [self.id, at.isoformat(), self.actor, self.action, self.subject, self.data,
                self.reason, self.previous]  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
