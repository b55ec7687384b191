"""The scales on which others grade the follow-up (``data/assessment_scales.json``): each body's own, never made one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from uptake.i18n import pick


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: who uses it (``others``, ``mechanism``), whose own it is (None: anybody's), and its grades in order."""

    code: str
    by: tuple[str, ...]
    mechanisms: tuple[str, ...] | None
    names: dict[str, str]
    source: str
    grades: dict[str, dict[str, str]]


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("uptake.data").joinpath("assessment_scales.json").read_text("utf-8"))
    return found


@cache
def scales() -> dict[str, Scale]:
    """All scales by their code."""
    return {
        one["code"]: Scale(
            one["code"], tuple(one["by"]), tuple(one["mechanisms"]) if one["mechanisms"] else None, one["names"],
            one["source"], {grade["code"]: grade["names"] for grade in one["grades"]},
        )
        for one in _data()["scales"]
    }  # fmt: skip


def extend(found: Iterable[Scale]) -> None:
    """Take in the scales of plugins."""
    scales().update({one.code: one for one in found})


def assessors() -> frozenset[str]:
    """The kinds of institutions that may assess: those that do not answer for the follow-up themselves."""
    return frozenset(_data()["assessors"])


def fitting(by: str, mechanism: str | None) -> list[Scale]:
    """The scales that ``others`` or the ``mechanism`` may use, the mechanism's own first."""
    found = [one for one in scales().values() if by in one.by and (not one.mechanisms or mechanism in one.mechanisms)]
    return sorted(found, key=lambda one: one.mechanisms is None)


def scale_name(code: str) -> str:
    """The scale in the reader's language; its code where it is no longer known."""
    return pick(scales()[code].names) if code in scales() else code


def grade_name(scale: str, grade: str) -> str:
    """The grade in the reader's language; its code where it is no longer known."""
    found = scales().get(scale)
    return pick(found.grades.get(grade)) or grade if found else grade
