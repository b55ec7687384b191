"""Lists that go on where they ended: by the number of the last row, whatever is added or taken away meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

Item = dict[str, Any]


@dataclass(slots=True)
class Part:
    """Some of a list; ``next`` is from where it goes on, None at its end, ``count`` how many there are, where that is known."""

    items: list[Item]
    next: list[int] | None
    count: int | None = None


def newest_first(
    session: Session, statement: Any, key: Any, after: Sequence[int] | None, limit: int
) -> tuple[list[Any], list[int] | None]:
    """Rows by falling number; the first column of each is the number or a model that has it as ``id``."""
    if after:
        statement = statement.where(key < after[0])
    rows = list(session.execute(statement.order_by(key.desc()).limit(limit + 1)))
    return rows[:limit], [_number(rows[limit - 1][0])] if len(rows) > limit else None


def in_order(
    session: Session, statement: Any, key: Any, after: Sequence[int] | None, limit: int
) -> tuple[list[Any], list[int] | None]:
    """The same by rising number."""
    if after:
        statement = statement.where(key > after[0])
    rows = list(session.execute(statement.order_by(key).limit(limit + 1)))
    return rows[:limit], [_number(rows[limit - 1][0])] if len(rows) > limit else None


def moment(value: datetime.datetime | None) -> str | None:
    """A moment in universal time, as every answer writes it."""
    if value is None:
        return None
    universal = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
    return f"{universal.isoformat()}Z"


def day(value: datetime.date | None) -> str | None:
    """A day."""
    return value.isoformat() if value else None


def _number(one: Any) -> int:
    return one if isinstance(one, int) else int(one.id)
