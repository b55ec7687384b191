"""What a plugin adds to the follow-up itself: scales, links, deadlines, and objections to steps with the facts behind them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class GradeScale:
    """A scale on which ``others`` or the ``mechanism`` grade the follow-up; ``mechanisms`` None means any."""

    code: str
    by: tuple[str, ...]
    names: Mapping[str, str]
    grades: Mapping[str, Mapping[str, str]]
    mechanisms: tuple[str, ...] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LinkType:
    """A kind of thing that a recommendation is linked with: an action of a plan, a target, a case.

    ``listed`` is False where a panel of the plugin shows these links already, so that they do not stand there twice.
    """

    code: str
    label: str
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """One linked thing: where it stands, what it is called, who says so, and how sure that is (0 to 1; None: certain)."""

    type: str
    title: str
    path: str = ""
    source: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day until which something is to be done: ``key`` tells it apart for ever, ``path`` is its page."""

    key: str
    day: datetime.date
    title: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """An import before it is applied: how much it would bring and take away."""

    importer: str
    source: str
    file: str
    states: Sequence[str]
    read: int
    new: int
    changed: int
    same: int
    refused: int
    vanished: int
    known: int


@dataclass(frozen=True, slots=True)
class UpdateFacts:
    """A progress update before it is submitted or published."""

    id: int
    actor: int
    claim: str | None
    recommendations: Sequence[int]
    evidence: int
    no_change: bool


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a step should not be taken: ``stops`` refuses it, otherwise the person is told and goes on."""

    message: str
    remedy: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    stops: bool = True
