"""Pictures of the register: how what a query finds spreads over two of its facts, each part with the list behind it.

A number is the size of the very set that its list is drawn from, so that a picture can never disagree with the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_, pgettext, sort_key
from uptake.i18n import gettext as _
from uptake.models.recommendations import POSITIONS
from uptake.search.engine import NONE, Engine, Query
from uptake.search.evaluate import by_value
from uptake.search.view import Bits, union
from uptake.services.charts import pictures_work
from uptake.services.charts.pictures_table import Cell, Column, Row, Table
from uptake.services.names import Names
from uptake.services.permissions import NOBODY, Person, may_somewhere
from uptake.services.progress.scales import scales
from uptake.services.progress.status_scale import scale

SHOWN, MOST = 20, 100
LIST = "/recommendations"
IN_ORDER = frozenset({"cycle", "year", "sdg", "grade", "status"})
SEVERAL = frozenset({"theme", "sdg", "institution"})
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is counted (``measure``, a facet; none: only how many) by which facet. One with an ``action`` is for
    people who may do that, and is made of the lists of work."""

    name: str
    group: str
    title: str
    by: str
    measure: str = ""
    action: str = ""


REPORTED, ANSWERED, GRADED, INSIDE = (
    N_("What the State reports"), N_("What the State answered"), N_("How mechanisms grade it"), N_("How the work stands"),
)  # fmt: skip
PICTURES = {
    one.name: one
    for one in (
        Picture("progress-by-mechanism", REPORTED, N_("Progress that the State reports, by mechanism"), "mechanism", "status"),
        Picture("progress-by-cycle", REPORTED, N_("Progress that the State reports, by review cycle"), "cycle", "status"),
        Picture("progress-by-institution", REPORTED, N_("Progress that the State reports, by institution"), "institution",
                "status"),
        Picture("progress-by-theme", REPORTED, N_("Progress that the State reports, by theme"), "theme", "status"),
        Picture("progress-by-goal", REPORTED, N_("Progress that the State reports, by Sustainable Development Goal"), "sdg",
                "status"),
        Picture("progress-by-status", REPORTED, N_("Progress that the State reports, by status"), "status"),
        Picture("progress-by-year", REPORTED, N_("Progress that the State reports, by year of the recommendation"), "year",
                "status"),
        Picture("positions-by-cycle", ANSWERED, N_("Positions of the State, by review cycle"), "cycle", "position"),
        Picture("positions-by-theme", ANSWERED, N_("Positions of the State, by theme"), "theme", "position"),
        Picture("positions-by-goal", ANSWERED, N_("Positions of the State, by Sustainable Development Goal"), "sdg", "position"),
        Picture("grades", GRADED, N_("Grades that mechanisms gave"), "grade"),
        Picture("late-by-institution", INSIDE, N_("What is late or has to be confirmed again, by institution"), "institution",
                "late", "oversight.read"),
        Picture("workflow-by-institution", INSIDE, N_("Where updates stop, by institution"), "institution", "workflow",
                "oversight.read"),
        Picture("updates-by-month", INSIDE, N_("Updates published, by month"), "month", "", "oversight.read"),
    )
}  # fmt: skip
SHORT = {
    "mechanism": N_("by mechanism"), "cycle": N_("by review cycle"), "institution": N_("by institution"),
    "theme": N_("by theme"), "sdg": N_("by goal"), "year": N_("by year"), "grade": N_("by grade"), "status": N_("by status"),
    "month": N_("by month"),
}  # fmt: skip


def allowed(person: Person) -> list[Picture]:
    """The pictures that a person may see."""
    return [one for one in PICTURES.values() if not one.action or may_somewhere(person, one.action)]


def table(
    session: Session,
    name: str,
    query: Query,
    limit: int = SHOWN,
    *,
    person: Person = NOBODY,
    names: Names | None = None,
    engine: Engine | None = None,
) -> Table:
    """The numbers of a picture. Those of work are of the lists of work, whatever the query. Who asks for several gives the
    same ``names`` and ``engine`` each time.

    Raises ``NotFound`` for an unknown picture, ``Refused`` where the person may not see it.
    """
    picture = PICTURES.get(name)
    if picture is None:
        raise NotFound(N_("There is no such picture."), remedy=N_("Choose one of those at /progress."))
    limit = min(max(limit, 1), MOST)
    if picture.action:
        return pictures_work.MAKERS[name](session, Table(name, _(picture.title), _corner(picture)), limit, person)
    return _Spread(session, picture, query, names or Names(session), engine or Engine(session)).table(limit)


def _corner(picture: Picture) -> str:
    return {"institution": _("Institution"), "month": _("Month")}[picture.by]


def pairs_of(query: Query) -> Pairs:
    """The parameters of the list that a query is, its order left out."""
    found = [("q", query.text)] if query.text else []
    found += [(name, value) for name, values in query.filters.items() for value in values]
    found += [(f"not.{name}", value) for name, values in query.without.items() for value in values]
    days = (("from", query.since), ("to", query.until))
    return found + [(name, day.isoformat()) for name, day in days if day]


