"""The filters beside a list: for each facet its values with counts and the address that each leads to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from uptake.search.engine import NONE, Answer, Engine, Query
from uptake.services.lists import searching
from uptake.services.portal.pages import Counts
from uptake.services.portal.pages_topics import FAMILIES
from uptake.web.links import ALL, Link
from uptake.web.naming import PageNames
from uptake.web.params import WITHOUT

SHOWN = 8
MOST = 300
ORDER = ("state", "mechanism", "position", "status", "institution", "grade", "kind", "theme", "group", "sdg", "year", "recommender",
         "language", "document", "source", "cycle", "missing")  # fmt: skip
OPEN = frozenset({"mechanism", "position", "theme"})
WHOLE = frozenset({"sdg", "year", "cycle", "family"})


@dataclass(slots=True)
class Value:
    """One value: ``chosen`` is +1 where the list is narrowed to it, -1 where it is left out; ``origin`` says who made its
    name, where that is unofficial."""

    name: str
    value: str
    label: str
    count: int
    href: str
    chosen: int = 0
    below: list[Value] = field(default_factory=list)
    origin: str = ""


@dataclass(slots=True)
class Facet:
    """One facet with what is shown of it; ``more`` is the address that shows all."""

    name: str
    label: str
    values: list[Value]
    open: bool
    more: str = ""


@dataclass(slots=True)
class Chip:
    """A chosen filter: how to take it off, and how to turn it round."""

    label: str
    value: str
    without: bool
    remove: str
    turn: str = ""


class Facets:
    """Builds the facets of one list."""

    def __init__(self, engine: Engine, query: Query, answer: Answer, link: Link, names: PageNames) -> None:
        self._engine, self._query, self._answer, self._link, self._names = engine, query, answer, link, names
        self._whole = set(link.values(ALL))

    def __iter__(self) -> Iterator[Facet]:
        for name in ORDER:
            facet = self._facet(name)
            if facet.open or len(facet.values) > 1 or any(value.below for value in facet.values):
                yield facet

    def _facet(self, name: str) -> Facet:
        counts = self._counts(name)
        values = [self._value(name, value, count) for value, count in self._shown(name, counts)]
        if name == "mechanism":
            values = self._under_families(values)
        if name == "sdg":
            self._add_targets(values, counts)
        chosen = any(value.chosen or any(below.chosen for below in value.below) for value in values)
        opened = chosen or (name in OPEN and len(values) > 1) or name in self._whole
        cut = sum(1 for value, _count in counts if name != "sdg" or "." not in value) > SHOWN
        more = str(self._link.add(ALL, name)) if cut and name not in self._whole else ""
        return Facet(name, self._names.field(name), values, opened, more)

    def _counts(self, name: str) -> Counts:
        limit = MOST if name in self._whole or name in WHOLE else SHOWN + 1
        counts = searching.facets(self._engine, self._query, self._answer, (name,), limit)[name]
        if name == "document":
            chosen = (*self._query.filters.get(name, ()), *self._query.without.get(name, ()))
            self._names.load_documents([value for value, _count in counts] + list(chosen))
        return counts

    def _shown(self, name: str, counts: Counts) -> Counts:
        """The most frequent, those chosen or left out, and last those that have none."""
        rows = [row for row in counts if row[0] != NONE and (name != "sdg" or "." not in row[0])]
        if name == "year":
            rows.sort(reverse=True)
        chosen, excluded = self._query.filters.get(name, ()), self._query.without.get(name, ())
        top = rows if name in self._whole else rows[:SHOWN]
        listed = {value for value, _count in top}
        top += [row for row in rows if row[0] in chosen and row[0] not in listed]
        top += [(value, 0) for value in excluded if value not in listed and value != NONE]
        return top + [row for row in counts if row[0] == NONE]

    def _value(self, name: str, value: str, count: int) -> Value:
        label, origin = self._names.value(name, value), self._names.origin(name, value)
        if value in self._query.filters.get(name, ()):
            return Value(name, value, label, count, str(self._link.remove(name, value)), 1, origin=origin)
        if value in self._query.without.get(name, ()):
            return Value(name, value, label, count, str(self._link.remove(WITHOUT + name, value)), -1, origin=origin)
        return Value(name, value, label, count, self._link.ready(name) + quote_plus(value), origin=origin)

    def _under_families(self, bodies: list[Value]) -> list[Value]:
        """Families, each with its bodies; a family of one body stands for itself."""
        counts = self._shown("family", self._counts("family"))
        families = [self._value("family", value, count) for value, count in counts]
        rank = {family: number for number, family in enumerate(FAMILIES)}
        families.sort(key=lambda family: rank.get(family.value, len(rank)))
        by_value = {family.value: family for family in families}
        mechanisms = self._families_of([body.value for body in bodies])
        for body in bodies:
            family = by_value.get(mechanisms.get(body.value, ""))
            if family and not (family.value == "upr" and not body.chosen):
                family.below.append(body)
            elif family is None:
                families.append(body)
        return [family for family in families if family.value != NONE or family.count]

    def _families_of(self, codes: Sequence[str]) -> dict[str, str]:
        postings = self._engine.postings("family")
        bodies = self._engine.postings("mechanism")
        return {
            code: family
            for code in codes
            for family, bits in postings.items()
            if code != NONE and code in bodies and bits.intersect(bodies[code])
        }

    def _add_targets(self, goals: list[Value], counts: Counts) -> None:
        """Below a goal that is chosen, or has a chosen target, its targets."""
        chosen = {value.split(".")[0] for value in self._query.filters.get("sdg", ())}
        for goal in goals:
            if goal.value in chosen:
                targets = sorted(row for row in counts if row[0].startswith(f"{goal.value}."))
                goal.below = [self._value("sdg", value, count) for value, count in targets]


def chips(query: Query, link: Link, names: PageNames) -> list[Chip]:
    """The chosen filters."""
    names.load_documents([*query.filters.get("document", ()), *query.without.get("document", ())])
    found = []
    for prefix, turned, chosen in (("", WITHOUT, query.filters), (WITHOUT, "", query.without)):
        for name, values in chosen.items():
            for value in values:
                rest = link.remove(prefix + name, value)
                turn = str(rest.add(turned + name, value))
                found.append(Chip(names.field(name), names.value(name, value), bool(prefix), str(rest), turn))
    return found
