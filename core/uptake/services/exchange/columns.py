"""How a table's columns stand in a package, and how their values go from the driver into it and back: the same on both databases."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, UnsetType
from sqlalchemy import Column, Table, Text, cast, types
from sqlalchemy import column as bare
from sqlalchemy.sql import ColumnElement

Convert = Callable[[Any], Any]
KINDS: tuple[tuple[type[types.TypeEngine[Any]], str], ...] = (
    (types.Boolean, "boolean"), (types.Integer, "integer"), (types.Float, "number"), (types.DateTime, "moment"),
    (types.Date, "day"), (types.Uuid, "uuid"), (types.JSON, "json"), (types.LargeBinary, "bytes"), (types.String, "text"),
)  # fmt: skip
TYPES: dict[str, Any] = {
    "boolean": bool, "integer": int, "number": float, "moment": datetime.datetime, "day": datetime.date, "uuid": UUID,
    "json": Raw, "bytes": bytes, "text": str,
}  # fmt: skip


def kind_of(column: Column[Any]) -> str:
    """The kind of a column. Raises ``TypeError`` for a type that packages do not know."""
    given: Any = column.type
    while isinstance(given, types.TypeDecorator):
        given = given.impl_instance
    for known, kind in KINDS:
        if isinstance(given, known):
            return kind
    raise TypeError(f"packages cannot hold {column.table.name}.{column.name}: {given!r}")


def may_lack(column: Column[Any]) -> bool:
    """Whether a package may come without a column: it may be empty, or something fills it."""
    return bool(column.nullable) or column.default is not None or column.server_default is not None


@dataclass(frozen=True)
class Shape:
    """Some columns of a table. A row is a JSON object; what it does not name is NULL, and ``null`` is JSON's own."""

    table: Table
    columns: tuple[Column[Any], ...]

    @classmethod
    def of(cls, table: Table, names: Sequence[str] | None = None) -> Shape:
        """All columns, or those of some names in the table's order."""
        return cls(table, tuple(one for one in table.columns if names is None or one.name in names))

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [str(column.name) for column in self.columns]

    @cached_property
    def row(self) -> type[msgspec.Struct]:
        """What a line of the table must be."""
        fields: list[Any] = []
        for number, column in enumerate(self.columns):
            kind = TYPES[kind_of(column)]
            fields.append((f"f{number}", kind | UnsetType, UNSET) if column.nullable else (f"f{number}", kind))
        fields.sort(key=len)  # what is needed comes first
        rename = {f"f{number}": column.name for number, column in enumerate(self.columns)}
        return msgspec.defstruct(self.table.name, fields, rename=rename, forbid_unknown_fields=True, gc=False)

    def selected(self) -> list[ColumnElement[Any]]:
        """The columns as they are read: as the driver has them, and JSON as it was written."""
        return [cast(bare(one.name), Text) if kind_of(one) == "json" else bare(one.name) for one in self.columns]

    def encoder(self, sqlite: bool) -> Callable[[Sequence[Sequence[Any]]], bytes]:
        """Turns rows of the driver into lines."""
        encode, row = msgspec.json.Encoder().encode_lines, self.row
        order = [int(name[1:]) for name in row.__struct_fields__]
        readers = _converters([self.columns[at] for at in order], _FROM_SQLITE if sqlite else _FROM_POSTGRES)

        def lines(rows: Sequence[Sequence[Any]]) -> bytes:
            found = []
            for given in rows:
                values = [UNSET if given[at] is None else given[at] for at in order]
                for at, convert in readers:
                    if values[at] is not UNSET:
                        values[at] = convert(values[at])
                found.append(row(*values))
            return encode(found)

        return lines

    def decoder(self, sqlite: bool) -> Callable[[bytes], tuple[Any, ...]]:
        """Turns a line into what the driver takes. Raises ``msgspec.MsgspecError``."""
        decode = msgspec.json.Decoder(self.row).decode
        fields = [f"f{number}" for number in range(len(self.columns))]
        writers = _converters(self.columns, _TO_SQLITE if sqlite else _TO_POSTGRES)

        def values(line: bytes) -> tuple[Any, ...]:
            row = decode(line)
            found = [None if (value := getattr(row, name)) is UNSET else value for name in fields]
            for at, convert in writers:
                if found[at] is not None:
                    found[at] = convert(found[at])
            return tuple(found)

        return values

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a line."""
        return {
            "type": "object",
            "properties": {column.name: dict(_SCHEMAS[kind_of(column)]) for column in self.columns},
            "required": [column.name for column in self.columns if not column.nullable],
            "additionalProperties": False,
        }


def defaults(columns: Sequence[Column[Any]], sqlite: bool) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What the columns that a package lacks are filled with, where the model says it and the database does not."""
    for column in columns:
        if column.default is not None and column.server_default is None:
            given: Any = column.default
            convert = dict(_converters([column], _FROM_PYTHON_SQLITE if sqlite else _FROM_PYTHON_POSTGRES)).get(
                0, _same
            )
            yield column.name, _default(given.arg, convert, given.is_callable)


def _default(arg: Any, convert: Convert, is_callable: bool) -> Callable[[], Any]:
    return (lambda: convert(arg(None))) if is_callable else (lambda: convert(arg))


def _converters(columns: Sequence[Column[Any]], by_kind: dict[str, Convert]) -> list[tuple[int, Convert]]:
    return [(at, by_kind[kind]) for at, column in enumerate(columns) if (kind := kind_of(column)) in by_kind]


def _same(value: Any) -> Any:
    return value


def _json(value: str) -> Raw:
    """JSON as it was stored, on one line."""
    text = value.encode()
    return Raw(msgspec.json.encode(msgspec.json.decode(text)) if b"\n" in text or b"\r" in text else text)


def _moment_of_sqlite(value: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)


def _utc(value: datetime.datetime) -> datetime.datetime:
    return value.astimezone(datetime.UTC) if value.tzinfo else value.replace(tzinfo=datetime.UTC)


def _moment_for_sqlite(value: datetime.datetime) -> str:
    return f"{_utc(value):%Y-%m-%d %H:%M:%S.%f}"


def _written(value: Any) -> str:
    return msgspec.json.encode(value).decode()


_FROM_SQLITE: dict[str, Convert] = {
    "boolean": bool, "moment": _moment_of_sqlite, "json": _json, "uuid": lambda value: UUID(hex=value), "bytes": bytes,
}  # fmt: skip
_FROM_POSTGRES: dict[str, Convert] = {"moment": _utc, "json": _json, "bytes": bytes}
_TO_SQLITE: dict[str, Convert] = {
    "moment": _moment_for_sqlite, "day": datetime.date.isoformat, "uuid": lambda value: value.hex,
    "json": lambda value: bytes(value).decode(),
}  # fmt: skip
_TO_POSTGRES: dict[str, Convert] = {"moment": _utc, "json": lambda value: bytes(value).decode()}
_FROM_PYTHON_SQLITE = {**_TO_SQLITE, "json": _written}
_FROM_PYTHON_POSTGRES = {**_TO_POSTGRES, "json": _written}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"}, "integer": {"type": "integer"}, "number": {"type": "number"},
    "moment": {"type": "string", "format": "date-time"}, "day": {"type": "string", "format": "date"},
    "uuid": {"type": "string", "format": "uuid"}, "json": {}, "bytes": {"type": "string", "contentEncoding": "base64"},
    "text": {"type": "string"},
}  # fmt: skip
