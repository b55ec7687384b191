"""Whether the fields of a contribution hold what its declaration says: what is wrong is found when the site starts."""

from __future__ import annotations

from dataclasses import is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def misfits(item: object) -> list[str]:
    """The names of a dataclass's fields that hold the wrong kind; what stands inside mappings and tuples is not looked at."""
    if not is_dataclass(item) or isinstance(item, type):
        return []
    return [name for name, kinds in _kinds(type(item)).items() if not isinstance(getattr(item, name), kinds)]


@cache
def _kinds(declared: type) -> dict[str, tuple[type, ...]]:
    return {name: _outermost(hint) for name, hint in get_type_hints(declared).items()}


def _outermost(hint: Any) -> tuple[type, ...]:
    """The classes of which a value may be: of ``Mapping[str, str] | None`` these are ``Mapping`` and ``NoneType``."""
    if get_origin(hint) in (Union, UnionType):
        return tuple(kind for part in get_args(hint) for kind in _outermost(part))
    if hint is Any:
        return (object,)
    return (get_origin(hint) or (NoneType if hint is None else hint),)
