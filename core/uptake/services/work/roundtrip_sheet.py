"""The spreadsheet that goes out: the recommendations of one's institutions with columns to fill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.files.form_writer import Column, Guide, write_form
from uptake.i18n import N_, direction, get_locale
from uptake.i18n import gettext as _
from uptake.models.responsibility import Assignment, FollowUp
from uptake.services.lists.cards import load_cards
from uptake.services.permissions import Person, reach, require_somewhere
from uptake.services.progress.status_scale import Scale, claimable, scale
from uptake.services.work.roundtrip_fields import (
    FILL,
    GIVEN,
    ID,
    MARK,
    WIDTHS,
    Mark,
    given_hash,
    short_hash,
    write_mark,
)
from uptake.services.work.roundtrip_state import Standing, standings
from uptake.services.work.work_rows import actor_names
from uptake.services.work.worklists import ACTIVE, Wanted, everything

NOTES = {
    "period_from": N_("The first day that you report on: 2026-01-01, or only the year."),
    "period_to": N_("The last day that you report on."),
    "done": N_("Laws, measures, money, people: what your institution has done."),
    "effect": N_("What is different for people now, and how you know."),
    "obstacles": N_("What stands in the way. Leave it empty where nothing does."),
    "next_step": N_("What comes next, and when."),
    "claim": N_("Choose from the list. The written rule of each value is on the site."),
    "claim_reason": N_("Needed for some values, such as Stalled."),
    "evidence": N_("Web addresses, one on each line. Files are added on the site."),
}
GUIDE = (
    N_("How to fill in this table"),
    N_("1. Write in the blue columns only. The grey ones are given and locked."),
    N_("2. Leave a row empty where you have nothing to report. Nothing is deleted by that."),
    N_("3. Delete rows if you like; do not add any, and do not merge cells or write formulas."),
    N_("4. Save the file as XLSX or CSV and upload it on the page where you downloaded it."),
    N_("5. You are shown what would change, row by row, before anything is saved. It is saved as drafts; you submit them on the site."),
    N_("6. If a colleague has written on the same recommendation meanwhile, both are kept where they do not touch; "
       "where they do, the row is refused and you are shown both."),
)  # fmt: skip


def write(session: Session, stream: BinaryIO, wanted: Wanted, *, person: Person) -> int:
    """Write the workbook in the reader's language and return the number of its rows.

    ``wanted`` says which recommendations; only institutions for which the person may report are in it.
    """
    require_somewhere(person, "roundtrip.use")
    known = scale(session)
    guide = Guide(
        _("Instructions"),
        [_(line) for line in GUIDE],
        _("Values"),
        [status.name for status in claimable(known)],
        _("Choose a value from the list."),
    )
    rows = _rows(session, narrowed(wanted, person), known)
    return write_form(stream, columns(), rows, guide, right_to_left=direction(get_locale()) == "rtl")


def narrowed(wanted: Wanted, person: Person) -> Wanted:
    """The same for those institutions only for which the person may report."""
    where = reach(person, "roundtrip.use")
    if where is None:
        return wanted
    actors = where if wanted.actors is None else wanted.actors & where
    return Wanted(
        actors, wanted.states, wanted.priorities, wanted.since, wanted.until, wanted.stale_after, wanted.today
    )


def columns() -> list[Column]:
    """The columns in the reader's language, the two hidden ones at the end."""
    given = [Column(_(label), WIDTHS[name]) for name, label in GIVEN.items()]
    fill = [
        Column(_(label), WIDTHS[name], fill=True, choices=name == "claim", note=_(NOTES[name]))
        for name, label in FILL.items()
    ]
    return [*given, *fill, Column(ID, 10, hidden=True), Column(MARK, 10, hidden=True)]


def _rows(session: Session, wanted: Wanted, known: Scale) -> Iterator[list[str]]:
    names = actor_names(session)
    for ids in chunks(everything(session, wanted)):
        cards = {card.id: card for card in load_cards(session, ids)}
        follow_ups = {one.recommendation_id: one for one in session.scalars(_follow_ups(ids))}
        pairs = [pair for pair in _pairs(session, ids, wanted) if pair[0] in cards]
        there = standings(session, pairs)
        for id_, actor in pairs:
            card, follow_up = cards[id_], follow_ups.get(id_)
            status = known.get(follow_up.status if follow_up else "received")
            given = [
                names.get(actor, ""), card.symbol or card.document_title or "", card.paragraph or "", card.text,
                status.name if status else "", follow_up.due.isoformat() if follow_up and follow_up.due else "",
            ]  # fmt: skip
            yield _row(str(card.uuid), actor, given, there.get((id_, actor)), known)


def _row(uuid: str, actor: int, given: list[str], standing: Standing | None, known: Scale) -> list[str]:
    values = standing.values if standing and standing.draft else dict.fromkeys(FILL, "")
    mark = Mark(
        actor,
        standing.update.id if standing else 0,
        standing.update.version if standing else 0,
        bool(standing and standing.draft),
        given_hash(uuid, given),
        tuple(short_hash(values[name]) for name in FILL),
    )
    claim = known.get(values["claim"])
    shown = values | {"claim": claim.name if claim else values["claim"]}
    return [*given, *(shown[name] for name in FILL), uuid, write_mark(uuid, mark)]


def _follow_ups(ids: list[int]) -> Select[FollowUp]:
    return select(FollowUp).where(FollowUp.recommendation_id.in_(ids))


def _pairs(session: Session, ids: list[int], wanted: Wanted) -> list[tuple[int, int]]:
    """Recommendation × institution, in the order of the list."""
    statement = select(Assignment.recommendation_id, Assignment.actor_id).where(
        Assignment.recommendation_id.in_(ids), Assignment.state.in_(ACTIVE)
    )
    order = {id_: at for at, id_ in enumerate(ids)}
    found = [
        (id_, actor)
        for id_, actor in session.execute(statement.order_by(Assignment.role, Assignment.id))
        if wanted.actors is None or actor in wanted.actors
    ]
    return sorted(found, key=lambda pair: order[pair[0]])
