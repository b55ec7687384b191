"""What plugins bring for reports: outlines with what belongs into each section, and formats in which reports are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

EACH = ("", "article", "question", "paragraph")
TABLES = ("", "matrix", "positions", "actions")
UNCOUNTED = ("annexes", "notes", "headings", "tables")


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section of an outline. ``headings`` and ``guidance`` map a language to words.

    ``takes`` says which recommendations belong here: filters of the search (``theme``, ``sdg``, ``position``…) with their values;
    empty for none, ``{"all": ("yes",)}`` for all that the report is about. ``each`` makes one section of it for every
    question or paragraph that is named when the report begins. ``table`` is one that is made of the register by itself.
    ``counted`` is False for annexes. ``share`` is how many words the section should have at most.
    """

    code: str
    headings: Mapping[str, str]
    guidance: Mapping[str, str] = field(default_factory=dict)
    takes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    each: str = ""
    table: str = ""
    counted: bool = True
    share: int | None = None
    sections: tuple[ReportSection, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportOutline:
    """A kind of report, or with ``extends`` more sections for some: they come below their section ``under``.

    ``mechanisms`` (or whole ``families`` of them) are those to which such a report goes, or for which the further sections are
    meant; both are empty where it goes to none. ``words`` is the official limit, ``uncounted`` what is outside it, and
    ``source`` where that is written. ``numbered`` reports count their paragraphs. ``once`` asks that the report names every
    recommendation that it is about, and none twice. ``across`` ones speak of what all mechanisms have said, not only the one
    that they go to: it may have said nothing yet.
    """

    code: str
    titles: Mapping[str, str]
    sections: tuple[ReportSection, ...]
    about: Mapping[str, str] = field(default_factory=dict)
    extends: tuple[str, ...] = ()
    under: str = ""
    mechanisms: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    words: int | None = None
    uncounted: tuple[str, ...] = ("annexes", "notes")
    source: str = ""
    numbered: bool = False
    once: bool = False
    across: bool = False


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format of reports: ``write`` takes the report (``uptake_reports.document.Document``) and a binary stream."""

    suffix: str
    title: str
    media_type: str
    write: Callable[[object, BinaryIO], None]
