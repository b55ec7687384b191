"""Whether a report names every recommendation that it is about, and none twice: what an addendum must do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from uptake.toolkit import Card, load_cards, normalise_number

from uptake_reports.document import Block, ListBlock, Table, runs_of, text_of
from uptake_reports.models import Project, Section, Source
from uptake_reports.richtext import to_blocks
from uptake_reports.scope import finder

_NAMED = re.compile(
    r"(?<![\d./])(\d{1,3})\.(\d{1,3})(?!\d|\.\d)((?:\s*(?:,|and|et|[-–])\s*(?:\d{1,3}\.)?\d{1,3}(?![\d.]))*)"
)
_MORE = re.compile(r"(,|and|et|[-–])\s*(?:(\d{1,3})\.)?(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Once:
    """What an addendum lacks, and what it names more than once."""

    missing: list[Card]
    twice: list[Card]
    count: int

    @property
    def fine(self) -> bool:
        """Whether every recommendation is named exactly once."""
        return not self.missing and not self.twice


def once(session: Session, project: Project, sections: Sequence[Section], sources: Iterable[Source]) -> Once:
    """Looks through the whole report: six queries for the recommendations, none for the text."""
    cards = load_cards(session, finder(session, project).find({"all": ["yes"]}), project.language)
    by_number = {normalise_number(card.paragraph): card.id for card in cards if card.paragraph}
    by_source = {str(one.uuid): one.recommendation_id or 0 for one in sources if one.kind == "recommendation"}
    named: Counter[int] = Counter()
    for section in sections:
        for block in to_blocks(section.body):
            named.update(_named(block, by_number, by_source))
    missing = [card for card in cards if not named[card.id]]
    return Once(missing, [card for card in cards if named[card.id] > 1], len(cards))


def numbers_in(text: str) -> list[str]:
    """The numbers of recommendations in a text: ``140.82-85, 87`` is five of them."""
    found: list[str] = []
    for first, second, rest in _NAMED.findall(text):
        found.append(f"{first}.{second}")
        at, last = first, int(second)
        for sign, other, number in _MORE.findall(rest):
            at, now = other or at, int(number)
            if sign in "-–" and not other and last < now <= last + 400:
                found += [f"{at}.{one}" for one in range(last + 1, now + 1)]
            else:
                found.append(f"{at}.{now}")
            last = now
    return found


def _named(block: Block, by_number: Mapping[str, int], by_source: Mapping[str, int]) -> list[int]:
    """Each recommendation as often as it is named; by its number and its source in one place counts once."""
    pieces = [text_of(block)]
    if isinstance(block, ListBlock | Table):
        pieces = text_of(block).splitlines()
    ids = [by_number[number] for piece in pieces for number in numbers_in(piece) if number in by_number]
    taken = {by_source[run.source] for run in runs_of(block) if run.source in by_source}
    return ids + sorted(taken - set(ids))
