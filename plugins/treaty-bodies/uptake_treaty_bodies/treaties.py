"""The treaties and their articles, and which of them a recommendation is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from uptake.toolkit import N_, Card, NotFound

_CITED = re.compile(r"\(\s*arts?(?:icles?)?\.?\s+([^()]*(?:\([^()]{1,12}\)[^()]*)*)\)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_NUMBERS = re.compile(r"(\d{1,2})(?:\s*(?:[-–—]|to)\s*(\d{1,2}))?(?![\d.])")


@dataclass(frozen=True, slots=True)
class Treaty:
    """One treaty with the committee that watches over it: article number → titles, slug of a theme → articles."""

    code: str
    year: int
    titles: dict[str, str]
    articles: Mapping[int, dict[str, str]]
    themes: Mapping[str, tuple[int, ...]]

    def cited(self, text: str) -> tuple[int, ...]:
        """The articles in brackets: ``Education (art. 24)``, ``… (arts. 2, 7 and 14)``, ``(arts. 1–4)``."""
        found = (number for one in _CITED.finditer(text) for number in _numbers(one[1]))
        return tuple(dict.fromkeys(number for number in found if number in self.articles))

    def by_themes(self, slugs: Iterable[str]) -> tuple[int, ...]:
        """The articles that themes come nearest to."""
        return tuple(sorted({number for slug in slugs for number in self.themes.get(slug, ())}))


@cache
def treaties() -> dict[str, Treaty]:
    """All, by the code of their committee."""
    facts = json.loads(files("uptake_treaty_bodies.data").joinpath("treaties.json").read_text("utf-8"))["treaties"]
    return {
        one["code"]: Treaty(
            one["code"], one["year"], one["titles"],
            {article["number"]: article["titles"] for article in one["articles"]},
            {slug: tuple(numbers) for slug, numbers in one["themes"].items()},
        )
        for one in facts
    }  # fmt: skip


def treaty(code: str) -> Treaty:
    """The treaty of a committee. Raises ``NotFound``."""
    found = treaties().get(code)
    if found is None:
        raise NotFound(
            N_("There is no treaty of this committee here."), remedy=N_("Choose one of the list of treaties.")
        )
    return found


def articles_of(treaty: Treaty, cards: Iterable[Card]) -> Iterator[tuple[Card, tuple[int, ...]]]:
    """Each recommendation with its articles; the cards come in the order of their documents.

    A heading speaks for all that follow under it, so a citation there holds until the next heading; one in the text itself
    goes before it. Where nothing is cited, the themes decide.
    """
    document: object = None
    under: tuple[int, ...] = ()
    for card in cards:
        if card.document != document:
            document, under = card.document, ()
        if card.heading:
            under = treaty.cited(card.heading)
        yield card, treaty.cited(card.text) or under or treaty.by_themes(card.terms.get("theme", ()))


def _numbers(words: str) -> Iterator[int]:
    """``2, 5 (d) (iv) and 7`` are 2, 5 and 7; ``1–4`` are four."""
    for found in _NUMBERS.finditer(_IN_BRACKETS.sub("", words)):
        first, last = int(found[1]), int(found[2] or found[1])
        yield from range(first, min(last, first + 40) + 1)
