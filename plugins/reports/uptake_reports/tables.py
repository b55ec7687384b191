"""Tables that are made of the register by themselves: the matrix of recommendations, and the actions that answer them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    Card,
    Material,
    gettext,
    institutions_named,
    leads,
    load_cards,
    material_of,
    speaking,
    standings,
)
from uptake.toolkit import gettext as _

from uptake_reports.document import Run, Table
from uptake_reports.models import Project, Section
from uptake_reports.richtext import clean_body, to_html
from uptake_reports.scope import finder, takes
from uptake_reports.words import POSITIONS

Cell = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    card: Card
    lead: str
    status: str
    pieces: Sequence[Material]


def table_of(session: Session, project: Project, section: Section, most: int | None = None) -> Table | None:
    """The table of a section, as the register stands now, in the report's language; None where it has none.

    ``most`` is how many of its rows are wanted, None for all.
    """
    kind = section.wants.get("table")
    if not kind:
        return None
    with speaking(project.language):
        rows = _rows(session, ids_of(session, project, section)[:most], project.language)
        return {"matrix": _matrix, "actions": _actions, "positions": _positions}[kind](rows)


def ids_of(session: Session, project: Project, section: Section) -> list[int]:
    """The recommendations that the table of a section lists; none where it has no table."""
    if not section.wants.get("table"):
        return []
    return finder(session, project).find(takes(section) or {"all": ["yes"]})


def with_table(session: Session, project: Project, section: Section) -> str:
    """The body of a section with its table, as the register stands now, behind it."""
    table = table_of(session, project, section)
    return section.body if table is None else clean_body("\n".join(filter(None, (section.body, to_html([table])))))


def keep(session: Session, project: Project) -> None:
    """Write the tables into their sections, inside the running transaction: a frozen report no longer follows the register."""
    for section in session.scalars(select(Section).where(Section.project_id == project.id)):
        if section.wants.get("table"):
            section.body = with_table(session, project, section)
            section.wants = {name: values for name, values in section.wants.items() if name != "table"}


def _rows(session: Session, ids: Sequence[int], language: str) -> list[_Row]:
    cards = load_cards(session, ids, language)
    responsible, stands = leads(session, ids), standings(session, ids)
    named = institutions_named(session, responsible.values())
    pieces = material_of(session, ids, unpublished=False)
    return [
        _Row(
            card,
            named[responsible[card.id]].name if card.id in responsible else "",
            stands[card.id].name if card.id in stands else _("Nothing reported yet"),
            pieces[card.id],
        )
        for card in cards
    ]


def _matrix(rows: Iterable[_Row]) -> Table:
    heads = (
        _("No."), _("Recommendation"), _("Position"), _("Lead institution"), _("Status"), _("What was done"), _("Evidence"),
    )  # fmt: skip
    cells = [
        (
            _number(one.card), one.card.text, _position(one.card), one.lead, one.status,
            _said(one, "update"), _said(one, "evidence"),
        )
        for one in rows
    ]  # fmt: skip
    return _table(heads, cells, _("Matrix of recommendations"), (0.07, 0.26, 0.11, 0.12, 0.12, 0.22, 0.1))


def _positions(rows: Iterable[_Row]) -> Table:
    heads = (_("No."), _("Recommendation"), _("Position"))
    cells = [(_number(one.card), one.card.text, _position(one.card)) for one in rows]
    return _table(heads, cells, _("Positions"), (0.12, 0.7, 0.18))


def _actions(rows: Iterable[_Row]) -> Table:
    heads = (_("No."), _("Recommendation"), _("Actions"), _("Lead institution"), _("Status"))
    cells = [
        (_number(one.card), one.card.text, _said(one, "action") or _("No action yet"), one.lead, one.status)
        for one in rows
    ]
    return _table(heads, cells, _("Recommendations and actions"), (0.1, 0.35, 0.25, 0.17, 0.13))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str, widths: tuple[float, ...]) -> Table:
    made = tuple(tuple(_cell(text) for text in row) for row in rows)
    return Table(tuple(_cell(head) for head in heads), made, caption, widths, annex=True)


def _cell(text: str) -> Cell:
    return (Run(text),) if text else ()


def _number(card: Card) -> str:
    return card.paragraph or card.symbol or ""


def _position(card: Card) -> str:
    return gettext(POSITIONS[card.position]) if card.position in POSITIONS else ""


def _said(row: _Row, kind: str) -> str:
    return "\n".join(one.text for one in row.pieces if one.kind == kind)
