"""What waits for a translator: counted by language and kind, and listed; each count is that of the list behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.errors import Invalid
from uptake.i18n import CONTENT_LANGUAGES, N_
from uptake.models.documents import Document
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import RecommendationText
from uptake.models.responsibility import PRIORITIES
from uptake.services import site_settings
from uptake.services.permissions import Person, require
from uptake.services.translating.items import STATES, Item, is_language, known_language
from uptake.services.translating.kind import Tally, Wanted
from uptake.services.translating.kinds import ACTION, KINDS

PAGE_SIZE = 25
SUGGESTED = 300


@dataclass(slots=True)
class Page:
    """One page of a worklist; ``tallies`` holds the counts of every kind, the filters applied where they apply."""

    wanted: Wanted
    items: list[Item]
    tallies: dict[str, Tally]
    number: int

    @property
    def count(self) -> int:
        """How many there are in all."""
        return self.tallies[self.wanted.kind][self.wanted.language][self.wanted.state]

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.count // PAGE_SIZE))


def languages(session: Session, offered: Iterable[str]) -> list[str]:
    """The languages that are translated into: those of the pages, further ones that the site names, and what exists."""
    named = str(site_settings.get(session, "content_languages")).replace(",", " ").split()
    there = session.scalars(select(RecommendationText.language).distinct().order_by(RecommendationText.language))
    return [code for code in dict.fromkeys([*offered, *named, *CONTENT_LANGUAGES, *there]) if is_language(code)]


def wanted_from(
    kind: str = "", language: str = "", state: str = "", mechanism: str = "", document: str = "", priority: str = "",
    public: bool = False, *, default: str,
) -> Wanted:  # fmt: skip
    """What an address asks for. Raises ``Invalid`` for a kind, language, state or priority that there is not."""
    for value, known in ((kind, KINDS), (state, STATES), (priority, PRIORITIES)):
        if value and value not in known:
            raise Invalid(N_("There is no {value} to choose."), remedy=N_("Choose one of the list."), value=value[:40])
    chosen = KINDS[kind or next(iter(KINDS))]
    asked = {"mechanism": mechanism, "document": document, "priority": priority, "public": public}
    kept = {name: value for name, value in asked.items() if name in chosen.filters}
    return Wanted(chosen.name, known_language(language or default), state or STATES[0], **kept)  # type: ignore[arg-type]


def page(session: Session, wanted: Wanted, targets: Sequence[str], number: int = 1, *, person: Person) -> Page:
    """One page and all counts, in a constant number of queries."""
    require(person, ACTION)
    counted = dict.fromkeys([*targets, wanted.language])
    tallies = {name: kind.tally(session, wanted, list(counted), person) for name, kind in KINDS.items()}
    found = Page(wanted, [], tallies, 1)
    found.number = min(max(number, 1), found.pages)
    kind = KINDS[wanted.kind]
    ids = kind.listed(session, wanted, person, (found.number - 1) * PAGE_SIZE, PAGE_SIZE)
    items = kind.load(session, ids)
    found.items = [items[id_] for id_ in ids]
    return found


def everything(session: Session, wanted: Wanted, *, person: Person) -> Iterator[Item]:
    """All of a worklist in order, some hundreds at a time."""
    require(person, ACTION)
    kind = KINDS[wanted.kind]
    for ids in chunks(kind.listed(session, wanted, person, 0, None)):
        items = kind.load(session, ids)
        yield from (items[id_] for id_ in ids)


def choices(session: Session) -> tuple[list[str], list[str]]:
    """Mechanisms by code and the newest documents by symbol: what the filters offer."""
    symbols = (
        select(Document.symbol).where(Document.symbol.is_not(None)).order_by(Document.date.desc(), Document.id.desc())
    )
    mechanisms = session.scalars(select(Mechanism.code).order_by(Mechanism.code))
    return list(mechanisms), [symbol or "" for symbol in session.scalars(symbols.limit(SUGGESTED))]
