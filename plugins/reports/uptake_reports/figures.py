"""A picture on a page: drawn for whoever sees it, with its words and all its numbers as a table for everybody."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup
from uptake.toolkit import AppError
from uptake.toolkit import gettext as _

from uptake_reports.document import Figure, Run, Table
from uptake_reports.output import charts

NOTHING = Markup("")


def shown(figure: Figure, language: str, note: str = "") -> Markup:
    """The picture as a page shows it; ``note`` is the address of its source's note, such as ``#note-3``."""
    number = note.rpartition("-")[2]
    mark = Markup('<sup><a href="{}">{}</a></sup>').format(note, number) if note else NOTHING
    caption = Markup("<figcaption>{}{}</figcaption>").format(figure.caption, mark)
    below = Markup("<p><small>{}</small></p>").format(figure.note) if figure.note else NOTHING
    numbers = _table(figure.table, figure.caption) if figure.table else Markup("<p>{}</p>").format(figure.alt)
    if drawn := _drawn(figure, language):
        folded = Markup('<details class="as-table"><summary dir="auto">{}</summary>{}</details>')
        numbers = folded.format(_("The numbers as a table"), numbers)
    else:
        numbers += Markup('<p dir="auto"><small>{}</small></p>').format(
            _("The picture itself could not be drawn on this server; the table has all its numbers.")
        )
    parts = (figure.anchor, caption, drawn, numbers, below)
    return Markup('<figure id="{}" class="report-figure">{}{}{}{}</figure>').format(*parts)


def _drawn(figure: Figure, language: str) -> Markup:
    """The drawing; empty where it cannot be drawn just now."""
    if not charts.available():
        return NOTHING
    try:
        drawing = Markup(charts.svg(figure.spec, language))  # noqa: S704 - the renderer took out whatever runs
    except AppError:
        return NOTHING
    return Markup(
        '<div class="picture" dir="ltr" role="img" aria-label="{}"><div aria-hidden="true">{}</div></div>'
    ).format(figure.alt, drawing)


def _table(table: Table, caption: str) -> Markup:
    head = NOTHING.join(Markup('<th scope="col">{}</th>').format(_text(cell)) for cell in table.header)
    rows = NOTHING.join(_row(row) for row in table.rows)
    made = Markup(
        '<table><caption class="visually-hidden">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    )
    region = Markup('<div class="table-scroll" tabindex="0" role="region" aria-label="{}">{}</div>')
    return region.format(caption, made.format(caption, head, rows))


def _row(row: Iterable[tuple[Run, ...]]) -> Markup:
    first, *others = map(_text, row)
    cells = NOTHING.join(Markup('<td class="num">{}</td>').format(one) for one in others)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(first, cells)


def _text(cell: tuple[Run, ...]) -> str:
    return "".join(run.text for run in cell)
