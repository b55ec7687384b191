"""Pictures for what plugins make: their description, their numbers and their words, in the language that is being spoken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from uptake.db import session
from uptake.i18n import day
from uptake.i18n import gettext as _
from uptake.search.engine import Engine, Query
from uptake.services.charts import pictures
from uptake.services.charts.pictures_render import available, png_of, svg_of
from uptake.services.charts.pictures_spec import Spec, alt, spec_of
from uptake.services.charts.pictures_table import Table
from uptake.services.instance import settings_of
from uptake.services.names import Names
from uptake.services.permissions import NOBODY, Person

PAPER = 400


def picture(name: str, query: Query, *, person: Person = NOBODY, base: str = "") -> tuple[Spec, Table, str]:
    """A picture of the register: its Vega-Lite description, its table, and what it says in words.

    ``name`` is one of those at /progress, ``query`` what it counts, ``base`` the site's address, with which its links begin.
    Raises ``NotFound`` for an unknown name, ``Refused`` where the person may not see it.
    """
    current = session()
    table = pictures.table(current, name, query, person=person)
    source = f"{settings_of(current).title} · {day(date.today())}"
    return spec_of(table, base=base, source=source), table, alt(table)


def picture_titles() -> dict[str, str]:
    """The pictures that everybody may see: their names with their titles."""
    return {one.name: _(one.title) for one in pictures.allowed(NOBODY)}


def picture_tables(asked: Sequence[tuple[str, Query]]) -> list[Table]:
    """The numbers of several pictures that everybody may see: as few queries as for one. Raises ``NotFound``, ``Refused``."""
    if not asked:
        return []
    current = session()
    names, engine = Names(current), Engine(current)
    return [pictures.table(current, name, query, names=names, engine=engine) for name, query in asked]


def picture_of(table: Table) -> tuple[Spec, str]:
    """A picture of numbers that were counted before, for a page of paper, without title and links: its description, and what
    it says in words."""
    return {name: part for name, part in spec_of(table, room=PAPER).items() if name != "title"}, alt(table)


def picture_png(spec: Spec, scale: float = 2.0) -> bytes:
    """Any Vega-Lite description with its data in it as PNG, ``scale`` times as large as it says.

    Raises ``Invalid`` without the extra ``charts``, for data from elsewhere, and for what cannot be drawn.
    """
    return png_of(spec, scale)


def picture_svg(spec: Spec) -> str:
    """The same as SVG, without scripts and foreign addresses."""
    return svg_of(spec)


def pictures_available() -> bool:
    """Whether pictures can be drawn here: the extra ``charts`` is installed."""
    return available()
