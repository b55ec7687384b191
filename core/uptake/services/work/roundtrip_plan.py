"""What a filled spreadsheet would do, row by row: a new draft, a change of a draft, nothing, or why it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.i18n import N_
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.services.permissions import Person, reach, require_somewhere
from uptake.services.storing.waiting_uploads import CHANGE, NEW, REFUSED, SAME
from uptake.services.work.roundtrip_fields import FILL, Mark, differing, given_hash, read_mark
from uptake.services.work.roundtrip_read import Filled, Problem
from uptake.services.work.roundtrip_state import Pair, Standing, standings
from uptake.services.work.worklists import ACTIVE

BLANK = dict.fromkeys(FILL, "")


@dataclass(slots=True)
class Outcome:
    """What becomes of one row. ``changes`` are (field, what stands, what the sheet says); of a refused row the fields
    that collide. ``merged`` says that somebody has written since the download and nothing collides."""

    row: Filled
    what: str = SAME
    recommendation: int = 0
    mark: Mark | None = None
    standing: Standing | None = None
    values: dict[str, str] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    merged: bool = False
    with_row: int = 0

    def refuse(self, message: str, remedy: str, **values: Any) -> None:
        """Nothing of this row is taken."""
        self.what = REFUSED
        self.problems.append((message, remedy, values))


def plan(session: Session, rows: Sequence[Filled], *, person: Person) -> list[Outcome]:
    """What each row would do now: a constant number of queries for each few hundred rows."""
    require_somewhere(person, "roundtrip.use")
    found = [Outcome(row, problems=list(row.problems)) for row in rows]
    ids = _ids(session, rows)
    for outcome in found:
        _recognise(outcome, ids, reach(person, "roundtrip.use"))
    pairs = {(one.recommendation, one.mark.actor) for one in found if one.mark and one.what != REFUSED}
    there, answered = standings(session, pairs), _answered(session, pairs)
    met: dict[Pair, int] = {}
    drafts: dict[int, Outcome] = {}
    for outcome in found:
        if outcome.mark is None or outcome.what == REFUSED:
            continue
        pair = (outcome.recommendation, outcome.mark.actor)
        outcome.standing = there.get(pair)
        if pair in met:
            outcome.refuse(
                N_("Row {row} reports on the same recommendation."), N_("Keep one of the two rows."), row=met[pair]
            )
            continue
        met[pair] = outcome.row.number
        _decide(outcome, pair in answered)
        _together(outcome, drafts)
    return found


def _ids(session: Session, rows: Sequence[Filled]) -> dict[str, int]:
    found: dict[str, int] = {}
    for uuids in chunks(sorted({row.uuid for row in rows if row.uuid})):
        statement = select(Recommendation.uuid, Recommendation.id).where(Recommendation.uuid.in_(map(UUID, uuids)))
        found |= {str(uuid): id_ for uuid, id_ in session.execute(statement)}
    return found


def _recognise(outcome: Outcome, ids: Mapping[str, int], where: frozenset[int] | None) -> None:
    """Whose row it is, or why that cannot be known."""
    row = outcome.row
    if row.problems:
        outcome.what = REFUSED
    if row.uuid not in ids:
        outcome.refuse(
            N_("This row belongs to no recommendation of this site."),
            N_("Do not add rows. Download the spreadsheet again and fill in the rows that it has."),
        )
        return
    mark = read_mark(row.uuid, row.mark)
    if mark is None or len(mark.filled) != len(FILL):
        outcome.refuse(
            N_("The hidden columns of this row were changed."),
            N_("Download the spreadsheet again, and copy this row's answers into it."),
        )
        return
    if where is not None and mark.actor not in where:
        outcome.refuse(N_("This row belongs to another institution."), N_("Only its own people can report for it."))
        return
    if mark.given != given_hash(row.uuid, row.given):
        outcome.refuse(
            N_("A grey column of this row was changed."),
            N_("Official texts are never edited here. Undo the change, or download the spreadsheet again."),
        )
        return
    outcome.recommendation, outcome.mark = ids[row.uuid], mark


def _answered(session: Session, pairs: set[Pair]) -> set[Pair]:
    found: set[Pair] = set()
    for ids in chunks(sorted({id_ for id_, _actor in pairs})):
        statement = select(Assignment.recommendation_id, Assignment.actor_id).where(
            Assignment.recommendation_id.in_(ids), Assignment.state.in_(ACTIVE)
        )
        found |= {(id_, actor) for id_, actor in session.execute(statement)}
    return found & pairs


def _decide(outcome: Outcome, answers: bool) -> None:
    """Compare three: what stood there at the download, what the sheet says, and what stands there now."""
    assert outcome.mark is not None
    said, mark, standing = outcome.row.values, outcome.mark, outcome.standing
    touched = [name for name in FILL if not mark.was(name, said[name])]
    if not touched:
        return
    if not answers:
        outcome.refuse(N_("Your institution no longer answers for this recommendation."), N_("Ask the coordinator."))
    elif standing is None:
        _begin(outcome)
    elif standing.draft:
        _merge(outcome, standing, touched)
    elif not differing(standing.values, said):
        return
    elif standing.update.id == mark.update and not mark.draft:
        _begin(outcome)
    else:
        _beside(outcome, standing, touched)


def _begin(outcome: Outcome) -> None:
    said = outcome.row.values
    if not any(said.values()):
        return
    outcome.what, outcome.values = NEW, dict(said)
    outcome.changes = [(name, "", said[name]) for name in FILL if said[name]]


def _merge(outcome: Outcome, standing: Standing, touched: Sequence[str]) -> None:
    """Into the draft that stands there: what only the sheet has changed is taken, what only others have is left."""
    assert outcome.mark is not None
    now, said = standing.values, outcome.row.values
    changed = [name for name in touched if name in differing(now, said)]
    collisions = [name for name in changed if not outcome.mark.was(name, now[name])]
    if collisions:
        outcome.changes = [(name, now[name], said[name]) for name in collisions]
        outcome.refuse(
            N_("Somebody has written something else here since the download."),
            N_("Compare both below, and write the row anew in a fresh download, or on the site."),
        )
        return
    if changed:
        outcome.what = CHANGE
        outcome.values = now | {name: said[name] for name in changed}
        outcome.changes = [(name, now[name], said[name]) for name in changed]
        outcome.merged = (standing.update.id, standing.update.version) != (outcome.mark.update, outcome.mark.version)


def _beside(outcome: Outcome, standing: Standing, touched: Sequence[str]) -> None:
    """Something was handed in since the download: what says something else in the same field is refused."""
    now, said = standing.values, outcome.row.values
    collisions = [name for name in touched if name in differing(now, said) and now[name] and said[name]]
    if collisions or (outcome.mark is not None and outcome.mark.draft):
        outcome.changes = [(name, now[name], said[name]) for name in collisions or touched]
        outcome.refuse(
            N_("An update on this was handed in since the download."),
            N_("Compare both below. Ask for it to be sent back, or download the spreadsheet again and report anew."),
        )
        return
    _begin(outcome)
    outcome.merged = outcome.what == NEW


def _together(outcome: Outcome, drafts: dict[int, Outcome]) -> None:
    """One draft may answer several rows: it is written once, and two rows cannot say two things."""
    standing = outcome.standing
    if outcome.what != CHANGE or standing is None or standing.items < 2:
        return
    first = drafts.setdefault(standing.update.id, outcome)
    if first is outcome:
        return
    if differing(first.values, outcome.values):
        outcome.refuse(
            N_("One draft answers this row and row {row}, and they say different things."),
            N_("Write the same in both, or report on one of them on the site."),
            row=first.row.number,
        )
    else:
        outcome.what, outcome.with_row = SAME, first.row.number
