"""The columns of a list of recommendations as a file: their names, what people read, and how each is filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.i18n import N_, gettext, language_name
from uptake.services.addresses import path_of
from uptake.services.lists.cards import Card
from uptake.services.names import Names
from uptake.services.progress.handling import Handling, handling_of

BATCH = 500
Fill = Callable[[Card, Handling], object]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its width in characters, what people read over it, and whether it is there without being asked for."""

    width: int
    label: str
    given: bool = True


COLUMNS = {
    "id": Column(38, N_("Identifier")), "state": Column(8, N_("State (code)")),
    "state_name": Column(24, N_("State under review")), "mechanism": Column(14, N_("Mechanism (code)")),
    "mechanism_name": Column(40, N_("Mechanism")), "family": Column(16, N_("Kind of mechanism")),
    "symbol": Column(24, N_("Document symbol")), "document_title": Column(40, N_("Document")),
    "paragraph": Column(11, N_("Paragraph")), "kind": Column(16, N_("Kind of text")), "date": Column(12, N_("Date")),
    "cycle": Column(7, N_("Review cycle")), "session": Column(10, N_("Session")),
    "position": Column(18, N_("Position of the State")), "language": Column(10, N_("Language")),
    "origin": Column(10, N_("Origin of the text")), "heading": Column(30, N_("Heading")),
    "text": Column(100, N_("Recommendation")), "recommenders": Column(16, N_("Recommending States")),
    "themes": Column(40, N_("Themes")), "groups": Column(30, N_("Persons affected")),
    "sdgs": Column(16, N_("Sustainable Development Goals")), "missing": Column(10, N_("No longer in the feed")),
    "url": Column(60, N_("Address")),
    "status": Column(18, N_("Status"), given=False), "confirmed": Column(12, N_("Last confirmed"), given=False),
    "lead": Column(30, N_("Lead institution"), given=False), "support": Column(30, N_("Supporting institutions"), given=False),
    "due": Column(12, N_("Due date"), given=False), "latest": Column(80, N_("Latest published information"), given=False),
}  # fmt: skip
GIVEN = tuple(name for name, column in COLUMNS.items() if column.given)
PAPER = ("symbol", "paragraph", "text", "recommenders", "position", "themes")
HANDLED = frozenset(name for name, column in COLUMNS.items() if not column.given)
_NOBODY = Handling()
_SHARES = {"text": 60, "latest": 50, "paragraph": 9, "symbol": 16, "position": 12, "themes": 26, "groups": 22}


def chosen(wanted: Iterable[str], otherwise: Sequence[str] = GIVEN) -> tuple[str, ...]:
    """The columns that somebody asks for, in our order; those of the format where they ask for none.

    Raises ``Invalid`` for a column that there is not.
    """
    asked = [name for name in wanted if name]
    for name in asked:
        if name not in COLUMNS:
            raise Invalid(
                N_("There is no column {name}."), remedy=N_("Columns: {names}."), name=name[:40], names=", ".join(COLUMNS)
            )  # fmt: skip
    return tuple(name for name in COLUMNS if name in asked) or tuple(otherwise)


def widths(columns: Sequence[str]) -> dict[str, int]:
    """Widths in a spreadsheet, in characters."""
    return {name: COLUMNS[name].width for name in columns}


def labels(columns: Sequence[str]) -> list[str]:
    """What people read over the columns."""
    return [gettext(COLUMNS[name].label) for name in columns]


def shares(columns: Sequence[str]) -> list[int]:
    """How the width of a page is divided."""
    return [_SHARES.get(name, min(COLUMNS[name].width, 20)) for name in columns]


