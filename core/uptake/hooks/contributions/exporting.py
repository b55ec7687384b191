"""What exporters are and what they get: recommendations with everything that a format may need."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar
from uuid import UUID

from uptake.hooks.kinds import PositionDraft


@dataclass(frozen=True, slots=True)
class Progress:
    """The last published word of one institution: its name, the day, its claim and its text, in the reader's words."""

    institution: str
    day: datetime.date | None
    claim: str
    text: str


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """A recommendation as exporters get it; ``states`` and ``recommenders`` map ISO 3166 alpha-3 codes to English names.

    ``texts`` maps a language to the source's raw text, ``external_ids`` a source to the ids there, ``terms`` a vocabulary's
    code to (code, English label) pairs, ``positions`` are the sources' own words, ``stated`` the one in force with where it
    stands. ``status`` (in the reader's words) and ``progress`` are what the State has published of the follow-up.
    ``suggested`` are those of the terms (vocabulary, code) that a machine has suggested and nobody has confirmed,
    ``unresolved`` the labels that no table knows.
    """

    uuid: UUID
    kind: str
    states: Mapping[str, str]
    mechanism: str | None
    symbol: str | None
    document: UUID | None
    document_title: str | None
    paragraph: str | None
    date: datetime.date | None
    cycle: int | None
    session: str | None
    position: str | None
    positions: Sequence[str]
    recommenders: Mapping[str, str]
    texts: Mapping[str, str]
    external_ids: Mapping[str, Sequence[str]]
    terms: Mapping[str, Sequence[tuple[str, str]]]
    stated: PositionDraft | None = None
    status: str = ""
    progress: Sequence[Progress] = ()
    suggested: Collection[tuple[str, str]] = ()
    unresolved: Mapping[str, object] = field(default_factory=dict)


class Exporter(ABC):
    """Writes recommendations in one format. ``suffix`` ends the address and the file name and is unique.

    With a ``source`` it gives what that source has said, where the recommendation is known from it: no tag, position or
    text of others, so that importing the file again brings the source nothing new.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    media_type: ClassVar[str]
    source: ClassVar[str] = ""

    @abstractmethod
    def write(self, records: Iterator[ExportRecord], stream: BinaryIO) -> None:
        """Write all records as they come, with flat memory; the stream is binary and may not seek."""