class _Spread:
    """The sets of a query's answers by two facets. What the query itself chooses of these limits rows and columns."""

    def __init__(self, session: Session, picture: Picture, query: Query, names: Names, engine: Engine) -> None:
        self.session, self.picture, self.query, self.names = session, picture, query, names
        self.engine = engine
        own = {picture.by, picture.measure}
        self.rest = replace(query, filters={name: values for name, values in query.filters.items() if name not in own})
        self.base: Bits = self.engine.answer(self.rest).ids
        self.columns = (
            {value: bits for value, bits in self._ordered(picture.measure) if bits} if picture.measure else {}
        )
        if picture.measure:
            self.base = self.base & union(list(self.columns.values()))

    def table(self, limit: int) -> Table:
        """The rows, the largest first or in their own order."""
        found = Table(self.picture.name, _(self.picture.title), self.names.field(self.picture.by))
        rows = [(value, bits) for value, bits in self._ordered(self.picture.by) if bits]
        nothing = [row for row in rows if row[0] == NONE]
        rows = [row for row in rows if row[0] != NONE]
        if self.picture.by not in IN_ORDER:
            rows.sort(key=lambda row: (-len(row[1]), sort_key(self._label(row[0]))))
        kept = rows[-limit:] if self.picture.by in {"cycle", "year"} else rows[:limit]
        found.hidden = len(rows) - len(kept)
        found.columns = [Column(value, self.names.value(self.picture.measure, value)) for value in self.columns] or [
            Column("", pgettext("how many", "Number"))
        ]
        found.rows = [self._row(value, bits) for value, bits in kept + nothing]
        found.over_time = self.picture.by == "year"
        if rows or nothing:
            found.total = self._total(union([bits for _value, bits in rows + nothing]))
        if self.picture.by in SEVERAL:
            found.note = _("A recommendation may belong to several rows; the last row counts each once.")
        return found

    def _ordered(self, name: str) -> list[tuple[str, Bits]]:
        """The values of a facet among the answers, in the order of the facet."""
        view = self.engine.view
        chosen = self.query.filters.get(name)
        sets: Mapping[str, Bits] = (
            {value: by_value(view, name, value) for value in chosen} if chosen else self.engine.postings(name)
        )
        return [(value, sets[value] & self.base) for value in self._order(name, sets, chosen=bool(chosen))]

    def _order(self, name: str, sets: Mapping[str, Bits], *, chosen: bool) -> Iterable[str]:
        if name == "status":
            return _by_rank(sets, list(scale(self.session)))
        if name == "position":
            return _by_rank(sets, POSITIONS, others=chosen)
        if name == "grade":
            grades = [f"{one.code}/{grade}" for one in scales().values() for grade in one.grades]
            return [value for value in _by_rank(sets, grades) if value != NONE or chosen]
        if name == "sdg":
            return sorted((value for value in sets if chosen or "." not in value), key=_number)
        return sorted(sets, key=_number)

    def _row(self, value: str, bits: Bits) -> Row:
        by = self.picture.by
        cells = [
            self._cell(bits & there, (by, value), (self.picture.measure, column))
            for column, there in self.columns.items()
        ]
        total = self._cell(bits, (by, value), *self._counted())
        return Row(value, self._label(value), cells or [total], total)

    def _total(self, rows: Bits) -> Row:
        """Everything that stands in the rows, also in those that are not shown."""
        by, measure = self.picture.by, self.picture.measure
        there = [(by, value) for value in self.query.filters.get(by, ())]
        missed = bool(self.base - rows)
        if missed and not there:
            there = [(by, value) for value, bits in self._ordered(by) if bits]
        cells = [self._cell(rows & bits, *there, (measure, column)) for column, bits in self.columns.items()]
        total = self._cell(rows, *there, *self._counted())
        return Row("", _("All"), cells or [total], total)

    def _counted(self) -> Pairs:
        """The filter that leaves only what has a column; none where everything has one."""
        measure = self.picture.measure
        if not measure or (measure == "status" and measure not in self.query.filters):
            return []
        return [(measure, column) for column in self.columns]

    def _cell(self, bits: Bits, *filters: tuple[str, str]) -> Cell:
        return Cell(len(bits), f"{LIST}?{urlencode([*pairs_of(self.rest), *filters])}")

    def _label(self, value: str) -> str:
        if self.picture.by == "cycle" and value.isdecimal():
            return _("Cycle {number}", number=value)
        return self.names.value(self.picture.by, value)


def _by_rank(values: Iterable[str], order: Iterable[str], *, others: bool = True) -> list[str]:
    rank = {value: at for at, value in enumerate(order)}
    return sorted(
        (value for value in values if others or value in rank), key=lambda value: (rank.get(value, len(rank)), value)
    )


def _number(value: str) -> tuple[bool, float, str]:
    """Values that are numbers by their size."""
    return value == NONE, float(value) if value.replace(".", "", 1).isdecimal() else 1e9, value
