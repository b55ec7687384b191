"""The contract of everything that can be translated: how it is found, listed, counted and written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy.orm import Session

from uptake.services.permissions import Person
from uptake.services.translating.items import MISSING, Item, Part, Texts, Version

Tally = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a worklist is asked for: a kind of thing, a target language, how it stands with it, and filters.

    ``document`` is a symbol, ``mechanism`` a code; they and ``priority`` narrow what belongs to recommendations.
    """

    kind: str
    language: str
    state: str = MISSING
    mechanism: str = ""
    document: str = ""
    priority: str = ""
    public: bool = False

    def into(self, state: str) -> Wanted:
        """The same for another state."""
        return replace(self, state=state)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written: a thing's version in one language, None to take it away."""

    item: Item
    language: str
    version: Version | None


class Kind(ABC):
    """One kind of thing. ``action`` begins the names of what the audit trail says of it."""

    name: ClassVar[str]
    label: ClassVar[str]
    action: ClassVar[str]
    parts: ClassVar[Mapping[str, Part]]
    filters: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def ids(self, session: Session, keys: Collection[str], person: Person) -> dict[str, int]:
        """Key → id of those that are there and that the person may see."""

    @abstractmethod
    def load(self, session: Session, ids: Sequence[int]) -> dict[int, Item]:
        """Some of them in all languages: a constant number of queries."""

    @abstractmethod
    def put(self, session: Session, changes: Sequence[Change]) -> None:
        """Write unofficial versions, or take them away, inside the running transaction."""

    @abstractmethod
    def tally(self, session: Session, wanted: Wanted, languages: Collection[str], person: Person) -> Tally:
        """Language → state → how many, under the filters: a constant number of queries."""

    @abstractmethod
    def listed(self, session: Session, wanted: Wanted, person: Person, offset: int, size: int | None) -> list[int]:
        """The ids of what ``tally`` counts for the wanted language and state, the most urgent first."""

    @abstractmethod
    def lock(self, session: Session) -> None:
        """Queue with other writers before what is to be changed is read."""

    def tidy(self, part: str, text: str) -> str:
        """A text as it is kept."""
        return text.replace("\r\n", "\n").strip()

    def wanting(self, source: Texts, texts: Texts) -> list[str]:
        """The parts that the source has, a translation needs and does not have."""
        return [
            name for name, part in self.parts.items() if source.get(name) and not texts.get(name) and not part.optional
        ]


def tally_of(items: Iterable[Item], languages: Collection[str]) -> Tally:
    """The tally of things that are all in memory."""
    found: Tally = {language: Counter() for language in languages}
    for item in items:
        for language in languages:
            found[language][item.state(language)] += 1
    return found


def with_missing(found: Tally, total: Mapping[str, int]) -> Tally:
    """A tally of what is there, completed by what is missing of the total."""
    for language, counter in found.items():
        counter[MISSING] = total[language] - sum(count for state, count in counter.items() if state != MISSING)
    return found
