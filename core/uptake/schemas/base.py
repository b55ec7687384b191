"""The common ground of all schemas: strict numbers, texts with an end, and the shape of a list and of a problem."""

from __future__ import annotations

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, ValidationError, fields, validate

LANGUAGE = r"^[a-z]{2,3}([-_][A-Za-z0-9]{2,4}){0,2}$"
LONGEST = 300
LARGEST = 2**31 - 1


def text(most: int = LONGEST, *, least: int = 0, about: str = "", **more: Any) -> fields.String:
    """A text of a request, no longer than can be stored."""
    return fields.String(validate=validate.Length(min=least, max=most), metadata={"description": about}, **more)


class Digits(fields.Integer):
    """A whole number as an address writes it: digits alone."""

    def _validated(self, value: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10):
            raise self.make_error("invalid", input=value)
        return int(value)


def digits(least: int, most: int, *, about: str = "", **more: Any) -> Digits:
    """A number of a parameter."""
    return Digits(validate=validate.Range(min=least, max=most), metadata={"description": about}, **more)


def number(least: int, most: int, *, about: str = "", **more: Any) -> fields.Integer:
    """A whole number of a request; 2.9 is none."""
    return fields.Integer(
        strict=True, validate=validate.Range(min=least, max=most), metadata={"description": about}, **more
    )


def one_of(values: tuple[str, ...], *, about: str = "", **more: Any) -> fields.String:
    """One of some words."""
    return fields.String(validate=validate.OneOf(values), metadata={"description": about}, **more)


def language(about: str = "A language by its code, such as fr.", **more: Any) -> fields.String:
    """A language by its code."""
    return fields.String(
        validate=validate.Regexp(LANGUAGE), metadata={"description": about, "pattern": LANGUAGE}, **more
    )


class File(Upload):  # type: ignore[misc]
    """A file of a request, beside fields."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if not getattr(value, "filename", ""):
            raise ValidationError("Not a file.")
        return value


def file(about: str = "") -> File:
    """A file of a request."""
    return File(required=True, metadata={"description": about})


def said(about: str = "", **more: Any) -> fields.String:
    """A text of an answer."""
    return fields.String(required=True, metadata={"description": about}, **more)


def perhaps(about: str = "") -> fields.String:
    """A text of an answer that may be missing."""
    return fields.String(required=True, allow_none=True, metadata={"description": about})


def count(about: str = "", **more: Any) -> fields.Integer:
    """A number of an answer."""
    return fields.Integer(required=True, metadata={"description": about}, **more)


def by_language(about: str = "") -> fields.Dict:
    """Words by language."""
    return fields.Dict(keys=fields.String(), values=fields.String(), required=True, metadata={"description": about})


def listed(about: str = "") -> fields.List[Any]:
    """Some texts of an answer."""
    return fields.List(fields.String(), required=True, metadata={"description": about})


class Problem(Schema):
    """What went wrong, in the form of RFC 9457."""

    type = said("Always about:blank: the status says what kind of problem it is.")
    title = said("What kind of problem it is, in the reader's language.")
    status = count("The status of the answer.")
    detail = said("What was wrong.")
    remedy = said("What to do about it; may be empty.")
    errors = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "What is wrong with which field."}
    )


def page_of(item: type[Schema], *, counted: bool = False) -> type[Schema]:
    """The schema of one part of a list."""
    parts: dict[str, Any] = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.String(
            required=True, allow_none=True, metadata={"description": "The address of what follows; null at the end."}
        ),
    }
    if counted:
        parts["count"] = count("How many there are in all.")
    return type(f"{item.__name__}List", (Schema,), parts)
