"""What plugins contribute: frozen, typed facts. The loader refuses anything else, by name."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say about a file. Equal codes and messages are counted together.

    ``message`` is a template with named placeholders that ``values`` fills. ``severity`` is ``info``, ``warning`` or
    ``refused``: a refused record is not taken, and unless the person asks for it the whole file is not either.
    """

    where: str
    code: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class PositionDraft:
    """What the State under review said: the source's own word and, where known, when and in which paragraph."""

    raw: str
    date: datetime.date | None = None
    symbol: str | None = None
    paragraph: str | None = None


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A term by its label (or code) in a vocabulary. ``confidence`` from 0 to 1, or None where the source says none."""

    vocabulary: str
    label: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class ComponentDraft:
    """One wording inside a compound recommendation, with the States that made it."""

    text: str
    recommenders: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """One record of a file, in the source's own words; labels are looked up by the core.

    ``where`` is the place in the file as a person finds it (``record 17``, ``row 12``). ``key`` is the record's id in
    its source, None where it has none. ``raw`` is what decides whether the record has changed since the last import.
    ``texts`` maps a language to the raw text. ``states`` and ``recommenders`` are labels or ISO codes; ``mechanism`` is
    a label or code. ``cycle`` and ``session`` are those of the Universal Periodic Review.
    ``rows`` says how many rows of the file the draft was made of.
    """

    where: str
    texts: dict[str, str]
    raw: bytes = b""
    key: str | None = None
    states: Sequence[str] = ()
    mechanism: str | None = None
    kind: str = "recommendation"
    symbol: str | None = None
    document_key: str | None = None
    document_title: str | None = None
    date: datetime.date | None = None
    session: str | None = None
    cycle: int | None = None
    paragraph: str | None = None
    order: int | None = None
    rows: int = 1
    tags: Sequence[TagDraft] = ()
    positions: Sequence[PositionDraft] = ()
    recommenders: Sequence[str] = ()
    components: Sequence[ComponentDraft] = ()
    unresolved: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What an importer may look at to recognise a file: its path, its first bytes, and the members of a zip."""

    path: Path
    name: str
    size: int
    head: bytes
    members: tuple[str, ...] = ()


@dataclass(slots=True)
class ReadOptions:
    """How to read: the column mapping and the language chosen by the person, and the States wanted (ISO 3166 alpha-3).

    ``wants(labels, symbol)`` lets an importer pass over records of other States before it builds a draft; the core
    filters anyway. ``skipped`` counts what was passed over so.
    """

    path: Path
    mapping: Mapping[str, object] | None = None
    language: str | None = None
    wants: Callable[[Sequence[str], str | None], bool] | None = None
    skipped: int = 0


class Importer(ABC):
    """Reads one kind of file. A new one is one class.

    ``name`` is used on the command line, ``source`` names the feed whose ids the keys are, ``edition`` tells apart the
    forms in which the feed gives the same record. ``version`` goes up when the same file would now be read otherwise.
    ``keyed`` says that every record should have an id, ``feed`` that a complete file holds all records of its source.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    version: ClassVar[int] = 1
    keyed: ClassVar[bool] = False
    feed: ClassVar[bool] = False

    @abstractmethod
    def recognises(self, file: FileInfo) -> bool:
        """Whether this is the importer for a file, judged from its content. Must not raise."""

    def edition(self, file: FileInfo, options: ReadOptions) -> str:
        """The edition that a file belongs to, at most 20 characters."""
        return ""

    @abstractmethod
    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        """Yield drafts lazily, in file order: no database, no Flask, flat memory.

        Raises ``uptake.errors.Invalid`` where the file as a whole cannot be read, saying where and what to do.
        """


@dataclass(frozen=True, slots=True)
class MechanismSpec:
    """A mechanism by its stable code. ``symbols`` are the prefixes of its documents' symbols."""

    code: str
    family: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class TermSpec:
    """A term of a vocabulary. ``same_as`` names terms (``vocabulary/code``) under which it is to be found as well."""

    code: str
    labels: Mapping[str, str]
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VocabularySpec:
    """A vocabulary of one kind (theme, group, sdg, action).

    ``qualified`` puts the vocabulary's code before its terms' codes in addresses; leave it out for the main one only.
    """

    code: str
    kind: str
    title: Mapping[str, str]
    terms: tuple[TermSpec, ...]
    version: str = ""
    source: str = ""
    qualified: bool = True
