"""Writes the audit trail and proves that nobody has altered it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from uptake.db import is_sqlite
from uptake.models.audit import AuditEntry

FIRST = "0" * 64


def record_event(
    session: Session, actor: str, action: str, subject: str, data: dict[str, Any], reason: str | None = None
) -> AuditEntry:
    """Append an entry inside the running transaction; writers queue, so that the chain has one end."""
    if not is_sqlite(session):
        session.execute(text("lock table audit_entry in exclusive mode"))
    last = session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        id=last.id + 1 if last else 1,
        at=datetime.now(UTC).replace(microsecond=0),
        actor=actor,
        action=action,
        subject=subject,
        data=data,
        reason=reason,
        previous=last.hash if last else FIRST,
        hash="",
    )
    entry.hash = entry.digest()
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> int | None:
    """The id of the first entry that does not fit the chain, None where all do."""
    previous, expected = FIRST, 1
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(1000):
        if entry.id != expected or entry.previous != previous or entry.hash != entry.digest():
            return entry.id
        previous, expected = entry.hash, expected + 1
    return None
