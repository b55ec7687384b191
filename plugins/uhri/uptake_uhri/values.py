"""Reads values of whatever type a damaged file holds: as text or as a list of labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from uptake.toolkit import N_, Finding

T = TypeVar("T")


class RecordError(Exception):
    """The record cannot be taken; ``message`` is a template that ``values`` fills."""

    def __init__(self, code: str, message: str, **values: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.values = values

    def finding(self, where: str) -> Finding:
        """The error as it is shown to a person."""
        return Finding(where, self.code, self.message, self.values, "refused")


class Labels(dict[str, T], Generic[T]):
    """What each label stands for, worked out once: a full export repeats a few hundred labels a million times."""

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, label: str) -> T:
        if type(label) is not str or not label.strip():
            raise KeyError(label)
        value = self[label] = self._read(label.strip())
        return value

    def each(self, value: object, field: str) -> list[T]:
        """What the labels in ``value`` stand for, in their order."""
        if type(value) is list:
            try:
                return list(map(self.__getitem__, value))
            except (KeyError, TypeError):
                value = [item for item in value if item is not None]
        return [self[item] for item in as_items(value, field)]


def as_record(value: object) -> dict[str, Any]:
    """The record, if it is one."""
    if isinstance(value, dict):
        return value
    raise RecordError(
        "not-a-record",
        N_(
            "The record is not a JSON object but {found}. "
            "Correct it in the file, or import the file without this record."
        ),
        found=kind_of(value),
    )


def as_text(value: object, field: str) -> str | None:
    """The text without its outer blanks; None where there is none."""
    if value is None:
        return None
    if isinstance(value, str):
        return value.strip() or None
    raise RecordError(
        "bad-value",
        N_("{field} should be text but is {found}. Correct it in the file, or import the file without this record."),
        field=field,
        found=kind_of(value),
    )


def as_items(value: object, field: str) -> list[str]:
    """The labels of a list; one text or number counts as a list of one, null and blanks as nothing."""
    items = value if isinstance(value, list) else [] if value is None else [value]
    for item in items:
        if isinstance(item, bool) or not isinstance(item, (str, int, float)):
            raise RecordError(
                "bad-value",
                N_(
                    "{field} should hold labels but holds {found}. "
                    "Correct it in the file, or import the file without this record."
                ),
                field=field,
                found=kind_of(item),
            )
    return [label for item in items if (label := _label(item))]


def _label(item: object) -> str:
    return f"{item:.15g}" if isinstance(item, float) else str(item).strip()


def bad_date(field: str, value: object) -> RecordError:
    """The error for a date that no calendar has."""
    shown = value[:40] if isinstance(value, str) else kind_of(value)
    return RecordError(
        "bad-date",
        N_("{field} is not a date: {value}. Correct it in the file, or import the file without this record."),
        field=field,
        value=shown,
    )


def kind_of(value: object) -> str:
    """What kind of JSON value it is, for messages."""
    kinds = {type(None): "nothing", bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return kinds.get(type(value), "a number")


def opening(head: bytes) -> bytes:
    """The first bytes of a file without byte order mark and blanks."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()
