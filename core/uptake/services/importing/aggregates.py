"""Everything that belongs to one recommendation as plain rows: written in bulk, compared, journalled and put back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, delete, select, text
from sqlalchemy.orm import Session

from uptake.db import Base, bulk_insert, chunks, is_sqlite
from uptake.models.recommendations import (
    ExternalId,
    OtherState,
    Position,
    Recommendation,
    RecommendationText,
    Recommender,
)
from uptake.models.vocabularies import Tag

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the aggregate with its columns; ``owner`` is the column that names the recommendation."""

    table: Table
    name: str
    columns: tuple[str, ...]
    owner: str


def _part(model: type[Base], owner: str = "recommendation_id") -> Part:
    table = cast("Table", model.__table__)
    return Part(table, str(table.name), tuple(column.name for column in table.columns), owner)


HEAD = _part(Recommendation, "id")
TEXTS, EXTERNAL, STATES, RECOMMENDERS, POSITIONS, TAGS = (
    _part(model) for model in (RecommendationText, ExternalId, OtherState, Recommender, Position, Tag)
)
LATER = {TEXTS.name: (False,)}
CHILDREN = (TEXTS, EXTERNAL, STATES, RECOMMENDERS, POSITIONS, TAGS)


@dataclass(slots=True)
class Aggregate:
    """The rows of one recommendation: its head, and its children by table, as JSON-able values."""

    head: list[Any]
    children: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, part: Part) -> list[Row]:
        """The rows in one table."""
        return self.children.setdefault(part.name, [])

    def as_json(self) -> str:
        """For the journal of a run."""
        return json.dumps({"head": self.head, "children": self.children}, ensure_ascii=False)


def load(session: Session, ids: Iterable[int]) -> dict[int, Aggregate]:
    """The aggregates of some recommendations: seven queries for 500 of them."""
    found: dict[int, Aggregate] = {}
    for chunk in chunks(ids):
        for row in _select(session, HEAD, chunk):
            found[row[0]] = Aggregate(list(row))
        for part in CHILDREN:
            owner = part.columns.index(part.owner)
            for row in _select(session, part, chunk):
                found[row[owner]].rows(part).append(row)
    return found


def _select(session: Session, part: Part, ids: Sequence[int]) -> list[Row]:
    statement = (
        select(*part.table.columns).where(part.table.c[part.owner].in_(ids)).order_by(*part.table.primary_key.columns)
    )
    return [tuple(map(_plain, row)) for row in session.execute(statement)]


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "hex") and not isinstance(value, float):
        return value.hex
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, (dict, list)) else value


def insert(session: Session, aggregates: Iterable[Aggregate]) -> None:
    """Write aggregates that are not there yet."""
    taken = list(aggregates)
    bulk_insert(session, HEAD.table, HEAD.columns, [tuple(one.head) for one in taken])
    for part in CHILDREN:
        bulk_insert(
            session, part.table, part.columns, [row for one in taken for row in one.children.get(part.name, ())]
        )


def replace(session: Session, before: dict[int, Aggregate], after: dict[int, Aggregate]) -> None:
    """Make the database hold ``after`` where it held ``before``, touching only what differs."""
    heads = [one.head for id_, one in after.items() if one.head != before[id_].head]
    if heads:
        columns = HEAD.columns[1:]
        sets = ", ".join(f"{column} = :{column}" for column in columns)
        statement = text(f"update recommendation set {sets} where id = :id")  # noqa: S608
        if not is_sqlite(session):
            statement = text(f"update recommendation set {_cast(sets)} where id = :id")  # noqa: S608
        session.connection().execute(statement, [dict(zip(HEAD.columns, head, strict=True)) for head in heads])
    for part in CHILDREN:
        changed = [id_ for id_, one in after.items() if _sorted(one, part) != _sorted(before[id_], part)]
        for chunk in chunks(changed):
            session.execute(delete(part.table).where(part.table.c[part.owner].in_(chunk)))
        bulk_insert(session, part.table, part.columns, [row for id_ in changed for row in after[id_].rows(part)])


def _cast(sets: str) -> str:
    """PostgreSQL does not turn text into other types by itself."""
    for column, kind in (("uuid", "uuid"), ("date", "date"), ("unresolved", "json"), ("locked", "json")):
        sets = sets.replace(f"{column} = :{column}", f"{column} = cast(:{column} as {kind})")
    return sets


def _sorted(one: Aggregate, part: Part) -> list[Row]:
    return sorted(one.children.get(part.name, []), key=repr)


def from_json(data: dict[str, Any]) -> Aggregate:
    """Back from the journal; rows that were written before a table had its ``LATER`` columns get them."""
    widths = {part.name: len(part.columns) for part in CHILDREN}

    def whole(name: str, row: Sequence[Any]) -> Row:
        lacking = widths[name] - len(row)
        return (*row, *LATER[name][-lacking:]) if lacking else tuple(row)

    return Aggregate(
        data["head"], {name: [whole(name, row) for row in rows] for name, rows in data["children"].items()}
    )