def rows(cards: Iterable[Card], names: Names, base: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """The cells of each recommendation, as codes and names that programs read."""
    return _filled(cards, names.session, columns, _fillers(names, base))


def spoken_rows(cards: Iterable[Card], names: Names, base: str, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """The same in words for people: names for codes, and lines for lists."""
    fillers = _fillers(names, base) | _spoken(names)
    return _filled(cards, names.session, columns, fillers)


def handled(cards: Iterable[Card], session: Session, columns: Sequence[str]) -> Iterator[tuple[Card, Handling]]:
    """Each with how it is handled, where a column needs that: read in batches."""
    if not HANDLED.intersection(columns):
        yield from ((card, _NOBODY) for card in cards)
        return
    waiting = iter(cards)
    while batch := list(islice(waiting, BATCH)):
        found = handling_of(session, [card.id for card in batch])
        yield from ((card, found[card.id]) for card in batch)


def as_json(handling: Handling, columns: Sequence[str]) -> dict[str, Any]:
    """What the columns that are not given say to programs."""
    facts = {
        "status": handling.status, "confirmed": handling.confirmed, "due": handling.due,
        "lead": [code for _id, code, _name in handling.lead], "support": [code for _id, code, _name in handling.support],
        "latest": handling.said[0].text if handling.said else None,
    }  # fmt: skip
    return {name: value for name, value in facts.items() if name in columns}


def _filled(
    cards: Iterable[Card], session: Session, columns: Sequence[str], fillers: dict[str, Fill]
) -> Iterator[tuple[object, ...]]:
    wanted = [fillers[name] for name in columns]
    for card, handling in handled(cards, session, columns):
        yield tuple([fill(card, handling) for fill in wanted])


def _joined(values: Iterable[str]) -> str:
    return "; ".join(values)


def _fillers(names: Names, base: str) -> dict[str, Fill]:
    state, mechanism, term = cache(names.state), cache(names.mechanism), cache(names.term)
    return {
        "id": lambda card, _: str(card.uuid),
        "state": lambda card, _: _joined(card.states),
        "state_name": lambda card, _: _joined(map(state, card.states)),
        "mechanism": lambda card, _: card.mechanism,
        "mechanism_name": lambda card, _: mechanism(card.mechanism),
        "family": lambda card, _: card.family,
        "symbol": lambda card, _: card.symbol,
        "document_title": lambda card, _: card.document_title,
        "paragraph": lambda card, _: card.paragraph,
        "kind": lambda card, _: card.kind,
        "date": lambda card, _: card.date,
        "cycle": lambda card, _: card.cycle,
        "session": lambda card, _: card.session,
        "position": lambda card, _: card.position,
        "language": lambda card, _: card.language,
        "origin": lambda card, _: card.origin,
        "heading": lambda card, _: card.heading,
        "text": lambda card, _: card.text,
        "recommenders": lambda card, _: _joined(card.recommenders),
        "themes": lambda card, _: _joined(map(term, card.terms.get("theme", ()))),
        "groups": lambda card, _: _joined(map(term, card.terms.get("group", ()))),
        "sdgs": lambda card, _: _joined(card.terms.get("sdg", ())),
        "missing": lambda card, _: "yes" if card.missing else "",
        "url": lambda card, _: base + path_of("recommendation", card.uuid),
        "status": lambda _, handling: handling.status,
        "confirmed": lambda _, handling: handling.confirmed,
        "lead": lambda _, handling: _joined(name for _id, _code, name in handling.lead),
        "support": lambda _, handling: _joined(name for _id, _code, name in handling.support),
        "due": lambda _, handling: handling.due,
        "latest": lambda _, handling: handling.said[0].text if handling.said else "",
    }


def _spoken(names: Names) -> dict[str, Fill]:
    state, term, value = cache(names.state), cache(names.term), cache(names.value)
    return {
        "kind": lambda card, _: value("kind", card.kind),
        "family": lambda card, _: value("family", card.family or ""),
        "position": lambda card, _: value("position", card.position) if card.position else "",
        "language": lambda card, _: language_name(card.language) if card.language else "",
        "recommenders": lambda card, _: "\n".join(map(state, card.recommenders)),
        "themes": lambda card, _: "\n".join(map(term, card.terms.get("theme", ()))),
        "groups": lambda card, _: "\n".join(map(term, card.terms.get("group", ()))),
        "sdgs": lambda card, _: "\n".join(map(term, card.terms.get("sdg", ()))),
        "status": lambda _, handling: handling.status_name,
        "lead": lambda _, handling: "\n".join(name for _id, _code, name in handling.lead),
        "support": lambda _, handling: "\n".join(name for _id, _code, name in handling.support),
    }
