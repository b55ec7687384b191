"""Marks what its feed no longer holds. Nothing is deleted: feeds give no reason for leaving a record out."""

from __future__ import annotations

from dataclasses import dataclass

from pyroaring import BitMap
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.hooks.kinds import FileInfo, Importer
from uptake.models.imports import ImportRun
from uptake.models.recommendations import ExternalId, Recommendation
from uptake.search import index
from uptake.services.importing.findings import Findings


@dataclass(frozen=True, slots=True)
class Scope:
    """What a file speaks of: a feed's edition, perhaps of some States only. ``complete`` is what the person says."""

    importer: Importer
    run: ImportRun
    edition: str
    file: FileInfo
    wanted: frozenset[int]
    complete: bool | None

    def is_complete(self, seen: int, known: int) -> bool:
        """Whether what the file lacks has left the feed: a search result of a few records says nothing of the others."""
        if self.complete is not None:
            return self.complete
        return self.file.name.startswith("export-full") or 2 * seen >= known


def mark_vanished(session: Session, scope: Scope, seen: BitMap, touched: BitMap, findings: Findings) -> int:
    """Mark the records of this feed that a complete file did not hold, and unmark those that came back.

    A file counts as complete when the person says so, when it is named as a full export, or when it holds at least half
    of what is known of the feed. ``touched`` takes in the recommendations whose marks changed: they have left the index
    and are to be put back.
    """
    if not scope.importer.feed:
        return 0
    known, marked = _known(session, scope)
    back = {id_: run_id for id_, run_id in marked.items() if id_ in seen}
    gone = known - seen - BitMap(marked)
    met, file = len(seen & known), scope.file.name
    if not scope.is_complete(met, len(known)):
        if gone:
            findings.add(file, "partial-file", "The file holds {seen} of {known} known records: it is taken as a part, "
                         "and nothing is marked as vanished.", "info", seen=str(met), known=str(len(known)))  # fmt: skip
        gone = BitMap()
    marked_now = _recommendations(session, gone | BitMap(back)) - touched
    index.remove(session, marked_now)
    touched |= marked_now
    _set(session, BitMap(back), None)
    _set(session, gone, scope.run.id)
    scope.run.journal = {"vanished": list(gone), "back": back}
    if gone:
        findings.add(file, "vanished", "{count} records are no longer in the feed; they are kept and marked.", "info",
                     count=str(len(gone)))  # fmt: skip
    return len(gone)


def _known(session: Session, scope: Scope) -> tuple[BitMap, dict[int, int]]:
    """The records that are known of the feed, and those of them that are marked, with the run that marked them."""
    rows = select(ExternalId.id, ExternalId.missing_since).where(
        ExternalId.source_id == scope.run.source_id, ExternalId.edition == scope.edition
    )
    if scope.wanted:
        rows = rows.join(Recommendation, Recommendation.id == ExternalId.recommendation_id).where(
            Recommendation.state_id.in_(scope.wanted)
        )
    known = BitMap()
    marked: dict[int, int] = {}
    for id_, missing in session.execute(rows):
        known.add(id_)
        if missing:
            marked[id_] = missing
    return known, marked


def _recommendations(session: Session, ids: BitMap) -> BitMap:
    found = BitMap()
    for chunk in chunks(ids):
        found.update(session.scalars(select(ExternalId.recommendation_id).where(ExternalId.id.in_(chunk))))
    return found


def _set(session: Session, ids: BitMap, run_id: int | None) -> None:
    for chunk in chunks(ids):
        session.execute(update(ExternalId).where(ExternalId.id.in_(chunk)).values(missing_since=run_id))
