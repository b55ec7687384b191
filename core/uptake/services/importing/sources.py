"""Numbers for the sources of facts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.models.imports import Source

HUMAN = "human"


def source_id(session: Session, code: str) -> int:
    """The number of a source, which is made where it is new. ``human`` stands for people."""
    found = session.scalar(select(Source.id).where(Source.code == code[:60]))
    if found is None:
        source = Source(code=code[:60])
        session.add(source)
        session.flush()
        found = source.id
    return found


def source_code(session: Session, id_: int) -> str:
    """The code of a source."""
    return session.scalars(select(Source.code).where(Source.id == id_)).one()
